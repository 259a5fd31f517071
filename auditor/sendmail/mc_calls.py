"""What is written at a place of a ``.mc`` from which m4 took something: a call, the value of a definition, or text."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.model.text import Node, Span
from auditor.readers.mc import McDocument
from auditor.sendmail.mc_pieces import index

_DEFINING = ("define", "pushdef")
_VALUE = 1
_QUOTES = {"quote": 1, "endquote": -1}
_PARENTHESES = {"open": 1, "close": -1}


def written_at(document: McDocument, offset: int, macro: str) -> Span:
    """What stands at an offset: the value of a ``define``, another call as a whole, or text to the end of its line.

    Args:
        document: the file.
        offset: where in it.
        macro: the macro that is called there; empty for text.

    """
    nodes = document.nodes
    at = index(nodes, offset)
    source = document.source
    if not macro or at >= len(nodes) or nodes[at].start != offset:
        return _line(document, offset)
    name = nodes[at]
    if name.kind != "word":
        return _line(document, offset)
    cuts = _arguments(nodes, at + 1)
    if len(cuts) > _VALUE + 1 and name.text in _DEFINING:
        return _inner(nodes, cuts[_VALUE] + 1, cuts[_VALUE + 1])
    return source.span(offset, nodes[cuts[-1]].end if cuts else name.end)


def _line(document: McDocument, offset: int) -> Span:
    text = document.source.text
    end = text.find("\n", offset)
    return document.source.span(offset, len(text) if end < 0 else end).stripped()


def _arguments(nodes: Sequence[Node], at: int) -> list[int]:
    """The places of the parenthesis that opens, the commas and the one that closes; none where no argument follows."""
    if at >= len(nodes) or nodes[at].kind != "open":
        return []
    cuts, quotes, depth = [at], 0, 1
    for here in range(at + 1, len(nodes)):
        kind = nodes[here].kind
        quotes = max(0, quotes + _QUOTES.get(kind, 0))
        if quotes:
            continue
        depth += _PARENTHESES.get(kind, 0)
        if depth == 0:
            return [*cuts, here]
        if kind == "comma" and depth == 1:
            cuts.append(here)
    return []


def _inner(nodes: Sequence[Node], start: int, end: int) -> Span:
    """An argument without the blanks before it and one level of quotes."""
    while start < end and nodes[start].kind in ("blank", "newline"):
        start += 1
    if end - start >= 2 and nodes[start].kind == "quote" and nodes[end - 1].kind == "endquote":  # noqa: PLR2004  # Both quotes.
        return nodes[start].source.span(nodes[start].end, nodes[end - 1].start)
    return nodes[start].source.span(nodes[start].start, nodes[end].start)
