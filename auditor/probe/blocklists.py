"""Whether DNS block lists work, by the addresses that every list must and must not have (RFC 5782, section 5)."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.model.unknown import Unknown
from auditor.model.value import frozen
from auditor.probe.resolver import Answer, Resolver, plain

#: Lists that are asked at most.
ZONE_LIMIT = 50
WORKS, LISTS_ALL, LISTS_NONE, REFUSES, UNDECIDED = "works", "lists all", "lists none", "refuses", "undecided"
#: Lists answer so where they do not serve who asks: a public resolver, too many questions, a wrong name.
_REFUSAL = "127.255.255."
_LISTED, _UNLISTED = "2.0.0.127", "1.0.0.127"


@frozen
class ListState:
    """How a list answers.

    Attributes:
        zone: the list, in lower case, without the dot at its end.
        state: ``WORKS``; ``LISTS_ALL``, it has the address no list may have; ``LISTS_NONE``, it lacks the one that
            every list must have; ``REFUSES``, it does not serve this resolver; ``UNDECIDED``.
        answers: what it says of 127.0.0.2, or of 127.0.0.1 where that is what tells.
        reason: a clause that says why, in the resolver's words where it gave no answer; empty where the list works.

    """

    zone: str
    state: str
    answers: tuple[str, ...] = ()
    reason: str = ""


def ask_lists(resolver: Resolver, zones: Sequence[str]) -> tuple[ListState, ...]:
    """Ask each list, the first 50 of them, for both addresses at once; the results in the same order."""
    chosen = [plain(zone) for zone in zones[:ZONE_LIMIT]]
    pairs = resolver.ask_all([(f"{address}.{zone}", "A") for zone in chosen for address in (_LISTED, _UNLISTED)])
    return tuple(_state(resolver, zone, pairs[2 * index], pairs[2 * index + 1]) for index, zone in enumerate(chosen))


def _state(resolver: Resolver, zone: str, listed: Answer | Unknown, unlisted: Answer | Unknown) -> ListState:
    refused = [record for answer in (listed, unlisted) for record in _records(answer) if record.startswith(_REFUSAL)]
    if refused:
        return ListState(zone, REFUSES, tuple(dict.fromkeys(refused)), "it does not serve this resolver")
    if _records(unlisted):
        return ListState(zone, LISTS_ALL, _records(unlisted), "it lists 127.0.0.1, which no list may")
    failed = next((answer for answer in (listed, unlisted) if isinstance(answer, Unknown)), None)
    if failed is not None:
        return ListState(zone, UNDECIDED, _records(listed), failed.reason)
    if _records(listed):
        return ListState(zone, WORKS, _records(listed))
    return ListState(zone, LISTS_NONE, (), _why_none(resolver, zone))


def _records(answer: Answer | Unknown) -> tuple[str, ...]:
    return answer.records if isinstance(answer, Answer) else ()


def _why_none(resolver: Resolver, zone: str) -> str:
    found = resolver.ask(zone, "SOA")
    if isinstance(found, Answer) and not found.exists:
        return "its zone does not exist"
    return "it does not list 127.0.0.2, as every list must"
