"""What the rulesets make of an entry of the access map."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.text import Source
from auditor.readers.maps import AccessEntry, read_access
from auditor.sendmail.access import action_of, expanded, is_ipv6, octets, refuses, suggested_network, tag_of, why_dead


def entry(line: str) -> AccessEntry:
    """The entry of one line."""
    return read_access(Source("/access", line.encode("latin-1"))).access[0]


@given(st.ip_addresses(v=4))
def test_addresses_are_looked_up(address: ipaddress.IPv4Address) -> None:
    """An address and every beginning of it at an octet is a key that is looked up."""
    parts = str(address).split(".")
    for count in range(1, 5):
        key = ".".join(parts[:count])
        assert octets(key) == tuple(int(part) for part in parts[:count])
        assert why_dead(entry(f"Connect:{key} RELAY"), dots=False) is None


@given(st.ip_addresses(v=4), st.integers(8, 32))
def test_networks_are_not_looked_up(address: ipaddress.IPv4Address, length: int) -> None:
    """A network with a mask matches nothing, and the keys advised instead cover exactly its addresses."""
    key = f"{address}/{length}"
    assert why_dead(entry(f"{key} RELAY"), dots=False)
    keys = suggested_network(key)
    assert all(octets(each) is not None for each in keys)
    if keys:
        covered = [
            ipaddress.IPv4Network((each + ".0" * (3 - each.count(".")), 8 * (each.count(".") + 1))) for each in keys
        ]
        assert list(ipaddress.collapse_addresses(covered)) == [ipaddress.IPv4Network(key, strict=False)]


@given(st.ip_addresses(v=6))
def test_ipv6_addresses_in_full(address: ipaddress.IPv6Address) -> None:
    """Every spelling of an IPv6 address has one in full; one that ends in :: stands for a network."""
    full = "IPv6:" + ":".join(f"{int(group, 16):x}" for group in address.exploded.split(":"))
    short = () if str(address).endswith("::") else (str(address),)
    for text in (*short, address.exploded, address.exploded.upper()):
        assert is_ipv6(text)
        assert expanded(text) == expanded("IPv6:" + text) == full


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("IPv6:2001:db8::", "IPv6:2001:db8"),
        ("2001:db8::/32", "IPv6:2001:db8"),
        ("IPv6:2001:0db8:1", "IPv6:2001:db8:1"),
        ("IPv6:::1", "IPv6:0:0:0:0:0:0:0:1"),
        ("IPv6:2001", "IPv6:2001"),
        ("IPv6:nothing", None),
    ],
)
def test_ipv6_networks(written: str, full: str | None) -> None:
    """Of a network the groups that it fixes are kept."""
    assert expanded(written) == full


@given(st.text(st.characters(max_codepoint=255, exclude_characters="\n\0"), min_size=1))
def test_any_line(line: str) -> None:
    """Whatever stands in a line, its key and its value are judged without an exception."""
    for each in read_access(Source("/access", line.encode("latin-1"))).access:
        tag_of(each)
        expanded(each.key.text)
        suggested_network(each.key.text)
        assert why_dead(each, dots=True) is None or why_dead(each, dots=False) is not None
        assert action_of(each)
        assert refuses(each) in (True, False)
