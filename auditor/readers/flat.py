"""The flat cut that the small readers share: one expression takes a line or a token, nothing nests.

An expression is a verbose regular expression with a named group for each kind of piece. It is wrapped once in a
pyparsing ``Regex`` that keeps blanks and tabs, and ``cut`` walks the source with it. Text that no alternative takes
comes back as a piece without a match, so that whoever builds nodes from the pieces tiles the source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from auditor.model.text import UNPARSED, Node, Source, Span

if TYPE_CHECKING:
    from pyparsing import Regex


class Words(Node):
    """A line with the spans of its words, blanks and comment left out."""

    __slots__ = ("words",)

    def __init__(self, span: Span, kind: str, words: tuple[Span, ...]) -> None:
        super().__init__(span.source, span.start, span.end, kind)
        self.words = words


@cache
def grammar(pattern: str) -> Regex:
    """The pyparsing expression of a pattern, built once.

    The pattern is a verbose regular expression in which ``.`` also takes a line end; it must not match the empty
    string.
    """
    from pyparsing import Regex  # noqa: PLC0415  # Importing it costs a tenth of a second.

    expression = Regex(pattern, flags=re.VERBOSE | re.DOTALL | re.ASCII, as_match=True)
    # scan_string skips these characters even where the expression itself leaves blanks alone.
    expression.set_whitespace_chars("")
    expression.leave_whitespace()
    expression.parse_with_tabs()
    return expression


def cut(source: Source, pattern: str) -> Iterator[tuple[int, int, re.Match[str] | None]]:
    """The pieces of a source in their order, without gap or overlap; a piece that nothing matched has no match."""
    done = 0
    text = source.text
    for tokens, start, end in grammar(pattern).scan_string(text):
        if start > done:
            yield done, start, None
        yield start, end, tokens[0]
        done = end
    if done < len(text):
        yield done, len(text), None


#: What isspace() of C takes for a blank.
BLANKS = " \t\n\v\f\r"
#: Lines in which ``#`` begins a comment, with blanks before it or without.
HASH_LINES = r"""
    (?P<blank>[\t\v\f\r\ ]*+\n|[\t\v\f\r\ ]++\Z)
  | (?P<comment>[\t\v\f\r\ ]*+\#[^\n]*+\n?)
  | (?P<line>[^\n]++\n?)
"""


def lines(source: Source, make: Callable[[Span], Node], pattern: str = HASH_LINES) -> tuple[Node, ...]:
    """Nodes for the lines of a file: ``make`` turns what the group ``line`` takes into a node of the same place."""
    nodes = []
    for start, end, match in cut(source, pattern):
        kind = UNPARSED if match is None else kind_of(match)
        nodes.append(make(Span(source, start, end)) if kind == "line" else Node(source, start, end, kind))
    return tuple(nodes)


def as_node(span: Span, kind: str) -> Node:
    """A span as a node."""
    return Node(span.source, span.start, span.end, kind)


def before(span: Span, sign: str) -> Span:
    """The span up to the first such sign, and up to a NUL, which ends a string in C."""
    ends = [at for at in (span.text.find(sign), span.text.find("\0")) if at >= 0]
    return span.part(0, min(ends)) if ends else span


def trimmed(span: Span) -> Span:
    """The span without the ASCII blanks at its ends; a no-break space is no blank to a C program."""
    text = span.text
    start = len(text) - len(text.lstrip(BLANKS))
    return span.part(start, max(start, len(text.rstrip(BLANKS))))


def split(text: str) -> list[str]:
    """The words of a text, cut at ASCII blanks."""
    return re.findall(r"\S+", text, re.ASCII)


def kind_of(match: re.Match[str]) -> str:
    """The kind that a match's outermost named group gives."""
    return (match.lastgroup or UNPARSED).replace("_", "-")


def words_of(span: Span, blanks: str = r"\s") -> tuple[Span, ...]:
    """The words of a span, cut at runs of blanks; ``blanks`` goes into a character class."""
    return tuple(span.part(*match.span()) for match in re.finditer(rf"[^{blanks}]+", span.text, re.ASCII))
