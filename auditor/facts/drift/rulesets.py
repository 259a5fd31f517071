"""Differences between the rulesets of two .cf files, by their names."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from auditor.facts.drift.difference import Difference, Origin, added, matched, missing
from auditor.facts.mailers import Ruleset, rulesets_of
from auditor.model.pattern import lazy
from auditor.model.text import Span
from auditor.sendmail.cf import CfView, live

#: A rule by its sides, and its place.
Rule: TypeAlias = tuple[tuple[str, ...], Span]

_TABS = lazy(r"\t+")
#: A rule has two sides; what follows a further tab is a comment.
_SIDES = 2


def rulesets(cf: CfView, made: CfView, origin: Origin) -> Iterator[Difference]:
    """The rulesets that only one has, and how many rules differ in the others, with the first of them.

    Args:
        cf: the .cf as it is.
        made: what m4 makes of the .mc.
        origin: gives the places of the .mc for those of ``made``.

    """
    theirs, ours = ({each.name: each for each in rulesets_of(view)} for view in (cf, made))
    for name, found, meant in matched(theirs, ours):
        if found is None and meant is not None:
            yield missing(f"the ruleset {name}", origin(_opened(meant)))
        elif found is not None and meant is None:
            yield added(f"the ruleset {name}", _opened(found))
        elif found is not None and meant is not None:
            if _number(found) != _number(meant):
                what = f"the ruleset {name} has {_number(found)}, the .mc gives {_number(meant)}"
                yield Difference(what, _opened(found), origin(_opened(meant)))
            yield from differing(name, read(found.rules), read(meant.rules), origin, (_opened(found), _opened(meant)))


def differing(
    name: str, theirs: Sequence[Rule], ours: Sequence[Rule], origin: Origin, opened: tuple[Span, Span]
) -> Iterator[Difference]:
    """How many rules of one ruleset differ, and the first of them.

    Args:
        name: the ruleset.
        theirs: the rules in the .cf.
        ours: those that the .mc leads to.
        origin: gives the places of the .mc for those of ``ours``.
        opened: the S lines of both, which are the place where a side has no rule to show.

    """
    has, gives = [text for text, _ in theirs], [text for text, _ in ours]
    if has == gives:
        return
    start = next((at for at, (a, b) in enumerate(zip(has, gives, strict=False)) if a != b), min(len(has), len(gives)))
    words = _words((Counter(gives) - Counter(has)).total(), (Counter(has) - Counter(gives)).total())
    at = [
        rules[min(start, len(rules) - 1)][1] if rules else s_line
        for rules, s_line in zip((theirs, ours), opened, strict=True)
    ]
    given = " ".join(gives[start]) if start < len(gives) else ""
    yield Difference(f"in the ruleset {name} {words}", at[0], origin(at[1]), gives=given)


def _words(gone: int, new: int) -> str:
    if not gone and not new:
        return "the rules stand in another order"
    count = max(gone, new)
    what = "differ" if gone and new else "are missing" if gone else "are added"
    return f"{count} rules {what}" if count > 1 else _ONE[what]


_ONE = {"differ": "1 rule differs", "are missing": "1 rule is missing", "are added": "1 rule is added"}


def read(rules: Sequence[Span]) -> list[Rule]:
    """The rules of a .cf."""
    return [(sides(live(each.text)), each) for each in rules]


def sides(text: str) -> tuple[str, ...]:
    """Both sides of a rule as they count: comments left out, blanks made one."""
    found = _TABS.split(text.replace("\n", " "), _SIDES)
    return tuple(" ".join(side.split()) for side in found[:_SIDES])


def _number(each: Ruleset) -> str:
    number = next((line.number for line in each.lines if line.number is not None), None)
    return "no number" if number is None else f"the number {number}"


def _opened(each: Ruleset) -> Span:
    return each.lines[0].node
