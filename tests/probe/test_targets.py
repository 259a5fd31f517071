"""What a command line may call a target."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.probe.settings import IMPLICIT, STARTTLS
from auditor.probe.targets import source_address, split, target


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("mail.example.org", "mail.example.org", 25),
        ("mail.example.org.", "mail.example.org.", 25),
        ("mail.example.org.:587", "mail.example.org.", 587),
        ("localhost:2525", "localhost", 2525),
        ("mx_1.example.org:465", "mx_1.example.org", 465),
        ("192.0.2.1", "192.0.2.1", 25),
        ("192.0.2.1:465", "192.0.2.1", 465),
        ("::1", "::1", 25),
        ("2001:db8::25", "2001:db8::25", 25),
        ("[2001:db8::25]", "2001:db8::25", 25),
        ("[2001:db8::25]:587", "2001:db8::25", 587),
        ("[fe80::1%eth0]:25", "fe80::1%eth0", 25),
        ("münchen.example:26", "münchen.example", 26),
    ],
)
def test_targets(text: str, host: str, port: int) -> None:
    """A name, an IPv4 or an IPv6 address, each with or without a port; 25 is the port otherwise."""
    found = target(text)
    assert (found.host, found.port) == (host, port)
    assert found.tls == (IMPLICIT if port == 465 else STARTTLS)
    assert found.certified == host.rstrip(".")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no host name"),
        (":25", "no host name"),
        (".", "no host name"),
        ("host:", "a port is a number"),
        ("host:0", "a port is a number"),
        ("host:65536", "a port is a number"),
        ("host:smtp", "a port is a number"),
        ("host:+25", "a port is a number"),
        ("host:٢٥", "a port is a number"),
        ("[::1]:", "a port is a number"),
        ("2001:db8::25:", "in brackets"),
        ("a:b:25", "in brackets"),
        ("[::1", "in brackets"),
        ("[::1]25", "in brackets"),
        ("[mail.example.org]:25", "no IPv6 address"),
        ("[127.0.0.1]", "no IPv6 address"),
        ("[]", "no IPv6 address"),
        ("mail..example.org", "no host name"),
        ("-mail.example.org", "no host name"),
        ("mail.example.org-", "no host name"),
        ("user@example.org", "no host name"),
        ("https://example.org", "a port is a number"),
        ("smtp://example.org:25", "in brackets"),
        ("mail example", "no host name"),
        ("mail\x1b[31m", "no host name"),
        ("a" * 64, "no host name"),
        ("a." * 130 + "a", "no host name"),
        ("1.2.3.4.5", "no IPv4 address"),
        ("300.0.2.1:25", "no IPv4 address"),
        ("127.1", "no IPv4 address"),
    ],
)
def test_malformed_targets(text: str, why: str) -> None:
    """What names no host and port is told in one short printable sentence."""
    with pytest.raises(ValueError, match=why) as caught:
        target(text)
    assert "is no target" in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


@given(st.text(max_size=40) | st.text("[]:.%-a1é ", max_size=20))
def test_any_text(text: str) -> None:
    """Every text is a host with a port, or a ValueError."""
    try:
        host, port = split(text)
    except ValueError:
        return
    assert host
    assert 1 <= port <= 65535


@pytest.mark.parametrize("text", ["192.0.2.1", "::1", "[::1]"])
def test_source_addresses(text: str) -> None:
    """One connects from an address, IPv6 in brackets or not."""
    assert source_address(text) == text.strip("[]")


@pytest.mark.parametrize("text", ["", "eth0", "mail.example.org", "192.0.2.1:25", "[]"])
def test_no_source_addresses(text: str) -> None:
    """One does not connect from a name or a port."""
    with pytest.raises(ValueError, match="no address to connect from"):
        source_address(text)
