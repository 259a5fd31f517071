"""Files as text: a source, the spans that point into it, the nodes that tile it."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

_BLANKS = " \t\n\v\f\r"


class Position(NamedTuple):
    """A place in a file; line and column count from 1, columns in characters."""

    line: int
    column: int


class Source:
    """The bytes of one file, with the path it has inside the audited root.

    ``text`` is the bytes as latin-1, one character a byte, so that every offset into it is a byte offset and no byte is
    lost. What a person reads (``line``, ``position``, ``Span.shown``) is decoded as UTF-8 where a line is valid UTF-8.
    """

    __slots__ = ("_starts", "data", "path", "text")

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data
        self.text = data.decode("latin-1")
        self._starts: list[int] | None = None

    def __repr__(self) -> str:
        return f"Source({self.path!r}, {len(self.data)} bytes)"

    @property
    def starts(self) -> list[int]:
        """The offset at which each line begins; the last line may be empty."""
        if self._starts is None:
            starts = [0]
            find = self.data.find
            at = find(b"\n")
            while at >= 0:
                starts.append(at + 1)
                at = find(b"\n", at + 1)
            self._starts = starts
        return self._starts

    def line(self, number: int) -> str:
        """Line ``number`` (from 1) without its line end, decoded for a reader."""
        starts = self.starts
        end = starts[number] if number < len(starts) else len(self.data)
        return decoded(self.data[starts[number - 1] : end].rstrip(b"\r\n"))

    def position(self, offset: int) -> Position:
        """The line and column of an offset; an offset past the end is the end."""
        offset = min(max(offset, 0), len(self.data))
        index = bisect_right(self.starts, offset) - 1
        return Position(index + 1, len(decoded(self.data[self.starts[index] : offset])) + 1)

    def span(self, start: int = 0, end: int | None = None) -> Span:
        """A span of this file; without arguments, the whole of it."""
        return Span(self, start, len(self.data) if end is None else end)


def decoded(data: bytes) -> str:
    """Bytes for a reader: as UTF-8 where they are valid UTF-8, as latin-1 where they are not."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


class Span:
    """A run of characters of one source, ``start`` included and ``end`` not."""

    __slots__ = ("end", "source", "start")

    def __init__(self, source: Source, start: int, end: int) -> None:
        self.source = source
        self.start = start
        self.end = end

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.source.path}:{self.line}, {self.text!r})"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Span)
            and self.source is other.source
            and self.start == other.start
            and self.end == other.end
        )

    def __hash__(self) -> int:
        return hash((id(self.source), self.start, self.end))

    @property
    def path(self) -> str:
        """The file's path inside the audited root."""
        return self.source.path

    @property
    def text(self) -> str:
        """The characters of the span, one for each byte."""
        return self.source.text[self.start : self.end]

    @property
    def shown(self) -> str:
        """The characters of the span as a reader sees them."""
        return decoded(self.source.data[self.start : self.end])

    @property
    def line(self) -> int:
        """The number of the line the span begins on."""
        return bisect_right(self.source.starts, self.start)

    def part(self, start: int, end: int | None = None) -> Span:
        """A span inside this one, its offsets counted from this one's start."""
        return Span(self.source, self.start + start, self.end if end is None else self.start + end)

    def find(self, word: str, start: int = 0) -> Span:
        """The first place of ``word`` at or after ``start`` inside this span.

        The whole span where it does not occur.
        """
        at = self.text.find(word, start)
        return self if at < 0 else self.part(at, at + len(word))

    def stripped(self) -> Span:
        """The span without the blanks at its ends; only those of ASCII are blanks to C, and so to sendmail."""
        text = self.text
        start = len(text) - len(text.lstrip(_BLANKS))
        return self.part(start, max(start, len(text.rstrip(_BLANKS))))


class Node(Span):
    """A span with a name for what it is; the nodes of a document tile its source without gap or overlap.

    ``kind`` is a short word of the reader's own ("option", "comment", "blank"). The kind ``unparsed`` means that no
    rule of the grammar took the text; every such node shows up as a finding.
    """

    __slots__ = ("kind",)

    def __init__(self, source: Source, start: int, end: int, kind: str) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.kind = kind


UNPARSED = "unparsed"


class Document:
    """A source cut into nodes: joined, their texts give the source back, whatever its bytes."""

    __slots__ = ("nodes", "source")

    def __init__(self, source: Source, nodes: tuple[Node, ...]) -> None:
        self.source = source
        self.nodes = nodes

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.source.path!r}, {len(self.nodes)} nodes)"

    @property
    def path(self) -> str:
        """The file's path inside the audited root."""
        return self.source.path

    def of_kind(self, *kinds: str) -> list[Node]:
        """The nodes of the given kinds, in the order of the file."""
        return [node for node in self.nodes if node.kind in kinds]

    @property
    def unparsed(self) -> list[Node]:
        """The nodes that no rule of the grammar took."""
        return self.of_kind(UNPARSED)
