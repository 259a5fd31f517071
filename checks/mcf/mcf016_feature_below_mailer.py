r"""A FEATURE stands below MAILER.

MAILER writes the mailer with what is set at that moment. m4 complains about every FEATURE below it;
most take effect all the same, but those that change the local mailer or its rewriting come too late
(cf/README, "INTRODUCTION AND EXAMPLE").

In the log or at the client:
    *** ERROR: FEATURE() should be before MAILER()
    *** FEATURE(smrsh) must occur before MAILER(local)
Bad:
    MAILER(`procmail')dnl
    FEATURE(`smrsh', `/usr/sbin/smrsh')dnl
Bad:
    --- +/etc/mail/submit.mc
    FEATURE(`msp', `[127.0.0.1]')dnl
    FEATURE(`use_ct_file')dnl
Good:
    FEATURE(`redirect')dnl
Not when: the MAILER is the one that FEATURE(`msp') or FEATURE(`nullclient') calls itself.
See: howto step 6; cf/README, "INTRODUCTION AND EXAMPLE".
"""

from auditor.facts.complaints import Complaints
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Edit, Finding, Fix, Severity
from auditor.model.text import Span
from auditor.model.unknown import Unknown
from auditor.sendmail.macros import FEATURES
from auditor.sendmail.mc import MacroCall, McView
from checks.mcf import Words, before, decided, shown, sure, unread, whole, whole_line

#: Features that call MAILER themselves, and come too late for it below another.
_CALL_MAILER = frozenset(("msp", "nullclient"))

_WORDS = Words(
    "m4 prints an error and exits with 0; the mailer is written without the feature.",
    "move it above the first MAILER",
)


@check("MCF016", severity=Severity.MEDIUM, confidence=Confidence.HIGH, howto="6")
def feature_below_mailer(view: McView, complaints: Complaints | Unknown) -> Verdicts:
    """Compare the place of each FEATURE with that of the first MAILER."""
    yield from decided("MCF016", _read(view), complaints, view, _WORDS, backed=lambda _: True, settles=whole)


def _read(view: McView) -> Verdicts:
    first: MacroCall | None = None
    for call in sure(view, "FEATURE", "MAILER"):
        if first is not None and call.name == "FEATURE" and call.gap is None:
            yield _finding(call, first)
        if first is None and (call.name == "MAILER" or call.value(0) in _CALL_MAILER):
            first = call
    yield from unread(view)


def _finding(call: MacroCall, first: MacroCall) -> Finding:
    facts = FEATURES.get(call.value(0))
    late = (facts is not None and bool(facts.before)) or call.value(0) in _CALL_MAILER
    return Finding(
        call.span,
        f"{shown(call)} stands below {shown(first)}",
        "The mailer is already written, so the feature has no effect on it, or half of one."
        if late
        else "m4 prints an error, though it exits with 0 and the feature takes effect.",
        _moved(call, first),
        related=((first.name_span, "the mailers begin here"),),
        severity=Severity.HIGH if late else None,
    )


def _moved(call: MacroCall, first: MacroCall) -> Fix:
    """A fix that moves the call's lines above the mailers."""
    title = f"move it above {shown(first)}"
    start, end = whole_line(call.name_span), whole_line(call.span.part(len(call.span.text) - 1))
    lines = Span(start.source, start.start, end.end)
    alone = lines.text.strip().removesuffix("dnl") == call.span.text
    if not alone or first.span.source is not start.source:
        return Fix(title)
    return Fix(title, edits=(Edit(before(whole_line(first.name_span)), lines.text), Edit(lines, "")))
