"""How m4 cuts its input: patterns for the quotes and comment marks of the moment.

One pattern skips what means nothing and takes the next token. Its groups are, in the order m4 tries them: a comment, a
comment whose end is not in sight, a word, a quoted string, an opening quote whose end is not in sight, a parenthesis or
comma, and a first character of a longer mark that turned out to be something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

COMMENT, COMMENT_OPEN, WORD, QUOTED, QUOTE_OPEN, PUNCTUATION, ODD = range(1, 8)

Scan = Callable[[str, int], "re.Match[str] | None"]

#: A deeper nesting of quotes than this is followed by counting instead of by the pattern.
_NESTING = 3
_WORD = "([A-Za-z_][A-Za-z0-9_]*+)"
_NEVER = "((?!))"


class Syntax:
    """The quotes and comment marks of the moment, and the patterns for them.

    Attributes:
        left: the opening quote; empty where quoting is off.
        right: the closing quote.
        begin: what begins a comment; empty where there are none.
        finish: what ends one.
        outer: takes tokens outside of all arguments, where parentheses and commas mean nothing.
        inner: takes tokens within arguments.
        quotes: finds the next quote within a quoted string; group 1 is a closing one.
        reach: how many characters the longest mark has.
        apart: whether no mark begins with a parenthesis.

    """

    __slots__ = ("apart", "begin", "finish", "inner", "left", "outer", "quotes", "reach", "right")

    def __init__(self, left: str, right: str, begin: str, finish: str) -> None:
        self.left, self.right, self.begin, self.finish = left, right, begin, finish
        common = f"{_comment(begin, finish)}|{_WORD}|{_quoted(left, right)}"
        firsts = f"A-Za-z_{re.escape(left[:1])}{re.escape(begin[:1])}"
        odd = f"([{re.escape(left[:1])}{re.escape(begin[:1])}])" if left or begin else _NEVER
        self.outer: Scan = re.compile(f"[^{firsts}]*+(?:{common}|{_NEVER}|{odd})").match
        self.inner: Scan = re.compile(f"[^{firsts}(),]*+(?:{common}|([(),])|{odd})").match
        self.quotes = (
            re.compile(f"({re.escape(right)})|{re.escape(left)}").search if left else re.compile(_NEVER).search
        )
        self.reach = max(map(len, (left, right, begin, finish)))
        self.apart = "(" not in (left[:1], begin[:1])

    def opens(self, text: str, at: int) -> bool:
        """Whether an argument list begins at this character."""
        if not text.startswith("(", at):
            return False
        return self.apart or not any(mark and text.startswith(mark, at) for mark in (self.begin, self.left))


@lru_cache(maxsize=64)
def syntax(left: str, right: str, begin: str, finish: str) -> Syntax:
    """The patterns for these quotes and comment marks."""
    return Syntax(left, right, begin, finish)


def _comment(begin: str, finish: str) -> str:
    if not begin:
        return f"{_NEVER}|{_NEVER}"
    start, end = re.escape(begin), re.escape(finish)
    body = f"[^{end}]*+" if len(finish) == 1 else "(?s:.*?)"
    return f"({start}{body}{end})|({start})"


def _quoted(left: str, right: str) -> str:
    if not left:
        return f"{_NEVER}|{_NEVER}"
    opening, closing = re.escape(left), re.escape(right)
    if len(left) != 1 or len(right) != 1 or left == right:
        return f"{_NEVER}|({opening})"
    plain = f"[^{opening}{closing}]*+"
    body = plain
    for _ in range(_NESTING):
        body = f"{plain}(?>(?:{opening}{body}{closing}{plain})*)"
    return f"{opening}({body}){closing}|({opening})"
