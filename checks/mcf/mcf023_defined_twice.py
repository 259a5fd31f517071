r"""A setting is made twice, with different values.

The last definition m4 meets is the one that counts, so the other line is dead, and whoever edits it
wonders. The second one may also come from a DOMAIN or FEATURE file that stands below the .mc's own
line (cf/README, "INTRODUCTION AND EXAMPLE").

In the log or at the client:
    nothing
Bad:
    define(`confLOG_LEVEL', `14')dnl
    define(`confLOG_LEVEL', `12')dnl
Good:
    define(`confLOG_LEVEL', `12')dnl
Good:
    DAEMON_OPTIONS(`Name=one, Addr=127.0.0.1, Port=smtp, M=A')dnl
    DAEMON_OPTIONS(`Name=two, Addr=::1, Family=inet6, Port=smtp, M=A')dnl
Not when: both give the same value, a condition decides which one counts, or the first value is used
    for the second.
See: cf/README, "A BRIEF INTRODUCTION TO M4".
"""

from itertools import pairwise

from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity
from auditor.model.pattern import lazy
from auditor.model.text import Span
from auditor.sendmail.macros import OPTION_OF
from auditor.sendmail.mc import Define, McView
from checks.mcf import drop_line, unread

_SETTING = lazy(r"conf[A-Z].*|[A-Z0-9]+_(?:MAILER|SHELL)_[A-Z]+|SMART_HOST|MAIL_HUB|LUSER_RELAY|LOCAL_RELAY")


@check("MCF023", severity=Severity.LOW, confidence=Confidence.HIGH)
def defined_twice(view: McView) -> Verdicts:
    """Compare each definition of a setting with the next one."""
    history: dict[str, list[Define]] = {}
    for define in view.defines:
        if define.name in OPTION_OF or _SETTING.fullmatch(define.name):
            history.setdefault(define.name, []).append(define)
    for name, defines in history.items():
        for first, second in pairwise(defines):
            if first.name_span is not None and _dead(first) and _overrules(second, first, name):
                yield _finding(first, first.name_span, second)
    yield from unread(view)


def _dead(first: Define) -> bool:
    return first.origin == "define" and not first.conditional and not first.removed and first.body is not None


def _overrules(second: Define, first: Define, name: str) -> bool:
    if second.conditional or second.removed or second.body is None or second.body == first.body:
        return False
    # OSTYPE has a rule of its own; a value that is built on the old one keeps it.
    return not second.origin.startswith("OSTYPE") and name not in second.body


def _finding(first: Define, place: Span, second: Define) -> Finding:
    other = second.name_span or second.span
    by = f"line {other.line}" if second.origin == "define" and other is not None else second.origin
    return Finding(
        place,
        f"{first.name} is set again by {by}",
        f"This line has no effect: the value is {second.body or 'empty'}.",
        drop_line(place, "keep the one that is meant"),
        related=((other, "this one counts"),) if other is not None else (),
    )
