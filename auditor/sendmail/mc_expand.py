"""What a macro's body comes to when m4 reads it again, as far as that is plain text and other macros of plain text."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from auditor.model.pattern import lazy
from auditor.readers.mc import cut

#: Answers for a name, and whether a parenthesis follows it: False where m4 leaves it alone, the body where it is a
#: macro with a known body and no arguments, None where what it does cannot be told.
LookUp: TypeAlias = Callable[[str, bool], str | bool | None]

_DEPTH = 16
_BUDGET = 20_000
_PARAMETER = lazy(r"\$(?:[0-9]+|[#*@])")
_DULL = lazy(r"[^A-Za-z_`]*")
_SPLITS = lazy(r"[,()`']")


def expand(text: str, look_up: LookUp) -> str | None:
    """The text that m4 puts in the place of a body, or None where that cannot be told.

    Length and depth are bounded: a body that grows beyond reason is one that cannot be told.
    """
    return _expand(text, look_up, 0, [_BUDGET])


def without_arguments(name: str, body: str) -> str:
    """A body as a call without arguments sees it: ``$1`` and its like are empty, ``$0`` is the name, ``$#`` is 0."""
    if "$" not in body:
        return body
    return _PARAMETER.sub(lambda found: {"$0": name, "$#": "0"}.get(found[0], ""), body)


def splits(text: str) -> bool:
    """Whether a text that stands unquoted in an argument would change how m4 cuts the arguments."""
    return _SPLITS.search(text) is not None


def _expand(text: str, look_up: LookUp, depth: int, budget: list[int]) -> str | None:
    budget[0] -= len(text) + 1
    if budget[0] < 0 or depth > _DEPTH:
        return None
    if _DULL.fullmatch(text):
        return text
    tokens = list(cut(text))
    parts: list[str] = []
    at = 0
    while at < len(tokens):
        kind, token = tokens[at]
        if kind == "quote":
            end = _closing(tokens, at)
            if end is None:
                return None
            parts.extend(text for _, text in tokens[at + 1 : end])
            at = end + 1
            continue
        at += 1
        if kind == "word":
            part = _word(token, look_up(token, at < len(tokens) and tokens[at][0] == "open"), look_up, depth, budget)
            if part is None:
                return None
            token = part
        parts.append(token)
    return "".join(parts)


def _word(word: str, found: str | bool | None, look_up: LookUp, depth: int, budget: list[int]) -> str | None:  # noqa: FBT001
    if isinstance(found, bool):
        return word
    if found is None:
        return None
    return _expand(without_arguments(word, found), look_up, depth + 1, budget)


def _closing(tokens: list[tuple[str, str]], at: int) -> int | None:
    depth = 0
    for index in range(at, len(tokens)):
        kind = tokens[index][0]
        if kind == "quote":
            depth += 1
        elif kind == "endquote":
            depth -= 1
            if depth == 0:
                return index
    return None
