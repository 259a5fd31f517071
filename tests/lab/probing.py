"""How laboratory tests probe a daemon: as a stranger does, and with the rules that judge what was met."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from functools import cache
from typing import Any

from auditor.cli.rules_chosen import chosen, installed
from auditor.engine import profiles
from auditor.engine.audit import Target, audit
from auditor.engine.overview import overview
from auditor.facts.given import Clock, Profile
from auditor.model.check import Rule
from auditor.model.report import Grade, Outcome, Row, TargetReport
from auditor.model.unknown import Inconclusive
from auditor.probe.auth.passwords import Password
from auditor.probe.logins import Login
from auditor.probe.observe import Plan, observe
from auditor.probe.observed import Conversation, Observed
from auditor.probe.settings import IMPLICIT, STARTTLS, Settings
from auditor.probe.smtp import Extensions
from auditor.probe.tls.offered import TLSOffer
from tests.lab.conftest import run
from tests.lab.daemon import NAME, USERS, Daemon

#: An address of this machine that sendmail does not take for its own.
STRANGER = "127.0.0.2"
#: The domains of the relay test resolve, and the daemon takes neither for its own.
HOSTS = ("192.0.2.10 example.net", "192.0.2.11 example.com")
RELAY_FROM, RELAY_TO = "mailaudit@example.net", "somebody@example.com"
EHLO = "probe.example.net"
WORD = USERS["alice"]


def settings(mail: Daemon, listener: str = "MTA", **ways: Any) -> Settings:  # noqa: ANN401  # Any setting.
    """How to talk to a listener: TLS at once where it is the one for that, the daemon's own authority trusted."""
    usual = {
        "tls": IMPLICIT if listener == "TLSMTA" else STARTTLS,
        "name": NAME,
        "source": STRANGER,
        "ca": mail.authorities,
        "ehlo": EHLO,
        "timeout": 20.0,
    }
    return Settings("127.0.0.1", mail.ports[listener], **{**usual, **ways})


def probed(mail: Daemon, listener: str = "MTA", login: Login | None = None, **ways: Any) -> Observed:  # noqa: ANN401
    """What the whole probe meets at a listener; ``ways`` are settings other than the usual."""
    return observe(settings(mail, listener, **ways), Plan("default", RELAY_FROM, RELAY_TO, login), lambda _: None)


def fully(mail: Daemon, listener: str = "MTA") -> TLSOffer:
    """What TLS the probe finds there at full depth."""
    found = observe(settings(mail, listener), Plan("full", RELAY_FROM, RELAY_TO), lambda _: None)
    return offered(found)


def as_alice(word: str = WORD, *, every: bool = True) -> Login:
    """A login as one of the daemon's users."""
    return Login("alice", Password(word), every)


def talk(met: Observed) -> Conversation:
    """The first conversation, which has to have come about."""
    assert isinstance(met.conversation, Conversation), met.conversation
    return met.conversation


def offered(met: Observed) -> TLSOffer:
    """What TLS is offered, which has to be known."""
    assert isinstance(met.offer, TLSOffer), met.offer
    return met.offer


def spoken(met: Observed) -> set[str]:
    """The protocols that are offered; each of the others is known to be refused."""
    versions = offered(met).versions
    assert not [each.name for each in versions if isinstance(each.state, Inconclusive)]
    return {each.name for each in versions if each.is_offered}


def weak(met: Observed) -> set[str]:
    """The classes of weak suites that are accepted; each of the others is known not to be."""
    classes = offered(met).weak
    assert not [each.name for each in classes if isinstance(each.accepted, Inconclusive)]
    return {each.name for each in classes if each.accepted}


def mechanisms(extensions: Extensions | None) -> set[str]:
    """The AUTH mechanisms that an EHLO was answered with."""
    return set() if extensions is None else set(extensions.parameters("AUTH"))


@cache
def _rules() -> list[Rule]:
    return chosen(installed(), None, None)


def judged(met: Observed) -> TargetReport:
    """What the rules say of it."""
    given = {Observed: met, Clock: Clock(datetime.now(UTC)), Profile: profiles.load("modern")}
    report = audit(Target(f"{met.settings.host}:{met.settings.port}", given), _rules())
    assert not [(each.rule.id, each.cause) for each in report.results if each.outcome is Outcome.CRASHED]
    return report


def fired(met: Observed) -> set[str]:
    """The rules that found something."""
    return {each.rule.id for each in judged(met).reported}


def row(met: Observed, label: str) -> tuple[str, Grade]:
    """The one line of the overview with a label: what it says and how it is graded."""
    [found] = rows(met, label)
    return found.value, found.grade


def rows(met: Observed, label: str) -> list[Row]:
    """The lines of the overview with a label."""
    return [each for each in overview(met, profiles.load("modern")) if each.label == label]


_VERSIONS = {"ssl2": "SSLv2", "ssl3": "SSLv3", "tls1.0": "TLSv1"}
#: What of sslscan takes time and is compared with nothing here.
_LESS = ("--no-heartbleed", "--no-groups", "--no-renegotiation", "--no-compression", "--no-fallback")


def scanned(sslscan: str, port: int, *ways: str) -> dict[str, set[int]]:
    """The suites that sslscan finds, by protocol; a protocol without any is there as well."""
    text = run(sslscan, *ways, "--xml=-", *_LESS, f"127.0.0.1:{port}", errors=False, limit=120)
    found: dict[str, set[int]] = {}
    tree = ET.fromstring(text)
    for protocol in tree.iter("protocol"):
        if protocol.get("enabled") == "1":
            key = f"{protocol.get('type')}{protocol.get('version')}"
            found[_VERSIONS.get(key, key.replace("tls", "TLSv"))] = set()
    for cipher in tree.iter("cipher"):
        version = (cipher.get("sslversion") or "").replace("TLSv1.0", "TLSv1")
        found[version].add(int(cipher.get("id") or "", 16))
    return found
