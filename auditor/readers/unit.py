"""systemd units and their drop-ins (systemd.syntax(7), systemd.unit(5), systemd.service(5))."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from auditor.model.pattern import lazy
from auditor.model.text import UNPARSED, Document, Node, Source, Span
from auditor.readers.expansion import Argument, Value
from auditor.readers.flat import BLANKS, cut, kind_of, split, trimmed

# A backslash at a line's end joins it to the next; comments between such lines are passed over.
_GRAMMAR = r"""
    (?P<blank>[\t\r\ ]*+\n|[\t\r\ ]++\Z)
  | (?P<comment>[\t\ ]*+[\#;][^\n]*+\n?)
  | (?P<section>[\t\ ]*+\[(?P<name>[^\]\n]*+)\][\t\r\ ]*+(?:\n|\Z))
  | (?P<setting>[\t\ ]*+(?P<key>[^=\[\s][^=\n]*+)=
      (?P<value>(?>(?:[^\n\\]++|\\\r?\n(?>(?:[\t\ ]*+[\#;][^\n]*+\n)*)|\\)*))\n?)
  | (?P<malformed>[^\n]++\n?)
"""
_JOINT = lazy(r"\\\r?\n(?:[ \t]*[#;][^\n]*\n)*")
_WORD = lazy(r"(?:\"(?:[^\"\\]|\\[\s\S])*\"|'(?:[^'\\]|\\[\s\S])*'|\\[\s\S]|[^\s\"'\\]|[\"'])+", re.ASCII)
_PIECE = lazy(
    r"""
    (?P<joint>\\\r?\n)
  | \\(?P<escape>x[0-9A-Fa-f]{2}|[0-7]{3}|[\s\S])
  | \$\{(?P<braced>\w+)\}
  | (?P<dollar>\$\$)
  | (?P<percent>%%)
  | (?P<specifier>%[A-Za-z])
  | (?P<quote>["'])
  | (?P<plain>[^\\$%"']+|[$%\\])
    """,
    re.VERBOSE | re.ASCII,
)
_ESCAPES = {"n": "\n", "t": "\t", "s": " ", "a": "\a", "b": "\b", "f": "\f", "r": "\r", "v": "\v"}


class Setting(Node):
    """``Key=value``; ``value`` as written, over several lines where they are joined."""

    __slots__ = ("key", "section", "value")

    def __init__(self, span: Span, section: str, key: Span, value: Span) -> None:
        super().__init__(span.source, span.start, span.end, "setting")
        self.section = section
        self.key = key
        self.value = value

    @property
    def name(self) -> str:
        """The key, whose case counts."""
        return self.key.text

    @property
    def is_reset(self) -> bool:
        """Whether the value is empty, which takes back what a list has gathered so far."""
        return not _JOINT.sub(" ", self.value.text).strip(BLANKS)


class UnitText(Document):
    """A unit or drop-in: nodes of kind ``setting``, ``section``, ``comment``, ``blank`` or ``malformed``."""

    __slots__ = ()

    @property
    def settings(self) -> list[Setting]:
        """The settings, in the order of the file."""
        return [node for node in self.nodes if isinstance(node, Setting)]


def read_unit(source: Source) -> UnitText:
    """The settings of a unit or drop-in."""
    nodes: list[Node] = []
    section = ""
    for start, end, match in cut(source, _GRAMMAR):
        kind = UNPARSED if match is None else kind_of(match)
        if match is not None and kind == "setting":
            key, value = (trimmed(source.span(*match.span(part))) for part in ("key", "value"))
            nodes.append(Setting(source.span(start, end), section, key, value))
            continue
        if match is not None and kind == "section":
            section = match["name"]
        nodes.append(Node(source, start, end, kind))
    return UnitText(source, tuple(nodes))


def effective(documents: Iterable[UnitText], section: str, name: str) -> list[Setting]:
    """The settings of one key that count over a unit and its drop-ins, given in the order systemd reads them.

    An empty value takes back all that came before it.
    """
    found: list[Setting] = []
    for document in documents:
        for setting in document.settings:
            if setting.section == section and setting.name == name:
                found = [] if setting.is_reset else [*found, setting]
    return found


def words(value: Span) -> tuple[Span, ...]:
    """The words of a value, quotes left as written."""
    joined = _JOINT.sub(lambda match: " " * len(match[0]), value.text)
    return tuple(value.part(*match.span()) for match in _WORD.finditer(joined))


def arguments(value: Span, variables: Mapping[str, Value], unset: str | None = "") -> tuple[Argument, ...] | None:
    """The words of a command line as the program receives them, or None where one cannot be told.

    ``$NAME`` as a word of its own is cut at blanks, ``${NAME}`` anywhere is not; a variable that is not set is
    ``unset``. The signs that may stand in front of a program (``-@:+!``) are left out.
    """
    found: list[Argument] = []
    for word in words(value):
        made = _split(word, variables, unset) if _variable_word().fullmatch(word.text) else _one(word, variables, unset)
        if made is None:
            return None
        found.extend(made)
    return tuple(found)


@cache
def _variable_word() -> re.Pattern[str]:
    return re.compile(r"\$([A-Za-z_]\w*)", re.ASCII)


def _split(word: Span, variables: Mapping[str, Value], unset: str | None) -> tuple[Argument, ...] | None:
    value = variables.get(word.text[1:])
    text = unset if value is None else value.text
    if text is None:
        return None
    origin = word if value is None else value.span
    return tuple(Argument(each, origin.find(each)) for each in split(text))


def _one(word: Span, variables: Mapping[str, Value], unset: str | None) -> tuple[Argument, ...] | None:
    parts: list[str] = []
    quote = ""
    for match in _PIECE.finditer(word.text):
        kind = match.lastgroup or ""
        if kind == "quote" and quote in ("", match[0]):
            quote = "" if quote else match[0]
            continue
        part = _part(match, variables, unset)
        if part is None:
            return None
        parts.append(part)
    return (Argument("".join(parts), word),)


def _part(match: re.Match[str], variables: Mapping[str, Value], unset: str | None) -> str | None:
    """What one piece of a word comes to; a specifier such as ``%n`` is only known to systemd."""
    kind = match.lastgroup or ""
    if kind == "braced":
        value = variables.get(match[kind])
        return unset if value is None else value.text
    if kind == "escape":
        code = match[kind]
        if len(code) > 1:
            return chr(int(code[1:], 16) if code[0] == "x" else int(code, 8) & 0xFF)
        return _ESCAPES.get(code, code)
    return {"joint": " ", "dollar": "$", "percent": "%", "specifier": None}.get(kind, match[0])
