"""A block list that works, one that has ended and one that refuses are told apart by what they answer."""

from __future__ import annotations

import pytest

from auditor.probe.blocklists import (
    LISTS_ALL,
    LISTS_NONE,
    REFUSES,
    UNDECIDED,
    WORKS,
    ListState,
    ask_lists,
)
from tests.probe.dns_server import resolving

YES, NO = "2.0.0.127.bl.example.net", "1.0.0.127.bl.example.net"


def state(zone: dict[str, list[str]], **misdeeds: str) -> ListState:
    """How a list appears that answers by the zone; misdeeds are of the question ``yes`` or ``no``."""
    wrong = {{"yes": YES, "no": NO}[which]: what for which, what in misdeeds.items()}
    with resolving({"bl.example.net SOA": SOA, **zone}, misdeeds=wrong) as resolver:
        (found,) = ask_lists(resolver.ask_all, ["bl.example.net"])
    return found


SOA = ["ns.example.net. hostmaster.example.net. 1 2 3 4 5"]


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ({f"{YES} A": ["127.0.0.2"]}, WORKS),
        ({f"{YES} A": ["127.0.0.10", "127.0.0.4"]}, WORKS),
        ({}, LISTS_NONE),
        ({f"{YES} A": ["127.0.0.2"], f"{NO} A": ["127.0.0.2"]}, LISTS_ALL),
        ({f"{YES} A": ["203.0.113.9"], f"{NO} A": ["203.0.113.9"]}, LISTS_ALL),
        ({f"{NO} A": ["127.0.0.2"]}, LISTS_ALL),
        ({f"{YES} A": ["127.255.255.254"]}, REFUSES),
        ({f"{YES} A": ["127.255.255.252"], f"{NO} A": ["127.255.255.252"]}, REFUSES),
    ],
)
def test_state_by_answers(zone: dict[str, list[str]], expected: str) -> None:
    """The two test addresses tell the state, and an error answer is no listing."""
    found = state(zone)
    assert (found.zone, found.state) == ("bl.example.net", expected)
    assert bool(found.reason) == (expected != WORKS)


@pytest.mark.parametrize("which", ["yes", "no"])
@pytest.mark.parametrize("misdeed", ["SERVFAIL", "REFUSED"])
def test_no_answer_is_no_verdict(which: str, misdeed: str) -> None:
    """A list whose servers fail is neither dead nor well, and the resolver's word is passed on."""
    found = state({f"{YES} A": ["127.0.0.2"]}, **{which: misdeed})
    assert found.state == UNDECIDED
    assert misdeed in found.reason


def test_one_that_lists_all_is_told_while_half_of_it_fails() -> None:
    """That 127.0.0.1 is listed tells enough, whatever becomes of the other question."""
    assert state({f"{NO} A": ["127.0.0.2"]}, yes="SERVFAIL").state == LISTS_ALL


def test_zone_that_is_gone() -> None:
    """A list whose zone does not exist is told apart from one that is merely empty."""
    with resolving({"net NS": ["a.gtld-servers.net."]}) as resolver:
        (gone,) = ask_lists(resolver.ask_all, ["bl.example.net"])
    assert (gone.state, gone.reason, gone.has_zone) == (LISTS_NONE, "its zone does not exist", False)
    assert "127.0.0.2" in state({}).reason
    assert state({}).has_zone


def test_resolver_without_the_world() -> None:
    """A resolver that does not even know the top-level domain tells nothing of a list."""
    with resolving({}) as resolver:
        (found,) = ask_lists(resolver.ask_all, ["bl.example.net"])
    assert (found.state, found.has_zone) == (UNDECIDED, True)
    assert "the domain net" in found.reason


def test_order_is_that_of_the_question() -> None:
    """Each list has its result in its place."""
    with resolving({f"{YES} A": ["127.0.0.2"], "a.example.net SOA": SOA}) as resolver:
        found = ask_lists(resolver.ask_all, ["a.example.net", "bl.example.net"])
    assert [(each.zone, each.state) for each in found] == [("a.example.net", LISTS_NONE), ("bl.example.net", WORKS)]
