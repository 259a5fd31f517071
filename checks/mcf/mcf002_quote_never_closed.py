r"""An m4 quote is opened and not closed where it should be.

m4 quotes with a backquote and an apostrophe, ` and '. What an opened quote takes in is text, macros
and all, up to the apostrophe that pairs with it. If that never comes m4 stops and the .cf it has
written so far is a stump; if a stray apostrophe in a later comment closes the quote, everything
between has become one value (GNU m4 manual, "Quoted strings").

In the log or at the client:
    m4:sendmail.mc:12: ERROR: end of file in string
    m4:/usr/share/sendmail/cf/mailer/smtp.m4:123: ERROR: end of file in argument list
Bad:
    define(`confLOG_LEVEL', `12)dnl
Bad:
    define(`confLOG_LEVEL', `12)dnl
    dnl An apostrophe that doesn't belong to it closes the quote.
Good:
    define(`confLOG_LEVEL', `12')dnl
Good:
    dnl A comment's quotes, ` and ', count for nothing.
    define(`confDEF_USER_ID', ``47:47'')dnl
Not when: the quotes stand behind dnl, or quotes stand inside quotes in pairs.
See: howto steps 6 and 7; cf/README, "A BRIEF INTRODUCTION TO M4".
"""

from collections.abc import Iterator

from auditor.facts.complaints import Complaints
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.model.pattern import lazy
from auditor.model.text import Span
from auditor.model.unknown import Unknown
from auditor.sendmail.mc import McView
from checks.mcf import BACKQUOTED, CALL_BELOW, Words, before_on_line, decided, runaway_after

_SETTINGS = frozenset(("FEATURE", "MAILER", "OSTYPE", "DOMAIN", "DAEMON_OPTIONS", "CLIENT_OPTIONS", "MASQUERADE_AS"))

#: A last argument that ends with its call and the line, and a name with a quoted value behind it.
_LAST = lazy(r"`([^`'()\n]*[^`'()\s,])\)[ \t]*(?:dnl\b[^\n]*)?(?:\n|$)")
_FIRST = lazy(r"`(\w+),[ \t]*`[^`'()\n]*'\)[ \t]*(?:dnl\b[^\n]*)?(?:\n|$)")
_WORDS = Words(
    "m4 stops here: the .cf ends in the middle, and sendmail with it if the .cf is installed.",
    "put the closing ' behind the value",
)


@check("MCF002", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="6")
def quote_never_closed(view: McView, complaints: Complaints | Unknown) -> Verdicts:
    """Point at the opening quote."""
    yield from decided("MCF002", _read(view), complaints, view, _WORDS, backed=_stops)


def _stops(finding: Finding) -> bool:
    """Whether m4 stops at it; a quote that another one closes by chance goes unnoticed."""
    return finding.message.startswith("this quote is never closed")


def _read(view: McView) -> Verdicts:
    for quote in _open(view):
        if not BACKQUOTED.match(quote.source.text, quote.start):
            yield Finding(
                quote,
                "this quote is never closed" + _in_comment(quote),
                "m4 stops here: the .cf ends in the middle, and sendmail with it if the .cf is installed.",
                _closed(quote),
            )
    for quote in _runaway(view):
        yield Finding(
            quote,
            "this quote is not closed on its line; it takes in the lines below, macro calls among them",
            "Everything up to the apostrophe that happens to close it becomes one value, and none of it takes effect.",
            _closed(quote),
        )


def _closed(quote: Span) -> Fix:
    """An edit where the line itself shows where the quote ends."""
    title = "put the closing ' behind the value"
    found = _LAST.match(quote.source.text, quote.start) or _FIRST.match(quote.source.text, quote.start)
    return replace(quote.source.span(found.end(1), found.end(1)), "'", title, safe=True) if found else Fix(title)


def _open(view: McView) -> Iterator[Span]:
    return (trouble.span for trouble in view.troubles if trouble.kind == "quote")


def _in_comment(quote: Span) -> str:
    hidden = before_on_line(quote).lstrip().startswith("#")
    return ": # begins no comment once cf.m4 has been read" if hidden else ""


def _runaway(view: McView) -> Iterator[Span]:
    """Opening quotes of settings' values that close far below, or whose call never ends because of that."""
    for call in view.of("define", *_SETTINGS):
        if call.name in _SETTINGS or call.value(0).startswith("conf"):
            for argument in call.args:
                if argument.span.text.startswith("`") and CALL_BELOW.search(argument.span.text):
                    yield argument.span.part(0, 1)
    for trouble in view.troubles:
        if trouble.kind == "parenthesis":
            quote = runaway_after(view, trouble.span)
            if quote is not None:
                yield quote
