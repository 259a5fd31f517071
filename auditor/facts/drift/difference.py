"""One difference between a .cf and its .mc, and the words for it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias, TypeVar

from auditor.model.text import Span
from auditor.model.value import frozen

V = TypeVar("V")

#: Gives the place of the .mc for one of what it leads to; None where only the cf tree had part in that.
Origin: TypeAlias = Callable[[Span], Span | None]
#: What counts of a command, by what it is called, with its place.
Entries: TypeAlias = Mapping[str, tuple[str, Span]]
#: Characters of a value that a message shows.
_WIDTH = 60
_NAMED = 3


@frozen
class Difference:
    """One difference: what the .cf has and the .mc leads to, as a clause, and the place in each, if any.

    Attributes:
        what: the clause.
        in_cf: the place in the .cf.
        in_mc: the place in the .mc.
        acts: whether it is in anything that sendmail acts on; a mark in a comment is not.
        gives: the line that the .mc leads to, where the clause does not tell it.

    """

    what: str
    in_cf: Span | None
    in_mc: Span | None
    acts: bool = True
    gives: str = ""


def plain(value: str) -> str:
    """A value in one line, its blanks made one."""
    return " ".join(value.replace("\\n", "\n").split())


def short(value: str) -> str:
    """A value as a message shows it: in one line, and cut where it is long."""
    text = plain(value)
    return f"{text[:_WIDTH]}…" if len(text) > _WIDTH else text or "empty"


def shown(values: Sequence[str]) -> str:
    """The values of an option."""
    return " and ".join(value or "empty" for value in values) or "not set"


def several(words: Sequence[str]) -> str:
    """The first few words, and how many more there are."""
    more = len(words) - _NAMED
    named = [*words[:_NAMED], f"{more} more"] if more > 0 else list(words)
    return " and ".join((", ".join(named[:-1]), named[-1])) if len(named) > 1 else named[0]


def grouped(pairs: Iterable[tuple[str, V]]) -> dict[str, list[V]]:
    """What belongs to each name, in order."""
    found: dict[str, list[V]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def matched(theirs: Mapping[str, V], ours: Mapping[str, V]) -> Iterator[tuple[str, V | None, V | None]]:
    """Each name with what the .cf has under it and what the .mc leads to, those of the .mc first."""
    for name in dict.fromkeys((*ours, *theirs)):
        yield name, theirs.get(name), ours.get(name)


def missing(what: str, place: Span | None) -> Difference:
    """Something that the .mc leads to and the .cf has not."""
    return Difference(f"{what} is not there, which the .mc asks for", None, place)


def added(what: str, place: Span | None) -> Difference:
    """Something that the .cf has and the .mc does not lead to."""
    return Difference(f"{what} is there, which the .mc does not ask for", place, None)


def entries(theirs: Entries, ours: Entries, origin: Origin) -> Iterator[Difference]:
    """What differs between commands that have a name and say one thing under it."""
    for name, found, meant in matched(theirs, ours):
        if found is None and meant is not None:
            yield missing(name, origin(meant[1]))
        elif found is not None and meant is None:
            yield added(name, found[1])
        elif found is not None and meant is not None and plain(found[0]) != plain(meant[0]):
            what = f"{name} is {short(found[0])}, the .mc gives {short(meant[0])}"
            yield Difference(what, found[1], origin(meant[1]))
