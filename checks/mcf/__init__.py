"""The .mc's own syntax and order: what m4 reads otherwise than it was meant, and what it takes away in silence."""

import posixpath
from collections.abc import Callable, Iterator
from typing import NamedTuple

from auditor.facts.complaints import Complaints, Told
from auditor.facts.given import Tree
from auditor.model.check import Verdicts
from auditor.model.finding import Finding, Fix, replace
from auditor.model.pattern import lazy
from auditor.model.text import Node, Span
from auditor.model.unknown import Unknown
from auditor.model.value import replaced
from auditor.sendmail.mc import Argument, MacroCall, McView, Trouble

USUAL_FILE = "/etc/mail/sendmail.mc"

#: A line that begins with a macro call or a dnl, below another one; inside a value it was hardly meant to be.
CALL_BELOW = lazy(
    r"\n[ \t]*(?:dnl\b|define\(|undefine\(|FEATURE\(|MAILER\(|OSTYPE\(|DAEMON_OPTIONS\(|[A-Z]+_[A-Z_]+\()",
)
#: An opening quote that is none for m4: a plain one, an acute accent, or a typographic one, as UTF-8 or Windows-1252.
MISQUOTED = lazy(r"'(?!')|\xc2\xb4|\xe2\x80[\x98-\x9f]|[\x91-\x94]")
#: A value in two backquotes.
BACKQUOTED = lazy(r"`[^`'\n]*`(?=[ \t]*[,)])")
_CUT = lazy(r"dnl[.-][a-z]|dnl\)")
_STOPS = {
    "quote": "a quote that is never closed",
    "parenthesis": "a parenthesis that is never closed",
    "changequote": "changequote",
    "changecom": "changecom",
}


def unread(view: McView) -> Iterator[Unknown]:
    """What keeps the rest of the file from being read, if anything does."""
    for trouble in view.troubles:
        if trouble.kind in _STOPS:
            yield Unknown(f"what follows {_STOPS[trouble.kind]} in line {trouble.span.line} is not read")


def unseen(view: McView, name: str) -> Unknown | None:
    """Why a macro that was not seen may be called all the same."""
    opaque = view.unseen(name)
    return Unknown(f"{opaque.reason} in line {opaque.span.line} may hold {name}") if opaque is not None else None


def whole_line(span: Span) -> Span:
    """The line a span begins on, its line feed included."""
    starts = span.source.starts
    end = starts[span.line] if span.line < len(starts) else len(span.source.text)
    return Span(span.source, starts[span.line - 1], end)


def before_on_line(span: Span) -> str:
    """The text that stands before a span on its line."""
    return span.source.text[span.source.starts[span.line - 1] : span.start]


def before(span: Span) -> Span:
    """The empty span at the beginning of another."""
    return Span(span.source, span.start, span.start)


def drop_line(span: Span, title: str, *, safe: bool = False) -> Fix:
    """A fix that takes a whole line away."""
    return replace(whole_line(span), "", title, safe=safe)


def shown(call: MacroCall) -> str:
    """A call as people write it, with its first argument."""
    return f"{call.name}(`{call.value(0)}')" if call.args else call.name


def sure(view: McView, *names: str) -> Iterator[MacroCall]:
    """The calls of the given macros that m4 certainly makes and whose first argument is known."""
    return (call for call in view.of(*names) if not call.conditional and call.unknown(0) is None)


def beside_cf_m4(view: McView, tree: Tree, kind: str) -> frozenset[str] | None:
    """The names of the m4 files of one directory of the cf tree (``feature``), or None where it is not in sight."""
    call = next((call for call in view.of("include", "sinclude") if call.value(0).strip().endswith("m4/cf.m4")), None)
    if call is None:
        return None
    place = posixpath.join(posixpath.dirname(view.document.path), call.value(0).strip())
    names = tree.names(posixpath.normpath(posixpath.join(posixpath.dirname(place), "..", kind)))
    if not isinstance(names, tuple):
        return None
    found = frozenset(name.removesuffix(".m4") for name in names if name.endswith(".m4"))
    return found or None


def runaway_after(view: McView, parenthesis: Span) -> Span | None:
    """The quote that begins on a parenthesis's line and ends below it, behind further macro calls; or None."""
    nodes = [
        node for node in view.document.nodes if node.start >= parenthesis.start and node.source is parenthesis.source
    ]
    opened: Node | None = None
    depth = 0
    for node in nodes:
        if node.kind == "quote":
            opened = opened if depth else node
            depth += 1
        elif node.kind == "endquote" and depth:
            depth -= 1
            if depth == 0 and opened is not None and CALL_BELOW.search(node.source.text, opened.start, node.start):
                return opened
        elif node.kind in ("newline", "dnl") and not depth:
            return None
    return None


def misquoted(argument: Argument) -> bool:
    """Whether an argument is quoted with something else than a backquote and an apostrophe."""
    return MISQUOTED.match(argument.span.text) is not None


class Words(NamedTuple):
    """What a rule says of a complaint of m4's that only the expansion tells.

    Attributes:
        consequence: what it leads to.
        fix: what mends it, an imperative clause.

    """

    consequence: str
    fix: str


def decided(  # noqa: PLR0913  # Each is a part of what the rule says.
    rule: str,
    static: Verdicts,
    complaints: Complaints | Unknown,
    view: McView,
    words: Words,
    *,
    backed: Callable[[Finding], bool] = lambda _: False,
    settles: Callable[[Complaints], bool] = lambda _: False,
) -> Verdicts:
    """What the static reading finds, joined with what m4 complains of where that is known.

    Args:
        rule: the rule's id.
        static: the static reading's verdicts.
        complaints: what m4 says.
        view: the static reading.
        words: what to say of a complaint that no finding of the static reading is about.
        backed: whether m4 would complain of what a finding is about; where it surely does not, the finding is dropped.
        settles: whether m4 decides what the static reading leaves open.

    """
    if isinstance(complaints, Unknown):
        yield from static
        return
    mine = [told for told in complaints.all if teller(told, view) == rule]
    left = dict.fromkeys(mine)
    for verdict in static:
        if isinstance(verdict, Finding):
            same = [told for told in mine if _covers(verdict, told)]
            if same or not (complaints.complete and backed(verdict)):
                lines = tuple(line for told in same if told in left for line in told.complaint.lines)
                yield replaced(verdict, evidence=(*verdict.evidence, *lines))
            for told in same:
                left.pop(told, None)
        elif not settles(complaints):
            yield verdict
    # A macro that is called again and again complains at the same place each time.
    for told in {(each.span, each.complaint.text): each for each in left}.values():
        yield told.doubt or _complained(told, complaints, words)


def whole(complaints: Complaints) -> bool:
    """Whether m4 read everything, so that nothing is open any more."""
    return complaints.whole


def complete(complaints: Complaints) -> bool:
    """Whether m4 read everything with the install's own cf tree."""
    return complaints.complete


def teller(told: Told, view: McView) -> str:
    """The id of the rule that tells of a complaint, by what the static reading knows of its cause."""
    rule, name = told.complaint.rule, told.complaint.name
    if rule == "MCF002" and any(
        BACKQUOTED.match(each.span.source.text, each.span.start) for each in _lost(view, "quote")
    ):
        return "MCF007"
    if rule == "MCF003":
        if any(runaway_after(view, each.span) is not None for each in _lost(view, "parenthesis")):
            return "MCF002"
        return "MCF035" if next(cut_by_dnl(view), None) is not None else rule
    if rule in ("MCF014", "MCF015") and not name and told.span is not None:
        gaps = (call.name_span for call in view.calls if call.gap is not None)
        return "MCF005" if any(_same_line(told.span, gap) for gap in gaps) else rule
    return rule


def cut_by_dnl(view: McView) -> Iterator[Span]:
    """Each dnl inside a name in an argument, which takes the closing parenthesis away."""
    text = view.document.source.text
    for node in view.document.of_kind("dnl"):
        if text[max(0, node.start - 1) : node.start] in ("(", ".", "-", ",") and _CUT.match(node.text):
            yield node.part(0, len("dnl"))


def _lost(view: McView, kind: str) -> Iterator[Trouble]:
    return (trouble for trouble in view.troubles if trouble.kind == kind)


def _covers(finding: Finding, told: Told) -> bool:
    """Whether a finding is about what m4 complains of."""
    places = [finding.at, *(at for at, _ in finding.related)]
    if told.span is not None and any(isinstance(at, Span) and _same_line(at, told.span) for at in places):
        return True
    name = told.complaint.name
    # A lost quote or parenthesis ends m4's work: it cannot complain twice, and the place it names may be any.
    ends = told.complaint.rule in ("MCF002", "MCF003")
    return ends or (bool(name) and name in finding.message) or (told.span is None and not name)


def _same_line(one: Span, other: Span) -> bool:
    return one.path == other.path and one.line == other.line


def _complained(told: Told, complaints: Complaints, words: Words) -> Finding:
    complaint = told.complaint
    return Finding(
        told.span or complaints.mc_path,
        complaint.clause,
        words.consequence,
        Fix(words.fix),
        evidence=complaint.lines,
        severity=complaint.severity,
    )
