"""The text of an aliases file, as newaliases reads it.

An alias begins in the first column, reaches to the first colon, and goes on over lines that begin with a blank and over
line ends behind a backslash (aliases(5); "Sendmail Installation and Operation Guide", section 1.6.2). The cut is that
of sendmail 8.17.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.model.pattern import lazy
from auditor.model.text import UNPARSED, Document, Node, Source, Span
from auditor.readers.flat import BLANKS, cut, kind_of, trimmed

#: Lines that give no alias, by the kind of their node, with what newaliases says of them; of ``swallowed`` lines, which
#: follow a comment and begin with a blank, 8.17 says nothing and older releases that they start with a space.
COMPLAINTS = {
    "leading-blank": "Non-continuation line starts with space",
    "no-colon": "missing colon",
    "no-name": "illegal alias name",
    "no-value": "missing value for alias",
    "nul": "alias line too long",
    "swallowed": "Non-continuation line starts with space",
}
#: What an alias may stand for.
TARGET_KINDS = ("address", "local", "program", "file", "include")

# A logical line: physical lines joined by a backslash at their end, and those after it that begin with a blank.
_REST = r"[^\n\0\\]*+(?>(?:\\\n[^\n\0\\]*+|\\[^\n\0]?[^\n\0\\]*+|\n[\t\ ][^\n\0\\]*+)*)(?:\n|\Z)"
_GRAMMAR = rf"""
    (?P<blank>(?>(?:\\\n)*)\n)
  | (?P<comment>\#(?>(?:\\\n|[^\n])*)\n?)
  | (?P<leading_blank>[\t\ ]{_REST})
  | (?P<no_name>:{_REST})
  | (?P<alias>(?P<name>(?>(?:\\\n|\n[\t\ ]|[^\n\0:])+)):(?P<value>{_REST}))
  | (?P<no_colon>(?>(?:\\\n|\n[\t\ ]|[^\n\0:])+)(?:\n|\Z))
  | (?P<nul>[^\n]++\n?[^\n]*+\n?)
"""
_JOINT = lazy(r"\\\n|\n")
_INCLUDE = ":include:"
_PIECE = lazy(r"\\.|[\"(),<>]|[^\\\"(),<>]+|\\", re.DOTALL)


class Target(Span):
    r"""One of the things an alias stands for.

    Attributes:
        kind: ``address``, ``local`` (a user whose own alias is not looked up, ``\user``), ``program``, ``file`` or
            ``include``.
        value: the address, user, command line, or path, without quotes and the sign that gives the kind.

    """

    __slots__ = ("kind", "value")

    def __init__(self, span: Span) -> None:
        super().__init__(span.source, span.start, span.end)
        self.kind, self.value = _kind(bare(joined(span.text)))


class Alias(Node):
    """One alias; ``name`` and ``value`` without the blanks around them."""

    __slots__ = ("name", "value")

    def __init__(self, span: Span, kind: str, name: Span, value: Span) -> None:
        super().__init__(span.source, span.start, span.end, kind)
        self.name = name
        self.value = value

    @property
    def key(self) -> str:
        """The name as it is looked up: in lower case, without quotes, comments and angle brackets."""
        return bare(joined(self.name.text)).strip("<> ").lower()

    @property
    def targets(self) -> tuple[Target, ...]:
        """What the alias stands for, cut at commas outside quotes, comments and angle brackets."""
        return tuple(Target(span) for span in _split(self.value) if span.start < span.end)


class AliasText(Document):
    """An aliases file: nodes of kind ``alias``, ``comment``, ``blank`` or one of ``COMPLAINTS``."""

    __slots__ = ()

    @property
    def aliases(self) -> list[Alias]:
        """The aliases that reach the map, in the order of the file, duplicates included."""
        return [node for node in self.nodes if isinstance(node, Alias) and node.kind == "alias"]

    @property
    def index(self) -> dict[str, Alias]:
        """The aliases by their key; of duplicates the last, which is what newaliases keeps."""
        return {alias.key: alias for alias in self.aliases}

    @property
    def duplicates(self) -> list[tuple[Alias, Alias]]:
        """Each alias that a later one of the same key replaces, with the one that stays."""
        index = self.index
        return [(alias, index[alias.key]) for alias in self.aliases if index[alias.key] is not alias]

    @property
    def refused(self) -> list[Node]:
        """The lines that give no alias although they should."""
        return self.of_kind(*COMPLAINTS)

    def get(self, name: str) -> Alias | None:
        """The alias of a name, whatever the case of its letters."""
        return self.index.get(name.lower())


def read_aliases(source: Source) -> AliasText:
    """The aliases of a file."""
    nodes: list[Node] = []
    for start, end, match in cut(source, _GRAMMAR):
        kind = UNPARSED if match is None else kind_of(match)
        if kind == "leading-blank" and nodes and nodes[-1].kind == "comment":
            kind = "swallowed"
        if match is None or kind != "alias":
            nodes.append(Node(source, start, end, kind))
            continue
        value = _between(source, *match.span("value"))
        made = "alias" if value.start < value.end else "no-value"
        nodes.append(Alias(source.span(start, end), made, _between(source, *match.span("name")), value))
    return AliasText(source, tuple(nodes))


def joined(text: str) -> str:
    """A text over several lines as one line."""
    return _JOINT.sub("", text)


def bare(text: str) -> str:
    """An address, or another target, without comments in parentheses and without its quotes and backslashes.

    A backslash at the very beginning stays, for there it means something.
    """
    kept = []
    depth, quoted = 0, False
    for at, piece in enumerate(_PIECE.findall(text)):
        if piece == '"' and not depth:
            quoted = not quoted
        elif piece in "()" and not quoted:
            depth = max(0, depth + (1 if piece == "(" else -1))
        elif not depth:
            kept.append(piece[1:] if at and len(piece) > 1 and piece[0] == "\\" else piece)
    return "".join(kept).strip(BLANKS)


def _between(source: Source, start: int, end: int) -> Span:
    """A value without blanks and joints at its ends."""
    text = source.text
    while start < end and (text[start] in BLANKS or text.startswith("\\\n", start, end)):
        start += 1
    # A line feed at the end takes the backslash before it along.
    while start < end and (text[end - 1] in BLANKS or text.startswith("\\\n", end - 1)):
        end -= 1
    return source.span(start, end)


def _kind(text: str) -> tuple[str, str]:
    if text[:1] == "|":
        return "program", text[1:].strip(BLANKS)
    if text[:1] == "/":
        return "file", text
    if text[: len(_INCLUDE)].lower() == _INCLUDE:
        return "include", text[len(_INCLUDE) :].strip(BLANKS)
    if text[:1] == "\\":
        return "local", text[1:]
    return "address", text.rpartition("<")[2].rstrip("> ") if text.endswith(">") else text


def _split(value: Span) -> Iterator[Span]:
    """The parts between top-level commas, blanks at their ends cut off."""
    comments, brackets, quoted = 0, 0, False
    begin = 0
    for match in _PIECE.finditer(value.text):
        piece = match[0]
        if piece == '"' and not comments:
            quoted = not quoted
        elif quoted:
            continue
        elif piece in "()":
            comments = max(0, comments + (1 if piece == "(" else -1))
        elif piece in "<>":
            brackets = max(0, brackets + (1 if piece == "<" else -1))
        elif piece == "," and not comments and not brackets:
            yield trimmed(value.part(begin, match.start()))
            begin = match.end()
    yield trimmed(value.part(begin, len(value.text)))
