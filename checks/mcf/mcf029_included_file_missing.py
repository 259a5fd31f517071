r"""An included file is missing.

m4 says that it cannot open the file, goes on without it, and exits with 1. The .cf it leaves looks
whole and lacks everything the file would have set; on Debian the files for TLS and SASL come in
that way (GNU m4 manual, "Include").

In the log or at the client:
    m4:sendmail.mc:98: cannot open `/etc/mail/tls/starttls.m4': No such file or directory
Bad:
    include(`/etc/mail/tls/starttls.m4')dnl
Good:
    sinclude(`/etc/mail/local.m4')dnl
Not when: sinclude asks for it, which takes a missing file for an empty one, or the tree does not
    hold the directory.
See: GNU m4 manual, "Include".
"""

from auditor.facts.complaints import Complaints
from auditor.facts.given import Tree
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, command
from auditor.model.unknown import Missing, Unknown
from auditor.sendmail.mc import McView
from checks.mcf import Words, decided, sure, unread, whole

#: What makes the files that Debian's configuration includes.
_MADE_BY = {
    "/etc/mail/tls/starttls.m4": "/usr/share/sendmail/update_tls",
    "/etc/mail/sasl/sasl.m4": "/usr/share/sendmail/update_auth",
}

_WORDS = Words(
    "m4 says so, and the .cf it writes all the same lacks what the file was to set.",
    "make the file, or use sinclude where it may be missing",
)


@check("MCF029", severity=Severity.HIGH, confidence=Confidence.HIGH)
def included_file_missing(view: McView, tree: Tree, complaints: Complaints | Unknown) -> Verdicts:
    """Look for each file that is included by its full path, cf.m4 apart."""
    yield from decided("MCF029", _read(view, tree), complaints, view, _WORDS, backed=lambda _: True, settles=whole)


def _read(view: McView, tree: Tree) -> Verdicts:
    for call in sure(view, "include"):
        path = call.value(0).strip()
        if not path.startswith("/") or path.endswith("cf.m4"):
            continue
        entry = tree.entry(path)
        if isinstance(entry, Missing):
            maker = _MADE_BY.get(path)
            yield Finding(
                call.args[0].inner,
                f"{path} does not exist",
                "m4 exits with 1, and the .cf it writes all the same lacks what the file was to set.",
                command(maker, "make the file")
                if maker
                else Fix("make the file, or use sinclude where it may be missing"),
            )
        elif isinstance(entry, Unknown):
            yield entry
    yield from unread(view)
