"""Patterns of paths: ``*`` and ``?`` within one name, ``**`` for any number of directories, none included.

A pattern also means everything below what it names. Matching never takes longer than the product of both lengths,
whatever a pattern from an untrusted file looks like.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def covers(pattern: str, path: str) -> bool:
    """Whether a pattern means a path, or a directory that the path lies below."""
    wanted = [part for part in pattern.split("/") if part not in ("", ".")]
    parts = [part for part in path.split("/") if part not in ("", ".")]
    # What lies below is one more part that may be anything.
    return _matches([*wanted, "**"], parts, "**", _is_name)


def literal(pattern: str) -> str:
    """The directories with which a pattern begins, up to the first part that holds a wildcard."""
    found = []
    for part in pattern.split("/"):
        if "*" in part or "?" in part:
            break
        found.append(part)
    return "/".join(found)


def _is_name(pattern: str, name: str) -> bool:
    return pattern == name or _matches(pattern, name, "*", lambda one, other: one in ("?", other))


def _matches(pattern: Sequence[T], given: Sequence[T], many: T, same: Callable[[T, T], bool]) -> bool:
    """Whether a pattern matches; only the last wildcard met is ever widened, for an earlier one need never be."""
    at = 0
    to = 0
    star = back = -1
    while to < len(given):
        if at < len(pattern) and pattern[at] == many:
            star, back = at, to
            at += 1
        elif at < len(pattern) and same(pattern[at], given[to]):
            at += 1
            to += 1
        elif star >= 0:
            back += 1
            at, to = star + 1, back
        else:
            return False
    return all(each == many for each in pattern[at:])
