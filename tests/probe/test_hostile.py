"""Servers that mean ill: each conversation ends within its deadline, with an error that tells what happened."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterator

import pytest

from auditor.probe.errors import Closed, Garbled, TimedOut, TryLater, WireError
from auditor.probe.handshake import HandshakeFailed, PlainGreeting
from auditor.probe.session import Refused, Session, raw
from auditor.probe.settings import IMPLICIT, STARTTLS
from auditor.probe.smtp import LONGEST_LINE, LONGEST_REPLY
from auditor.probe.transcript import Transcript
from auditor.probe.verify import permissive_context
from tests.probe.servers import Handler, Server, SMTPServer, dripping, flooding

#: Seconds that a step may take here, and those in which what is to end at once, or with the step, has ended.
STEP = 0.4
SOON = STEP + 0.8


def saying(data: bytes, *, close: bool = False) -> Handler:
    """Send the bytes, and close or wait for the other side to do so."""

    def handler(connection: socket.socket) -> None:
        connection.sendall(data)
        if close:
            connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass

    return handler


#: What each does, the error that has to come of it, and words of its text.
HOSTILE: dict[str, tuple[Handler, type[WireError], str]] = {
    "silent": (saying(b""), TimedOut, r"did not finish the greeting within 0\.4 seconds"),
    "a byte a moment": (dripping(b"220-mail.example.org\r\n"), TimedOut, "did not finish the greeting"),
    "a tarpit": (dripping(b"220-" + b"\r\n220-", 0.05), TimedOut, "did not finish the greeting"),
    "an endless line": (flooding(b"220 ", b"x" * 1000), Garbled, "over 8192 bytes"),
    "an endless line of digits": (flooding(b"2"), Garbled, "no SMTP reply: 2222"),
    "an endless reply": (flooding(b"220-x\r\n" * 100), Garbled, "over 65536 bytes in all"),
    "endless nothing": (flooding(b"\0" * 1000), Garbled, r"no SMTP reply: \\x00"),
    "endless empty lines": (flooding(b"\r\n"), Garbled, "no SMTP reply"),
    "421 at once": (saying(b"421 4.7.0 busy\r\n", close=True), TryLater, "puts us off: 421 4.7.0 busy"),
    "421 without a line end": (
        saying(b"421 4.7.0 busy", close=True),
        Closed,
        "closed the connection before the greeting",
    ),
    "closed at once": (saying(b"", close=True), Closed, "closed the connection before the greeting was whole"),
    "another protocol": (saying(b"SSH-2.0-OpenSSH_9.2\r\n"), Garbled, "no SMTP reply: SSH-2.0"),
    "a web server": (saying(b"HTTP/1.1 400 Bad Request\r\n\r\n"), Garbled, "no SMTP reply: HTTP/1.1"),
    "TLS on a plain port": (saying(b"\x15\x03\x01\0\x02\x02\x46"), Garbled, r"no SMTP reply: \\x15"),
    "a greeting of another kind": (saying(b"250 hello\r\n"), Garbled, "greets with 250 hello"),
    "control sequences": (saying(b"521 \x1b]0;owned\x07\x1b[2J\x9b31m\r\n"), Refused, r"521 \\x1b\]0;owned\\x07"),
    "markup": (saying(b"554 [bold red]hello[/]\r\n"), Refused, r"554 \[bold red\]hello"),
    "a long refusal": (saying(b"554 " + b"no " * 2000 + b"\r\n"), Refused, "554 no no no"),
}


def outcome(run: Callable[[], object]) -> WireError:
    """The error that a run ends with, which has to come in time and has to be printable and short."""
    began = time.monotonic()
    with pytest.raises(WireError) as caught:
        run()
    assert time.monotonic() - began < SOON
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400
    return caught.value


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_greetings(case: str) -> None:
    """Whatever a server greets with, there is an outcome in time, and a transcript of bounded size."""
    handler, kind, words = HOSTILE[case]
    transcript = Transcript()
    with Server(handler) as server:
        error = outcome(lambda: Session.open(server.settings(timeout=STEP), transcript))
    assert type(error) in (kind, *kind.__subclasses__())
    assert re.search(words, str(error))
    assert len(str(transcript)) < 4 * (LONGEST_REPLY + LONGEST_LINE)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (saying(b"220 go\r\n"), TimedOut),
        (saying(b"220 go\r\n", close=True), Closed),
        (saying(b"220 go\r\nrubbish\r\n"), TimedOut),
        (flooding(b"220 go\r\n", b"x" * 1000), HandshakeFailed),
        (dripping(b"2"), Garbled),
        (saying(b"500 no\r\n"), Refused),
        (saying(b"421 busy\r\n"), TryLater),
    ],
)
@pytest.mark.parametrize("bare", [True, False])
def test_hostile_answers_to_starttls(answer: Handler, kind: type[WireError], bare: bool) -> None:  # noqa: FBT001
    """STARTTLS that is stripped, or agreed to and then met with silence, garbage or nothing, ends in time."""

    def handler(connection: socket.socket) -> None:
        connection.sendall(b"220 hello\r\n")
        connection.recv(65536)
        connection.sendall(b"250 mail.example.org\r\n")
        connection.recv(65536)
        answer(connection)

    def run() -> None:
        settings = server.settings(timeout=STEP, tls=STARTTLS)
        if bare:
            raw(settings).wrap(permissive_context(), "")
        with Session.open(settings) as session:
            session.ehlo()
            session.starttls(permissive_context())

    with Server(handler) as server:
        error = outcome(run)
    # On a raw channel nobody takes away what was injected after the 220 came, so it may be what fails the handshake.
    assert isinstance(error, kind) or (bare and isinstance(error, HandshakeFailed))


@pytest.mark.parametrize(
    ("handler", "kind"),
    [
        (saying(b""), TimedOut),
        (saying(b"", close=True), Closed),
        (saying(b"220 plain\r\n"), PlainGreeting),
        (saying(b"421 busy\r\n", close=True), PlainGreeting),
        (dripping(b"\x16\x03\x03\x3f\xff" + bytes(500)), TimedOut),
        (flooding(b"\x16\x03\x03\x40\x00" + bytes(0x4000)), HandshakeFailed),
        (flooding(b"\x15\x03\x03\0\x02\x01\x5a"), HandshakeFailed),
        (saying(b"\x16\x03\x03\xff\xff"), HandshakeFailed),
        (flooding(b"\x16\x03\x03\0\x04\x02\xff\xff\xff"), HandshakeFailed),
    ],
)
def test_hostile_implicit_tls(handler: Handler, kind: type[WireError]) -> None:
    """Where TLS is implicit every nonsense ends in time as well."""
    with Server(handler) as server:
        error = outcome(lambda: Session.open(server.settings(timeout=STEP, tls=IMPLICIT)))
    assert isinstance(error, kind)


def test_a_tarpit_at_every_command() -> None:
    """A server that answers in lines without end lets no command take longer than its step."""

    def slow(connection: socket.socket) -> None:
        connection.sendall(b"220 hello\r\n")
        connection.recv(65536)
        dripping(b"250-x\r\n", 0.01)(connection)

    with Server(slow) as server, Session.open(server.settings(timeout=STEP)) as session:
        error = outcome(session.ehlo)
        assert isinstance(error, TimedOut)
        assert "did not finish the reply to EHLO" in str(error)
        with pytest.raises(Closed):
            session.command("NOOP")


def test_saying_goodbye_to_a_tarpit() -> None:
    """Nothing that a server does to QUIT matters."""

    def never(*_: object) -> None:
        server.closing.wait(5)

    with SMTPServer(replies={"QUIT": never}) as server, Session.open(server.settings(timeout=STEP)) as session:
        began = time.monotonic()
        session.quit()
        assert time.monotonic() - began < SOON


def commands(session: Session) -> Iterator[int]:
    """Codes of replies to one command after the other."""
    while True:
        yield session.command("NOOP").code


def test_questions_without_end() -> None:
    """Each step is bounded, so it is for the one who asks to stop; the transcript stays bounded by itself."""
    with SMTPServer(replies={"NOOP": "334 more"}) as server, Session.open(server.settings()) as session:
        codes = commands(session)
        assert {next(codes) for _ in range(50)} == {334}


def test_a_peer_that_closes_while_we_speak() -> None:
    """What a server said before it closed is read, even if our command could no longer be sent."""

    def closing(connection: socket.socket) -> None:
        connection.sendall(b"220 hello\r\n421 4.7.0 enough\r\n")
        connection.close()

    with Server(closing) as server, Session.open(server.settings(timeout=STEP)) as session:
        time.sleep(0.1)
        assert isinstance(outcome(lambda: session.command("NOOP")), TryLater)
