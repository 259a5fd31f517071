"""The real sendmail over IPv4 and IPv6, with listeners that are alike and with such as are not."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from auditor.model.value import replaced
from auditor.probe import addresses
from auditor.probe.addresses import Address
from auditor.probe.observe import observe
from auditor.probe.observed import Observed
from auditor.probe.plan import Plan
from tests.lab.daemon import NAME, Daemon, Recipe, daemon
from tests.lab.probing import RELAY_FROM, RELAY_TO, judged, row, settings
from tests.probe.servers import LOOPBACK

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(os.geteuid() != 0, reason="a daemon of its own needs root"),
    pytest.mark.skipif("::1" not in LOOPBACK, reason="this machine has no IPv6"),
]


@contextmanager
def named(port: int) -> Iterator[None]:
    """The daemon's name has an address of each family."""
    places = {
        "127.0.0.1": Address(socket.AF_INET, ("127.0.0.1", port)),
        "::1": Address(socket.AF_INET6, ("::1", port, 0, 0)),
    }
    with pytest.MonkeyPatch.context() as patch:
        found = {NAME: [*places.values()], **{name: [place] for name, place in places.items()}}
        patch.setattr(addresses, "resolved", lambda host, *_: found[host])
        yield


def probed(mail: Daemon, listener: str = "MTA") -> Observed:
    """What the whole probe meets behind the daemon's name."""
    how = replaced(settings(mail, listener, source=None), host=NAME)
    with named(mail.ports[listener]):
        return observe(how, Plan("default", RELAY_FROM, RELAY_TO), lambda _line: None)


def told(met: Observed) -> list[tuple[str, str]]:
    """What the rule finds, and how bad."""
    found = (item for item in judged(met).reported if item.rule.id == "PRB062")
    return [(item.severity.name, item.finding.message) for item in found]


BETWEEN = f"{NAME} answers otherwise over IPv6 (::1) than over IPv4 (127.0.0.1): "


@pytest.mark.parametrize(
    ("listener", "here", "there", "expected"),
    [
        ("MTA", "", "", []),
        ("MTA", "", "S", ["STARTTLS is offered over IPv4 and not over IPv6"]),
        ("MTA", "S", "", ["STARTTLS is offered over IPv6 and not over IPv4"]),
        ("MTA", "", "A", ["AUTH within TLS offers PLAIN LOGIN over IPv4 and nothing over IPv6"]),
        ("MSA", "Ea", "Ea", []),
        ("TLSMTA", "s", "s", []),
        ("TLSMTA", "s", "", ["TLS comes first over IPv4, and IPv6 is answered in clear"]),
    ],
)
def test_listeners_of_two_families(listener: str, here: str, there: str, expected: list[str], trusted: Path) -> None:
    """The modifiers of the listener of IPv6 make a difference exactly where they differ, and it is told in words."""
    with daemon(trusted, Recipe(listeners={listener: here}, beside={listener: there})) as mail:
        met = probed(mail, listener)
    assert told(met) == [("MEDIUM", f"{BETWEEN}{words}") for words in expected]
    assert row(met, "IPv6/IPv4")[0] == (expected or ["they answer alike"])[0]
    assert met.connections <= 20


def test_a_family_without_a_listener(trusted: Path) -> None:
    """Of loopback's other address, which nobody else uses, a refusal is told for information."""
    with daemon(trusted, Recipe(listeners={"MTA": ""})) as mail:
        met = probed(mail)
    message = f"{NAME} answers over IPv4 (127.0.0.1) and refuses connections over IPv6 (::1)"
    assert told(met) == [("INFO", message)]
    assert met.connections <= 20
