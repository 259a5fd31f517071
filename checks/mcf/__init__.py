"""The .mc's own syntax and order: what m4 reads otherwise than it was meant, and what it takes away in silence."""

import posixpath
from collections.abc import Iterator

from auditor.facts.given import Tree
from auditor.model.finding import Fix, replace
from auditor.model.pattern import lazy
from auditor.model.text import Node, Span
from auditor.model.unknown import Unknown
from auditor.sendmail.mc import Argument, MacroCall, McView

USUAL_FILE = "/etc/mail/sendmail.mc"

#: A line that begins with a macro call or a dnl, below another one; inside a value it was hardly meant to be.
CALL_BELOW = lazy(
    r"\n[ \t]*(?:dnl\b|define\(|undefine\(|FEATURE\(|MAILER\(|OSTYPE\(|DAEMON_OPTIONS\(|[A-Z]+_[A-Z_]+\()",
)
#: An opening quote that is none for m4: a plain one, an acute accent, or a typographic one, as UTF-8 or Windows-1252.
MISQUOTED = lazy(r"'(?!')|\xc2\xb4|\xe2\x80[\x98-\x9f]|[\x91-\x94]")
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


def drop_line(span: Span, title: str) -> Fix:
    """A fix that takes a whole line away."""
    return replace(whole_line(span), "", title)


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
