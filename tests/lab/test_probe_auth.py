"""Logins against a real sendmail with saslauthd and sasldb2 end as the two are set up, and are explained truly."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from auditor.probe.auth.base import ChannelBinding
from auditor.probe.auth.login import LoginResult, login
from auditor.probe.auth.passwords import Password
from auditor.probe.auth.saslauthd import ask
from auditor.probe.auth.trial import Verdict, trial
from auditor.probe.errors import TimedOut, Unreachable
from auditor.probe.session import Session
from auditor.probe.settings import IMPLICIT, NONE, Settings
from auditor.probe.transcript import Transcript
from auditor.probe.verify import permissive_context
from tests import certificates as made
from tests.lab.conftest import run
from tests.lab.daemon import AGE, NAME, SENDMAIL_CONF, USERS, Daemon, Recipe, daemon

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(os.geteuid() != 0, reason="a mount namespace of its own needs root"),
]

SHARED = ("CRAM-MD5", "DIGEST-MD5", "SCRAM-SHA-1", "SCRAM-SHA-224", "SCRAM-SHA-256", "SCRAM-SHA-384", "SCRAM-SHA-512")
SASLDB = "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN " + " ".join(SHARED) + "\n"
WORD = USERS["alice"]
BAD = "w-r-o-n-g"
#: A password whose UTF-8 is not its ISO 8859-1, and that needs escapes and several blocks of a hash.
ODD = 'pä"ss\\wört, =' + "x" * 80


@pytest.fixture(scope="module")
def programs(program: Callable[[str], str], programs: None) -> None:
    """What the laboratory runs is installed, and what puts a password into sasldb2."""
    program("saslpasswd2")


@pytest.fixture(scope="module")
def shadow(trusted: Path, programs: None) -> Iterator[Daemon]:
    """A sendmail whose passwords are those of the system, through saslauthd."""
    with daemon(trusted, Recipe(saslauthd="shadow")) as found:
        yield found


@pytest.fixture(scope="module")
def sasldb(trusted: Path, programs: None) -> Iterator[Daemon]:
    """A sendmail whose passwords are in sasldb2."""
    users = {"alice": WORD, "odd": ODD, "jürgen": "wört"}
    recipe = Recipe(sasl=SASLDB, mechanisms="PLAIN LOGIN " + " ".join(SHARED), sasldb=users)
    with daemon(trusted, recipe) as found:
        yield found


@contextmanager
def talking(
    port: int, tls: str = IMPLICIT, timeout: float = 10, context: ssl.SSLContext | None = None
) -> Iterator[Session]:
    """A conversation after EHLO."""
    settings = Settings("127.0.0.1", port, tls=tls, name=NAME, ehlo="client.example.org", timeout=timeout)
    with Session.open(settings, Transcript(), context) as session:
        session.ehlo()
        yield session


def tried(port: int, mechanism: str, user: str = "alice", word: str = WORD) -> LoginResult:
    """A login on a connection of its own; its transcript shows no password."""
    with talking(port) as session:
        found = login(session, mechanism, user, Password(word), host=NAME)
        text = str(session.transcript)
    assert word not in text
    assert word not in repr(found)
    return found


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_through_saslauthd(mechanism: str, shadow: Daemon) -> None:
    """The right password is accepted and the wrong one refused, as saslauthd itself says."""
    assert tried(shadow.smtps, mechanism).accepted
    for user, word in (("alice", BAD), ("nobody-here", WORD)):
        found = tried(shadow.smtps, mechanism, user, word)
        assert found.accepted is False
        assert found.reply is not None
        assert (found.reply.code, found.reply.enhanced) == (535, "5.7.0")
        assert ask(shadow.mux, user, Password(word)).ok is False
    assert ask(shadow.mux, "alice", Password(WORD)).answer == "OK"
    assert shadow.spoken("(-13) SASL(-13): authentication failure")


def test_testsaslauthd_agrees(shadow: Daemon, program: Callable[[str], str]) -> None:
    """What testsaslauthd is told is what we are told, for names and passwords of several shapes."""
    for user, word in (
        ("alice", WORD),
        ("alice", BAD),
        ("bob", USERS["bob"]),
        ("", "x"),
        ("alice", ""),
        ("röt", "x"),
    ):
        said = run(program("testsaslauthd"), "-u", user, "-p", word, "-s", "smtp", "-f", shadow.mux)
        assert ask(shadow.mux, user, Password(word)).ok == said.startswith("0: OK"), said


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", *SHARED])
def test_from_sasldb(mechanism: str, sasldb: Daemon) -> None:
    """Every mechanism logs in with the right password alone, and takes the server's proof where there is one."""
    with talking(sasldb.smtps) as session:
        assert mechanism in session.extensions.parameters("AUTH")
    for user, word in (("alice", WORD), ("odd", ODD), ("jürgen", "wört")):
        found = tried(sasldb.smtps, mechanism, user, word)
        assert found.accepted, found
        assert found.server_proved is (None if mechanism in {"PLAIN", "LOGIN", "CRAM-MD5"} else True)
    assert tried(sasldb.smtps, mechanism, "alice", BAD).accepted is False
    assert tried(sasldb.smtps, mechanism, "nobody-here").accepted is False


def test_shared_secrets_through_saslauthd(trusted: Path, programs: None) -> None:
    """A mechanism that needs the password itself fails where saslauthd has it, as the explanation says."""
    conf = f"pwcheck_method: saslauthd\nmech_list: PLAIN {' '.join(SHARED)}\n"
    recipe = Recipe(saslauthd="shadow", sasl=conf, mechanisms="PLAIN " + " ".join(SHARED))
    with daemon(trusted, recipe) as mail:
        assert tried(mail.smtps, "PLAIN").accepted
        for mechanism in SHARED:
            found = tried(mail.smtps, mechanism)
            assert found.accepted is False
            assert "saslauthd can never serve it" in found.meaning


def test_conversation_goes_on_after_a_cancel(shadow: Daemon) -> None:
    """After a star sendmail takes the next login on the same connection."""
    with talking(shadow.smtps) as session:
        assert session.command("AUTH LOGIN").code == 334
        assert session.command("*").text == "5.0.0 AUTH aborted"
        assert login(session, "PLAIN", "alice", Password(WORD), host=NAME).accepted
        again = login(session, "PLAIN", "alice", Password(WORD), host=NAME)
        assert again.accepted is False
        assert "wrong moment" in again.meaning


def test_long_passwords(sasldb: Daemon) -> None:
    """A password too long for the command's line is asked for, sent, and refused for what it is."""
    for size in (330, 400, 900):
        found = tried(sasldb.smtps, "PLAIN", "alice", "x" * size)
        assert found.accepted is False
        assert found.reply is not None
        assert found.reply.code == 535


#: What is wrong, what the log then holds, and what the explanation quotes of it.
BROKEN = {
    "no saslauthd": (Recipe(), "generic failure (-1)"),
    "no such method": (Recipe(sasl="pwcheck_method: pam\nmech_list: PLAIN LOGIN\n"), "no mechanism available (-4)"),
    "no Sendmail.conf": (Recipe(sasl=None), "user not found (-20)"),
    "saslauthd that cannot read shadow": (Recipe(saslauthd="getpwent"), "(-13) SASL(-13): authentication failure"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_sendmail_says_when_it_cannot_check(case: str, trusted: Path, programs: None) -> None:
    """Each way in which passwords cannot be checked is a 535, and its line in the log is as explained."""
    recipe, logged = BROKEN[case]
    with daemon(trusted, recipe) as mail:
        found = tried(mail.smtps, "PLAIN")
        assert found.reply is not None
        assert (found.reply.code, found.reply.enhanced) == (535, "5.7.0")
        lines = mail.spoken("AUTH failure")
        assert len(lines) == 1
        assert logged in lines[0]
        quoted = logged.replace("(-13) SASL(-13): a", "(-13) ... a")
        assert quoted in found.meaning
        with talking(mail.smtps) as session:
            assert trial(session, "PLAIN").verdict is Verdict.ANSWERS


def test_log_level_of_the_explanation(trusted: Path, programs: None) -> None:
    """The line of a failure is there from the log level that the explanation names, and not below."""
    for level, is_there in ((8, False), (9, True)):
        with daemon(trusted, Recipe(saslauthd="shadow", log_level=level)) as mail:
            for mechanism in ("PLAIN", "LOGIN"):
                assert tried(mail.smtps, mechanism, "alice", BAD).accepted is False
                assert bool(mail.spoken(f"AUTH failure ({mechanism})", 0.3)) == is_there


def test_saslauthd_that_ends(trusted: Path, programs: None) -> None:
    """Where saslauthd is stopped the login is refused, and its socket tells why."""
    with daemon(trusted, Recipe(saslauthd="shadow")) as mail:
        assert tried(mail.smtps, "PLAIN").accepted
        mail.stop("saslauthd")
        assert tried(mail.smtps, "PLAIN").accepted is False
        with pytest.raises(Unreachable, match="does not run"):
            ask(mail.mux, "alice", Password(WORD))
        mail.mux.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as stuck:
            stuck.bind(str(mail.mux))
            with pytest.raises(Unreachable, match="nobody listens"):
                ask(mail.mux, "alice", Password(WORD))
            stuck.listen()
            with pytest.raises(TimedOut):
                ask(mail.mux, "alice", Password(WORD), timeout=0.2)
            with talking(mail.smtps, timeout=0.5) as session, pytest.raises(TimedOut):
                login(session, "PLAIN", "alice", Password(WORD), host=NAME)


def test_temporary_refusal_of_the_client(trusted: Path, programs: None) -> None:
    """A check of the connection that fails for now is told apart from a password that is refused."""
    milter = "INPUT_MAIL_FILTER(`gone', `S=inet:1@127.0.0.1, F=T')dnl"
    cases = (
        (Recipe(access=("Connect:127.0.0.1\tERROR:4.3.0:450 later",), auth_options="A", saslauthd="shadow"), 450),
        (Recipe(lines=(milter,), auth_options="A", saslauthd="shadow"), 454),
    )
    for recipe, code in cases:
        with daemon(trusted, recipe) as mail, talking(mail.plain, NONE) as session:
            found = login(session, "PLAIN", "alice", Password(WORD), host=NAME)
            assert found.reply is not None
            assert (found.accepted, found.reply.code) == (None, code), found


TRIALS: dict[str, tuple[Recipe, str, str, Verdict]] = {
    "PLAIN": (Recipe(saslauthd="shadow"), IMPLICIT, "PLAIN", Verdict.ANSWERS),
    "LOGIN": (Recipe(saslauthd="shadow"), IMPLICIT, "LOGIN", Verdict.ANSWERS),
    "before TLS": (Recipe(), NONE, "PLAIN", Verdict.NO_AUTH),
    "before TLS with another": (
        Recipe(sasl="mech_list: PLAIN CRAM-MD5\n", mechanisms="PLAIN CRAM-MD5"),
        NONE,
        "PLAIN",
        Verdict.NO_MECHANISM,
    ),
    "the other before TLS": (
        Recipe(sasl="mech_list: PLAIN CRAM-MD5\n", mechanisms="PLAIN CRAM-MD5"),
        NONE,
        "CRAM-MD5",
        Verdict.ANSWERS,
    ),
    "not in AuthMechanisms": (Recipe(mechanisms="LOGIN"), IMPLICIT, "PLAIN", Verdict.NO_MECHANISM),
    "not in mech_list": (Recipe(sasl="mech_list: LOGIN\n"), IMPLICIT, "PLAIN", Verdict.NO_MECHANISM),
    "forbidden by AuthOptions": (Recipe(auth_options="A p f"), IMPLICIT, "PLAIN", Verdict.NO_AUTH),
    "forbidden by M=A": (Recipe(listeners={"MTA": "A", "TLSMTA": "sA"}), IMPLICIT, "PLAIN", Verdict.NO_AUTH),
}


@pytest.mark.parametrize("case", TRIALS)
def test_trials(case: str, trusted: Path, programs: None) -> None:
    """A trial tells what is offered, and asks for nobody's password."""
    recipe, tls, mechanism, verdict = TRIALS[case]
    with daemon(trusted, recipe) as mail, talking(mail.smtps if tls == IMPLICIT else mail.plain, tls) as session:
        found = trial(session, mechanism)
        offered = session.extensions.parameters("AUTH")
        assert found.verdict is verdict
        assert (mechanism in offered) == (verdict is Verdict.ANSWERS)
        assert not [line for line in mail.said if "auth failure" in line]


def test_external(trusted: Path, programs: None) -> None:
    """EXTERNAL is a login with a verified client certificate alone, and without one is said to lack it."""
    conf = "pwcheck_method: saslauthd\nmech_list: EXTERNAL PLAIN\n"
    recipe = Recipe(tls_options=None, mechanisms="EXTERNAL PLAIN", sasl=conf)
    with daemon(trusted, recipe) as mail:
        (mail.place / "client.key").write_bytes(made.key(owner="client"))
        for issuer, accepted in ((made.AUTHORITY, True), ("Another Authority", False), (None, False)):
            context = permissive_context()
            if issuer is not None:
                own = made.certificate(owner="client", cn="alice", issuer=issuer, since=AGE - 1, days=AGE + 1)
                (mail.place / "client.pem").write_bytes(own)
                context.load_cert_chain(mail.place / "client.pem", mail.place / "client.key")
            with talking(mail.smtps, context=context) as session:
                found = login(session, "EXTERNAL", "", Password(""), host=NAME)
            assert found.accepted is accepted, found
            assert accepted or "TLSSrvOptions" in found.meaning


def test_open_to_anybody(trusted: Path, programs: None) -> None:
    """ANONYMOUS, where it is offered, is a login without a password."""
    recipe = Recipe(sasl="mech_list: ANONYMOUS\n", mechanisms="ANONYMOUS", auth_options="A p")
    with daemon(trusted, recipe) as mail, talking(mail.smtps) as session:
        assert session.command("AUTH ANONYMOUS dGVzdA==").ok


def test_binding_that_sendmail_does_not_know(sasldb: Daemon) -> None:
    """A sendmail that passes no channel binding on does not offer -PLUS, and the explanation says so."""
    with talking(sasldb.smtps) as session:
        offered = session.extensions.parameters("AUTH")
        binding = ChannelBinding("tls-exporter", b"0" * 32)
        found = login(session, "SCRAM-SHA-256-PLUS", "alice", Password(WORD), host=NAME, binding=binding)
    assert ("SCRAM-SHA-256-PLUS" in offered) == (found.accepted is True)
    assert "not offered" in found.meaning


def test_defaults_of_the_laboratory(shadow: Daemon) -> None:
    """The daemon that other tests start offers what its recipe says, on each of its listeners."""
    assert "saslauthd" in SENDMAIL_CONF
    for port, tls in ((shadow.plain, NONE), (shadow.submission, NONE), (shadow.smtps, IMPLICIT)):
        with talking(port, tls) as session:
            assert ("STARTTLS" in session.extensions) == (tls == NONE)
            assert session.extensions.parameters("AUTH") == (() if tls == NONE else ("PLAIN", "LOGIN"))
            reply = session.command("MAIL FROM:<alice@example.org>")
            assert reply.code == (530 if port == shadow.submission else 250)
