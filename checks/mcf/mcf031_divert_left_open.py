r"""A divert(-1) is never ended.

divert(-1) throws m4's own output away. Macros go on acting, since each of them diverts for itself,
but plain text below it and VERSIONID's line are lost, and whoever adds a line there wonders (GNU m4
manual, "Divert").

In the log or at the client:
    nothing; the text is not in the .cf
Bad:
    divert(-1)dnl
    VERSIONID(`not in the .cf')dnl
Good:
    divert(-1)
    This is a comment of several lines.
    divert(0)dnl
Not when: cf.m4 is included below it, which ends it.
See: cf/README, "A BRIEF INTRODUCTION TO M4".
"""

from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, replace
from auditor.sendmail.macros import SECTIONS
from auditor.sendmail.mc import MacroCall, McView
from checks.mcf import unread


@check("MCF031", severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def divert_left_open(view: McView) -> Verdicts:
    """Find the last divert(-1), and what ends it."""
    open_: MacroCall | None = None
    for call in view.calls:
        if call.live and not call.conditional:
            open_ = _after(call, open_)
    if open_ is not None:
        source = open_.span.source
        lost = any(call.name == "VERSIONID" and call.order > open_.order for call in view.of("VERSIONID"))
        yield Finding(
            open_.span,
            "this divert(-1) is never ended",
            "VERSIONID's line below it is not in the .cf." if lost else "Plain text added below it will be lost.",
            replace(source.span(len(source.text), len(source.text)), "divert(0)dnl\n", "end it with divert(0)dnl"),
            severity=None if lost else Severity.LOW,
        )
    yield from unread(view)


def _after(call: MacroCall, open_: MacroCall | None) -> MacroCall | None:
    if call.name == "divert":
        return call if call.value(0).strip().startswith("-") else None
    ended = call.name in SECTIONS or (call.name in ("include", "sinclude") and call.value(0).strip().endswith("cf.m4"))
    return None if ended else open_
