"""A host over IPv4 and over IPv6: what is asked of the other address, and what is told of it."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from auditor.facts.families import BothFamilies, both_families
from auditor.model.report import Row
from auditor.model.unknown import Inconclusive, NotApplicable
from auditor.probe import addresses
from auditor.probe.addresses import Address
from auditor.probe.observed import Conversation, Observed
from auditor.probe.settings import NONE
from tests import certificates
from tests.probe.servers import LOOPBACK, NAME, Answer, Server, SMTPServer, current_certificate, server_context
from tests.probe.whole import judged, met

#: The other address of the host; connections to it go to a server of the test.
OTHER = "2001:db8::25"
PLAIN = ("ENHANCEDSTATUSCODES", "AUTH PLAIN LOGIN")


@contextmanager
def known(here: int, there: int | OSError | None) -> Iterator[None]:
    """A resolver that knows the host, with an IPv4 address on one port of this machine, and `OTHER` on another one.

    Args:
        here: the port of the first server.
        there: that of the second, an error for what connecting to it ends in, or None for a host without it.

    """
    first = Address(socket.AF_INET, ("127.0.0.1", here))
    other = Address(socket.AF_INET6, (OTHER, there, 0, 0))
    connecting = addresses._to

    def resolved(host: str, _port: int, _timeout: float) -> list[Address]:
        both = [first] if there is None else [first, other]
        return {NAME: both, "127.0.0.1": [first], OTHER: [other]}[host]

    def to(address: Address, seconds: float, source: str | None) -> socket.socket:
        if address is other and isinstance(there, OSError):
            raise there
        at = Address(socket.AF_INET, ("127.0.0.1", there)) if address is other else address
        return connecting(at, seconds, source)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(addresses, "resolved", resolved)
        patch.setattr(addresses, "_to", to)
        yield


def probed(one: Server, two: Server | OSError | None, **ways: Any) -> Observed:  # noqa: ANN401  # Any setting.
    """What a whole probe of the host brings back."""
    with known(one.port, two.port if isinstance(two, Server) else two):
        return met(one, 20, None, **{"host": NAME, "timeout": 2.0, "at": datetime.now(UTC)} | ways)


def told(found: Observed) -> list[str]:
    """What the rule says."""
    return [item.finding.message for item in judged(found).reported if item.rule.id == "PRB062"]


def severity(found: Observed) -> set[str]:
    """How bad the rule finds it."""
    return {item.severity.name for item in judged(found).reported if item.rule.id == "PRB062"}


def server(**ways: Any) -> SMTPServer:  # noqa: ANN401  # Any argument.
    """A server with TLS that is as good as the others unless the arguments differ."""
    usual: dict[str, Any] = {"tls": server_context(), "extensions": ("PIPELINING",), "secured_extensions": PLAIN}
    return SMTPServer(**usual | ways)


def dated(second: int) -> Answer:
    """A greeting with the time in it."""
    return f"220 {NAME} ESMTP Sendmail 8.18.1; Sun, 22 Nov 2026 12:00:{second:02d} GMT"


@pytest.mark.parametrize("name", [NAME, f"{NAME}."])
def test_servers_that_are_alike(name: str) -> None:
    """Nothing is told of two addresses whose greetings have other dates; the second conversation is a whole one."""
    with server(greeting=dated(1)) as one, server(greeting=dated(9)) as two:
        found = probed(one, two, name=name)
        assert two.connections == 1
        assert [line.partition(" ")[0] for line in two.clear_lines] == ["EHLO", "STARTTLS"]
        assert [line.partition(" ")[0] for line in two.secured_lines] == ["EHLO", "QUIT"]
    other = found.other_family
    assert not isinstance(other, Inconclusive | NotApplicable)
    assert isinstance(other.conversation, Conversation)
    assert other.conversation.tls is not None
    assert (other.first, other.address, other.refused) == ("127.0.0.1", OTHER, "")
    assert told(found) == []
    assert row(found) == "they answer alike"


def row(found: Observed) -> str:
    """The line of the overview."""
    rows: Mapping[str, Row] = {each.label: each for each in judged(found).overview}
    return rows["IPv6/IPv4"].value if "IPv6/IPv4" in rows else ""


def another(**details: Any) -> dict[str, Any]:  # noqa: ANN401  # Any detail of a certificate.
    """A server's TLS with another certificate."""
    return {"tls": server_context(current_certificate(**details), certificates.key(owner="host"))}


@pytest.mark.parametrize(
    ("ways", "words"),
    [
        ({"tls": None}, "STARTTLS is offered over IPv4 and not over IPv6"),
        ({"extensions": PLAIN}, "AUTH in clear offers nothing over IPv4 and PLAIN LOGIN over IPv6"),
        (
            {"secured_extensions": ("AUTH LOGIN CRAM-MD5",)},
            "AUTH within TLS offers PLAIN LOGIN over IPv4 and LOGIN CRAM-MD5 over IPv6",
        ),
        ({"replies": {"STARTTLS": "454 4.3.3 TLS not available"}}, "STARTTLS is refused over IPv6 only: 454 4.3.3 TLS"),
        (another(names=("old.example.org",)), "the certificate is that of mail.example.org until"),
    ],
)
def test_what_differs_is_told(ways: dict[str, Any], words: str) -> None:
    """What clients meet over one family only is a finding that says so."""
    with server() as one, server(**ways) as two:
        found = probed(one, two)
    [message] = told(found)
    assert words in message
    assert f"over IPv6 ({OTHER}) than over IPv4 (127.0.0.1)" in message
    assert severity(found) == {"MEDIUM"}
    assert words in row(found)


def test_a_pool_of_servers() -> None:
    """Another name in the greeting, with a certificate of its own, is told for information."""
    with server() as one, server(greeting="220 mx2.example.org ESMTP", **another()) as two:
        found = probed(one, two)
    [message] = told(found)
    assert "the greeting names mail.example.org over IPv4 and mx2.example.org over IPv6" in message
    assert severity(found) == {"INFO"}


def test_a_refused_connection() -> None:
    """Where one address refuses while the other answers, that is a finding once it is so at the probe's end too."""
    with server() as one:
        found = probed(one, ConnectionRefusedError(111, "Connection refused"))
    [message] = told(found)
    assert message == f"{NAME} answers over IPv4 (127.0.0.1) and refuses connections over IPv6 ({OTHER})"
    assert severity(found) == {"MEDIUM"}


@pytest.mark.parametrize(
    "error", [OSError(101, "Network is unreachable"), OSError(113, "No route to host"), TimeoutError("timed out")]
)
def test_an_address_that_cannot_be_reached_from_here(error: OSError) -> None:
    """A missing route and silence are no findings; the rule has no verdict and says why."""
    with server() as one:
        found = probed(one, error)
    other = found.other_family
    assert not isinstance(other, Inconclusive | NotApplicable)
    assert isinstance(other.conversation, Inconclusive)
    assert other.refused == ""
    assert told(found) == []
    assert OTHER in row(found)


@pytest.mark.parametrize("greeting", ["421 4.3.2 try again later", "554 5.7.1 no name for your address", None])
def test_a_client_that_is_turned_away(greeting: str | None) -> None:
    """Turning away this client's other address says nothing of the server."""
    with server() as one, server(greeting=greeting) as two:
        found = probed(one, two)
    assert told(found) == []
    assert not isinstance(both_families(found, conversation(found)), BothFamilies)


def conversation(found: Observed) -> Conversation:
    """The first conversation."""
    assert isinstance(found.conversation, Conversation)
    return found.conversation


def test_a_handshake_that_breaks_off() -> None:
    """A connection that is lost within the handshake may be the network's fault, and no verdict comes of it."""

    def hang_up(_talk: object, _line: str) -> None:
        return None

    def ready(talk: Any, _line: str) -> str:  # noqa: ANN401
        talk.send(b"220 2.0.0 Ready to start TLS\r\n")
        raise OSError

    with server() as one, server(replies={"STARTTLS": ready, "QUIT": hang_up}) as two:
        found = probed(one, two)
    assert told(found) == []
    both = both_families(found, conversation(found))
    assert isinstance(both, BothFamilies)
    assert both.undecided is not None


@pytest.mark.parametrize(
    ("ways", "reason"),
    [
        ({}, "no other address"),
        ({"host": "127.0.0.1"}, "the target is an address"),
        ({"source": "127.0.0.1"}, "--source"),
    ],
)
def test_hosts_of_one_family(ways: dict[str, Any], reason: str) -> None:
    """Where there is but one family to ask, nothing is asked, and the table has no row for it."""
    with server() as one:
        found = probed(one, None, **ways)
    assert isinstance(found.other_family, NotApplicable)
    assert reason in found.other_family.reason
    assert row(found) == ""


@pytest.mark.skipif("::1" not in LOOPBACK, reason="this machine has no IPv6")
def test_two_real_families(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over real sockets of both families the certificate's name stays the host's, and the difference is told."""
    with SMTPServer(tls=None) as one, SMTPServer(tls=None, address="::1", extensions=PLAIN) as two:
        places = {
            "127.0.0.1": Address(socket.AF_INET, ("127.0.0.1", one.port)),
            "::1": Address(socket.AF_INET6, ("::1", two.port, 0, 0)),
        }
        monkeypatch.setattr(
            addresses, "resolved", lambda host, *_: [places[host]] if host in places else list(places.values())
        )
        found = met(one, 20, host=NAME, timeout=2.0, tls=NONE)
        assert two.connections == 1
    [message] = told(found)
    assert "over IPv6 (::1) than over IPv4 (127.0.0.1): AUTH in clear" in message
