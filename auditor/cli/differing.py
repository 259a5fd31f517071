"""Which lines of a file differ from those of another, and how much alike two files are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

#: Lines of one file times those of the other up to which the order of lines is looked at.
_PRODUCT = 4_000_000


def differing(old: bytes | None, new: bytes) -> set[int]:
    """The lines of ``new``, from 1, that are not in ``old``; where some of ``old`` are gone, the line after them."""
    after = new.split(b"\n")
    if after[-1] == b"" and len(after) > 1:
        after.pop()
    if old is None:
        return set(range(1, len(after) + 1))
    if old == new:
        return set()
    before = old.split(b"\n")
    if before[-1] == b"" and len(before) > 1:
        before.pop()
    if before == after:
        # Only the last line's end came or went.
        return {len(after)}
    first = next((i for i, (one, two) in enumerate(zip(before, after, strict=False)) if one != two), None)
    first = min(len(before), len(after)) if first is None else first
    most = min(len(before), len(after)) - first
    last = next((i for i in range(most) if before[-1 - i] != after[-1 - i]), most)
    changed = {first + line for line in _middle(before[first : len(before) - last], after[first : len(after) - last])}
    return {min(line, len(after)) for line in changed}


def _middle(before: Sequence[bytes], after: Sequence[bytes]) -> Iterator[int]:
    if len(before) * len(after) > _PRODUCT:
        # Two long and very different files are told apart without regard to the order of their lines.
        left = Counter(before)
        for number, line in enumerate(after, 1):
            left[line] -= 1
            if left[line] < 0:
                yield number
        return
    from difflib import SequenceMatcher  # noqa: PLC0415  # Only files that changed need it.

    for kind, _, _, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "delete":
            yield start + 1
        elif kind != "equal":
            yield from range(start + 1, end + 1)


def likeness(old: bytes, new: bytes) -> float:
    """The part of their lines that two files share, from 0 to 1."""
    one, two = Counter(old.split(b"\n")), Counter(new.split(b"\n"))
    return (one & two).total() / max(one.total(), two.total())


def nearness(old: str, new: str) -> tuple[int, bool]:
    """How near two paths are: the names they share at their ends, and whether they lie in one directory."""
    one, two = old.split("/"), new.split("/")
    shared = sum(a == b for a, b in zip(reversed(one), reversed(two), strict=False))
    return shared, one[:-1] == two[:-1]
