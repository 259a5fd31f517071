"""m4's ``format``: C's ``printf`` for words."""

from __future__ import annotations

import re

from auditor.sendmail.m4.arithmetic import c_long, overflows, wrap
from auditor.sendmail.m4.machine import Machine

_SPECIFIER = re.compile(r"%(?:%|(['+ 0#-]*)(\*|[0-9]*)(?:(\.)(\*|[0-9]*))?(l|hh?)?(.?))", re.DOTALL)
_FLAGS_FORBID = {"'": "aAceEosxX", "+": "cosuxX", " ": "cosuxX", "0": "cs", "#": "cdisu", "-": ""}
_ALL = "aAcdeEfFgGiosuxX"
_DECIMAL = re.compile(r"[ \t\n\v\f\r]*([-+]?[0-9]+)?")
_FLOAT = re.compile(
    r"[ \t\n\v\f\r]*([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?inf|[-+]?nan)?", re.IGNORECASE
)
_BITS = {"hh": 8, "h": 16, "": 32, "l": 64}


def printf(machine: Machine, words: list[str]) -> str:
    """The first word with the others in the places of its ``%`` specifiers."""
    arguments = _Arguments(machine, words[1:])
    return _SPECIFIER.sub(lambda match: _one(machine, words[0], arguments, match), words[0])


class _Arguments:
    """The words that have not been used yet."""

    def __init__(self, machine: Machine, words: list[str]) -> None:
        self._machine = machine
        self._words = iter(words)

    def word(self) -> str:
        """The next word; empty after the last."""
        return next(self._words, "")

    def integer(self, *, long: bool = False) -> int:
        """The next word as an ``int`` or a ``long``; 0 after the last."""
        word = next(self._words, None)
        match = _DECIMAL.match(word) if word is not None and self._there(word) else None
        if word is None or match is None:
            return 0
        value = c_long(match[1]) if match[1] else 0
        too_large = match[1] is not None and (overflows(match[1]) or (not long and wrap(value) != value))
        self._complain(word, match, overflow=too_large)
        return value

    def real(self) -> float:
        """The next word as a ``double``; 0 after the last."""
        word = next(self._words, None)
        match = _FLOAT.match(word) if word is not None and self._there(word) else None
        if word is None or match is None:
            return 0.0
        self._complain(word, match, overflow=False)
        return float(match[1]) if match[1] else 0.0

    def _there(self, word: str) -> bool:
        if not word:
            self._machine.warn("empty string treated as 0")
        return bool(word)

    def _complain(self, word: str, match: re.Match[str], *, overflow: bool) -> None:
        if match[1] is None or match.end() < len(word):
            self._machine.warn(f"non-numeric argument {word}")
        elif match.start(1):
            self._machine.warn("leading whitespace ignored")
        elif overflow:
            self._machine.warn("numeric overflow detected")


def _one(machine: Machine, whole: str, arguments: _Arguments, match: re.Match[str]) -> str:
    flags, width_word, dot, precision_word, size, letter = match.groups()
    if flags is None:
        return "%"
    width = wrap(arguments.integer()) if width_word == "*" else int(width_word or "0")
    precision = -1
    if dot:
        precision = wrap(arguments.integer()) if precision_word == "*" else int(precision_word or "0")
    if letter not in _allowed(flags, dot, size or "") or not letter:
        machine.warn(f"Warning: unrecognized specifier in `{whole}'")
        return ""
    machine.spend(abs(width) + max(precision, 0))
    flags = "".join(flag for flag in "+- 0#" if flag in flags)
    if width < 0:
        flags, width = flags + "-", -width
    return _formatted(arguments, flags, width, precision, size or "", letter)


def _allowed(flags: str, dot: str | None, size: str) -> str:
    forbidden = "".join(_FLAGS_FORBID[flag] for flag in flags)
    if dot:
        forbidden += "c"
    if size == "l":
        forbidden += "cs"
    elif size:
        forbidden += "aAceEfFgGs"
    return "".join(letter for letter in _ALL if letter not in forbidden)


def _formatted(arguments: _Arguments, flags: str, width: int, precision: int, size: str, letter: str) -> str:  # noqa: PLR0913  # The parts of a specifier.
    points = f".{precision}" if precision >= 0 else ""
    if letter == "s":
        text = arguments.word()
        return _padded(text[:precision] if precision >= 0 else text, flags, width)
    if letter == "c":
        code = arguments.integer() & 0xFF
        # C ends the word at a character of value 0.
        return _padded("\0" if not code else chr(code), flags, width).partition("\0")[0]
    if letter in "diouxX":
        return _integer(arguments.integer(long=size == "l"), flags, width, precision, _BITS[size], letter)
    value = arguments.real()
    if letter in "aA":
        return _padded(value.hex().replace(".0000000000000", ""), flags, width)
    return f"%{flags}{width or ''}{points}{letter}" % value


def _integer(value: int, flags: str, width: int, precision: int, bits: int, letter: str) -> str:  # noqa: PLR0913  # The parts of a specifier.
    value &= (1 << bits) - 1
    if letter in "di" and value >> (bits - 1):
        value -= 1 << bits
    body = {"o": f"{abs(value):o}", "x": f"{value:x}", "X": f"{value:X}"}.get(letter, str(abs(value)))
    sign = "-" if value < 0 else next((mark for mark in "+ " if mark in flags and letter in "di"), "")
    if precision >= 0:
        body = "" if not precision and not value else body.rjust(precision, "0")
    if "#" in flags:
        if letter == "o" and not body.startswith("0"):
            body = "0" + body
        elif letter in "xX" and value:
            sign = "0" + letter
    if "0" in flags and "-" not in flags and precision < 0:
        body = body.rjust(width - len(sign), "0")
    return _padded(sign + body, flags, width)


def _padded(text: str, flags: str, width: int) -> str:
    return text.ljust(width) if "-" in flags else text.rjust(width)
