"""What the rules on TLS and AUTH make of an endpoint that gave no verdict, and of which port it is."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.engine.audit import Target, audit
from auditor.engine.profiles import load
from auditor.facts.given import Clock, Profile
from auditor.facts.wire import Conversation, Observed
from auditor.facts.wire_parts import Commands, TLSOffer, TrialResult
from auditor.model.finding import Severity
from auditor.model.report import Outcome, TargetReport
from auditor.model.unknown import Inconclusive
from auditor.model.value import replaced
from auditor.probe.auth.trial import Verdict
from auditor.probe.tls.offered import VersionOffer, WeakOffer
from checks import rules
from tests.endpoints import observed
from tests.examples import NOW

DOUBT = Inconclusive("it did not answer in time")
RULES = [rule for rule in rules() if rule.family == "PRB" and "PRB020" <= rule.id <= "PRB041"]
REFUSED = "mail.doe.org:{} cannot be reached: connection refused (192.0.2.25), connection refused (2001:db8::25)"


def report(met: Observed, *wanted: str, profile: str = "modern") -> TargetReport:
    """The report on an endpoint; with all rules on TLS and AUTH where none is named."""
    given = {Observed: met, Clock: Clock(NOW), Profile: load(profile)}
    return audit(Target("mail.doe.org", given), [rule for rule in RULES if not wanted or rule.id in wanted])


def found(target: TargetReport) -> dict[str, Severity]:
    """The severity of what was found, by rule."""
    return {item.rule.id: item.severity for item in target.reported}


def outcome(met: Observed, rule: str) -> tuple[Outcome, dict[str, Severity]]:
    """How one rule ended, and what it found."""
    target = report(met, rule)
    return target.results[0].outcome, found(target)


def offering(met: Observed, **changes: object) -> Observed:
    """An endpoint whose hellos showed something else."""
    assert isinstance(met.offer, TLSOffer)
    return replaced(met, offer=replaced(met.offer, **changes))


@pytest.mark.parametrize(
    "reason",
    [
        "mail.doe.org:587 did not take a connection within 30 seconds",
        "mail.doe.org:587 cannot be reached: the name does not resolve (no address)",
        "mail.doe.org:587 cannot be reached: no route to host (192.0.2.25)",
        "mail.doe.org:587 cannot be reached: connection refused (192.0.2.25), no answer (2001:db8::25)",
        "mail.doe.org:587 puts us off: 421 4.3.2 Too many connections",
    ],
)
def test_silence_is_no_missing_feature(reason: str) -> None:
    """Nothing is found at an endpoint that could not be talked to, and what was to be asked ends without a verdict."""
    target = report(observed("mail.doe.org:587", unreachable=reason))
    assert not target.reported
    ends = {result.rule.id: result.outcome for result in target.results}
    for rule in ("PRB020", "PRB021", "PRB022", "PRB025", "PRB041"):
        assert ends[rule] is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(("port", "severity"), [(587, Severity.LOW), (465, Severity.INFO), (25, Severity.INFO)])
def test_refused_connection_is_told(port: int, severity: Severity) -> None:
    """A port of mail whose every address refuses the connection is closed; it is no reason to fail a run."""
    met = observed(f"mail.doe.org:{port}", unreachable=REFUSED.format(port), refused=True)
    assert found(report(met)) == {"PRB041": severity}


def test_other_ports_may_be_closed() -> None:
    """Nobody has to listen on a port that is not for mail."""
    met = observed("mail.doe.org:2525", unreachable=REFUSED.format(2525), refused=True)
    assert outcome(met, "PRB041") == (Outcome.NOT_APPLICABLE, {})


def test_broken_connection_is_no_failed_handshake() -> None:
    """A handshake that ended by a deadline or a closed connection proves nothing."""
    met = observed("mail.doe.org:25", failed="mail.doe.org:25 did not finish the TLS handshake", kind="")
    assert outcome(met, "PRB021") == (Outcome.INCONCLUSIVE, {})


def test_protocols_without_verdict() -> None:
    """A protocol that gave no verdict is neither spoken nor missing."""
    met = observed("mail.doe.org:587", versions="TLSv1.2")
    assert isinstance(met.offer, TLSOffer)
    versions = tuple(each if each.is_offered else VersionOffer(each.name, DOUBT) for each in met.offer.versions)
    assert outcome(offering(met, versions=versions), "PRB022") == (Outcome.INCONCLUSIVE, {})
    nothing = tuple(VersionOffer(each.name, DOUBT) for each in versions)
    assert outcome(offering(met, versions=nothing), "PRB022") == (Outcome.INCONCLUSIVE, {})
    old = observed("mail.doe.org:587", versions="TLSv1")
    assert isinstance(old.offer, TLSOffer)
    newer = (*old.offer.versions[:-2], VersionOffer("TLSv1.2", DOUBT), VersionOffer("TLSv1.3", "refused"))
    assert outcome(offering(old, versions=newer), "PRB022") == (Outcome.FAILED, {"PRB022": Severity.MEDIUM})


def test_suites_without_verdict() -> None:
    """A class of suites that gave no verdict is neither accepted nor refused."""
    met = observed("mail.doe.org:587")
    assert outcome(offering(met, weak=(WeakOffer("RC4", DOUBT),)), "PRB023") == (Outcome.INCONCLUSIVE, {})
    assert outcome(offering(met, client_certificate=DOUBT), "PRB026") == (Outcome.INCONCLUSIVE, {})
    assert outcome(offering(met, compression=DOUBT), "PRB029") == (Outcome.INCONCLUSIVE, {})
    assert outcome(offering(met, exchanges=(), stopped="it is enough"), "PRB024") == (Outcome.INCONCLUSIVE, {})


@pytest.mark.parametrize(
    ("words", "rule", "on_25", "on_587"),
    [
        ({"versions": "TLSv1 TLSv1.2"}, "PRB022", Severity.LOW, Severity.MEDIUM),
        ({"versions": "SSLv3 TLSv1.2"}, "PRB022", Severity.HIGH, Severity.HIGH),
        ({"versions": "TLSv1"}, "PRB022", Severity.HIGH, Severity.HIGH),
        ({"weak": "aNULL"}, "PRB023", Severity.INFO, Severity.MEDIUM),
        ({"weak": "aNULL 3DES"}, "PRB023", Severity.MEDIUM, Severity.MEDIUM),
        ({"weak": "RC4 3DES"}, "PRB023", Severity.HIGH, Severity.HIGH),
        ({"verified": "no issuer", "code": 21}, "PRB025", Severity.MEDIUM, Severity.HIGH),
        ({"client_certificate": True}, "PRB026", None, Severity.LOW),
        ({"ehlo": "PIPELINING"}, "PRB020", Severity.HIGH, Severity.HIGH),
    ],
)
def test_what_a_port_is_for_counts(
    words: dict[str, Any], rule: str, on_25: Severity | None, on_587: Severity | None
) -> None:
    """Between servers, which take what they can get, the same is less bad than where users log in."""
    for port, severity in ((25, on_25), (587, on_587)):
        assert outcome(observed(f"mail.doe.org:{port}", **words), rule)[1].get(rule) is severity


def test_profile_decides_on_protocols_and_suites() -> None:
    """What the howto of 2006 asked for is no offence in its own profile."""
    met = observed("mail.doe.org:587", versions="SSLv3 TLSv1", weak="RC4 3DES", bits=160, group="secp160r1")
    assert found(report(met, "PRB022", "PRB023", "PRB024", profile="howto")) == {}


@pytest.mark.parametrize("bits", [512, 1024, 2047])
@pytest.mark.parametrize("curves", [False, True])
def test_short_group_is_less_bad_beside_curves(bits: int, curves: bool) -> None:  # noqa: FBT001  # Both cases.
    """Where peers may use elliptic curves they never come to the short group, unless that is broken altogether."""
    words = {"versions": "TLSv1.2", "suite": "DHE-RSA-AES256-GCM-SHA384", "exchange": "DHE", "group": "", "bits": bits}
    met = observed("mail.doe.org:25", **words)
    usual = observed("mail.doe.org:25")
    assert isinstance(met.offer, TLSOffer)
    assert isinstance(usual.offer, TLSOffer)
    if curves:
        met = offering(met, exchanges=(*met.offer.exchanges, *usual.offer.exchanges))
    expected = Severity.CRITICAL if bits == 512 else Severity.MEDIUM if curves else Severity.HIGH
    assert found(report(met, "PRB024")) == {"PRB024": expected}


@pytest.mark.parametrize("code", [9, 10, 62, 64, 66, 68])
def test_verification_is_told_once(code: int) -> None:
    """What is wrong with a certificate's dates, name, key or hash is left to the rules on certificates."""
    met = observed("mail.doe.org:587", verified="it has expired", code=code)
    assert outcome(met, "PRB025") == (Outcome.NOT_APPLICABLE, {})


def test_only_the_verified_chain_is_judged() -> None:
    """Of a second chain it is said that it was not verified."""
    met = observed("mail.doe.org:587")
    other = observed("mail.doe.org:587", certificate='certificate(kind="ec", names=["mail.doe.org"])')
    assert isinstance(met.offer, TLSOffer)
    assert isinstance(other.offer, TLSOffer)
    both = offering(met, chains=(*met.offer.chains, *other.offer.chains))
    assert outcome(both, "PRB025") == (Outcome.SKIPPED, {})


def test_anonymous_server() -> None:
    """A server without any certificate is reported where users log in, and little minded elsewhere."""
    for port, severity in ((25, Severity.INFO), (587, Severity.MEDIUM)):
        met = observed(f"mail.doe.org:{port}", verified="the server sent no certificate", code=-1)
        talk = met.conversation
        assert isinstance(talk, Conversation)
        met = offering(replaced(met, conversation=replaced(talk, tls=replaced(talk.tls, chain=()))), chains=())
        assert found(report(met, "PRB025")) == {"PRB025": severity}


@pytest.mark.parametrize("verdict", [Verdict.BACKEND, Verdict.LATER, Verdict.UNCLEAR])
def test_login_without_answer(verdict: Verdict) -> None:
    """A mechanism that gave no answer, or one that may be another later, is not called broken."""
    met = replaced(observed("mail.doe.org:587"), trial=TrialResult("PLAIN", verdict, None, "it gets no answer"))
    assert outcome(met, "PRB032") == (Outcome.INCONCLUSIVE, {})
    assert outcome(met, "PRB037") == (Outcome.INCONCLUSIVE, {})


@pytest.mark.parametrize("reply", ["421 4.3.2 try later", "450 4.7.1 greylisted", "?it timed out", ""])
@pytest.mark.parametrize("step", ["null_sender", "postmaster"])
def test_submission_put_off(reply: str, step: str) -> None:
    """A submission port that puts a bounce off has neither taken nor refused it."""
    met = observed("mail.doe.org:587", **({"null_sender": "250 2.1.0 Sender ok"} | {step: reply}))
    assert isinstance(met.commands, Commands)
    assert outcome(met, "PRB034") == (Outcome.INCONCLUSIVE, {})


def test_login_refused_by_and_by() -> None:
    """A login that is put off is inconclusive, and one with a working mechanism beside a broken one is told apart."""
    off = observed("mail.doe.org:587", login={"PLAIN": "450 4.3.0 later"})
    assert outcome(off, "PRB035") == (Outcome.INCONCLUSIVE, {})
    down = observed("mail.doe.org:587", login={"PLAIN": "454 4.7.0 Temporary authentication failure"})
    assert outcome(down, "PRB032")[1] == {"PRB032": Severity.HIGH}
    assert outcome(down, "PRB035")[1] == {}


def test_broken_connection_is_no_unsafe_one() -> None:
    """Where TLS, certificate and AUTH were all there, a password that was not sent is nobody's fault yet."""
    met = observed("mail.doe.org:587", unsent="no password was sent: mail.doe.org:587 closed the connection")
    assert outcome(met, "PRB036") == (Outcome.INCONCLUSIVE, {})


def test_connection_turned_down_in_clear() -> None:
    """A server that turns us down before TLS begins has not shown what the port is."""
    met = observed("mail.doe.org:465", plain="421 4.3.2 Too many connections")
    assert outcome(met, "PRB040") == (Outcome.INCONCLUSIVE, {})
