"""What readcf says of an R line (Sendmail Installation and Operation Guide, 5.2; wording as of sendmail 8.17.1.9)."""

from __future__ import annotations

import re
from typing import NamedTuple

from auditor.model.pattern import lazy
from auditor.sendmail.cf import Line

_MOST = 9
_TOKEN = lazy(r"\$(?:[=~&]?(?:\{\w+\}|.)|$)", re.DOTALL)
#: What a left side cannot hold: positions, and what only a right side knows.
_NOT_LEFT = frozenset(":>?.[](") | {")"}
#: What a right side cannot hold: patterns.
_NOT_RIGHT = frozenset("*+-=~")
_CLOSES = {"(": ")", "[": "]"}


class RuleProblem(NamedTuple):
    """What readcf refuses in a rule: a clause, and where it is in the line's text."""

    what: str
    start: int
    end: int


def rule_problem(line: Line) -> RuleProblem | None:
    """The first thing readcf refuses in an R line; None where it takes the rule, or where a macro decides."""
    text = line.text
    if "$?" in text:
        # Conditions are resolved when the file is read, by macros that are set then.
        return None
    tab = text.find("\t")
    if tab < 0:
        return RuleProblem("no tab stands between the two sides", 0, len(text))
    start = tab + len(text[tab:]) - len(text[tab:].lstrip("\t"))
    end = text.find("\t", start)
    left, right = text[1:tab], text[start : end if end >= 0 else len(text)]
    return _left(left) or _right(right, start, wildcards(left))


def wildcards(left: str) -> int:
    """How many pieces of a left side the right side can refer to as $1 and so on."""
    return sum(token[1] in _NOT_RIGHT for token in _TOKEN.findall(left) if len(token) > 1)


def _left(left: str) -> RuleProblem | None:
    if not left.strip():
        return RuleProblem("the left side is empty", 0, 1 + len(left))
    for token in _TOKEN.finditer(left):
        sign = token[0][1:2]
        if sign.isdigit() or sign in _NOT_LEFT:
            return RuleProblem(f"{token[0]} has no meaning on the left side", 1 + token.start(), 1 + token.end())
    if wildcards(left) > _MOST:
        return RuleProblem(f"the left side has more than {_MOST} wildcards", 1, 1 + len(left))
    return None


def _right(right: str, start: int, count: int) -> RuleProblem | None:
    if not right.strip():
        return RuleProblem("the right side is empty", start, start + len(right))
    for token in _TOKEN.finditer(right):
        sign = token[0][1:2]
        if sign.isdigit() and not 1 <= int(sign) <= count:
            what = f"{token[0]} on the right side, where the left side has {count or 'no'} wildcard{'s' * (count != 1)}"
            return RuleProblem(what, start + token.start(), start + token.end())
        if sign in _NOT_RIGHT:
            what = f"{token[0]} has no meaning on the right side"
            return RuleProblem(what, start + token.start(), start + token.end())
    return _look_ups(right, start)


def _look_ups(right: str, start: int) -> RuleProblem | None:
    opened: re.Match[str] | None = None
    for token in _TOKEN.finditer(right):
        sign = token[0][1:2]
        if sign in _CLOSES and opened is not None:
            return RuleProblem("a look-up stands inside another one", start + token.start(), start + token.end())
        if sign in _CLOSES:
            opened = token
        elif opened is not None and sign == _CLOSES[opened[0][1:2]]:
            opened = None
    if opened is None:
        return None
    what = f"{opened[0]} is never closed by ${_CLOSES[opened[0][1:2]]}"
    return RuleProblem(what, start + opened.start(), start + opened.end())
