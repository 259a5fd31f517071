"""The whole probe against the real sendmail: what it says is what was configured, and what it cannot know it says."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from auditor.model.finding import Severity
from auditor.model.report import Grade, Outcome
from auditor.model.unknown import Inconclusive, NotApplicable
from auditor.probe import visit
from auditor.probe.answers import Answer, Heard
from auditor.probe.auth.trial import TrialResult, Verdict
from auditor.probe.commands import Commands
from auditor.probe.observed import Logins, Observed
from auditor.probe.relay import Relaying
from auditor.probe.tls import asking
from tests import certificates as made
from tests.lab.daemon import NAME, Daemon, Recipe, certificate, daemon
from tests.lab.probing import (
    HOSTS,
    STRANGER,
    WORD,
    as_alice,
    fired,
    judged,
    mechanisms,
    offered,
    probed,
    row,
    rows,
    spoken,
    talk,
    weak,
)

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(os.geteuid() != 0, reason="a daemon of its own needs root"),
]

MODERN = {"TLSv1.2", "TLSv1.3"}
Meet = Callable[..., Observed]


@pytest.fixture(scope="module")
def healthy(trusted: Path, programs: None) -> Iterator[Daemon]:
    """A submission host as it should be, with saslauthd."""
    with daemon(trusted, Recipe(hosts=HOSTS, saslauthd="shadow")) as found:
        yield found


@pytest.fixture
def met(trusted: Path, programs: None) -> Meet:
    """Probes a new daemon of a recipe's words."""

    def probe(listener: str = "MTA", **words: object) -> Observed:
        with daemon(trusted, Recipe(hosts=HOSTS, **words)) as mail:  # type: ignore[arg-type]  # Any word of a recipe.
            return probed(mail, listener)

    return probe


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A probe that is put off tries again after a moment, not after seconds."""
    monkeypatch.setattr(visit, "BACK_OFF", 0.05)
    monkeypatch.setattr(asking, "BACK_OFF", 0.05)


@pytest.mark.parametrize("listener", ["MTA", "TLSMTA", "MSA"])
def test_each_kind_of_listener_is_told_as_configured(listener: str, healthy: Daemon) -> None:
    """A plain, an M=s and an M=Ea listener have verified TLS 1.2 and 1.3, AUTH within it alone, and do not relay."""
    found = probed(healthy, listener)
    said = talk(found)
    assert said.tls is not None
    assert (said.tls.verified, said.tls.version) == (True, "TLSv1.3")
    assert (said.clear is None) == (listener == "TLSMTA")
    assert (mechanisms(said.clear), mechanisms(said.within)) == (set(), {"PLAIN", "LOGIN"})
    assert (spoken(found), weak(found)) == (MODERN, set())
    assert {chain.certificates[0] for chain in offered(found).chains} == {on_disk(healthy)}
    assert isinstance(found.relaying, Relaying)
    assert found.relaying.verdict == "closed"
    assert found.connections <= 20
    assert row(found, "trust") == (f"verifies for {NAME}", Grade.GOOD)
    assert [each.value for each in rows(found, "AUTH in clear")] == ["none"] * (listener != "TLSMTA")
    report = judged(found)
    assert not report.no_verdict
    assert {each.rule.id for each in report.reported if each.severity > Severity.LOW} <= {"PRB011"}


def on_disk(mail: Daemon) -> bytes:
    """The certificate that the daemon was given, in DER."""
    return ssl.PEM_cert_to_DER_cert((mail.place / "tls" / "cert.pem").read_text())


@pytest.mark.parametrize("listener", ["MTA", "TLSMTA", "MSA"])
@pytest.mark.parametrize(("word", "right"), [(WORD, True), ("w-r-o-n-g", False)])
def test_passwords_are_accepted_and_refused(word: str, right: bool, listener: str, healthy: Daemon) -> None:  # noqa: FBT001
    """Each mechanism lets the right password in and refuses the wrong one, on each listener; nothing shows either."""
    found = probed(healthy, listener, as_alice(word))
    assert isinstance(found.logins, Logins)
    assert [(each.mechanism, each.accepted) for each in found.logins.results] == [("PLAIN", right), ("LOGIN", right)]
    assert {each.reply.code for each in found.logins.results if each.reply} == {235 if right else 535}
    assert [row(found, f"login {name}")[1] for name in ("PLAIN", "LOGIN")] == [Grade.GOOD if right else Grade.BAD] * 2
    assert ("PRB035" in fired(found)) is not right
    assert word not in str(found.transcript)
    assert "another host" not in getattr(found.logins.verifier, "reason", "")


@pytest.mark.parametrize(("options", "in_clear"), [("A p y", False), ("A y", True), ("A", True), ("p", False)])
def test_auth_in_clear_is_offered_without_p_alone(options: str, in_clear: bool, met: Meet) -> None:  # noqa: FBT001
    """AUTH shows before TLS exactly where AuthOptions lacks p, and after it always."""
    found = met(auth_options=options)
    offer = {"PLAIN", "LOGIN"}
    assert (mechanisms(talk(found).clear), mechanisms(talk(found).within)) == (offer if in_clear else set(), offer)
    assert row(found, "AUTH in clear")[1] is (Grade.BAD if in_clear else Grade.GOOD)
    assert ("PRB030" in fired(found)) is in_clear
    assert isinstance(found.trial, TrialResult)
    assert found.trial.verdict is Verdict.ANSWERS


@pytest.mark.parametrize(("letters", "asks"), [("V", False), (None, True)])
def test_client_certificates_are_asked_for_without_v(letters: str | None, asks: bool, met: Meet) -> None:  # noqa: FBT001
    """A certificate is asked of clients exactly where TLSSrvOptions lacks V, of those that the CA file names."""
    found = offered(met(tls_options=letters))
    assert found.client_certificate is asks
    assert [b"Example Authority" in each for each in found.authorities] == [True] * asks


def test_a_key_that_the_group_may_read_takes_tls_away(trusted: Path, programs: None) -> None:
    """Such a key is not loaded, which only the log tells; STARTTLS is then not offered, and no password sent."""
    with daemon(trusted, Recipe(hosts=HOSTS, key_mode=0o640)) as mail:
        found = probed(mail, login=as_alice())
        assert mail.spoken("Group readable file")
    assert "STARTTLS" not in (talk(found).clear or ())
    assert found.offer == NotApplicable("STARTTLS is not offered")
    assert row(found, "TLS") == ("STARTTLS is not offered", Grade.BAD)
    assert "PRB020" in fired(found)
    assert isinstance(found.logins, Logins)
    assert found.logins.results == ()
    assert "no password was sent" in found.logins.unsent


def test_a_revocation_list_in_der_leaves_tls_as_it_is(trusted: Path, programs: None) -> None:
    """Such a list is complained of in the log, and STARTTLS is offered as without it."""
    with daemon(trusted, Recipe(hosts=HOSTS, crl=made.crl(der=True))) as mail:
        found = probed(mail)
        assert mail.spoken("PEM_read_bio_X509_CRL")
    assert spoken(found) == MODERN
    assert "PRB020" not in fired(found)


def test_an_expired_certificate_is_told_and_trusted_with_no_password(trusted: Path, programs: None) -> None:
    """The chain does not verify for its date, and the password stays here though TLS could be had."""
    recipe = Recipe(hosts=HOSTS, certificate=certificate(days=-1), saslauthd="shadow")
    with daemon(trusted, recipe) as mail:
        found = probed(mail, login=as_alice())
        assert not mail.spoken("AUTH=server", 0)
    assert spoken(found) == MODERN
    tls = talk(found).tls
    assert tls is not None
    assert (tls.verified, tls.code) == (False, 10)
    assert "expired" in row(found, "trust")[0]
    assert isinstance(found.logins, Logins)
    assert (found.logins.results, "expired" in found.logins.unsent) == ((), True)
    assert "CRT013" in fired(found)


@pytest.mark.parametrize(
    ("line", "versions", "classes"),
    [
        ("O ServerSSLOptions=+SSL_OP_NO_TLSv1_2", {"TLSv1.3"}, set()),
        ("O ServerSSLOptions=+SSL_OP_NO_TLSv1_3", {"TLSv1.2"}, set()),
        ("O CipherList=AES128-SHA256:AES256-SHA256", MODERN, set()),
        ("O CipherList=ALL:@SECLEVEL=0", {"TLSv1", "TLSv1.1", *MODERN}, {"aNULL", "CAMELLIA"}),
        ("O CipherList=ALL:eNULL:@SECLEVEL=0", {"TLSv1", "TLSv1.1", *MODERN}, {"aNULL", "eNULL", "MD5", "CAMELLIA"}),
    ],
)
def test_versions_and_weak_suites_are_those_configured(
    line: str, versions: set[str], classes: set[str], met: Meet
) -> None:
    """What ServerSSLOptions switches off is refused, and what CipherList lets in is found."""
    found = met(cf_lines=(line,))
    assert (spoken(found), weak(found)) == (versions, classes)
    assert ("PRB022" in fired(found)) is bool(versions & {"TLSv1", "TLSv1.1"})
    assert ("PRB023" in fired(found)) is bool(classes)
    assert row(found, "weak suites")[1] is (Grade.WEAK if classes else Grade.GOOD)


@pytest.mark.parametrize("is_open", [False, True])
def test_an_open_relay_is_told_from_a_closed_one(is_open: bool, met: Meet) -> None:  # noqa: FBT001
    """With promiscuous_relay a stranger's mail to a foreign domain is taken, without it is not."""
    found = met(features=("`promiscuous_relay'",) if is_open else ())
    assert isinstance(found.relaying, Relaying)
    assert found.relaying.verdict == ("open" if is_open else "closed")
    assert row(found, "relay")[1] is (Grade.BAD if is_open else Grade.GOOD)
    assert ("PRB050" in fired(found)) is is_open


def test_127_0_0_1_proves_nothing(healthy: Daemon) -> None:
    """From the server's own address the closed server takes foreign recipients, and no verdict is made of that."""
    found = probed(healthy, source=None)
    assert isinstance(found.relaying, Relaying)
    assert (found.relaying.verdict, found.relaying.always_may) == ("inconclusive", True)
    assert row(found, "relay")[1] is Grade.UNKNOWN
    assert "PRB050" not in fired(found)


@pytest.mark.parametrize(
    ("privacy", "vrfy", "expn"),
    [
        ("authwarnings", "accepted", "accepted"),
        ("novrfy", "neutral", "accepted"),
        ("noexpn", "accepted", "refused"),
        ("novrfy,noexpn,noverb,noetrn", "neutral", "refused"),
    ],
)
def test_vrfy_and_expn_are_told_as_configured(privacy: str, vrfy: str, expn: str, met: Meet) -> None:
    """VRFY and EXPN are found open exactly where the privacy options leave them so."""
    found = met(privacy=privacy)
    assert isinstance(found.commands, Commands)
    assert (kind(found.commands.vrfy), kind(found.commands.expn)) == (vrfy, expn)
    assert found.commands.vrfy_discloses is (vrfy == "accepted")
    assert ("PRB011" in fired(found)) is (privacy != "novrfy,noexpn,noverb,noetrn")


def kind(heard: Heard | NotApplicable) -> str:
    """An answer's kind, or why there is none."""
    return heard.kind if isinstance(heard, Answer) else heard.reason


def test_a_port_for_tls_at_once_that_greets_in_clear(met: Meet) -> None:
    """Without M=s the port greets in clear; that is told, and not a missing or a broken TLS."""
    found = met("TLSMTA", listeners={"MTA": "", "TLSMTA": "", "MSA": "Ea"})
    assert talk(found).plain.startswith(f"220 {NAME} ESMTP")
    assert talk(found).plain.endswith("GMT")
    assert (talk(found).greeting, talk(found).tls) == (None, None)
    assert found.offer == NotApplicable("the port answers in clear")
    assert fired(found) == {"PRB040"}


def test_a_rate_of_connections_that_is_throttled_changes_no_verdict(
    trusted: Path, programs: None, healthy: Daemon
) -> None:
    """ConnectionRateThrottle makes sendmail wait, and all that is said is what is said of an unhurried server."""
    recipe = Recipe(hosts=HOSTS, saslauthd="shadow", defines={"confCONNECTION_RATE_THROTTLE": "1"})
    with daemon(trusted, recipe) as mail:
        found = probed(mail, login=as_alice())
        assert mail.spoken("deferring connections on daemon MTA")
    assert fired(found) == fired(probed(healthy, login=as_alice()))
    assert row(found, "login PLAIN")[1] is row(found, "relay")[1] is Grade.GOOD


def test_a_daemon_without_a_child_to_spare_gives_no_verdict(trusted: Path, programs: None) -> None:
    """With MaxDaemonChildren reached sendmail closes its ports: nothing is said to be missing."""
    recipe = Recipe(hosts=HOSTS, defines={"confMAX_DAEMON_CHILDREN": "1"})
    with daemon(trusted, recipe) as mail, socket.create_connection(("127.0.0.1", mail.plain), 20) as other:
        assert other.recv(1000).startswith(b"220 ")
        assert mail.spoken("rejecting connections on daemon MTA: 1 children, max 1")
        found = probed(mail)
    assert isinstance(found.conversation, Inconclusive)
    assert "refused" in found.conversation.reason
    assert_says_nothing(found)


@pytest.mark.usefixtures("at_once")
def test_a_daemon_that_runs_out_of_children_on_the_way(trusted: Path, programs: None) -> None:
    """What the first conversation brought is kept, and what needs further connections is inconclusive."""
    with daemon(trusted, Recipe(hosts=HOSTS, defines={"confMAX_DAEMON_CHILDREN": "1"})) as mail:
        found = probed(mail, login=as_alice())
    assert "STARTTLS" in (talk(found).clear or ())
    assert row(found, "relay")[1] is Grade.GOOD
    assert_undecided(found)


@pytest.mark.parametrize("terminate", ["", ", `terminate'"])
@pytest.mark.usefixtures("at_once")
def test_a_client_that_is_too_fast_gets_no_verdict(terminate: str, trusted: Path, programs: None) -> None:
    """Who exceeds ClientRate is put off, from the second or from the first connection on; neither shows an absence."""
    # Of FEATURE(`ratecontrol') m4 wants that the access map was asked for before.
    lines = ("FEATURE(`delay_checks')dnl", f"FEATURE(`ratecontrol', `nodelay'{terminate})dnl")
    with daemon(trusted, Recipe(hosts=HOSTS, access=(f"ClientRate:{STRANGER}\t1",), lines=lines)) as mail:
        first, second = probed(mail, login=as_alice()), probed(mail, login=as_alice())
    assert talk(first).tls is not None
    assert row(first, "relay")[1] is Grade.GOOD
    assert_undecided(first)
    assert not fired(first) & {"PRB020", "PRB021", "PRB031"}
    assert isinstance(second.conversation, Inconclusive)
    assert "Connection rate limit exceeded" in second.conversation.reason
    assert_says_nothing(second)


@pytest.mark.parametrize("listener", ["MTA", "TLSMTA", "MSA"])
@pytest.mark.parametrize("answer", ["REJECT", "ERROR:4.7.1:450 come later", "ERROR:4.3.2:421 not now"])
def test_a_client_that_the_access_map_refuses_gets_no_verdict(answer: str, listener: str, met: Meet) -> None:
    """EHLO shows such a client none of what others see, or it is turned away in clear: the server lacks nothing."""
    found = met(listener, access=(f"Connect:{STRANGER}\t{answer}",))
    assert isinstance(found.conversation, Inconclusive)
    assert answer.rpartition(":")[2].replace("REJECT", "550 5.7.1 Access denied")[-8:] in found.conversation.reason
    assert_says_nothing(found)


def test_a_client_that_is_refused_at_the_recipient_is_told_the_rest(met: Meet) -> None:
    """With delay_checks it sees the extensions, so that TLS is judged; postmaster's absence is not concluded."""
    found = met(access=(f"Connect:{STRANGER}\tREJECT",), features=("`delay_checks'",))
    assert spoken(found) == MODERN
    assert not fired(found) & {"PRB020", "PRB053"}


def assert_undecided(found: Observed) -> None:
    """TLS and the login were asked for, and neither is said to be missing."""
    offer = offered(found)
    assert {each.state for each in offer.versions if not isinstance(each.state, Inconclusive)} <= {"offered"}
    assert not [each.name for each in offer.weak if each.accepted is False]
    assert isinstance(found.logins, Logins)
    assert found.logins.results == ()
    assert found.logins.unsent


def assert_says_nothing(found: Observed) -> None:
    """There is a reason, and neither a finding nor a grade that says anything about the server."""
    report = judged(found)
    assert report.no_verdict
    assert report.reported == ()
    assert {each.outcome for each in report.results} <= {Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE}
    assert [each.grade for each in report.overview] == [Grade.UNKNOWN]
