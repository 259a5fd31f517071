r"""FEATURE(`blacklist_recipients') has a new name.

sendmail 8.16.1 calls it blocklist_recipients. The old name still works and makes m4 print a
warning; a release before 8.16.1 knows the old name only (RELEASE_NOTES, 8.16.1).

In the log or at the client:
    WARNING: FEATURE(blacklist_recipients) is deprecated; use FEATURE(blocklist_recipients.m4).
Bad:
    FEATURE(`blacklist_recipients')dnl
Good:
    FEATURE(`lookupdotdomain')dnl
Good:
    dnl FEATURE(`blacklist_recipients')dnl
Not when: the installed sendmail is older than 8.16.1.
See: howto step 6; cf/README, "FEATURES".
"""

from auditor.facts.complaints import Complaints
from auditor.facts.live import Binary
from auditor.facts.version import Version
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.model.unknown import Unknown
from auditor.sendmail.mc import McView
from checks.mcf import Words, decided, sure, unread, whole

_RENAMED = (8, 16, 1)
_WORDS = Words("It still works; m4 prints a warning at every build.", "write blocklist_recipients")


@check("MCF030", severity=Severity.LOW, confidence=Confidence.HIGH, howto="6")
def blacklist_recipients(
    view: McView, binary: Binary | Unknown, version: Version | Unknown, complaints: Complaints | Unknown
) -> Verdicts:
    """Look for the old name; where only the .cf tells a version, an older one makes it a note for the next upgrade."""
    if not isinstance(binary, Unknown) and binary.release < _RENAMED:
        return
    yield from decided(
        "MCF030", _read(view, binary, version), complaints, view, _WORDS, backed=lambda _: True, settles=whole
    )


def _read(view: McView, binary: Binary | Unknown, version: Version | Unknown) -> Verdicts:
    made_for = () if isinstance(version, Unknown) or not isinstance(binary, Unknown) else version.release
    for call in sure(view, "FEATURE"):
        if call.value(0) == "blacklist_recipients":
            old = bool(made_for) and made_for < _RENAMED
            yield Finding(
                call.args[0].inner,
                "blacklist_recipients is called blocklist_recipients from sendmail 8.16.1 on",
                "It still works; m4 prints a warning at every build, and a later release may drop the name.",
                Fix("write blocklist_recipients, once sendmail is 8.16.1")
                if old
                else replace(call.args[0].inner, "blocklist_recipients", "write blocklist_recipients", safe=True),
                severity=Severity.INFO if old else None,
            )
    yield from unread(view)
