"""The texts that makemap reads (access, mailertable, virtusertable, …) and the files that fill a class.

makemap(8) takes a line as a key, blanks and a value; only a ``#`` in the first column begins a comment. A class file is
read line by line through a scanf(3) format ("Sendmail Installation and Operation Guide", section 5.3, the ``F`` lines).
"""

from __future__ import annotations

import re
from functools import cache

from auditor.model.pattern import lazy
from auditor.model.text import UNPARSED, Document, Node, Source, Span
from auditor.model.unknown import Unknowable
from auditor.readers.flat import Words, before, cut, lines, words_of

#: Lines of which makemap takes nothing, by the kind of their node, with its complaint.
COMPLAINTS = {
    "leading-blank": "syntax error (leading space)",
    "no-value": "no RHS for LHS",
    "too-long": "line too long",
    "nul": "line too long",
}

# makemap reads 1023 bytes at a time: a longer line is refused, and what is left of it counts as a line of its own. A
# NUL hides the line end, so that makemap takes such a line for too long as well.
_MAP = r"""
    (?P<too_long>[^\n]{1023})
  | (?P<blank>\n)
  | (?P<comment>\#[^\n\0]*+(?:\n|\Z))
  | (?P<entry>[^\s\0]++[\t\v\f\r\ ]++[^\s\0][^\n\0]*+(?:\n|\Z))
  | (?P<no_value>[^\s\0]++[\t\v\f\r\ ]*+(?:\n|\Z))
  | (?P<leading_blank>[\t\v\f\r\ ][^\n\0]*+(?:\n|\Z))
  | (?P<nul>[^\n]++\n?)
"""
_KINDS = {kind.replace("-", "_"): kind for kind in (*COMPLAINTS, "blank", "comment", "entry")}
_KEY = lazy(r"(\S+)[\t\v\f\r ]*", re.ASCII)
_TAG = lazy(r"(?!IPv6:)\w+:", re.ASCII | re.IGNORECASE)


class MapEntry(Node):
    """A line with a key, of kind ``entry``, or ``no-value`` where the value is missing.

    ``lhs`` is all that stands before the first blank, ``value`` all from the first non-blank behind it to the line end,
    blanks and a CR at its end included: makemap keeps them.
    """

    __slots__ = ("_lhs_end", "_value_start")

    def __init__(self, source: Source, start: int, end: int, kind: str) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.kind = kind
        match = _KEY.match(source.text, start, end)
        self._lhs_end = match.end(1) if match else end
        self._value_start = match.end() if match else end

    @property
    def lhs(self) -> Span:
        """The whole left-hand side."""
        return Span(self.source, self.start, self._lhs_end)

    @property
    def key(self) -> Span:
        """What is looked up: the whole left-hand side."""
        return self.lhs

    @property
    def value(self) -> Span:
        """The right-hand side, empty where there is none."""
        end = self.end - 1 if self.source.text[self.end - 1] == "\n" else self.end
        return Span(self.source, min(self._value_start, end), end)

    @property
    def folded(self) -> str:
        """The left-hand side as makemap stores it, its ASCII letters in lower case."""
        return folded(self.source.text[self.start : self._lhs_end])


class AccessEntry(MapEntry):
    """A line of the access map, whose key may begin with a tag: ``Connect:192.0.2``.

    ``IPv6:`` in front of an address is part of the key and no tag (cf/README, "ANTI-SPAM CONFIGURATION CONTROL").
    """

    __slots__ = ()

    @property
    def tag(self) -> Span | None:
        """The tag without its colon, in its own spelling, or None where the key has no tag."""
        match = _TAG.match(self.source.text, self.start, self._lhs_end)
        return None if match is None else Span(self.source, self.start, match.end() - 1)

    @property
    def key(self) -> Span:
        """The key behind the tag; empty for a tag's default entry."""
        match = _TAG.match(self.source.text, self.start, self._lhs_end)
        return self.lhs if match is None else Span(self.source, match.end(), self._lhs_end)


class MapText(Document):
    """The text of a map, in lines of kind ``entry``, ``comment``, ``blank`` or one of ``COMPLAINTS``."""

    __slots__ = ("_index",)

    def __init__(self, source: Source, nodes: tuple[Node, ...]) -> None:
        super().__init__(source, nodes)
        self._index: dict[str, MapEntry] | None = None

    @property
    def entries(self) -> list[MapEntry]:
        """The lines that reach the map, in the order of the file, duplicates included."""
        return [node for node in self.nodes if isinstance(node, MapEntry) and node.kind == "entry"]

    @property
    def index(self) -> dict[str, MapEntry]:
        """The entries by their folded key; of duplicates the first, as makemap keeps it."""
        if self._index is None:
            self._index = {}
            for entry in self.entries:
                self._index.setdefault(entry.folded, entry)
        return self._index

    @property
    def duplicates(self) -> list[tuple[MapEntry, MapEntry]]:
        """Each entry that makemap refuses because its key is there already, with the entry that stays."""
        index = self.index
        return [(entry, index[entry.folded]) for entry in self.entries if index[entry.folded] is not entry]

    @property
    def refused(self) -> list[Node]:
        """The lines that makemap complains of, duplicates apart."""
        return self.of_kind(*COMPLAINTS)

    def get(self, key: str) -> MapEntry | None:
        """The entry of a key, whatever the case of its letters."""
        return self.index.get(folded(key))


class AccessText(MapText):
    """The text of the access map."""

    __slots__ = ()

    @property
    def access(self) -> list[AccessEntry]:
        """The lines that reach the map, as entries with tags."""
        return [node for node in self.nodes if isinstance(node, AccessEntry) and node.kind == "entry"]


def folded(key: str) -> str:
    """A key in lower case, its ASCII letters only."""
    return key.lower() if key.isascii() else key.translate(_LOWER)


_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def read_map(source: Source) -> MapText:
    """The lines of a map's text as makemap sees them."""
    return MapText(source, _nodes(source, MapEntry))


def read_access(source: Source) -> AccessText:
    """The lines of an access map's text, the tags of their keys cut off."""
    return AccessText(source, _nodes(source, AccessEntry))


def _nodes(source: Source, entry: type[MapEntry]) -> tuple[Node, ...]:
    nodes = []
    for start, end, match in cut(source, _MAP):
        kind = UNPARSED if match is None else _KINDS[match.lastgroup or ""]
        make = entry if kind in ("entry", "no-value") else Node
        nodes.append(make(source, start, end, kind))
    return tuple(nodes)


# sendmail reads a class file 2047 bytes at a time and looks for the comment sign at the start of each piece.
_CLASS = r"(?P<comment>\#[^\n]{0,2046}+\n?) | (?P<blank>[\t\v\f\r\ ]{0,2046}+\n) | (?P<line>[^\n]{1,2047}+\n?)"


def read_class_file(source: Source) -> Document:
    """The lines of a class file: ``Words`` of kind ``line`` with all their words, ``comment``, ``blank``.

    Which of the words reach the class depends on the format of the ``F`` line: ``class_file_words`` tells.
    """
    return Document(source, lines(source, lambda span: Words(span, "line", words_of(before(span, "\0"))), _CLASS))


def class_file_words(source: Source, scanf: str = "%s") -> list[Span]:
    r"""The words that a class file adds to its class, in the order of the file.

    Args:
        source: the file.
        scanf: the format that follows the path in the ``F`` line, as written there (``%[^\#]``) or with its backslash
            taken off already; ``%s``, sendmail's default, takes the first word of each line only.

    Raises:
        Unknowable: the format is none of ``%s`` and ``%[…]``, so that what it takes is not known here.

    """
    taken = _scanner(scanf.strip() or "%s")
    words: list[Span] = []
    for node in read_class_file(source).of_kind("line"):
        match = taken.match(before(node, "\0").text)
        if match is not None:
            words.extend(words_of(node.part(*match.span(1))))
    return words


@cache
def _scanner(scanf: str) -> re.Pattern[str]:
    match = re.fullmatch(r"%(\d*)(?:s|\[(\^?)(\]?[^\]]*)\])", scanf.replace("\\#", "#"))
    if match is None:
        message = f"the format {scanf} of a class file is not modelled"
        raise Unknowable(message)
    width, negated, members = match.groups()
    repeat = f"{{1,{width}}}" if width and 0 < int(width) <= _CHUNK else "+"
    if members is None:
        return re.compile(rf"\s*(\S{repeat})", re.ASCII)
    if not members:
        return re.compile(r"(?!)")
    # The characters are taken one by one except for ranges, so every other sign of regular expressions is quoted.
    inside = "".join(
        char if char == "-" and 0 < at < len(members) - 1 else re.escape(char) for at, char in enumerate(members)
    )
    try:
        return re.compile(f"([{negated}{inside}]{repeat})", re.DOTALL)
    except re.error as error:
        message = f"the format {scanf} of a class file is not modelled: {error}"
        raise Unknowable(message) from error


_CHUNK = 2047
