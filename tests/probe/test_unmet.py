"""Why there was no conversation, as rules read it: by what happened at each address, never by words."""

from __future__ import annotations

import errno
import socket
from typing import NoReturn

import pytest

from auditor.engine.overview import overview
from auditor.engine.profiles import load
from auditor.model.unknown import Inconclusive
from auditor.probe import addresses
from auditor.probe.addresses import Address
from auditor.probe.errors import Fate, TimedOut, Tried, Unreachable
from auditor.probe.observe import Plan, observe
from auditor.probe.settings import Settings
from auditor.probe.telling import unheard
from auditor.probe.unmet import TurnedAway, Unreached
from tests.probe.servers import NAME, TIMEOUT, SMTPServer, server_context
from tests.probe.whole import LATER, judged, met

ERRORS: dict[Fate, OSError] = {
    "refused": ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"),
    "no answer": TimeoutError(),
    "no route": OSError(errno.ENETUNREACH, "Network is unreachable"),
    "failed": OSError(errno.EPERM, "Operation not permitted"),
}


@pytest.mark.parametrize(
    ("fates", "refused", "deserted"),
    [
        (["refused"], True, True),
        (["refused", "refused"], True, True),
        (["refused", "no answer"], False, False),
        (["refused", "no route"], False, True),
        (["no route"], False, False),
        (["no route", "no answer"], False, False),
        (["failed"], False, False),
    ],
)
def test_what_happened_at_each_address(
    fates: list[Fate],
    refused: bool,  # noqa: FBT001
    deserted: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each address of a host has its own fate, and only a refusal by all that say anything shows a closed port."""
    places = [f"192.0.2.{number}" for number in range(1, len(fates) + 1)]

    def fail(address: Address, _seconds: float, _source: str | None) -> NoReturn:
        raise ERRORS[fates[places.index(address.place[0])]]

    found = [Address(socket.AF_INET, (place, 25)) for place in places]
    monkeypatch.setattr(addresses, "resolved", lambda *_: found)
    monkeypatch.setattr(addresses, "_to", fail)
    talk = observe(Settings("mail.example.org", timeout=1), Plan(), unheard).conversation
    assert isinstance(talk, Unreached)
    assert talk.tried == tuple(map(Tried, places, fates))
    assert (talk.refused, talk.deserted) == (refused, deserted)


def test_silence_everywhere_is_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no address says anything the time has passed, which is no fate of an address."""
    monkeypatch.setattr(addresses, "_asked", lambda *_: [Address(socket.AF_INET, ("192.0.2.1", 25))])

    def late(*_: object) -> NoReturn:
        raise TimeoutError

    monkeypatch.setattr(addresses, "_to", late)
    with pytest.raises(TimedOut):
        addresses.connected("mail.example.org", 25, 1)
    talk = observe(Settings("mail.example.org", timeout=1), Plan(), unheard).conversation
    assert isinstance(talk, Inconclusive)
    assert not isinstance(talk, Unreached)


def test_name_that_does_not_resolve() -> None:
    """A name without addresses is told as such."""
    with pytest.raises(Unreachable) as caught:
        addresses.connected("no-such-host.invalid", 25, 5)
    assert caught.value.tried == (Tried("no-such-host.invalid", "unresolved"),)


def test_no_address_of_the_kind_of_the_source() -> None:
    """From an IPv6 address no way leads to one of IPv4."""
    with pytest.raises(Unreachable) as caught:
        addresses.connected("127.0.0.1", 25, 5, "::1")
    assert caught.value.tried == (Tried("127.0.0.1", "no route"),)


@pytest.mark.parametrize("implicit", [False, True])
def test_a_greeting_that_refuses_for_good(implicit: bool) -> None:  # noqa: FBT001
    """It is one finding, nothing else is said to be missing, and the server gets one connection and a QUIT."""
    with SMTPServer(greeting=f"554 5.7.1 {NAME} no", tls=server_context(), implicit=implicit) as server:
        found = met(server, LATER, tls="implicit" if implicit else "starttls", timeout=TIMEOUT)
    assert server.connections == 1
    assert server.clear_lines + server.secured_lines == ["QUIT"]
    assert isinstance(found.conversation, TurnedAway)
    assert found.conversation.reply.code == 554
    report = judged(found)
    assert [(each.rule.id, each.severity.word) for each in report.reported] == [("PRB001", "medium")]
    assert report.reported[0].finding.evidence == (f"< 554 5.7.1 {NAME} no",)
    assert report.no_verdict
    assert [row.label for row in overview(found, load("modern"))] == ["no verdict"]


def test_a_refusal_in_clear_where_tls_comes_first() -> None:
    """A server that turns a client away before TLS does so for good as well."""
    with SMTPServer(greeting=f"550 5.7.1 {NAME} no") as server:
        found = met(server, LATER, tls="implicit", timeout=TIMEOUT)
    assert isinstance(found.conversation, TurnedAway)
    assert str(found.conversation.reply) == f"550 5.7.1 {NAME} no"
    assert [each.rule.id for each in judged(found).reported] == ["PRB001"]


@pytest.mark.parametrize("code", [421, 450])
def test_a_greeting_that_refuses_for_now(code: int) -> None:
    """Who is put off is not accused of anything."""
    with SMTPServer(greeting=f"{code} 4.7.0 later") as server:
        found = met(server, LATER, tls="none", timeout=TIMEOUT)
    assert server.connections == 1
    assert type(found.conversation) is Inconclusive
    assert judged(found).reported == ()


def test_a_host_that_never_takes_mail() -> None:
    """The code for that is no more than a note (RFC 7504)."""
    with SMTPServer(greeting="521 does not accept mail") as server:
        report = judged(met(server, LATER, tls="none", timeout=TIMEOUT))
    assert [each.severity.word for each in report.reported] == ["info"]
