"""What the probe says of relaying and of the commands is what the real sendmail was configured to do."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from auditor.model.unknown import Inconclusive
from auditor.probe.answers import Answer, Heard
from auditor.probe.banner import banner, size_limit
from auditor.probe.commands import (
    Commands,
    ask,
    http,
    mail_without_ehlo,
    starttls_within_tls,
    traffic_before_reply,
)
from auditor.probe.errors import TryLater
from auditor.probe.relay import Relaying, relay
from auditor.probe.session import Session, Settings
from auditor.probe.settings import NONE
from auditor.probe.verify import permissive_context
from tests.lab.daemon import NAME, Daemon, Recipe, daemon

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(os.geteuid() != 0, reason="a daemon of its own needs root"),
]

STRANGER = "127.0.0.2"
HOSTS = ("192.0.2.10 example.net", "192.0.2.11 example.com")
FOREIGN = "somebody@example.com"
SENDERS = {
    "null sender",
    "foreign sender",
    "sender in the server's domain",
    "sender at localhost",
    "unqualified sender",
    "sender at the server's address",
}
#: The first sendmail that refuses what comes before its reply to EHLO.
ENFORCING = (8, 17, 1, 9)
#: Forms that sendmail itself finds malformed; it never comes to the question whether it would relay.
MALFORMED = {"two domains", "two domains, the server's address last"}
REFUSED_SENDERS = {"sender at localhost", "unqualified sender", "sender at the server's address"}


@contextmanager
def session(mail: Daemon, source: str = STRANGER, port: int = 0, timeout: float = 20) -> Iterator[Session]:
    """A conversation after EHLO with the daemon, from an address that is not its own."""
    settings = Settings("127.0.0.1", port or mail.plain, NONE, ehlo="probe.example.net", timeout=timeout, source=source)
    with Session.open(settings) as opened:
        opened.ehlo()
        yield opened


def outcome(trusted: Path, recipe: Recipe, *, source: str = STRANGER, own: tuple[str, ...] = (NAME,)) -> Relaying:
    """The relay test's outcome on a daemon of this recipe."""
    with daemon(trusted, recipe) as mail, session(mail, source) as talk:
        return relay(talk, extensions=talk.extensions, own=own, server="127.0.0.1", client=source, relay_to=FOREIGN)


def by_verdict(found: Relaying, verdict: str) -> set[str]:
    """The names of the forms with a verdict."""
    return {attempt.form.name for attempt in found.attempts if attempt.verdict == verdict}


def everything(found: Relaying) -> set[str]:
    """The names of all forms."""
    return {attempt.form.name for attempt in found.attempts}


def test_a_plain_install_is_closed(trusted: Path) -> None:
    """An install without any relaying feature refuses to relay every form that it does not refuse otherwise."""
    found = outcome(trusted, Recipe(hosts=HOSTS))
    assert found.verdict == "closed"
    assert by_verdict(found, "inconclusive") == REFUSED_SENDERS | MALFORMED
    assert by_verdict(found, "closed") == everything(found) - REFUSED_SENDERS - MALFORMED
    assert not found.always_may


def test_promiscuous_relay_is_open(trusted: Path) -> None:
    """With promiscuous_relay every form that sendmail can parse gets through."""
    found = outcome(trusted, Recipe(hosts=HOSTS, features=("`promiscuous_relay'",)))
    assert found.verdict == "open"
    assert by_verdict(found, "closed") == set()
    assert by_verdict(found, "open") == everything(found) - REFUSED_SENDERS - MALFORMED


def test_an_unresolvable_sender_leaves_the_null_sender_to_decide(trusted: Path) -> None:
    """Where the foreign sender's domain does not resolve, its form is inconclusive and the verdict is still right."""
    for features, verdict in (((), "closed"), (("`promiscuous_relay'",), "open")):
        found = outcome(trusted, Recipe(features=features))
        assert found.verdict == verdict
        [foreign] = [item for item in found.attempts if item.form.name == "foreign sender"]
        assert foreign.verdict == "inconclusive"
        assert "5.1.8" in foreign.reason


def test_relay_local_from_is_open_to_its_own_name(trusted: Path) -> None:
    """relay_local_from opens the server to senders that claim its own domain, and to no other that it takes."""
    found = outcome(trusted, Recipe(hosts=HOSTS, features=("`relay_local_from'",)))
    assert found.verdict == "open"
    assert by_verdict(found, "open") == {"sender in the server's domain"}


@pytest.mark.parametrize(
    ("access", "opened"),
    [
        ((f"Connect:{STRANGER} RELAY",), True),
        (("Connect:127 RELAY",), True),
        (("To:example.com RELAY",), True),
        (("Connect:192.0.2 RELAY", "To:example.edu RELAY"), False),
        (("From:example.net RELAY",), False),
    ],
)
def test_the_access_map_decides(access: tuple[str, ...], opened: bool, trusted: Path) -> None:  # noqa: FBT001
    """An entry that lets this client or this recipient through opens the server, any other leaves it closed."""
    found = outcome(trusted, Recipe(hosts=HOSTS, access=tuple(line.replace(" ", "\t") for line in access)))
    assert found.verdict == ("open" if opened else "closed")
    assert (by_verdict(found, "open") >= {"null sender", "foreign sender"}) == opened
    assert STRANGER in found.may_relay


def test_a_client_that_the_access_map_rejects_gets_no_verdict(trusted: Path) -> None:
    """A refusal of the client itself is none of relaying: every form is inconclusive."""
    found = outcome(trusted, Recipe(hosts=HOSTS, access=(f"Connect:{STRANGER}\tREJECT",)))
    assert found.verdict == "inconclusive"
    assert "550 5.7.1 Access denied" in found.reason
    assert by_verdict(found, "inconclusive") == everything(found)


def test_loose_relay_check_opens_routes_through_relayed_domains(trusted: Path) -> None:
    """loose_relay_check lets a percent hack through a relayed domain reach anybody; without it that is closed."""
    for features, opened in (((), set[str]()), (("`loose_relay_check'",), {"percent hack (relay.example)"})):
        recipe = Recipe(hosts=HOSTS, relay=("relay.example",), features=features)
        found = outcome(trusted, recipe, own=(NAME, "relay.example"))
        assert by_verdict(found, "open") & {"percent hack (relay.example)"} == opened
        assert "percent hack" in by_verdict(found, "closed")


def test_delay_checks_decides_more(trusted: Path) -> None:
    """With delay_checks relaying is judged before the senders are, so that only malformed forms are undecided."""
    closed = outcome(trusted, Recipe(hosts=HOSTS, features=("`delay_checks'",)))
    assert closed.verdict == "closed"
    assert by_verdict(closed, "inconclusive") == MALFORMED
    assert outcome(trusted, Recipe(features=("`delay_checks'", "`promiscuous_relay'"))).verdict == "open"


def test_a_server_that_takes_every_local_user_is_no_open_relay(trusted: Path) -> None:
    """Where every local part is accepted and % is an ordinary character, an accepted hack is inconclusive."""
    recipe = Recipe(
        hosts=HOSTS,
        features=("`nopercenthack', `nospecial'", "`nouucp', `nospecial'"),
        defines={"LUSER_RELAY": "local:alice"},
    )
    found = outcome(trusted, recipe)
    assert found.verdict == "closed"
    assert "percent hack" in by_verdict(found, "inconclusive")
    assert by_verdict(found, "open") == set()


def test_a_refusal_in_words_of_its_own_is_inconclusive(trusted: Path) -> None:
    """A confRELAY_MSG that does not speak of relaying closes nothing; the reply stands in the reason."""
    recipe = Recipe(
        hosts=(*HOSTS, f"{STRANGER} stranger.example.edu"), defines={"confRELAY_MSG": '"550 5.7.1 We carry nothing"'}
    )
    found = outcome(trusted, recipe)
    assert found.verdict == "inconclusive"
    assert "We carry nothing" in found.reason


def test_127_0_0_1_always_may_relay(trusted: Path) -> None:
    """From 127.0.0.1 the closed server accepts foreign recipients, and the verdict says why it proves nothing."""
    found = outcome(trusted, Recipe(hosts=HOSTS), source="127.0.0.1")
    assert found.opened
    assert found.always_may
    assert found.verdict == "inconclusive"
    assert "may always relay" in found.reason


def test_the_submission_port_is_closed_before_a_login(trusted: Path) -> None:
    """A listener with the modifier a wants a login first: closed to strangers."""
    recipe = Recipe(hosts=HOSTS, features=("`promiscuous_relay'",))
    with daemon(trusted, recipe) as mail, session(mail, port=mail.submission) as talk:
        found = relay(talk, extensions=talk.extensions, own=(NAME,), relay_to=FOREIGN)
        assert found.verdict == "closed"
        assert {item.reply.code for item in found.attempts if item.reply} == {530}
        assert kind(ask(talk, extensions=talk.extensions, own=(NAME,)).null_sender) == "login"


def test_a_throttle_on_bad_recipients_does_not_meet_the_test(trusted: Path) -> None:
    """BadRcptThrottle counts within a transaction, and each of ours has one recipient: the test is not slowed."""
    began = time.monotonic()
    found = outcome(trusted, Recipe(hosts=HOSTS, defines={"confBAD_RCPT_THROTTLE": "1"}))
    assert found.verdict == "closed"
    assert not found.interrupted
    assert time.monotonic() - began < 10


def test_a_throttled_client_is_put_off(trusted: Path) -> None:
    """A client that sendmail's rate control refuses is told to come later, which is no verdict."""
    # Of FEATURE(`ratecontrol') m4 wants that the access map was asked for before.
    lines = ("FEATURE(`delay_checks')dnl", "FEATURE(`ratecontrol', `nodelay', `terminate')dnl")
    recipe = Recipe(access=(f"ClientRate:{STRANGER}\t1",), lines=lines)
    with daemon(trusted, recipe) as mail:
        with session(mail):
            pass
        with pytest.raises(TryLater, match="421"), session(mail):
            pass


def test_a_connection_rate_throttle_costs_time_only(trusted: Path) -> None:
    """ConnectionRateThrottle delays what comes too fast, and the verdict stays the same."""
    recipe = Recipe(hosts=HOSTS, defines={"confCONNECTION_RATE_THROTTLE": "1"})
    with daemon(trusted, recipe) as mail:
        for _ in range(2):
            with session(mail) as talk:
                found = relay(talk, extensions=talk.extensions, own=(NAME,), server="127.0.0.1", relay_to=FOREIGN)
                assert found.verdict == "closed"


def test_greet_pause_is_measured(trusted: Path) -> None:
    """The pause before the greeting is told in seconds, and the test goes on after it."""
    recipe = Recipe(hosts=HOSTS, features=("`greet_pause', `700'",), access=("GreetPause:127.0.0.9\t0",))
    with daemon(trusted, recipe) as mail, session(mail) as talk:
        assert 0.6 < talk.greeting_delay < 5
        found = relay(talk, extensions=talk.extensions, own=(NAME,), server="127.0.0.1", relay_to=FOREIGN)
    assert found.verdict == "closed"


def kind(heard: Heard) -> str:
    """An answer's kind, or why there is none."""
    return heard.kind if isinstance(heard, Answer) else heard.reason


def answers(trusted: Path, recipe: Recipe) -> Commands:
    """What a daemon of this recipe answers."""
    with daemon(trusted, recipe) as mail, session(mail) as talk:
        return ask(talk, extensions=talk.extensions, own=(NAME,))


@pytest.mark.parametrize(
    ("privacy", "expected"),
    [
        ("authwarnings", {"vrfy": "accepted", "expn": "accepted", "etrn": "accepted", "verb": "accepted"}),
        ("novrfy", {"vrfy": "neutral", "expn": "accepted", "etrn": "accepted", "verb": "accepted"}),
        ("noexpn", {"vrfy": "accepted", "expn": "refused", "etrn": "accepted", "verb": "refused"}),
        ("noverb", {"vrfy": "accepted", "expn": "accepted", "etrn": "accepted", "verb": "refused"}),
        ("noetrn", {"vrfy": "accepted", "expn": "accepted", "etrn": "refused", "verb": "accepted"}),
        ("goaway", {"vrfy": "neutral", "expn": "refused", "etrn": "accepted", "verb": "refused"}),
        ("goaway,noetrn", {"vrfy": "neutral", "expn": "refused", "etrn": "refused", "verb": "refused"}),
    ],
)
def test_privacy_options_are_seen(privacy: str, expected: dict[str, str], trusted: Path) -> None:
    """VRFY, EXPN, ETRN and VERB answer as PrivacyOptions has them, and VRFY discloses users exactly without novrfy."""
    found = answers(trusted, Recipe(hosts=HOSTS, privacy=privacy))
    assert {name: kind(getattr(found, name)) for name in expected} == expected
    assert found.vrfy_discloses is (expected["vrfy"] == "accepted")
    assert kind(found.noop) == kind(found.help) == "accepted"


def test_recipients_and_senders_are_seen(trusted: Path) -> None:
    """Postmaster is taken, a made-up user, an unresolvable and an unqualified sender are not, by default."""
    for features in ((), ("`delay_checks'",)):
        found = answers(trusted, Recipe(hosts=HOSTS, features=features, aliases=("postmaster: alice", "abuse: alice")))
        assert kind(found.null_sender) == kind(found.postmaster) == kind(found.postmaster_at) == "accepted"
        assert kind(found.abuse) == "accepted"
        assert kind(found.made_up) == "refused"
        assert kind(found.unresolvable_sender) == kind(found.unqualified_sender) == "refused"


def test_lenient_features_are_seen(trusted: Path) -> None:
    """What accept_unresolvable_domains, accept_unqualified_senders and a catch-all let in is accepted."""
    found = answers(
        trusted,
        Recipe(
            hosts=HOSTS,
            features=("`accept_unresolvable_domains'", "`accept_unqualified_senders'"),
            defines={"LUSER_RELAY": "local:alice"},
        ),
    )
    assert kind(found.made_up) == kind(found.unresolvable_sender) == kind(found.unqualified_sender) == "accepted"


def test_a_name_that_is_no_mail_domain_is_told_apart(trusted: Path) -> None:
    """Recipients in a domain that the server does not serve are refused as relaying, not as unknown users."""
    with daemon(trusted, Recipe(hosts=HOSTS)) as mail, session(mail) as talk:
        found = ask(talk, extensions=talk.extensions, own=("elsewhere.example",))
    assert kind(found.made_up) == kind(found.postmaster_at) == "relaying"


def test_greeting_help_and_size_are_read(trusted: Path) -> None:
    """Name, versions and size limit are those of the installed program and its configuration."""
    recipe = Recipe(defines={"confMAX_MESSAGE_SIZE": "1234567"})
    with daemon(trusted, recipe) as mail, session(mail) as talk:
        told = banner(talk.greeting)
        assert (told.name, told.qualified, told.software) == (NAME, True, "Sendmail")
        assert told.version.startswith("8.")
        assert told.cf_version.startswith("8.")
        assert size_limit(talk.extensions) == 1234567
    with daemon(trusted, Recipe(defines={"confSMTP_LOGIN_MSG": "$j"})) as mail, session(mail) as talk:
        assert banner(talk.greeting).software == ""


def test_what_needs_a_connection_of_its_own(trusted: Path) -> None:
    """A web browser is dropped; MAIL without EHLO is refused exactly with needmailhelo."""
    for privacy, expected in (("authwarnings", "accepted"), ("needmailhelo", "refused")):
        with daemon(trusted, Recipe(privacy=privacy)) as mail:
            settings = Settings("127.0.0.1", mail.plain, NONE, timeout=20, source=STRANGER)
            with Session.open(settings) as talk:
                found = http(talk)
                assert kind(found) == "dropped"
                assert isinstance(found, Answer)
                assert found.reply is not None
                assert found.reply.code == 421
            with Session.open(settings) as talk:
                assert kind(mail_without_ehlo(talk)) == expected
                early = traffic_before_reply(talk, "probe.example.net")
                told = tuple(map(int, banner(talk.greeting).version.split(".")))
                assert kind(early) == ("refused" if told >= ENFORCING else "accepted")


def test_starttls_is_taken_once(trusted: Path) -> None:
    """Within TLS a second STARTTLS is neither offered nor taken; another EHLO is not insisted on."""
    with daemon(trusted, Recipe(privacy="needmailhelo")) as mail, session(mail) as talk:
        assert "STARTTLS" in talk.extensions
        talk.starttls(permissive_context())
        assert kind(mail_without_ehlo(talk)) == "accepted"
        assert "STARTTLS" not in talk.ehlo()
        assert not isinstance(found := starttls_within_tls(talk), Inconclusive)
        assert not found.accepted
