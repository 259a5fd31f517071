r"""The socket of a mail filter lies where others can put one of their own.

sendmail refuses a socket below a directory that group or others may write, and takes that for an
error of the configuration; /tmp is such a directory, sticky bit or not (Sendmail Installation and
Operation Guide, "Mail filters"; tried with 8.17).

In the log or at the client:
    Xspam: local socket name /tmp/spam.sock unsafe: World writable directory
Bad:
    INPUT_MAIL_FILTER(`spam', `S=local:/tmp/spam.sock, F=T')dnl
    --- /tmp 1777 root:root directory
Good:
    INPUT_MAIL_FILTER(`spam', `S=inet:8891@127.0.0.1, F=T')dnl
Good:
    --- +/etc/mail/sendmail.mc
    INPUT_MAIL_FILTER(`spam', `S=local:/run/spam/spam.sock, F=T')dnl
    --- /run 755 root:root directory
    --- /run/spam 755 root:root directory
    --- /run/spam/spam.sock socket
Not when: the filter is reached over the net; TrustStickyBit is set and the directory has that bit;
    the socket's directory is not there yet.
See: libmilter/README; Sendmail Installation and Operation Guide.
"""

from auditor.facts.mailers import Milters
from auditor.facts.safety import FileSafety, Purpose
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.subjects import Configuration
from auditor.model.text import Span
from auditor.model.unknown import NotApplicable, Unknown
from auditor.sendmail.safefile import WORLD_DIRECTORY

_LOCAL = ("local", "unix")
#: Everybody may write these on every system, so that a checkout tells enough.
_OPEN = ("/tmp/", "/var/tmp/", "/dev/shm/")  # noqa: S108  # Names to look for, no files to make.


@check("PRM016", severity=Severity.CRITICAL)
def filter_socket_unsafe(milters: Milters, safety: FileSafety, configuration: Configuration) -> Verdicts:
    """Judge the way to each local socket."""
    if configuration.is_submission:
        yield NotApplicable("no filter is asked by submit.cf")
        return
    for milter in milters:
        kind, _, path = milter.get("S").strip().partition(":")
        if kind.lower() not in _LOCAL or not path.startswith("/"):
            continue
        field = milter.fields["S"].span
        verdict = safety.ask(path, Purpose.MILTER_SOCKET)
        if not isinstance(verdict, Unknown):
            if verdict.reason is not None and "writable directory" in verdict.reason:
                yield _finding(milter.name, path, verdict.reason, verdict.at or path, field)
        elif path.startswith(_OPEN) and "truststickybit" not in safety.relaxed:
            yield _finding(milter.name, path, WORLD_DIRECTORY, path.rpartition("/")[0], field)
        else:
            yield verdict


def _finding(name: str, path: str, reason: str, at: str, field: Span) -> Finding:
    return Finding(
        field.find(path),
        f"the socket of the filter {name} lies below {at}: {reason}",
        "sendmail takes it for an error of the configuration, and the daemon does not start.",
        Fix(f"put it in a directory that only the filter's user may write: /run/{name}/{path.rpartition('/')[2]}"),
        confidence=Confidence.HIGH,
    )
