r"""An unquoted argument holds a word that m4 acts on.

Without quotes m4 reads an argument before the macro gets it, and a part of a host's name that is a
macro is replaced: dnl.example.org takes the rest of the line away, divert.example.org is
".example.org". Only words that act without a parenthesis do so; index, len or include are harmless
(GNU m4 manual, "Quoting Arguments").

In the log or at the client:
    m4: ERROR: end of file in argument list
Bad:
    MASQUERADE_AS(divert.example.org)dnl
Bad:
    define(`confDOMAIN_NAME', FEATURE.example.org)dnl
Good:
    LOCAL_DOMAIN(len.doe.org)dnl
Good:
    LOCAL_DOMAIN(`divert.doe.org')dnl
Not when: the argument is quoted, or the word acts only with a parenthesis behind it.
See: cf/README, "A BRIEF INTRODUCTION TO M4".
"""

from collections.abc import Iterator

from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, replace
from auditor.model.pattern import lazy
from auditor.model.text import Span
from auditor.sendmail.macros import CF_MACROS, CLASS_MACROS, SECTIONS
from auditor.sendmail.mc import MacroCall, McView
from checks.mcf import unread

#: What has no meaning of its own inside an argument; m4's own words for numbers and names are used there on purpose.
_ACT = frozenset(("divert", "undivert", "changequote", "changecom", "dnl", "m4exit", "traceon", "traceoff"))
_WORDS = (
    _ACT
    | (CF_MACROS - {"DATABASE_MAP_TYPE", "CF_LEVEL", "_CF_DIR_", "TEMPFILE"})
    | SECTIONS.keys()
    | CLASS_MACROS.keys()
)
_DNL = lazy(r"dnl[.-][a-z]|dnl\)")
_CALLERS = lazy(r"define|[A-Z][A-Z0-9_]+")


@check("MCF035", severity=Severity.LOW, confidence=Confidence.HIGH)
def argument_is_a_macro(view: McView) -> Verdicts:
    """Look for calls without a parenthesis that stand inside another call's argument."""
    calls = [call for call in view.calls if call.live]
    plain = [call for call in calls if not call.args and call.name in _WORDS]
    for outer in calls:
        if outer.args and _CALLERS.fullmatch(outer.name):
            for call in plain:
                if _inside(call.name_span, outer) and _part_of_a_name(call.name_span):
                    yield _finding(call.name_span, outer)
    yield from _cut(view)
    yield from unread(view)


def _inside(span: Span, outer: MacroCall) -> bool:
    return any(
        argument.span.source is span.source
        and argument.span.start <= span.start < argument.span.end
        and not argument.quoted
        for argument in outer.args
    )


def _part_of_a_name(span: Span) -> bool:
    around = span.source.text[max(0, span.start - 1) : span.start] + span.source.text[span.end : span.end + 1]
    return any(character in ".-" for character in around)


def _finding(word: Span, outer: MacroCall) -> Finding:
    argument = next(each for each in outer.args if each.span.start <= word.start < each.span.end)
    return Finding(
        word,
        f"{word.text} in this unquoted argument is a macro",
        f"m4 runs it and {outer.name} gets {argument.value or 'nothing'}.",
        replace(argument.span, f"`{argument.span.text.strip()}'", "quote the argument"),
    )


def _cut(view: McView) -> Iterator[Finding]:
    """A dnl inside a name in an argument, which takes the closing parenthesis away."""
    for node in view.document.of_kind("dnl"):
        text = view.document.source.text
        if text[max(0, node.start - 1) : node.start] in ("(", ".", "-", ",") and _DNL.match(node.text):
            yield Finding(
                node.part(0, len("dnl")),
                "dnl in this unquoted argument takes the rest of the line away",
                "The closing parenthesis is gone with it; m4 reads on into the lines below.",
                replace(node.part(0, len("dnl")), "`dnl'", "quote it"),
            )
