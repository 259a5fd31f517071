r"""saslauthd verifies the passwords and does not run.

libsasl asks saslauthd through a socket. Where nobody answers there, every login fails as if the
password were wrong. On Debian START=yes in /etc/default/saslauthd lets it start; elsewhere its unit
or start script has to be enabled (saslauthd(8)).

In the log or at the client:
    cannot connect to saslauthd server: No such file or directory
    AUTH failure (PLAIN): generic failure (-1) SASL(-1): generic failure: Password verification failed
Bad:
    --- $ ps -eo pid=,etimes=,user=,args= -ww
      1 900000 root     init [3]
    801 800000 root     sendmail: accepting connections
Bad:
    --- /etc/default/saslauthd
    START=no
    MECHANISMS="pam"
    OPTIONS="-m /var/state/saslauthd"
Good:
    --- $ ps -eo pid=,etimes=,user=,args= -ww
      1 900000 root     init [3]
    801 800000 root     sendmail: accepting connections
    802 800000 smmsp    sendmail: Queue runner@00:25:00 for /var/spool/clientmqueue
    803 800000 root     /usr/sbin/saslauthd -a pam -m /var/state/saslauthd
Not when: something else verifies passwords, or a socket is there although no process is seen, as with
    a container of its own.
See: howto step 10; saslauthd(8).
"""

from auditor.facts.auth import AuthOffer
from auditor.facts.given import Tree
from auditor.facts.live import Processes
from auditor.facts.safety import Entry, Kind
from auditor.facts.saslauthd import Saslauthd
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity, command
from auditor.model.text import Span
from auditor.model.unknown import Inconclusive, Unknown, known
from checks.sas import SOCKETS, not_asked

_SCRIPT = "/etc/rc.d/rc.saslauthd"
#: What is typed to start it, by the file that tells how it is started.
_START = {
    "/etc/default/saslauthd": "echo START=yes >> /etc/default/saslauthd && service saslauthd restart",
    _SCRIPT: f"chmod +x {_SCRIPT} && {_SCRIPT} start",
}


@check("SAS030", severity=Severity.CRITICAL, howto="10")
def saslauthd_not_running(
    offer: AuthOffer, processes: Processes | Unknown, daemon: Saslauthd | Unknown, tree: Tree
) -> Verdicts:
    """Look for the process where the host runs, else for a setting that keeps it from being started."""
    useless = not_asked(offer)
    line = known(offer.settings).get("pwcheck_method")
    if useless is not None or line is None:
        yield useless or Unknown("pwcheck_method is not set")
        return
    at = line.value if isinstance(daemon, Unknown) else daemon.span
    is_kept = isinstance(daemon, Saslauthd) and daemon.is_enabled is False
    if isinstance(processes, Processes) and processes.of("saslauthd"):
        if is_kept:
            yield _finding(tree, at, "saslauthd runs now and is not started at boot", line.value, Severity.HIGH)
    elif is_kept:
        yield _finding(tree, at, "saslauthd is kept from being started", line.value)
    elif isinstance(processes, Unknown):
        yield processes
    else:
        configured = known(offer.settings).get("saslauthd_path")
        sockets = [path for path in _sockets(configured.value if configured else None) if _is_socket(tree, path)]
        if sockets:
            yield Inconclusive(f"no saslauthd is among the processes, and yet there is {sockets[0]}")
        else:
            yield _finding(tree, at, "no saslauthd is running", line.value)


def _finding(tree: Tree, at: Span, message: str, line: Span, severity: Severity | None = None) -> Finding:
    path = _SCRIPT if isinstance(tree.entry(_SCRIPT), Entry) else at.path
    return Finding(
        at,
        message,
        "Every login fails, whatever the password." if severity is None else "After the next boot every login fails.",
        command(_START.get(path, "systemctl enable --now saslauthd"), "start it now and at every boot"),
        ((line, "saslauthd is to verify the passwords"),) if at is not line else (),
        severity=severity,
    )


def _sockets(configured: Span | None) -> tuple[str, ...]:
    return SOCKETS if configured is None else (configured.text,)


def _is_socket(tree: Tree, path: str) -> bool:
    entry = tree.entry(path)
    return isinstance(entry, Entry) and entry.kind is Kind.SOCKET
