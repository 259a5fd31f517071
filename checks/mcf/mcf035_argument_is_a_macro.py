r"""An argument holds a word that m4 acts on.

Without quotes m4 reads an argument before the macro gets it, and a part of a host's name that is a
macro is replaced: dnl.example.org takes the rest of the line away, divert.example.org is
".example.org". One pair of quotes lasts until the macro has its argument; those that put it into
the .cf as it is have m4 read it once more, MASQUERADE_AS twice. Only words that act without a
parenthesis do so; index, len or include are harmless (GNU m4 manual, "Quoting Arguments").

In the log or at the client:
    m4: ERROR: end of file in argument list
Bad:
    MASQUERADE_AS(divert.example.org)dnl
Bad:
    define(`confDOMAIN_NAME', FEATURE.example.org)dnl
Bad:
    LOCAL_DOMAIN(`divert.doe.org')dnl
Good:
    LOCAL_DOMAIN(len.doe.org)dnl
Good:
    CANONIFY_DOMAIN(``divert.doe.org'')dnl
Not when: the argument has as many quotes as it needs, or the word acts only with a parenthesis
    behind it.
See: cf/README, "A BRIEF INTRODUCTION TO M4".
"""

from collections.abc import Iterator

from auditor.facts.complaints import Complaints
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.model.pattern import lazy
from auditor.model.text import Span
from auditor.model.unknown import Unknown
from auditor.sendmail.macros import CF_MACROS, CLASS_MACROS, SECTIONS
from auditor.sendmail.mc import Argument, MacroCall, McView
from checks.mcf import Words, cut_by_dnl, decided, unread

#: What has no meaning of its own inside an argument; m4's own words for numbers and names are used there on purpose.
_ACT = frozenset(("divert", "undivert", "changequote", "changecom", "dnl", "m4exit", "traceon", "traceoff"))
_NAMES = (
    _ACT
    | (CF_MACROS - {"DATABASE_MAP_TYPE", "CF_LEVEL", "_CF_DIR_", "TEMPFILE"})
    | SECTIONS.keys()
    | CLASS_MACROS.keys()
)
_WORDS = Words("The closing parenthesis is gone with the rest of the line; m4 stops at the end.", "quote the argument")
#: Definitions that m4 reads again when it writes the .cf.
_SETTINGS = lazy(r"conf[A-Z].*|SMART_HOST|MAIL_HUB|LUSER_RELAY|LOCAL_RELAY")
_TOKENS = lazy(r"[`']|[A-Za-z_]\w*")
_MASQUERADE = "MASQUERADE_AS"
_CALLERS = lazy(r"define|[A-Z][A-Z0-9_]+")


@check("MCF035", severity=Severity.LOW, confidence=Confidence.HIGH)
def argument_is_a_macro(view: McView, complaints: Complaints | Unknown) -> Verdicts:
    """Look for calls without a parenthesis that stand inside another call's argument."""
    yield from decided("MCF035", _read(view), complaints, view, _WORDS)


def _read(view: McView) -> Verdicts:
    calls = [call for call in view.calls if call.live]
    plain = [call for call in calls if not call.args and call.name in _NAMES]
    for outer in calls:
        if outer.args and _CALLERS.fullmatch(outer.name):
            for call in plain:
                if _inside(call.name_span, outer) and _part_of_a_name(call.name_span):
                    yield _finding(call.name_span, outer)
        yield from _quoted(outer)
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
        _requoted(argument, _pairs(outer)),
    )


def _quoted(outer: MacroCall) -> Iterator[Finding]:
    """Words that the quotes around an argument do not save, since it is read again."""
    number = 1 if outer.name == "define" else 0
    named = _SETTINGS.fullmatch(outer.value(0)) if number else outer.name in CLASS_MACROS or outer.name == _MASQUERADE
    argument = outer.args[number] if named and number < len(outer.args) else None
    if argument is None or not argument.quoted or argument.unknown is not None:
        return
    pairs, depth = _pairs(outer), 1
    for token in _TOKENS.finditer(argument.inner.text):
        depth += {"`": 1, "'": -1}.get(token[0], 0)
        word = argument.inner.part(*token.span())
        if token[0] in _NAMES and depth < pairs and _part_of_a_name(word):
            yield Finding(
                word,
                f"{word.text} in this argument is a macro, and {depth} pair{'s' * (depth > 1)} of quotes saves it not",
                f"{outer.name} has m4 read the argument again, and m4 acts on the word then.",
                _requoted(argument, pairs),
            )


def _pairs(outer: MacroCall) -> int:
    """How many pairs of quotes an argument needs that is to reach the .cf as it is."""
    return 3 if outer.name == _MASQUERADE else 2


def _requoted(argument: Argument, pairs: int) -> Fix:
    text = argument.span.text.strip().replace("`", "").replace("'", "")
    return replace(
        argument.span, "`" * pairs + text + "'" * pairs, f"quote the argument {('twice', 'three times')[pairs - 2]}"
    )


def _cut(view: McView) -> Iterator[Finding]:
    """A dnl inside a name in an argument, which takes the closing parenthesis away."""
    for word in cut_by_dnl(view):
        yield Finding(
            word,
            "dnl in this unquoted argument takes the rest of the line away",
            "The closing parenthesis is gone with it; m4 reads on into the lines below.",
            replace(word, "`dnl'", "quote it"),
        )
