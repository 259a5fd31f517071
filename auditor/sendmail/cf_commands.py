"""The commands of a ``.cf`` other than options, taken apart as readcf does: macros, classes, maps, mailers, rulesets.

Each function takes a line of ``CfView.lines`` and gives a value with the places of its parts. What readcf refuses gives
None. Sources: Sendmail Installation and Operation Guide, sections 5.1 to 5.5 and 5.7 to 5.11.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from auditor.model.pattern import lazy
from auditor.model.text import Span
from auditor.model.value import frozen
from auditor.sendmail.cf import CfView, Line, munch

_NAME = lazy(r"\{([^{}\s]+)\}|([^{\s])")
_SPACE = lazy(r"[ \t\n\v\f\r]*")
_WORD = lazy(r"[^ \t\n\v\f\r]+")
_EXPANDED = lazy(r"\$\$|\$\?(?:\{(\w+)\}|(.))|\$\||\$\.|\$&(?:\{\w+\}|.)|\$(?:\{(\w+)\}|(.))|[^$]+|\$", re.DOTALL)
#: Macros that sendmail itself gives a value before it reads the file, which cannot be told from the file.
_BUILT_IN = frozenset("wjkmvbn_") | {"client_addr", "opMode", "hostname", "daemon_name"}
_CONVERSION = lazy(r"%(\*?)(\d*)(?:\[(\^?\]?[^\]]*)\]|(.))", re.DOTALL)


class Macro(NamedTuple):
    """A D line: the macro's name without braces, its value with quotes and escapes resolved, and the value's place."""

    name: str
    value: str
    node: Span
    span: Span


class Word(NamedTuple):
    """A word put into a class; ``text`` is None where it depends on a macro that only the running sendmail knows."""

    text: str | None
    span: Span


@frozen
class ClassFile:
    """An F line.

    Attributes:
        name: the class.
        kind: ``file``, ``program`` (whose output is read) or ``map`` (a key looked up, as with ``@LDAP``).
        path: the file, the command, or the map's specification.
        optional: whether sendmail starts without it.
        format: what is read of each line, as for scanf; ``%s`` is the first word only.
        node: the line.
        span: the place of the path.

    """

    name: str
    kind: str
    path: str
    optional: bool
    format: str
    node: Span
    span: Span


@frozen
class Map:
    """A K line.

    Attributes:
        name: the map's name.
        type: its class, such as ``hash``.
        flags: the flags in order, each with what is written to it: ``-T<TMPF>``, ``-o``.
        file: the first word that is no flag: a file without its suffix, for most classes; None where there is none.
        rest: everything behind the class, as written.
        node: the line.
        span: the place of the file, or of the whole line's text where it names none.

    """

    name: str
    type: str
    flags: tuple[str, ...]
    file: str | None
    rest: str
    node: Span
    span: Span

    @property
    def is_optional(self) -> bool:
        """Whether a missing file is no error (``-o``)."""
        return any(flag.startswith("-o") for flag in self.flags)

    @property
    def temporary_failure(self) -> str | None:
        """What a failed look-up gives (``-T``); the last such flag counts."""
        found = [flag[2:] for flag in self.flags if flag.startswith("-T")]
        return found[-1] if found else None


class Field(NamedTuple):
    """The value of one field of a mailer or filter, quotes and escapes resolved, and its place."""

    value: str
    span: Span


@frozen
class Mailer:
    """An M line, or the X line of a mail filter, which is built alike.

    Attributes:
        name: its name.
        fields: the fields by their letter; the last of a kind counts.
        node: the line.
        problem: what makes sendmail refuse the line, or None.

    """

    name: str
    fields: Mapping[str, Field]
    node: Span
    problem: str | None

    def get(self, letter: str) -> str:
        """The value of a field, empty where it is not there."""
        found = self.fields.get(letter)
        return found.value if found is not None else ""

    @property
    def path(self) -> str:
        """The program, ``[IPC]``, or ``[FILE]``."""
        return self.get("P")

    @property
    def flags(self) -> str:
        """The flags, blanks left out."""
        return "".join(self.get("F").split())

    @property
    def arguments(self) -> tuple[str, ...]:
        """The argument vector."""
        return tuple(self.get("A").split())


class RulesetLine(NamedTuple):
    """An S line: the ruleset's name, and its number where one is written; a ruleset may have a number only."""

    name: str | None
    number: int | None
    node: Span


def name_at(text: str, start: int) -> tuple[str, int] | None:
    """The macro or class name at an offset, with the offset behind it: one character, or a longer one in braces."""
    found = _NAME.match(text, start)
    return None if found is None else (found[1] or found[2], found.end())


def macro(line: Line) -> Macro | None:
    """A D line."""
    named = name_at(line.text, 1)
    if named is None:
        return None
    name, at = named
    return Macro(name, munch(line.text, at)[0], line.node, line.span(at))


def expand(text: str, macros: Mapping[str, str]) -> str | None:
    """A text with its ``$x`` and ``$?x … $| … $.`` resolved; None where a macro counts that only sendmail knows."""
    found: list[str | None] = []
    # For each open conditional: whether its present half is taken, and whether the text around it is.
    open_: list[tuple[bool, bool]] = []
    taken = True
    for token in _EXPANDED.finditer(text):
        tested = token[1] or token[2]
        if tested is not None:
            if taken and tested not in macros and tested in _BUILT_IN:
                return None
            open_.append((tested in macros, taken))
            taken = taken and tested in macros
        elif token[0] in ("$|", "$."):
            taken = _other_half(token[0], open_) if open_ else taken
        elif taken:
            found.append(_value(token[0], token[3] or token[4], macros))
    return None if None in found else "".join(filter(None, found))


def _other_half(mark: str, open_: list[tuple[bool, bool]]) -> bool:
    true, outer = open_.pop()
    if mark == "$|":
        open_.append((not true, outer))
    return outer and (mark == "$." or not true)


def _value(text: str, name: str | None, macros: Mapping[str, str]) -> str | None:
    if text == "$$":
        return "$"
    if name is None:
        return text
    if name in macros:
        # One level is enough: values that refer to others are rare, and a chain may be endless.
        return macros[name] if "$" not in macros[name] else None
    return None if name in _BUILT_IN else ""


def all_class_words(view: CfView) -> Iterator[tuple[str, Word]]:
    """The words of every C and T line with the class of each, in order."""
    macros: dict[str, str] = {}
    for line in view.lines("class", "trusted user", "macro"):
        if line.text[0] == "D":
            defined = macro(line)
            if defined is not None:
                macros[defined.name] = defined.value
            continue
        found = class_words(line, macros)
        if found is not None:
            yield from ((found[0], word) for word in found[1])


def class_words(line: Line, macros: Mapping[str, str]) -> tuple[str, tuple[Word, ...]] | None:
    """The class a C or T line adds to, and the words.

    Args:
        line: the line.
        macros: the values of the macros defined before it.

    """
    text = line.text
    name, at = ("t", 1) if text[0] == "T" else name_at(text, 1) or (None, 1)
    if name is None:
        return None
    words = [(found.start(), found.end()) for found in _WORD.finditer(text, at)]
    if text[0] == "T" or "$" not in text:
        return name, tuple(Word(text[start:end], line.span(start, end)) for start, end in words)
    if "$?" in text:
        words = [(at, len(text))]
    expanded: list[Word] = []
    for start, end in words:
        value = expand(text[start:end], macros)
        place = line.span(start, end)
        expanded += [Word(None, place)] if value is None else [Word(word, place) for word in _WORD.findall(value)]
    return name, tuple(expanded)


def class_file(line: Line) -> ClassFile | None:
    """An F line; None where the file's name is not closed or the class has no name."""
    text = line.text
    named = name_at(text, 1)
    if named is None:
        return None
    name, at = named
    at = _skip(text, at)
    optional = text.startswith("-o", at)
    if optional:
        word = _WORD.match(text, at)
        at = _skip(text, word.end() if word is not None else at)
    rest = text[at:]
    if rest[:1] not in ("/", "|", "") and _is_map(rest):
        return ClassFile(name, "map", rest, optional, "%s", line.node, line.span(at))
    path, end = _quoted(text, at)
    if path is None:
        return None
    if path.startswith("|"):
        return ClassFile(name, "program", path[1:], optional, "%s", line.node, line.span(at, end))
    form = text[end:].lstrip() or "%s"
    return ClassFile(name, "file", path, optional, form, line.node, line.span(at, end))


def _is_map(text: str) -> bool:
    _, at, rest = text.partition("@")
    return bool(at) and (rest == "LDAP" or (rest[:1] != ":" and ":" in rest))


def _quoted(text: str, start: int) -> tuple[str | None, int]:
    # Only a blank ends the name; a tab is part of it.
    found: list[str] = []
    quoted = False
    for at in range(start, len(text)):
        if text[at] == '"':
            quoted = not quoted
        elif text[at] == " " and not quoted:
            return "".join(found), at
        else:
            found.append(text[at])
    return (None if quoted else "".join(found)), len(text)


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found is not None else at


@cache
def scanf(form: str) -> re.Pattern[str] | None:
    """A pattern whose group 1 is what a scanf format reads of a line; None for formats this does not follow.

    ``%s`` reads a word, ``%[...]`` a run of the characters in the set; exactly one conversion must be there.
    """
    pattern = ""
    at = 0
    while at < len(form):
        conversion = _CONVERSION.match(form, at)
        if conversion is None:
            pattern += r"\s*+" if form[at].isspace() else re.escape(form[at])
            at += 1
            continue
        piece = _conversion(conversion)
        if piece is None:
            return None
        if conversion[1] == "":
            # What follows the first conversion no longer changes what was read.
            return None if _CONVERSION.search(form, conversion.end()) else re.compile(f"{pattern}{piece}")
        pattern += piece
        at = conversion.end()
    return None


def _conversion(found: re.Match[str]) -> str | None:
    skipped, width, chosen, letter = found.groups()
    count = f"{{1,{width}}}+" if width else "++"
    opening = "(?:" if skipped else "("
    if chosen is not None:
        negated = "^" if chosen.startswith("^") else ""
        listed = re.sub(r"([\\\[\]^])", r"\\\1", chosen.removeprefix("^"))
        return f"{opening}[{negated}{listed}]{count})"
    return rf"\s*+{opening}\S{count})" if letter == "s" else None


def map_line(line: Line) -> Map | None:
    """A K line; None where the name or the class is missing."""
    words = [(found.start(), found.end()) for found in _WORD.finditer(line.text, 1)]
    if len(words) < _NAME_AND_CLASS:
        return None
    text = line.text
    (start, end), (begin, stop) = words[:_NAME_AND_CLASS]
    flags: list[str] = []
    at = _NAME_AND_CLASS
    while at < len(words) and text[words[at][0]] == "-":
        first, last = words[at]
        # A key or value column may stand apart from its flag.
        if text[first:last] in _APART and at + 1 < len(words):
            at += 1
            last = words[at][1]
        flags.append(text[first:last])
        at += 1
    file = words[at] if at < len(words) else None
    return Map(
        text[start:end],
        text[begin:stop],
        tuple(flags),
        text[slice(*file)] if file is not None else None,
        text[stop:].strip(),
        line.node,
        line.span(*(file or (1, len(text)))),
    )


_NAME_AND_CLASS = 2
_APART = ("-k", "-v", "-z")


def mailer(line: Line) -> Mailer:
    """An M or X line."""
    text = line.text
    at = 1
    while at < len(text) and text[at] != "," and not text[at].isspace():
        at += 1
    name = text[1:at]
    fields: dict[str, Field] = {}
    problem = None if name else "it has no name"
    at += 1
    while at < len(text) and problem is None:
        while at < len(text) and (text[at] == "," or text[at].isspace()):
            at += 1
        letter = text[at : at + 1]
        equals = _equals(text, at)
        if equals < 0:
            problem = f'a field of it ("{text[at : at + 20]}") has no "="'
            break
        start = _skip(text, equals + 1)
        value, at = munch(text, start, ",")
        fields[letter] = Field(value, line.span(start, at))
    return Mailer(name, fields, line.node, problem)


def _equals(text: str, at: int) -> int:
    equals, comma = text.find("=", at), text.find(",", at)
    return -1 if equals < 0 or 0 <= comma < equals else equals


def ruleset(line: Line) -> RulesetLine | None:
    """An S line; None where readcf finds neither a name nor a number."""
    found = re.match(r"S\s*(?:(\d+)|([A-Za-z]\w*))\s*(?:=\s*(\d+))?", line.text, re.ASCII)
    if found is None:
        return None
    number = found[1] or found[3]
    return RulesetLine(found[2], int(number[:9]) if number else None, line.node)
