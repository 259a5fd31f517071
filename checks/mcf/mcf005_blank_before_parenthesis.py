r"""A blank stands between a macro's name and its parenthesis.

m4 takes a parenthesis for an argument list only where it follows the name directly. define,
undefine and include are then no macros at all and land in the .cf; FEATURE, MAILER, DAEMON_OPTIONS
and the like act with empty arguments, and what stands in the parentheses becomes text (GNU m4
manual, "Macro arguments").

In the log or at the client:
    sendmail.cf: line 39: unknown configuration line "define (confMAX_DAEMON_CHILDREN,1000)"
    m4:sendmail.mc:20: cannot open `/usr/share/sendmail/cf/feature/.m4': No such file or directory
Bad:
    define (`confLOG_LEVEL', `12')dnl
Bad:
    FEATURE (`redirect')dnl
Bad:
    LOCAL_DOMAIN (`doe.org')dnl
Good:
    define(`confLOG_LEVEL', `12')dnl
Good:
    dnl define (`confLOG_LEVEL', `14')
    define(`confSMTP_LOGIN_MSG', `$j define (this)')dnl
Not when: it stands behind dnl or inside quotes.
See: howto step 6, the notes; cf/README, "A BRIEF INTRODUCTION TO M4".
"""

from auditor.facts.bare_text import BareText, Stray
from auditor.facts.complaints import Complaints
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, replace
from auditor.model.pattern import lazy
from auditor.model.text import Span
from auditor.model.unknown import Unknown
from auditor.sendmail.macros import CLASS_MACROS
from auditor.sendmail.mc import MacroCall, McView
from checks.mcf import Words, before_on_line, decided

#: What the cf tree opens for these, with an empty name.
_OPENS = {"FEATURE": "feature", "MAILER": "mailer", "OSTYPE": "ostype", "DOMAIN": "domain", "HACK": "hack"}

_ARGUMENTS = lazy(r"\((?:[`'][^`'\n]*'|\w+)(?:,[ \t]*(?:[`'][^`'\n]*'|[\w.:/-]*))*\)[ \t]*(?:dnl\b[^\n]*)?(?:\n|$)")
_WORDS = Words("The macro runs without arguments, and what stands in the parentheses is text.", "remove the blank")


@check("MCF005", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="N6")
def blank_before_parenthesis(text: BareText, view: McView, complaints: Complaints | Unknown) -> Verdicts:
    """Judge what is left of such calls in the text, and those that leave none."""
    yield from decided("MCF005", _read(text, view), complaints, view, _WORDS)


def _read(text: BareText, view: McView) -> Verdicts:
    for stray in text.of("call"):
        if stray.call is not None and stray.call.gap is not None:
            yield Finding(
                stray.call.gap,
                f"a blank between {stray.call.name} and its parenthesis",
                _consequence(stray, stray.call),
                replace(stray.call.gap, "", "remove the blank", safe=_is_call(stray.call.gap)),
                severity=Severity.CRITICAL if stray.refused else None,
            )
    for call in view.of(*CLASS_MACROS):
        if (
            call.gap is not None
            and not call.conditional
            and not before_on_line(call.name_span).lstrip().startswith("#")
        ):
            yield Finding(
                call.gap,
                f"a blank between {call.name} and its parenthesis",
                "The macro runs without a value and takes the rest of the line away: the name is not in the class.",
                replace(call.gap, "", "remove the blank", safe=_is_call(call.gap)),
            )
    if text.unread:
        yield Unknown(f"what line {text.unread[0].line} says is decided elsewhere")


def _is_call(gap: Span) -> bool:
    """Whether what stands behind a gap can only be arguments: quoted ones, or a name and a value, and then the end."""
    return "\n" not in gap.text and _ARGUMENTS.match(gap.source.text, gap.end) is not None


def _consequence(stray: Stray, call: MacroCall) -> str:
    if stray.taken is not None and not call.live:
        return f"It is no macro here, and its text goes into the .cf, where sendmail refuses it: {stray.taken.what}."
    directory = _OPENS.get(call.name)
    opened = f"m4 cannot open {directory}/.m4. " if directory is not None else f"{call.name} runs without arguments. "
    end = "which sendmail refuses" if stray.refused else "where it continues the line above"
    return f"{opened}What stands in the parentheses goes into the .cf, {end}."
