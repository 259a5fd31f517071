"""m4's arithmetic: ``eval`` on 32-bit integers, and what its other builtins take for a number."""

from __future__ import annotations

import re
from collections.abc import Callable

from auditor.sendmail.m4.machine import Machine

_SPACE = re.compile(r"[ \t\n\v\f\r]*")
_NUMBER = re.compile(r"[ \t\n\v\f\r]*([-+]?[0-9]+)")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_REFUSED = frozenset("++ += -- -= *= /= %= ^= &= |= >>= <<=".split())
_LONG = 1 << 63
_WIDEST = len(_DIGITS)

_LEVELS: dict[str, int] = {
    word: level
    for level, words in enumerate(("||", "&&", "|", "^", "&", "= == !=", "> >= < <=", "<< >>", "+ -", "* / %", "**"), 1)
    for word in words.split()
}
_POWER = _LEVELS["**"]


_PREFIX = re.compile("0(?:([xXbB]?)(?![rR])|[rR]([0-9]*)(:?))")
_BASES = {"": 8, "x": 16, "b": 2}
_DECIMALS = frozenset("0123456789")
_UNKNOWN = "?"
_BAD_OPERATOR = "!!"
_OPENING = "("
_BAD = "bad expression in eval"
_UNREADABLE = f"{_BAD} (bad input)"
_UNCLOSED = f"{_BAD} (missing right parenthesis)"
_EXCESS = f"{_BAD} (excess input)"
_INVALID = "invalid operator in eval"
_DIVIDED = "divide by zero in eval"
_MODULO = "modulo by zero in eval"
_NEGATIVE = "negative exponent in eval"


class Bad(Exception):  # noqa: N818  # It ends a run; it is no error of this program.
    """An expression that has no value; carries m4's message without the expression."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Undefined(Bad):
    """An operation without a result, which does no harm where ``&&`` or ``||`` does not look at it."""


def wrap(value: int) -> int:
    """The value as a 32-bit integer has it."""
    return (value + 0x80000000 & 0xFFFFFFFF) - 0x80000000


def number(machine: Machine, name: str, text: str) -> int | None:
    """What a builtin makes of a number given to it, with m4's complaints; None where it is none."""
    if not text:
        machine.warn(f"empty string treated as 0 in builtin `{name}'")
        return 0
    match = _NUMBER.fullmatch(text)
    if match is None:
        machine.warn(f"non-numeric argument to builtin `{name}'")
        return None
    value = c_long(match[1])
    if match.start(1):
        machine.warn(f"leading whitespace ignored in builtin `{name}'")
    elif overflows(match[1]):
        machine.warn(f"numeric overflow detected in builtin `{name}'")
    return wrap(value)


def overflows(digits: str) -> bool:
    """Whether a decimal number is too large for C's ``long``."""
    return len(digits) > len(str(_LONG)) + 1 or not -_LONG <= int(digits) < _LONG


def c_long(digits: str) -> int:
    """A decimal number as C's ``strtol`` gives it: at most the largest ``long``."""
    if overflows(digits):
        return -_LONG if digits.startswith("-") else _LONG - 1
    return int(digits)


def digits(value: int, radix: int, width: int) -> str:
    """A value in a radix, with zeros before it up to a width."""
    sign, rest = ("-", -value) if value < 0 else ("", value)
    if radix == 1:
        return sign + "0" * (width - rest) + "1" * rest
    text = ""
    while True:
        rest, last = divmod(rest, radix)
        text = _DIGITS[last] + text
        if not rest:
            return sign + text.rjust(width, "0")


def evaluate(machine: Machine, expression: str) -> int | None:
    """The value of an expression; None, after m4's message, where it has none."""
    try:
        return _Reader(expression, machine).whole()
    except Bad as bad:
        say = machine.fail if bad.kind == _INVALID else machine.warn
        say(f"{bad.kind}: {expression}")
        return None


class _Reader:
    """Reads an expression from the left, operators by their precedence."""

    def __init__(self, text: str, machine: Machine) -> None:
        self._text = text
        self._at = 0
        self._machine = machine

    def whole(self) -> int:
        """The value of all of the text."""
        value = self._binary(self._lex(), 1)
        if self._at < len(self._text):
            raise Bad(_INVALID if self._lex() is _BAD_OPERATOR else _EXCESS)
        return value

    def _binary(self, token: str | int, lowest: int) -> int:
        """The value of a term whose operators bind at least so tightly; its first token has been taken."""
        value = self._unary(token)
        highest = _POWER
        while True:
            before = self._at
            operator = self._operand()
            level = _LEVELS.get(operator, 0) if isinstance(operator, str) else 0
            if not lowest <= level <= highest:
                self._at = before
                return value
            highest = level
            value = self._combine(str(operator), value, level)

    def _combine(self, operator: str, left: int, level: int) -> int:
        token = self._operand()
        try:
            right = self._binary(token, level if level == _POWER else level + 1)
        except Undefined:
            # What && and || need not look at may have no value.
            if (operator == "&&" and not left) or (operator == "||" and left):
                return int(operator == "||")
            raise
        if operator == "=":
            self._machine.warn("Warning: recommend ==, not =, for equality operator")
        return wrap(_OPERATIONS[operator](left, right))

    def _unary(self, token: str | int) -> int:
        if isinstance(token, int):
            return token
        if token in _UNARY:
            return wrap(_UNARY[token](self._unary(self._operand())))
        if token == _OPENING:
            value = self._binary(self._operand(), 1)
            if self._operand() != ")":
                raise Bad(_UNCLOSED)
            return value
        raise Bad(_INVALID if token is _BAD_OPERATOR else _BAD)

    def _operand(self) -> str | int:
        """The next token, which must be one."""
        token = self._lex()
        if token is _UNKNOWN:
            raise Bad(_UNREADABLE)
        return token

    def _lex(self) -> str | int:
        """The next token: a number's value, an operator, or nothing at the end."""
        match = _SPACE.match(self._text, self._at)
        at = self._at = match.end() if match else self._at
        if self._text[at : at + 1] in _DECIMALS:
            return self._number(at)
        for length in (3, 2, 1):
            word = self._text[at : at + length]
            if len(word) == length and (word in _REFUSED or word in _SIGNS):
                self._at += length
                return _BAD_OPERATOR if word in _REFUSED else word
        return _UNKNOWN if at < len(self._text) else ""

    def _number(self, at: int) -> str | int:
        match = _PREFIX.match(self._text, at)
        if match is None:
            base = 10
        elif match[2] is not None:
            base = int(match[2]) if len(match[2]) < len("000000000") and match[3] else 0
            if not 1 <= base <= _WIDEST:
                return _UNKNOWN
        else:
            base = _BASES[match[1].lower()]
        at = match.end() if match else at
        end = at
        accepted = _DIGITS[:base] if base > 1 else "01"
        while end < len(self._text) and self._text[end].lower() in accepted:
            end += 1
        self._at = end
        if base > 1:
            return wrap(int(self._text[at:end] or "0", base))
        ones = self._text[at:end].lstrip("0")
        self._at = end - len(ones) + len(ones.split("0", 1)[0])
        return wrap(len(ones.split("0", 1)[0]))


def _divide(left: int, right: int) -> int:
    if not right:
        raise Undefined(_DIVIDED)
    return abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)


def _modulo(left: int, right: int) -> int:
    if not right:
        raise Undefined(_MODULO)
    return abs(left) % abs(right) * (-1 if left < 0 else 1)


def _power(left: int, right: int) -> int:
    if right < 0:
        raise Undefined(_NEGATIVE)
    if not left and not right:
        raise Undefined(_DIVIDED)
    return pow(left, right, 1 << 32)


_UNARY: dict[str, Callable[[int], int]] = {
    "+": lambda value: value,
    "-": lambda value: -value,
    "~": lambda value: ~value,
    "!": lambda value: int(not value),
}
_OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "||": lambda left, right: int(bool(left or right)),
    "&&": lambda left, right: int(bool(left and right)),
    "|": lambda left, right: left | right,
    "^": lambda left, right: left ^ right,
    "&": lambda left, right: left & right,
    "=": lambda left, right: int(left == right),
    "==": lambda left, right: int(left == right),
    "!=": lambda left, right: int(left != right),
    ">": lambda left, right: int(left > right),
    ">=": lambda left, right: int(left >= right),
    "<": lambda left, right: int(left < right),
    "<=": lambda left, right: int(left <= right),
    "<<": lambda left, right: left << (right & 31),
    ">>": lambda left, right: left >> (right & 31),
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": _divide,
    "%": _modulo,
    "**": _power,
}
_SIGNS = frozenset([*_LEVELS, *_UNARY, "(", ")"])
