"""What the rules about the wire make of no verdict, and of refusals that are meant for the client."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.engine.audit import Target, audit
from auditor.engine.profiles import load
from auditor.facts.given import Clock, Profile
from auditor.facts.wire import Observed
from auditor.facts.wire_parts import HostAround
from auditor.model.report import Outcome, TargetReport
from auditor.model.unknown import Unknown
from auditor.model.value import replaced
from auditor.probe.banner import help_version
from auditor.probe.commands import Commands
from auditor.probe.names import Reverse
from auditor.probe.smtp import Reply
from checks import rules
from tests import certificates
from tests.endpoints import observed

RULES = [rule for rule in rules() if rule.family == "PRB" and (rule.id < "PRB020" or rule.id >= "PRB050")]
NAME = "mail.doe.org:25"
COMMANDS = (*Commands.__match_args__, "http", "hasty")
BLOCKED = "554 5.7.1 Service unavailable; client [198.51.100.7] blocked using zen.example.net"


def report(met: Observed) -> TargetReport:
    """What these rules say of an endpoint."""
    given: dict[type, object] = {Observed: met, Clock: Clock(certificates.NOW), Profile: load("modern")}
    return audit(Target(NAME, given), RULES)


def said(found: TargetReport) -> list[tuple[str, str]]:
    """Rule and message of each finding; no rule may crash."""
    assert [(each.rule.id, each.reason) for each in found.results if each.outcome is Outcome.CRASHED] == []
    return [(each.rule.id, each.finding.message) for each in found.reported]


def outcome(found: TargetReport, rule: str) -> Outcome:
    """The outcome of one rule."""
    return next(each.outcome for each in found.results if each.rule.id == rule)


def test_an_unreachable_server_is_accused_of_nothing() -> None:
    """Where there was no conversation every rule ends without a finding and without having passed."""
    found = report(observed(NAME, unreachable="mail.doe.org:25 did not take a connection within 15 seconds"))
    assert said(found) == []
    assert Outcome.PASSED not in {each.outcome for each in found.results}


@pytest.mark.parametrize("reply", ["?the server put us off", "450 4.7.1 Greylisted, try again later"])
def test_what_gives_no_verdict_is_no_finding(reply: str) -> None:
    """A command that was throttled or put off never counts as answered or refused, and the rules say so."""
    words: dict[str, Any] = dict.fromkeys(COMMANDS, reply)
    found = report(observed(NAME, **words))
    assert said(found) == []
    for rule in ("PRB051", "PRB052", "PRB053", "PRB056"):
        assert outcome(found, rule) is Outcome.INCONCLUSIVE


def test_a_client_that_is_listed_learns_nothing_of_recipients() -> None:
    """A server that refuses the client for being listed is not taken for one that refuses postmaster or bounces."""
    refused = dict.fromkeys(("postmaster", "postmaster_at", "abuse", "made_up"), BLOCKED)
    assert "PRB053" not in {rule for rule, _ in said(report(observed(NAME, **refused)))}
    everything: dict[str, Any] = {**refused, "null_sender": BLOCKED, "relay": BLOCKED}
    found = report(observed(NAME, **everything))
    assert said(found) == []
    assert {outcome(found, rule) for rule in ("PRB050", "PRB053")} == {Outcome.INCONCLUSIVE}


def test_a_trusted_client_proves_nothing_of_strangers() -> None:
    """From an address that may always relay an accepted recipient or sender is no finding."""
    words: dict[str, Any] = {
        "may_relay": "127.0.0.1 is an address of the server's own, and those may always relay",
        "always_may": True,
        "relay_open": {"foreign sender": "250 ok", "percent hack": "250 ok"},
        "unresolvable_sender": "250 ok",
        "made_up": "250 ok",
    }
    found = report(observed(NAME, **words))
    assert said(found) == []
    assert {outcome(found, rule) for rule in ("PRB050", "PRB051", "PRB052")} == {Outcome.INCONCLUSIVE}


def test_a_recipient_that_was_put_off_leaves_the_relay_test_open() -> None:
    """A form that is put off while others are refused makes the test inconclusive, not passed."""
    found = report(observed(NAME, relay_open={"percent hack": "451 4.7.1 try again"}))
    assert said(found) == []
    assert outcome(found, "PRB050") is Outcome.INCONCLUSIVE


def test_names_that_were_not_answered_are_not_missing() -> None:
    """A resolver that gave no answer on PTR records, or on where they lead, is reported as unknown."""
    met = observed(NAME)
    assert isinstance(met.host, HostAround)
    for reverse in (
        Reverse("192.0.2.25", Unknown("SERVFAIL")),
        Reverse("192.0.2.25", ("mail.doe.org",), doubtful=("mail.doe.org",)),
    ):
        host = HostAround(replaced(met.host.names, reverse=(reverse,)), met.host.tlsa)
        found = report(replaced(met, host=host))
        assert said(found) == []
        assert outcome(found, "PRB002") is Outcome.SKIPPED


def test_records_that_nobody_vouches_for_are_judged_mildly() -> None:
    """TLSA records without DNSSEC, which no sender goes by, are no emergency even where none matches."""
    wrong = ("3 1 1 " + "0" * 64,)
    assert [each.severity.word for each in report(observed(NAME, tlsa=wrong)).reported] == ["critical"]
    assert [each.severity.word for each in report(observed(NAME, tlsa=wrong, dnssec=False)).reported] == ["medium"]


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("2.0.0 This is sendmail version 8.17.1.9", "8.17.1.9"),
        ("5.3.0 Sendmail 8.18.1 -- HELP not implemented", "8.18.1"),
        ("2.0.0 See https://www.proofpoint.example/sendmail", ""),
    ],
)
def test_help_tells_the_version_in_two_ways(text: str, version: str) -> None:
    """The version is found in the help as well as in the refusal to give any."""
    assert help_version(Reply(214, (text,), b"")) == version
