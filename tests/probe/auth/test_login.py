"""The AUTH dialogue: who says what when, how it ends, and that no password is left behind."""

from __future__ import annotations

import traceback
from base64 import b64decode, b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.probe.auth.base import ChannelBinding
from auditor.probe.auth.explain import explain
from auditor.probe.auth.login import LoginResult, login
from auditor.probe.auth.mechanisms import SUPPORTED
from auditor.probe.auth.passwords import Password
from auditor.probe.auth.scram import HASHES
from auditor.probe.auth.trial import Verdict, trial
from auditor.probe.errors import Closed, TimedOut, TryLater, WireError
from tests.probe.auth.scripted import ScramServer, Script, prompt, reply

WORD = "correct horse"
OK = "235 2.0.0 OK Authenticated"
FAILED = "535 5.7.0 authentication failed"
BINDING = ChannelBinding("tls-exporter", b"0123456789abcdef")


def tried(
    talk: Script | ScramServer, mechanism: str, word: str = WORD, binding: ChannelBinding | None = None
) -> LoginResult:
    """A login of alice."""
    return login(talk, mechanism, "alice", Password(word), host="mx.example.org", binding=binding)


def encoded(text: bytes) -> str:
    """The text in base64."""
    return b64encode(text).decode()


def test_plain_in_one_line() -> None:
    """PLAIN goes out with its command, as a secret."""
    talk = Script([OK])
    found = tried(talk, "plain")
    assert talk.hidden == ["AUTH PLAIN " + encoded(b"\0alice\0correct horse")]
    assert not talk.open
    assert (found.mechanism, found.accepted, found.server_proved) == ("PLAIN", True, None)


@pytest.mark.parametrize("first", ["334 ", "334", "334 ok. go on", prompt(b"?")])
def test_long_initial_response_waits_for_the_prompt(first: str) -> None:
    """An initial response that would make a line of over 512 octets follows the prompt, whatever that says."""
    talk = Script([first, OK])
    assert tried(talk, "PLAIN", "x" * 400).accepted
    assert talk.open == ["AUTH PLAIN"]
    assert talk.decoded == [b"\0alice\0" + b"x" * 400]
    shorter = Script([OK])
    tried(shorter, "PLAIN", "x" * 360)
    assert len(shorter.sent[0]) <= 510


def test_login_in_three_lines() -> None:
    """LOGIN's name and password are both secrets, as a person may mix them up."""
    talk = Script([prompt(b"Username:"), prompt(b"Password:"), OK])
    assert tried(talk, "LOGIN").accepted
    assert talk.open == ["AUTH LOGIN"]
    assert talk.decoded == [b"alice", WORD.encode()]


def test_empty_responses() -> None:
    """An empty initial response is written as an equals sign, a later one as an empty line."""
    talk = Script([FAILED])
    tried(talk, "EXTERNAL")
    assert talk.sent == ["AUTH EXTERNAL ="]
    talk = Script([prompt(b'{"status":"400"}'), FAILED])
    found = tried(talk, "XOAUTH2")
    assert talk.sent[-1] == ""
    assert found.accepted is False
    assert "token is refused" in found.meaning
    assert '{"status":"400"}' in found.meaning


@pytest.mark.parametrize("name", HASHES)
@pytest.mark.parametrize("plus", ["", "-PLUS"])
def test_scram(name: str, plus: str) -> None:
    """SCRAM logs in and takes the server's proof with every hash, with a binding and without."""
    bound = b"p=tls-exporter,," + BINDING.data if plus else b"n,,"
    server = ScramServer(HASHES[name], WORD, bound=bound)
    found = tried(server, f"SCRAM-{name}{plus}", binding=BINDING)
    assert found.accepted
    assert found.server_proved
    assert (
        tried(ScramServer(HASHES[name], "other", bound=bound), f"SCRAM-{name}{plus}", binding=BINDING).accepted is False
    )


def test_scram_on_another_connection() -> None:
    """A server at the end of another TLS connection than ours refuses."""
    other = ScramServer("sha256", WORD, bound=b"p=tls-exporter,,another connection")
    assert tried(other, "SCRAM-SHA-256-PLUS", binding=BINDING).accepted is False


def test_binding_of_another_kind() -> None:
    """A refusal without a word says nothing of the password where the server may bind by what cannot be had here."""
    end_point = ChannelBinding("tls-server-end-point", b"digest")
    bound = b"p=tls-server-end-point,,digest"
    assert tried(ScramServer("sha256", WORD, bound=bound), "SCRAM-SHA-256-PLUS", binding=end_point).accepted
    found = tried(ScramServer("sha256", WORD, bound=b"p=tls-exporter,,x"), "SCRAM-SHA-256-PLUS", binding=end_point)
    assert found.accepted is None
    assert "binds otherwise" in found.meaning
    # Without -PLUS nothing is bound, whatever there is to bind with.
    assert tried(ScramServer("sha256", "other"), "SCRAM-SHA-256", binding=end_point).accepted is False


def test_server_without_proof() -> None:
    """A server that lets in without its proof is said to; one whose proof is wrong gets a cancel."""
    first = b"s=c2FsdA==,i=1"

    class Liar(Script):
        """It continues the client's nonce."""

        def _next(self, line: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
            if line.startswith("AUTH"):
                nonce = b64decode(line.rpartition(" ")[2]).partition(b"r=")[2]
                self.sent.append(line)
                return reply(prompt(b"r=" + nonce + b"x," + first))
            return super()._next(line)

    found = tried(Liar([OK]), "SCRAM-SHA-256")
    assert (found.accepted, found.server_proved) == (True, False)
    assert "did not prove" in found.meaning
    talk = Liar([prompt(b"v=" + b"A" * 44), "501 5.0.0 AUTH aborted"])
    found = tried(talk, "SCRAM-SHA-256")
    assert (found.accepted, found.server_proved) == (None, False)
    assert talk.sent[-1] == "*"
    assert "does not know the password" in found.meaning


def test_accepted_too_soon() -> None:
    """A server that lets in before it has asked for the password is found out."""
    found = tried(Script([prompt(b"Username:"), OK]), "LOGIN")
    assert found.accepted
    assert "before it has asked" in found.meaning


@pytest.mark.parametrize(
    ("mechanism", "line", "told"),
    [
        ("CRAM-MD5", "334 ???", "no base64"),
        ("CRAM-MD5", "334 YQ", "no base64"),
        ("CRAM-MD5", "334 \xff\xfe", "no base64"),
        ("CRAM-MD5", "334 " + "QUFB" * 4000, "12288"),
        ("DIGEST-MD5", prompt(b"hello"), "no DIGEST-MD5 challenge"),
        ("SCRAM-SHA-1", prompt(b"hello"), "no first message"),
        ("PLAIN", prompt(b"more"), "more than the mechanism has"),
    ],
)
def test_nonsense_is_cancelled(mechanism: str, line: str, told: str) -> None:
    """A challenge that makes no sense is answered by a star, and the login ends without a verdict."""
    talk = Script([line, "501 5.0.0 AUTH aborted"])
    found = tried(talk, mechanism)
    assert talk.open[-1] == "*"
    assert found.accepted is None
    assert told in found.meaning
    assert found.reply is not None
    assert found.reply.code == 501


@pytest.mark.parametrize("mechanism", SUPPORTED)
def test_prompts_without_end(mechanism: str) -> None:
    """A server that asks on and on is left after a few prompts, even if it ignores the star."""
    for challenge in (b"", b"hello", b'nonce="n",algorithm=md5-sess'):
        talk = Script([prompt(challenge)] * 100)
        found = tried(talk, mechanism, binding=BINDING)
        assert found.accepted is None
        assert len(talk.sent) <= 5
        assert talk.sent[-1] == "*"


def test_a_broken_cancel_hides_nothing() -> None:
    """Where the connection breaks at the star, what was wrong before is still told."""
    found = tried(Script(["334 ???", Closed("gone")]), "CRAM-MD5")
    assert (found.accepted, found.reply) == (None, None)
    assert "no base64" in found.meaning


@pytest.mark.parametrize("error", [Closed("gone"), TimedOut("late"), TryLater("421")])
def test_a_broken_conversation_is_raised_without_the_password(error: WireError) -> None:
    """The wire's errors come through, and no variable of ours on the way shows the password."""
    secrets = [WORD, encoded(WORD.encode()), encoded(b"\0alice\0" + WORD.encode())]
    talks: dict[str, list[str | Exception]] = {
        "PLAIN": [error],
        "LOGIN": [prompt(b"U"), prompt(b"P"), error],
        "XOAUTH2": [error],
    }
    for mechanism, answers in talks.items():
        with pytest.raises(type(error)) as caught:
            tried(Script(answers), mechanism)
        ours = [frame for frame in caught.traceback if "/auditor/" in str(frame.path)]
        assert ours
        shown = "".join(repr(value) for frame in ours for value in frame.frame.f_locals.values())
        shown += "".join(traceback.format_exception(caught.value))
        assert not any(secret in shown for secret in secrets)


def test_what_a_reply_repeats_is_hidden() -> None:
    """A server that repeats the password, in base64 or not, does not bring it into a result."""
    line = encoded(b"\0alice\0correct horse")
    for said in (f"501 5.5.4 cannot BASE64 decode '{line}'", f"535 5.7.0 {WORD} is wrong", f"550 no {WORD} {line}"):
        found = tried(Script([said]), "PLAIN")
        assert found.accepted is False
        assert WORD not in repr(found)
        assert line not in repr(found)
        assert found.reply is not None
        assert "***" in found.reply.text


def test_unfit_is_not_sent() -> None:
    """Nothing is sent where the mechanism is not spoken or cannot carry the password."""
    for mechanism, word in (
        ("GSSAPI", WORD),
        ("PLAIN", "wo\0rd"),
        ("SCRAM-SHA-1", "be\x07ll"),
        ("SCRAM-SHA-1-PLUS", WORD),
    ):
        talk = Script([])
        found = tried(talk, mechanism, word)
        assert (found.accepted, found.reply) == (None, None)
        assert found.meaning.startswith("nothing was sent: ")
        assert not talk.sent


@pytest.mark.parametrize(
    ("line", "accepted"),
    [
        (FAILED, False),
        ("454 4.7.0 later", None),
        ("450 4.0.0 later", None),
        ("504 5.3.3 no", False),
        ("250 what", True),
    ],
)
def test_verdicts(line: str, accepted: bool | None) -> None:  # noqa: FBT001
    """A refusal for good is one; one for now is no verdict."""
    assert tried(Script([line]), "PLAIN").accepted is accepted


@given(
    st.sampled_from(SUPPORTED), st.lists(st.text(st.characters(max_codepoint=255), max_size=40), min_size=8, max_size=8)
)
def test_any_prompts(mechanism: str, texts: list[str]) -> None:
    """Whatever a server puts into prompts, a login ends in a result."""
    found = tried(Script([*(f"334 {text}" for text in texts), FAILED]), mechanism, binding=BINDING)
    assert found.accepted is None


@pytest.mark.parametrize(
    ("line", "mechanism", "part"),
    [
        (FAILED, "PLAIN", "LogLevel 9"),
        (FAILED, "CRAM-MD5", "sasldblistusers2"),
        (FAILED, "scram-sha-256", "saslauthd can never serve it"),
        (FAILED, "XOAUTH2", "token"),
        (FAILED, "EXTERNAL", "client certificate"),
        ("504 5.3.3 AUTH mechanism EXTERNAL not available", "external", "TLSSrvOptions"),
        ("535 5.7.8 Error: authentication failed", "PLAIN", "not sendmail's words"),
        ("454 4.3.0 Please try again later", "PLAIN", "Neither the password nor saslauthd"),
        ("454 4.5.4 Temporary authentication failure", "PLAIN", "its own challenge"),
        ("454 4.7.0 Temporary authentication failure", "PLAIN", "down"),
        ("504 5.3.3 AUTH mechanism LOGIN not available", "LOGIN", "AuthMechanisms"),
        ("504 5.5.4 Unrecognized authentication type", "LOGIN", "AuthMechanisms"),
        ("503 5.3.3 AUTH not available", "PLAIN", "no AUTH here and now"),
        ("503 5.5.0 Already Authenticated", "PLAIN", "wrong moment"),
        ("501 5.5.4 cannot BASE64 decode 'x'", "PLAIN", "could not read"),
        ("501 5.0.0 AUTH aborted", "PLAIN", "taken back"),
        ("534 5.7.9 too weak", "PLAIN", "too weak"),
        ("538 5.7.11 Encryption required", "PLAIN", "STARTTLS first"),
        ("530 5.7.0 Must issue a STARTTLS command first", "PLAIN", "STARTTLS first"),
        ("530 5.7.0 Authentication required", "PLAIN", "wants a login"),
        ("502 5.5.1 Command not implemented", "PLAIN", "does not know AUTH"),
        ("550 5.7.1 Access denied", "PLAIN", "everything from this address"),
        ("450 4.0.0 later\x1b[31m", "PLAIN", "(450 4.0.0 later\\x1b[31m)"),
        ("354 go on", "PLAIN", "no reply to AUTH"),
        (OK, "PLAIN", "accepted"),
    ],
)
def test_explanations(line: str, mechanism: str, part: str) -> None:
    """Each reply is explained by what it means for that mechanism, in printable words."""
    found = explain(reply(line), mechanism)
    assert part in found
    assert found.isprintable()
    assert not found.endswith(".")


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (FAILED, Verdict.ANSWERS),
        ("501 5.5.2 malformed", Verdict.ANSWERS),
        (OK, Verdict.OPEN),
        ("454 4.7.0 Temporary authentication failure", Verdict.BACKEND),
        ("454 4.3.0 Please try again later", Verdict.LATER),
        ("450 4.0.0 later", Verdict.LATER),
        ("504 5.3.3 AUTH mechanism PLAIN not available", Verdict.NO_MECHANISM),
        ("503 5.3.3 AUTH not available", Verdict.NO_AUTH),
        ("502 5.5.1 what", Verdict.NO_AUTH),
        ("530 5.7.0 Must issue a STARTTLS command first", Verdict.TLS_FIRST),
        ("503 5.5.1 STARTTLS first", Verdict.TLS_FIRST),
        ("550 5.7.1 no", Verdict.UNCLEAR),
    ],
)
def test_trials(line: str, verdict: Verdict) -> None:
    """A trial sends neither name nor password, and tells the kinds of replies apart."""
    talk = Script([line])
    found = trial(talk, "plain")
    assert found.verdict is verdict
    assert talk.sent == ["AUTH PLAIN ="]
    assert found.meaning


def test_trial_takes_back_what_it_began() -> None:
    """A mechanism that asks is answered by a star alone."""
    talk = Script([prompt(b"<challenge@host>"), "501 5.0.0 AUTH aborted"])
    assert trial(talk, "CRAM-MD5").verdict is Verdict.ANSWERS
    assert talk.sent == ["AUTH CRAM-MD5", "*"]


def test_trial_without_an_answer() -> None:
    """Silence is told as what it is, while a broken connection is raised."""
    assert trial(Script([TimedOut("late")]), "PLAIN").verdict is Verdict.BACKEND
    with pytest.raises(Closed):
        trial(Script([Closed("gone")]), "PLAIN")


@pytest.mark.parametrize("name", ["", "PLAIN\r\nRSET", "PLAIN x", "ΑΒΓ"])
def test_trial_of_no_mechanism(name: str) -> None:
    """What a hostile server calls a mechanism reaches no command line unless it is a name."""
    with pytest.raises(ValueError, match="no mechanism's name"):
        trial(Script([]), name)
