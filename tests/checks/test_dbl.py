"""What is known of block lists, and what a running host's resolver adds to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.sendmail.blocklists import DEAD, SPAMHAUS, answers_with_errors, dead, is_public_resolver

NAMES = st.from_regex(r"[a-z0-9]{1,8}(\.[a-z0-9]{1,8}){0,2}", fullmatch=True)


@pytest.mark.parametrize("ended", DEAD, ids=lambda ended: ended.zone)
def test_zones_below_a_dead_list_are_dead(ended: object) -> None:
    """A dead list is known by its own zone, in any case and with a dot at its end, and by every zone below."""
    zone = ended.zone  # type: ignore[attr-defined]
    assert dead(zone) is dead(zone.upper() + ".") is dead("relays." + zone)


@given(NAMES)
def test_zones_of_ones_own_are_not_dead(name: str) -> None:
    """A zone that only contains the name of a dead list is somebody's own."""
    assert dead(f"{name}.ordb.org.example") is None
    assert dead(f"{name}x{DEAD[0].zone}") is None


@pytest.mark.parametrize("zone", SPAMHAUS)
def test_query_keys_are_exempt(zone: str) -> None:
    """The public zones answer with errors; the same list under a query key does not."""
    assert answers_with_errors(zone)
    assert not answers_with_errors(f"abcdefgh.{zone.removesuffix('.spamhaus.org')}.dq.spamhaus.net")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("1.1.1.1", True),
        ("2606:4700:4700::1111", True),
        ("192.0.2.53", False),
        ("127.0.0.53", False),
    ],
)
def test_public_resolvers_are_known(address: str, public: bool) -> None:  # noqa: FBT001  # An expected answer.
    """The well-known resolvers are told apart from a provider's or the host's own."""
    assert is_public_resolver(address) is public


@given(st.text())
def test_anything_may_stand_for_an_address(text: str) -> None:
    """What is no address is no public resolver, and never an error."""
    assert is_public_resolver(text) in (True, False)
