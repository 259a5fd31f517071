r"""m4's regular expressions: GNU's Emacs syntax, translated to Python's.

Groups are ``\(`` and ``\)``, alternatives ``\|``, and ``*``, ``+``, ``?`` repeat; a backslash in brackets is itself;
there are neither intervals nor named classes. The leftmost longest match counts. Only for patterns with alternatives or
repeated groups does it differ from Python's first one; these have a matcher of their own.
"""

from __future__ import annotations

import re
from functools import lru_cache

from auditor.sendmail.m4 import matcher
from auditor.sendmail.m4.machine import Machine
from auditor.sendmail.m4.matcher import Found
from auditor.sendmail.m4.syntax_tree import Node, Refused, parse, python, repeats

#: What Python's matcher, which goes back and forth, may cost: the word's length to the power of the repeats and one.
_COST = 1 << 30


class Pattern:
    """A regular expression.

    Attributes:
        groups: how many groups it has.

    """

    __slots__ = ("_compiled", "_repeats", "_simple", "_tree", "groups")

    def __init__(self, tree: Node, groups: int, *, simple: bool) -> None:
        self._tree = tree
        self._simple = simple
        self._repeats = repeats(tree)
        self._compiled = re.compile(python(tree), re.MULTILINE)
        self.groups = groups

    def search(self, machine: Machine, text: str, at: int) -> Found | None:
        """The leftmost longest place at or after an offset."""
        if not self._simple or len(text) ** (self._repeats + 1) > _COST:
            return matcher.search(machine, self._tree, self.groups, text, at)
        match = self._compiled.search(text, at)
        return Found([match.span(group) for group in range(self.groups + 1)]) if match else None


@lru_cache(maxsize=128)
def _pattern(expression: str) -> Pattern | str:
    try:
        tree, groups, simple = parse(expression)
        return Pattern(tree, groups, simple=simple)
    except Refused as refused:
        return str(refused)
    except re.error:
        return "Invalid regular expression"


def pattern(machine: Machine, expression: str, complaint: str) -> Pattern | None:
    """The pattern of an expression; None, after m4's message, where it is none."""
    found = _pattern(expression)
    if isinstance(found, str):
        machine.warn(f"{complaint}`{expression}': {found}")
        return None
    return found


def substituted(machine: Machine, text: str, replacement: str, found: Found) -> str:
    r"""The replacement with ``\&`` and ``\1`` to ``\9`` filled in."""
    parts: list[str] = []
    at = 0
    while (slash := replacement.find("\\", at)) >= 0:
        parts.append(replacement[at:slash])
        mark = replacement[slash + 1 : slash + 2]
        at = slash + 2
        if not mark:
            machine.warn("Warning: trailing \\ ignored in replacement")
            break
        parts.append(_mark(machine, text, mark, found))
    parts.append(replacement[at:])
    return "".join(parts)


def _mark(machine: Machine, text: str, mark: str, found: Found) -> str:
    if mark == "0" and "0" not in machine.told:
        machine.told.add("0")
        machine.warn("Warning: \\0 will disappear, use \\& instead in replacements")
    if mark in "&0":
        return text[found.start : found.end]
    if mark not in "123456789":
        return mark
    group = int(mark)
    if group >= len(found.spans):
        machine.warn(f"Warning: sub-expression {group} not present")
        return ""
    begin, end = found.spans[group]
    return text[begin:end] if end > 0 else ""
