r"""An O line is overruled by a later one for the same option.

The last one counts. What a .mc puts under LOCAL_CONFIG comes out above the options that the macros
write, so it takes effect only for options that these leave alone; for all others the macro's own
value follows and wins, without a word. Options that add up, PrivacyOptions, AuthOptions,
DontBlameSendmail and the listeners, are no part of this (cf/README, LOCAL_CONFIG; Sendmail
Installation and Operation Guide, 5.6).

In the log or at the client:
    nothing
Bad:
    LOCAL_CONFIG
    O LogLevel=14
Bad:
    --- +/etc/mail/sendmail.cf
    O MaxHopCount=30
    O MaxHopCount=25
Good:
    LOCAL_CONFIG
    O MaxNOOPCommands=25
Good:
    LOCAL_CONFIG
    O PrivacyOptions=nobodyreturn
Not when: both lines say the same.
See: cf/README, LOCAL_CONFIG.
"""

from collections.abc import Iterator

from auditor.facts.configurations import CfFile
from auditor.facts.options import Options
from auditor.facts.options_static import Static
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.text import Span
from auditor.model.unknown import Unknowable, Unknown
from auditor.sendmail.cf import CfView, OptionLine, split, view_of
from auditor.sendmail.macros import OPTION_OF
from auditor.sendmail.mc import McView
from checks.cff import also, origin

#: Diversions whose text stands above the options that the macros write.
_ABOVE = (0, 5, 6)
_MACRO_OF = {option.lower(): macro for macro, option in OPTION_OF.items()}


@check("CFF039", severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def option_overruled(cf: CfFile | Unknown, options: Options, view: McView | Unknown) -> Verdicts:
    """Compare the lines of the .cf with each other, or those of the .mc with what the macros write."""
    if isinstance(cf, CfFile):
        yield from _in_cf(view_of(cf.document), view)
    elif options.static is not None:
        yield from _in_mc(options.static)


def _in_cf(view: CfView, mc: McView | Unknown) -> Iterator[Finding]:
    last: dict[str, OptionLine] = {}
    lines = [each for line in view.options if line.option is not None for each in split(line)]
    for line in reversed(lines):
        if line.option is None or line.option.accumulates:
            continue
        later = last.setdefault(line.key, line)
        if later is not line and later.taken != line.taken:
            place = Span(line.node.source, line.node.start, line.node.start + len(line.node.text.rstrip()))
            at = origin(place, mc)
            related = ((later.span, f"{later.taken} counts"), *also(at, place))
            yield _finding(line, at if at is not place else line.span, later.taken, related)


def _in_mc(static: Static) -> Iterator[Finding]:
    for text, line in static.lines:
        if line.option is None or line.option.accumulates or text.diversion not in _ABOVE or text.conditional:
            continue
        try:
            later = static.generated(line.key)
        except Unknowable:
            continue
        if later and later[-1].value != line.taken:
            place = later[-1].span
            related = ((place, f"{later[-1].value} counts"),) if place is not None else ()
            yield _finding(line, line.span, later[-1].value, related)


def _finding(line: OptionLine, at: Span, value: str, related: tuple[tuple[Span, str], ...]) -> Finding:
    name = line.option.name if line.option is not None else line.written
    shown = name if line.part is None else f"{name}.{line.part}"
    macro = _MACRO_OF.get(line.key)
    return Finding(
        at,
        f"{shown}={line.taken} is overruled by a later line, {value or 'an empty one'}",
        "The value has no effect, and nobody is told.",
        Fix(f"define(`{macro}', `{line.taken}')dnl in its place" if macro is not None else "keep one of the two lines"),
        related,
    )
