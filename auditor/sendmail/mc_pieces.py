"""What a walk through a ``.mc`` file keeps: the tokens it reads, the calls that are open, the parts of arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from auditor.model.text import Node, Source
from auditor.sendmail.mc_view import Argument


class Piece(NamedTuple):
    """A part of an argument: its text (None where that cannot be told), where it stands, and what it is."""

    text: str | None
    start: int
    end: int
    kind: str


class Frame:
    """A call whose arguments are being collected."""

    __slots__ = ("args", "depth", "name", "open", "pieces")

    def __init__(self, name: Node, open_: Node) -> None:
        self.name = name
        self.open = open_
        self.args: list[Argument] = []
        self.pieces: list[Piece] = []
        self.depth = 0


class Text:
    """A run of tokens that is being read: a file, or the body of a condition.

    ``given`` says that m4 may not read it at all; ``level`` counts the conditions around it.
    """

    __slots__ = ("conditional", "given", "level", "nodes", "source", "stack")

    def __init__(self, source: Source, nodes: Sequence[Node], level: int, *, given: bool) -> None:
        self.source = source
        self.nodes = nodes
        self.level = level
        self.given = self.conditional = given
        self.stack: list[Frame] = []

    def kind(self, at: int) -> str:
        """The kind of a token; empty past the end."""
        return self.nodes[at].kind if at < len(self.nodes) else ""


def closing(nodes: Sequence[Node], at: int) -> int | None:
    """The place of the quote that closes the one at a place, or None."""
    depth = 0
    for end in range(at, len(nodes)):
        kind = nodes[end].kind
        if kind == "quote":
            depth += 1
        elif kind == "endquote":
            depth -= 1
            if depth == 0:
                return end
    return None


def past_line(nodes: Sequence[Node], at: int) -> int:
    """The place after the rest of the line."""
    while at < len(nodes) and nodes[at].kind not in {"newline", "dnl"}:
        at += 1
    return min(at + 1, len(nodes))


def index(nodes: Sequence[Node], offset: int) -> int:
    """The place of the first token at or after an offset."""
    low, high = 0, len(nodes)
    while low < high:
        middle = (low + high) // 2
        if nodes[middle].start < offset:
            low = middle + 1
        else:
            high = middle
    return low
