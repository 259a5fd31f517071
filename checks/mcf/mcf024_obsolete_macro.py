r"""A macro or feature is obsolete.

Some settings were replaced long ago. m4 prints a line for most of them; some it leaves out of the
.cf, so what they were to set is not set (cf/README, "TWEAKING CONFIGURATION OPTIONS";
RELEASE_NOTES).

In the log or at the client:
    *** confREAD_TIMEOUT is obsolete.
    WARNING: confDAEMON_OPTIONS is no longer valid.
Bad:
    define(`confDAEMON_OPTIONS', `Port=smtp')dnl
Bad:
    FEATURE(`nodns')dnl
Bad:
    define(`confMIN_FREE_BLOCKS', `100/52428800')dnl
Good:
    define(`confTO_COMMAND', `5m')dnl
    define(`confMIN_FREE_BLOCKS', `200')dnl
Not when: it is blacklist_recipients, which has a rule of its own.
See: cf/README, "TWEAKING CONFIGURATION OPTIONS" and "FEATURES".
"""

from collections.abc import Iterator

from auditor.facts.complaints import Complaints
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.text import Span
from auditor.model.unknown import Unknown
from auditor.sendmail.macros import FEATURES, OBSOLETE_CONF
from auditor.sendmail.mc import McView
from checks.mcf import Words, decided, drop_line, sure, unread, whole

#: What these still do, as m4 files of 8.17 have it.
_STILL = {
    "confDAEMON_OPTIONS": "m4 warns; the listener is made all the same, and the next release may leave it out.",
    "confCLIENT_OPTIONS": "m4 warns; the line is written all the same, and the next release may leave it out.",
    "confUNSAFE_GROUP_WRITES": "m4 warns; the option still takes effect.",
    "confMIN_FREE_BLOCKS with two values": "m4 warns; the second number sets MaxMessageSize, unlooked for.",
    "confDEF_AUTH_INFO": "sendmail still reads the file it names, with one login for every server.",
    "notsticky": "It does nothing; what it did is the default.",
}
#: Of which m4 says nothing.
_SILENT = ("confDEF_AUTH_INFO", "confMESSAGE_TIMEOUT", "notsticky")
_LOST = "It is left out of the .cf: what it was to set is not set."

_WORDS = Words(
    "m4 prints a line about it; what it was to set may not be set.",
    "use what has replaced it",
)


@check("MCF024", severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def obsolete_macro(view: McView, complaints: Complaints | Unknown) -> Verdicts:
    """Look up what the file defines and uses."""
    yield from decided("MCF024", _read(view), complaints, view, _WORDS, backed=_told, settles=whole)


def _told(finding: Finding) -> bool:
    """Whether m4 tells of it; of some it does not."""
    return not finding.message.startswith(_SILENT)


def _read(view: McView) -> Verdicts:
    for define in view.defines:
        if define.origin != "define" or define.name_span is None:
            continue
        if define.name in OBSOLETE_CONF:
            yield _finding(define.name_span, define.name, OBSOLETE_CONF[define.name])
        elif define.name == "confMIN_FREE_BLOCKS" and "/" in (define.body or ""):
            place = define.value_span or define.name_span
            yield _finding(place, "confMIN_FREE_BLOCKS with two values", "confMAX_MESSAGE_SIZE for the second")
    yield from _features(view)
    yield from unread(view)


def _features(view: McView) -> Iterator[Finding]:
    for call in sure(view, "FEATURE"):
        name = call.value(0)
        facts = FEATURES.get(name)
        if facts is not None and facts.replaced_by is not None and name != "blacklist_recipients":
            yield _finding(call.args[0].inner, name, facts.replaced_by)


def _finding(place: Span, name: str, instead: str) -> Finding:
    better = f"use {instead}" if instead else "remove the line"
    fix = Fix(better) if instead else drop_line(place, better)
    return Finding(place, f"{name} is obsolete: {better}", _STILL.get(name, _LOST), fix)
