"""The builtins about words and numbers."""

from __future__ import annotations

from functools import lru_cache

from auditor.sendmail.m4 import formats, patterns
from auditor.sendmail.m4.arithmetic import digits, evaluate, number, wrap
from auditor.sendmail.m4.machine import Machine

_WIDEST = 36


def length(_: Machine, arguments: list[str]) -> str:
    """`len`: how many characters a word has."""
    return str(len(arguments[1]))


def index(_: Machine, arguments: list[str]) -> str:
    """`index`: where one word begins in another, from 0; -1 where it does not."""
    return str(arguments[1].find(arguments[2]))


def substr(machine: Machine, arguments: list[str]) -> str:
    """`substr`: a part of a word."""
    text = arguments[1]
    start = number(machine, arguments[0], arguments[2])
    if start is None:
        return ""
    size: int | None = len(text)
    if len(arguments) > 3:  # noqa: PLR2004  # A length is given.
        size = number(machine, arguments[0], arguments[3])
    if size is None or start < 0 or size <= 0:
        return ""
    return text[start : start + size]


def translit(_: Machine, arguments: list[str]) -> str:
    """`translit`: other characters for some characters."""
    text, old, new = (*arguments[1:4], "")[:3]
    return text.translate(_translation(old, new)) if text and old else text


@lru_cache(maxsize=64)
def _translation(old: str, new: str) -> dict[int, str | None]:
    new = _ranges(new)
    table: dict[int, str | None] = {}
    for at, character in enumerate(_ranges(old) if len(old) > len("a-") else old):
        table.setdefault(ord(character), new[at] if at < len(new) else None)
    return table


def _ranges(text: str) -> str:
    """Characters with the ranges written out."""
    parts: list[str] = []
    last = ""
    at = 0
    while at < len(text):
        character = text[at]
        if character == "-" and last and at + 1 < len(text):
            at += 1
            begin, end = ord(last), ord(text[at])
            way = 1 if begin <= end else -1
            parts += [chr(code) for code in range(begin + way, end + way, way)] if begin != end else []
        else:
            parts.append(character)
        last = text[at]
        at += 1
    return "".join(parts)


def incr(machine: Machine, arguments: list[str]) -> str:
    """`incr`: one more."""
    value = number(machine, arguments[0], arguments[1])
    return "" if value is None else str(wrap(value + 1))


def decr(machine: Machine, arguments: list[str]) -> str:
    """`decr`: one less."""
    value = number(machine, arguments[0], arguments[1])
    return "" if value is None else str(wrap(value - 1))


def eval_(machine: Machine, arguments: list[str]) -> str:
    """`eval`: the value of an expression, in a radix, with leading zeros."""
    name, expression, radix_word, width_word = (*arguments, "", "")[:4]
    radix = number(machine, name, radix_word) if radix_word else 10
    if radix is None:
        return ""
    if not 1 <= radix <= _WIDEST:
        machine.warn(f"radix {radix} in builtin `{name}' out of range")
        return ""
    width = number(machine, name, width_word) if len(arguments) > 3 else 1  # noqa: PLR2004  # A width is given.
    if width is None:
        return ""
    if width < 0:
        machine.warn(f"negative width to builtin `{name}'")
        return ""
    return _valued(machine, name, expression, radix, width)


def _valued(machine: Machine, name: str, expression: str, radix: int, width: int) -> str:
    value: int | None = 0
    if expression:
        value = evaluate(machine, expression)
    else:
        machine.warn(f"empty string treated as 0 in builtin `{name}'")
    if value is None:
        return ""
    machine.spend(max(width, abs(value) if radix == 1 else 0))
    return digits(value, radix, width)


def shift(machine: Machine, arguments: list[str]) -> str:
    """`shift`: the arguments but the first, quoted."""
    return machine.quoted(arguments[2:])


def format_(machine: Machine, arguments: list[str]) -> str:
    """`format`: as C's `printf`."""
    return formats.printf(machine, arguments[1:])


def regexp(machine: Machine, arguments: list[str]) -> str:
    """`regexp`: where a pattern is found in a word, or what is made of the place."""
    text, expression = arguments[1:3]
    # The colon is only in this builtin's message.
    pattern = patterns.pattern(machine, expression, "bad regular expression: ")
    if pattern is None:
        return ""
    found = pattern.search(machine, text, 0)
    if len(arguments) == 3:  # noqa: PLR2004  # No replacement is given.
        return str(found.start if found else -1)
    return patterns.substituted(machine, text, arguments[3], found) if found else ""


def patsubst(machine: Machine, arguments: list[str]) -> str:
    """`patsubst`: a word with every place of a pattern replaced."""
    text, expression, replacement = (*arguments[1:], "")[:3]
    pattern = patterns.pattern(machine, expression, "bad regular expression ")
    if pattern is None:
        return ""
    parts: list[str] = []
    at = 0
    while at <= len(text):
        found = pattern.search(machine, text, at)
        if found is None:
            parts.append(text[at:])
            break
        parts += [text[at : found.start], patterns.substituted(machine, text, replacement, found)]
        at = found.end
        if found.start == found.end:
            parts.append(text[at : at + 1])
            at += 1
    return "".join(parts)
