"""Credentials never reach a transcript or an error's text."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.probe.errors import WireError
from auditor.probe.session import Session
from auditor.probe.transcript import LONGEST, WIDEST, Transcript
from tests.probe.servers import Answer, Conversation, SMTPServer

USER, PASSWORD = "doe", "correct horse"
PLAIN = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
#: What must not be seen: the password, and what was sent of it.
SECRETS = (PASSWORD, PLAIN, base64.b64encode(PASSWORD.encode()).decode())


def clean(text: str) -> bool:
    """Whether a text holds no secret."""
    return not any(secret in text for secret in SECRETS)


def test_auth_with_an_initial_response() -> None:
    """The mechanism is shown and the response is not, even if the server repeats it, encoded or not."""
    reply = f"535 5.7.0 no {PLAIN} {PASSWORD}"
    with SMTPServer(replies={"AUTH": reply}) as server, Session.open(server.settings()) as session:
        assert session.command(f"AUTH PLAIN {PLAIN}").code == 535
        assert server.clear_lines == [f"AUTH PLAIN {PLAIN}"]
        assert session.command("NOOP").ok
    said = str(session.transcript)
    assert "> AUTH PLAIN ***\n< 535 5.7.0 no *** ***\n> NOOP\n" in said
    assert clean(said)


def login(talk: Conversation, _line: str) -> str:
    """Ask for a name and a password, and repeat both."""
    talk.send(b"334 VXNlcm5hbWU6\r\n")
    name = talk.line()
    talk.send(b"334 UGFzc3dvcmQ6\r\n")
    return f"235 2.0.0 hello {name} {talk.line()}"


@pytest.mark.parametrize("auth", ["AUTH LOGIN", "auth login", " AUTH\tLOGIN"])
def test_auth_in_steps(auth: str) -> None:
    """While the server asks for more, neither its questions nor our answers are shown."""
    replies: dict[str, Answer] = {"AUTH": login, "": login, "AUTH\tLOGIN": login}
    with SMTPServer(replies=replies) as server, Session.open(server.settings()) as session:
        assert session.command(auth).code == 334
        assert session.command(base64.b64encode(USER.encode()).decode()).code == 334
        assert session.command(base64.b64encode(PASSWORD.encode()).decode()).code == 235
        assert session.command("NOOP").ok
    said = str(session.transcript)
    assert said.count("< 334 ***") == said.count("> ***") == 2
    assert "> NOOP" in said
    assert clean(said)


def test_auth_as_raw_bytes() -> None:
    """Commands sent together hide what follows AUTH among them, too."""
    password = base64.b64encode(PASSWORD.encode())
    with SMTPServer(replies={"AUTH": login}) as server, Session.open(server.settings()) as session:
        session.send_raw(b"NOOP\r\nAUTH LOGIN\r\nZG9l\r\n" + password + b"\r\n")
        assert [session.read_reply().code for _ in range(4)] == [250, 334, 334, 235]
    assert "> NOOP\n> AUTH LOGIN\n> ***\n> ***\n" in str(session.transcript)
    assert clean(str(session.transcript))


def test_lines_that_are_secret_by_themselves() -> None:
    """A line sent as a secret is shown as its note."""
    with SMTPServer() as server, Session.open(server.settings()) as session:
        session.secret(f"XSECRET {PLAIN}", "XSECRET ***")
        session.secret(PLAIN)
        session.secret(f"AUTH PLAIN {PLAIN}")
        assert len(server.clear_lines) == 3
    said = str(session.transcript)
    assert all(f"> {shown}\n" in said for shown in ("XSECRET ***", "***", "AUTH PLAIN ***"))
    assert clean(said)


@pytest.mark.parametrize("reply", [f"421 4.7.0 no {PLAIN} {PASSWORD}", f"nonsense {PLAIN} {PASSWORD}"])
def test_errors_tell_no_secret(reply: str) -> None:
    """An error that quotes the server quotes no credentials."""
    with SMTPServer(replies={"AUTH": reply}) as server, Session.open(server.settings()) as session:
        with pytest.raises(WireError) as caught:
            session.command(f"AUTH PLAIN {PLAIN}")
        assert clean(str(caught.value))
        assert "***" in str(caught.value)
    assert clean(str(session.transcript))


def test_a_name_that_is_hidden_nowhere_else() -> None:
    """What was sent in AUTH is looked for in the replies to it; later lines are shown as they are."""
    with SMTPServer(replies={"AUTH": "535 5.7.0 no", "NOOP": f"250 {USER}"}) as server:
        with Session.open(server.settings()) as session:
            session.command(f"AUTH PLAIN {PLAIN}")
            session.command("NOOP")
        assert f"< 250 {USER}" in str(session.transcript)


def test_secrets_that_overlap() -> None:
    """No part of a longer secret stands because a shorter one was hidden within it."""
    transcript = Transcript()
    for secret in ("horse", "correct horse", ""):
        transcript.hide(secret)
    transcript.sent("a correct horse, a horse")
    assert transcript.lines[0].text == "a ***, a ***"


@given(st.lists(st.text(max_size=3 * WIDEST), max_size=5))
def test_lines_are_of_bounded_width(texts: list[str]) -> None:
    """No line is wider than it may be."""
    transcript = Transcript()
    for text in texts:
        transcript.received(text)
    assert all(len(line.text) <= WIDEST + 1 for line in transcript.lines)


def test_a_secret_at_the_edge() -> None:
    """A line is cut after its secrets are hidden, so that no half of one stands."""
    transcript = Transcript()
    transcript.hide(PASSWORD)
    transcript.received("x" * (WIDEST - 4) + PASSWORD)
    assert "corr" not in transcript.lines[0].text


def test_transcripts_are_of_bounded_length() -> None:
    """However much is said, a transcript ends, and says so."""
    transcript = Transcript()
    for _ in range(LONGEST + 50):
        transcript.received("x")
    assert len(transcript.lines) == LONGEST + 1
    assert str(transcript.lines[-1]) == "* the rest is left out"
