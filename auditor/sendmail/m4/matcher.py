"""The leftmost longest match of a regular expression, found without going back and forth.

All ends a part can reach from a place are worked out once; the longest is taken, and the groups are then laid along the
way that leads there. The work grows with a power of the word's length that is small, and is bounded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.sendmail.m4.syntax_tree import Node

if TYPE_CHECKING:
    from auditor.sendmail.m4.machine import Machine

#: Steps after which a search is given up.
_STEPS = 300_000


class Found:
    """A match.

    Attributes:
        spans: beginning and end of the whole and of each group; (-1, -1) for a group that took no part.

    """

    __slots__ = ("spans",)

    def __init__(self, spans: list[tuple[int, int]]) -> None:
        self.spans = spans

    @property
    def start(self) -> int:
        """Where the match begins."""
        return self.spans[0][0]

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.spans[0][1]


def search(machine: Machine, tree: Node, groups: int, text: str, at: int) -> Found | None:
    """The leftmost longest match at or after an offset."""
    matching = _Matching(machine, text, groups)
    for start in range(at, len(text) + 1):
        ends = matching.ends(tree, start)
        if ends:
            end = max(ends)
            matching.spans[0] = (start, end)
            matching.lay(tree, start, end)
            return Found(matching.spans)
    return None


class _Matching:
    """The search in one word."""

    def __init__(self, machine: Machine, text: str, groups: int) -> None:
        self._machine = machine
        self._text = text
        self._known: dict[tuple[int, int], frozenset[int]] = {}
        self._steps = 0
        self.spans = [(-1, -1)] * (groups + 1)

    def ends(self, node: Node, at: int) -> frozenset[int]:
        """All places at which a part can end that begins here."""
        key = (id(node), at)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._ends(node, at)
            self._step(1 + len(known))
        return known

    def _step(self, count: int) -> None:
        self._steps += count
        if self._steps > _STEPS:
            self._machine.halt("pattern", "a regular expression that costs too much")

    def _ends(self, node: Node, at: int) -> frozenset[int]:
        if node.test is not None:
            match = node.test(self._text, at)
            return frozenset((match.end(),)) if match else frozenset()
        if node.kind == "any":
            return frozenset().union(*(self.ends(part, at) for part in node.parts))
        if node.kind == "group":
            return self.ends(node.parts[0], at)
        if node.kind == "repeat":
            return self._repeated(node, at)
        if node.kind == "back":
            self._machine.halt("pattern", "a regular expression that refers back from among alternatives or repeats")
        return self._sequence(node.parts, at)

    def _sequence(self, parts: list[Node], at: int) -> frozenset[int]:
        places = frozenset((at,))
        for part in parts:
            places = frozenset().union(*(self.ends(part, place) for place in places))
        return places

    def _repeated(self, node: Node, at: int) -> frozenset[int]:
        reached: set[int] = set()
        fresh = set(self.ends(node.parts[0], at))
        while fresh:
            reached |= fresh
            if node.high == 1:
                break
            fresh = set().union(*(self.ends(node.parts[0], place) for place in fresh)) - reached
            self._step(len(fresh))
        return frozenset(reached if node.low and at not in reached else reached | ({at} if not node.low else set()))

    def lay(self, node: Node, at: int, end: int) -> None:
        """Put the groups of a part along the way from one place to another."""
        if node.kind == "group":
            self.spans[node.low] = (at, end)
            self.lay(node.parts[0], at, end)
        elif node.kind == "any":
            self.lay(next(part for part in node.parts if end in self.ends(part, at)), at, end)
        elif node.kind == "repeat":
            self._lay_repeat(node, at, end)
        elif node.kind == "all":
            self._lay_sequence(node.parts, at, end)

    def _lay_repeat(self, node: Node, at: int, end: int) -> None:
        part = node.parts[0]
        if at == end and not node.low:
            return
        while at < end:
            steps = [place for place in self.ends(part, at) if place == end or end in self._repeated(node, place)]
            step = max(place for place in steps if place > at)
            self.lay(part, at, step)
            at = step

    def _lay_sequence(self, parts: list[Node], at: int, end: int) -> None:
        if not parts:
            return
        # From the last part backwards: the places from which the rest can reach the end.
        reaching = [{end}]
        reached = [frozenset((at,))]
        for part in parts:
            reached.append(frozenset().union(*(self.ends(part, place) for place in reached[-1])))
        for index in range(len(parts) - 1, 0, -1):
            part = parts[index]
            reaching.append({place for place in reached[index] if self.ends(part, place) & reaching[-1]})
        for part, goals in zip(parts, reversed(reaching), strict=True):
            step = max(self.ends(part, at) & goals)
            self.lay(part, at, step)
            at = step
