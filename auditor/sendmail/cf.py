r"""What sendmail makes of a ``.cf``: its lines as readcf takes them, and the options they set.

A view is computed from a document when asked for. Everything here follows readcf (Sendmail Installation and Operation
Guide, section 5): comments behind a command, blanks at its end, ``\#`` and continued lines are dealt with before the
command is looked at. Values keep their ``$`` sequences as written.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property, lru_cache
from posixpath import commonprefix

from auditor.model.pattern import lazy
from auditor.model.text import Node, Span
from auditor.model.value import frozen
from auditor.readers.cf import CfDocument
from auditor.sendmail.options import Named, Option, by_letter, named

#: From this level of the V line on, "#" begins a comment behind a command as well.
_COMMENT_LEVEL = 3
_BLANKS = " \t\n\v\f\r"
# Macros are kept whole so that $# is not mistaken for a comment. A run of blanks is taken at once, which keeps the time
# linear.
_COMMENT = lazy(r"\$(?:\$|[=~&?]?(?:\{\w*\}|.))|\\#|[ \t\r\f\v]++(?:#[^\n]*)?|#[^\n]*", re.DOTALL)
_MUNCHED = ("SmtpGreetingMessage", "UnixFromLine", "OperatorChars")
#: What a backslash and a letter stand for in values.
ESCAPES = {"r": "\r", "n": "\n", "f": "\f", "b": "\b"}


def live(text: str, level: int = 10) -> str:
    """What is left of a logical line when readcf begins to look at it.

    Args:
        text: the line, its line feeds included.
        level: the level of the V line in force.

    """
    text = text.replace("\r\n", "\n").removesuffix("\n").partition("\0")[0]
    if level >= _COMMENT_LEVEL and "#" in text[1:]:
        text = text[0] + _COMMENT.sub(_uncommented, text[1:])
    return text[:1] + text[1:].rstrip(_BLANKS)


def munch(text: str, start: int = 0, delimiter: str = "\0") -> tuple[str, int]:
    """A value up to an unquoted delimiter, its double quotes and backslash escapes resolved as by readcf's munchstring.

    Returns:
        The value, and the offset of the delimiter or of the end.

    """
    found = []
    quoted = escaped = False
    for at in range(start, len(text)):
        character = text[at]
        if escaped:
            found.append(ESCAPES.get(character, character))
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif character == delimiter and not quoted:
            return "".join(found), at
        else:
            found.append(character)
    return "".join(found), len(text)


class Line:
    """One command: its node, or its place in a .mc that passes it on, and what readcf sees of it, letter included."""

    __slots__ = ("_exact", "node", "text")

    def __init__(self, node: Span, text: str) -> None:
        self.node = node
        self.text = text
        raw = node.text
        # Up to here an offset in the text is one in the file as well.
        self._exact = len(text) if raw.startswith(text) else len(commonprefix((raw, text)))

    def span(self, start: int, end: int | None = None) -> Span:
        """The place of ``text[start:end]`` in the file; up to the end of the command where a comment stood inside."""
        end = len(self.text) if end is None else min(end, len(self.text))
        start = min(start, end)
        if end <= self._exact:
            return self.node.part(start, end)
        first = min(start, self._exact)
        return self.node.part(first, max(first, len(self.node.text.rstrip())))


@frozen
class OptionLine:
    """One O line.

    Attributes:
        option: what it sets; None where readcf does not know what is meant.
        part: the name behind the dot of ``Timeout.ident`` and ``Milter.LogLevel``, as written, or None.
        value: the value as readcf hands it on, with ``$`` sequences as written.
        written: the name as written, the letter of the one-letter form, or nothing.
        named: how the long name was understood; None for the one-letter form.
        node: the line; in a .cf, its node.
        span: the place of the value.
        name_span: the place of the name.

    """

    option: Option | None
    part: str | None
    value: str
    written: str
    named: Named | None
    node: Span
    span: Span
    name_span: Span

    @property
    def key(self) -> str:
        """The option's canonical name with its part, in lower case: ``timeout.ident``."""
        name = self.option.name if self.option is not None else self.written
        return (name if self.part is None else f"{name}.{self.part}").lower()

    @property
    def taken(self) -> str:
        """The value that is used: quotes and escapes resolved where sendmail does so for this option."""
        return munch(self.value)[0] if self.option is not None and self.option.name in _MUNCHED else self.value


@lru_cache(maxsize=8)
def view_of(document: CfDocument) -> CfView:
    """The view of a document; the facts and rules of one configuration share it."""
    return CfView(document)


class CfView:
    """A configuration file as sendmail takes it."""

    def __init__(self, document: CfDocument) -> None:
        self.document = document
        self._lines: dict[tuple[str, ...], list[Line]] = {}

    def lines(self, *kinds: str) -> list[Line]:
        """The commands of the given kinds, in the order of the file."""
        found = self._lines.get(kinds)
        if found is None:
            found = self._lines[kinds] = [Line(node, self.live(node)) for node in self.document.of_kind(*kinds)]
        return found

    def live(self, node: Node) -> str:
        """What readcf sees of one line."""
        return live(node.text, self.level(node.start))

    def level(self, offset: int) -> int:
        """The configuration level in force at an offset: that of the last V line before it, 0 before the first."""
        starts, levels = self._levels
        return levels[bisect_right(starts, offset)]

    @cached_property
    def options(self) -> tuple[OptionLine, ...]:
        """Every O line in order, those that are refused included."""
        return tuple(option_line(line) for line in self.lines("option"))

    @cached_property
    def effective(self) -> dict[str, tuple[OptionLine, ...]]:
        """The lines that count for each option, by key: the last one, or all of them where later lines add."""
        found: dict[str, list[OptionLine]] = {}
        for line in self.options:
            for each in split(line) if line.option is not None else ():
                lines = found.setdefault(each.key, [])
                if each.option is None or not each.option.accumulates:
                    lines.clear()
                lines.append(each)
        return {key: tuple(lines) for key, lines in found.items()}

    @cached_property
    def _levels(self) -> tuple[list[int], list[int]]:
        starts: list[int] = []
        levels = [0]
        for node in self.document.of_kind("version"):
            number = re.match(r"V\s*(\d{1,9})", node.text)
            if number is not None:
                starts.append(node.end)
                levels.append(int(number[1]))
        return starts, levels


def option_line(line: Line) -> OptionLine:
    """An O line taken apart: ``O Name.part = value`` or ``Oxvalue``."""
    text = line.text
    if text[1:2] != " ":
        letter = text[1:2]
        option = by_letter().get(letter)
        return OptionLine(option, None, text[2:], letter, None, line.node, line.span(2), line.span(1, 2))
    equals = text.find("=", 2)
    end = len(text) if equals < 0 else equals
    written = text[2:end].rstrip(" ")
    value = "" if equals < 0 else text[equals + 1 :].lstrip(" ")
    name, dot, part = written.partition(".")
    meant = named(name) if name else Named(None, abbreviated=False, matches=())
    has_part = bool(dot) and meant.option is not None and meant.option.kind == "parts"
    return OptionLine(
        meant.option,
        part if has_part else None,
        value,
        name if has_part else written,
        meant,
        line.node,
        line.span(len(text) - len(value)),
        line.span(2, 2 + len(written)),
    )


def split(line: OptionLine) -> tuple[OptionLine, ...]:
    """The settings a line makes: ``QueueTimeout`` and ``MinFreeBlocks=n/m`` set others as well."""
    parts = _SPLIT.get(line.option.name) if line.option is not None else None
    if parts is None:
        return (line,)
    first, slash, second = line.value.partition("/")
    found = [_moved(line, parts[0], first, 0)]
    if slash:
        found.append(_moved(line, parts[1], second, len(first) + 1))
    return tuple(found)


_SPLIT = {
    "QueueTimeout": ("Timeout.queuereturn", "Timeout.queuewarn"),
    "MinFreeBlocks": ("MinFreeBlocks", "MaxMessageSize"),
}


def _moved(line: OptionLine, name: str, value: str, offset: int) -> OptionLine:
    base, _, part = name.partition(".")
    exact = line.span.text == line.value
    span = line.span.part(offset, offset + len(value)) if exact else line.span
    return OptionLine(
        named(base).option, part or None, value, line.written, line.named, line.node, span, line.name_span
    )


def _uncommented(piece: re.Match[str]) -> str:
    text = piece[0]
    if text[0] == "$" or "#" not in text:
        return text
    return "#" if text[0] == "\\" else ""
