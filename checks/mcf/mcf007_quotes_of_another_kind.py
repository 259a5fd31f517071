r"""A macro's arguments are quoted with something else than ` and '.

m4 knows one pair of quotes, the backquote and the apostrophe. Plain apostrophes on both sides,
backquotes on both sides, and the typographic quotes that web pages and word processors make are
text: define('confLOG_LEVEL', '14') defines a macro whose name begins with an apostrophe, and nobody
is told (cf/README, "A BRIEF INTRODUCTION TO M4").

In the log or at the client:
    nothing for define; cannot open `/usr/share/sendmail/cf/feature/'access_db'.m4' for FEATURE
Bad:
    define('confLOG_LEVEL', '14')dnl
Bad:
    define(‘confMAX_HOP’, ‘25’)dnl
Bad:
    define(`confLOG_LEVEL', `14`)dnl
Good:
    define(`confLOG_LEVEL', `14')dnl
Good:
    define(`confSMTP_LOGIN_MSG', `$j "ESMTP" spoken')dnl
Not when: such quotes stand inside a quoted value or behind dnl.
See: howto step 6; cf/README, "A BRIEF INTRODUCTION TO M4".
"""

from collections.abc import Iterator

from auditor.facts.complaints import Complaints
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Edit, Finding, Fix, Severity
from auditor.model.pattern import lazy
from auditor.model.unknown import Unknown
from auditor.sendmail.mc import Argument, MacroCall, McView
from checks.mcf import BACKQUOTED, MISQUOTED, Words, decided, misquoted, unread

_ENDS = lazy(r"(?:'|\xc2\xb4|\xe2\x80[\x98-\x9f]|[\x91-\x94]|\")$")
_WORDS = Words("m4 takes the quotes for part of the text.", "quote with ` and '")


@check("MCF007", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="6")
def quotes_of_another_kind(view: McView, complaints: Complaints | Unknown) -> Verdicts:
    """Look at how each argument begins."""
    yield from decided("MCF007", _read(view), complaints, view, _WORDS)


def _read(view: McView) -> Verdicts:
    for call in view.calls:
        wrong = [argument for argument in call.args if misquoted(argument)]
        if call.live and wrong:
            yield _finding(call, wrong)
    yield from _backquoted(view)
    yield from unread(view)


def _finding(call: MacroCall, wrong: list[Argument]) -> Finding:
    edits = tuple(Edit(argument.span, f"`{_bare(argument)}'") for argument in wrong)
    first = wrong[0].span
    lost = call.name in ("define", "undefine") and wrong[0] is call.args[0]
    return Finding(
        first,
        f"{first.shown} is not quoted for m4",
        "m4 takes the quotes for part of the name, so the line has no effect and nobody is told."
        if lost
        else "m4 takes the quotes for part of the text and cuts it at every comma.",
        Fix("quote with ` and '", edits=edits, safe=all(_is_whole(argument) for argument in wrong)),
    )


def _bare(argument: Argument) -> str:
    text = argument.span.text
    start = MISQUOTED.match(text)
    end = _ENDS.search(text)
    return text[start.end() if start else 0 : end.start() if end else len(text)]


def _is_whole(argument: Argument) -> bool:
    """Whether the argument has such quotes at both its ends and none between, so that it was not cut at a comma."""
    text = argument.span.text
    bare = _bare(argument)
    return _ENDS.search(text) is not None and bare.isascii() and not set(bare) & set("`'\"\n")


def _backquoted(view: McView) -> Iterator[Finding]:
    for trouble in view.troubles:
        found = BACKQUOTED.match(trouble.span.source.text, trouble.span.start) if trouble.kind == "quote" else None
        if found is not None:
            span = trouble.span.source.span(found.start(), found.end())
            yield Finding(
                span,
                "a backquote where the closing ' should be",
                "m4 takes it for another opening quote and stops with end of file in string; the .cf is a stump.",
                Fix("close the quote with '", edits=(Edit(span.part(len(found[0]) - 1), "'"),), safe=True),
            )
