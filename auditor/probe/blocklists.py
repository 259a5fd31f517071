"""Whether DNS block lists work, by the addresses that every list must and must not have (RFC 5782, section 5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from auditor.model.unknown import Unknown
from auditor.model.value import frozen

if TYPE_CHECKING:
    # Whoever names a list's state need not load what asks for it.
    from auditor.probe.resolver import Answer, Question

#: Asks several questions at once, as ``Resolver.ask_all`` does; the answers in the same order.
Ask: TypeAlias = "Callable[[Sequence[Question]], Sequence[Answer | Unknown]]"

#: Lists that are asked at most.
ZONE_LIMIT = 50
WORKS, LISTS_ALL, LISTS_NONE, REFUSES, UNDECIDED = "works", "lists all", "lists none", "refuses", "undecided"
#: Lists answer so where they do not serve who asks: a public resolver, too many questions, a wrong name.
ERROR_ANSWERS = "127.255.255."
_LISTED, _UNLISTED = "2.0.0.127", "1.0.0.127"


@frozen
class ListState:
    """How a list answers.

    Attributes:
        zone: the list as it was asked for.
        state: ``WORKS``; ``LISTS_ALL``, it has the address no list may have; ``LISTS_NONE``, it lacks the one that
            every list must have; ``REFUSES``, it does not serve this resolver; ``UNDECIDED``.
        answers: what it says of 127.0.0.2, or of 127.0.0.1 where that is what tells.
        reason: a clause that says why, in the resolver's words where it gave no answer; empty where the list works.
        has_zone: False where the resolver says that not even the zone exists.

    """

    zone: str
    state: str
    answers: tuple[str, ...] = ()
    reason: str = ""
    has_zone: bool = True

    @property
    def shown(self) -> tuple[str, ...]:
        """The answers, as evidence."""
        return tuple(f"{self.zone} says {answer} of its test addresses" for answer in self.answers)


def ask_lists(ask: Ask, zones: Sequence[str]) -> tuple[ListState, ...]:
    """Ask each list, the first 50 of them, for both addresses at once; the results in the same order.

    Args:
        ask: asks the DNS.
        zones: the lists, each a domain without a dot at its end.

    """
    chosen = zones[:ZONE_LIMIT]
    pairs = ask([(f"{address}.{zone}", "A") for zone in chosen for address in (_LISTED, _UNLISTED)])
    return tuple(_state(ask, zone, pairs[2 * index], pairs[2 * index + 1]) for index, zone in enumerate(chosen))


def _state(ask: Ask, zone: str, listed: Answer | Unknown, unlisted: Answer | Unknown) -> ListState:
    refused = [
        record for answer in (listed, unlisted) for record in _records(answer) if record.startswith(ERROR_ANSWERS)
    ]
    if refused:
        return ListState(zone, REFUSES, tuple(dict.fromkeys(refused)), "it does not serve this resolver")
    if _records(unlisted):
        return ListState(zone, LISTS_ALL, _records(unlisted), "it lists 127.0.0.1, which no list may")
    failed = next((answer for answer in (listed, unlisted) if isinstance(answer, Unknown)), None)
    if failed is not None:
        return ListState(zone, UNDECIDED, _records(listed), failed.reason)
    if _records(listed):
        return ListState(zone, WORKS, _records(listed))
    return _empty(ask, zone)


def _empty(ask: Ask, zone: str) -> ListState:
    """The state of a list that has neither address, or not even a zone."""
    top = zone.rpartition(".")[2]
    own, above = ask([(zone, "SOA"), (top, "NS")])
    if isinstance(own, Unknown):
        return ListState(zone, UNDECIDED, (), own.reason)
    if own.exists:
        return ListState(zone, LISTS_NONE, (), "it does not list 127.0.0.2, as every list must")
    if isinstance(above, Unknown) or not above.exists:
        # A resolver of an inner network knows nothing of the world, and says so of each list.
        return ListState(zone, UNDECIDED, (), f"the resolver knows nothing of the domain {top} either")
    return ListState(zone, LISTS_NONE, (), "its zone does not exist", has_zone=False)


def _records(answer: Answer | Unknown) -> tuple[str, ...]:
    return () if isinstance(answer, Unknown) else answer.records
