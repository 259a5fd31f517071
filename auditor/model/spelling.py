"""Slips of the pen: when a word can only be one other word, so that nobody need be asked which was meant."""

from __future__ import annotations

from collections.abc import Iterable

#: Words at least this long may have two letters wrong.
_LONG = 9
_DROPPED = str.maketrans("", "", "_-. ")


def unmistakable(word: str, right: str, names: Iterable[str]) -> bool:
    """Whether ``right`` is the one of some names that a slip made ``word`` of: case, a parting sign, a letter or two.

    Args:
        word: what is written.
        right: the name that is taken for it.
        names: every name that could be meant.

    """
    written, meant = _plain(word), _plain(right)
    limit = 2 if len(written) >= _LONG else 1
    distance = _distance(written, meant, limit)
    if distance > limit:
        return False
    others = {_plain(name) for name in names} - {meant}
    return all(_distance(written, other, distance) > distance for other in others)


def _plain(word: str) -> str:
    return word.lower().translate(_DROPPED)


def _distance(one: str, other: str, limit: int) -> int:
    """How many letters are to be put in, left out, changed or swapped; more than the limit where it is more."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    above: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        above, before, row = row, above, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
    return row[-1]
