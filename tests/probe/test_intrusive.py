"""The tests that leave the path of the protocol, against servers made of canned bytes and of OpenSSL."""

from __future__ import annotations

import ssl
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.unknown import Inconclusive, NotApplicable
from auditor.probe import intrusive
from auditor.probe.answers import Answer
from auditor.probe.bad_commands import Asking
from auditor.probe.errors import Closed, TimedOut, Unreachable, WireError
from auditor.probe.half_handshake import HEARTBEAT, HEARTBEAT_EXTENSION, client_hello
from auditor.probe.handshake import HandshakeFailed
from auditor.probe.intrusive import Exposure, Outcome
from auditor.probe.renegotiation import SUITES
from auditor.probe.smtp import Reply
from auditor.probe.tls import numbers
from auditor.probe.tls.cursor import Cursor, vector
from auditor.probe.tls.records import message, record
from tests.probe.scripted_talk import reply

TLS12 = 0x0303
UNEXPECTED = record(numbers.ALERT, TLS12, bytes((2, 10)))
BAD_MAC = record(numbers.ALERT, TLS12, bytes((2, 20)))


class Canned:
    """A stream whose other side says given things, one after each that we send."""

    def __init__(self, *says: bytes, then: WireError | None = None) -> None:
        self._says = deque(says)
        self._then = then
        self._ready = b""
        self.sent = b""
        self.closed = False

    def send(self, data: bytes) -> None:
        """Take what we say, and make ready what is said to it."""
        self.sent += data
        if self._says:
            self._ready += self._says.popleft()

    def receive(self, limit: int = 65536) -> bytes:
        """What was made ready, a few bytes at a time."""
        if not self._ready and self._then:
            raise self._then
        size = min(limit, 700)
        given, self._ready = self._ready[:size], self._ready[size:]
        return given

    def close(self) -> None:
        """Note it."""
        self.closed = True


def flight(*, heartbeats: bool = False, version: int = TLS12, suite: int = 0xC02F) -> bytes:
    """The server's first messages."""
    extensions = HEARTBEAT_EXTENSION.to_bytes(2) + vector(2, b"\1") if heartbeats else b""
    body = version.to_bytes(2) + bytes(32) + vector(1, b"") + suite.to_bytes(2) + b"\0" + vector(2, extensions)
    messages = message(numbers.SERVER_HELLO, body) + message(numbers.CERTIFICATE, vector(3, b""))
    return record(numbers.HANDSHAKE, version, messages + message(numbers.SERVER_HELLO_DONE, b""))


def refusal(number: int) -> bytes:
    """A fatal alert."""
    return record(numbers.ALERT, 0x0301, bytes((2, number)))


def verdict(found: Outcome) -> str:
    """``exposed``, ``safe`` or ``inconclusive``."""
    return found.verdict if isinstance(found, Exposure) else "inconclusive"


LEAK = record(HEARTBEAT, TLS12, b"\2" + vector(2, b"0123456789abcdef") + bytes(16))
GOODBYE = record(numbers.ALERT, TLS12, bytes((1, 0)))


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (Canned(flight(heartbeats=True), LEAK), "exposed"),
        (Canned(flight(heartbeats=True), LEAK + GOODBYE), "exposed"),
        (Canned(flight(heartbeats=True), GOODBYE), "safe"),
        (Canned(flight(heartbeats=True), b""), "safe"),
        (Canned(flight(heartbeats=True), then=Closed("reset")), "safe"),
        (Canned(flight(heartbeats=True), then=TimedOut("late")), "inconclusive"),
        (Canned(flight()), "safe"),
        (Canned(refusal(70)), "safe"),
        (Canned(refusal(40)), "inconclusive"),
        (Canned(b"220 mx ESMTP\r\n"), "inconclusive"),
        (Canned(b""), "inconclusive"),
        (Canned(flight(heartbeats=True), b"\xff" * 50), "inconclusive"),
    ],
)
def test_heartbleed(stream: Canned, expected: str) -> None:
    """Only a response to the false heartbeat exposes a server; silence and nonsense decide nothing."""
    assert verdict(intrusive.heartbleed(stream, "mx.example.org")) == expected
    assert stream.closed


def test_the_heartbeat_is_harmless() -> None:
    """The request claims sixteen bytes, holds none, and what was said of memory stands nowhere in the result."""
    stream = Canned(flight(heartbeats=True), LEAK)
    found = intrusive.heartbleed(stream, "mx.example.org")
    assert bytes((HEARTBEAT, 3, 3, 0, 3, 1, 0, 16)) in stream.sent
    assert "0123" not in repr(found)


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (Canned(flight(), BAD_MAC), "exposed"),
        (Canned(flight(), refusal(21)), "exposed"),
        (Canned(flight(), UNEXPECTED), "safe"),
        (Canned(refusal(70)), "safe"),
        (Canned(flight(version=0x0301, suite=0xC013), UNEXPECTED), "safe"),
        (Canned(flight(), refusal(80)), "inconclusive"),
        (Canned(flight(), b""), "inconclusive"),
        (Canned(flight(), then=TimedOut("late")), "inconclusive"),
        (Canned(refusal(40)), "inconclusive"),
        (Canned(b"x"), "inconclusive"),
    ],
)
def test_early_change_cipher_spec(stream: Canned, expected: str) -> None:
    """Only a server that deciphers what follows is exposed, only one that finds it unexpected is safe."""
    assert verdict(intrusive.early_change_cipher_spec(stream, "mx.example.org")) == expected
    assert stream.closed


def test_an_alert_that_only_warns_is_passed_over() -> None:
    """A warning before the hello, as of an unknown name, does not end the test."""
    warning = record(numbers.ALERT, 0x0301, bytes((1, 112)))
    assert verdict(intrusive.early_change_cipher_spec(Canned(warning + flight(), UNEXPECTED), "mx")) == "safe"


@given(st.binary(max_size=400), st.binary(max_size=400))
def test_whatever_a_server_sends_each_test_ends(first: bytes, second: bytes) -> None:
    """Any bytes, as the first answer or within a handshake, lead to an outcome and no exception."""
    for test in (intrusive.heartbleed, intrusive.early_change_cipher_spec, intrusive.renegotiation_by_client):
        for says in ((first, second), (flight(heartbeats=True), second), (flight() + first, second)):
            stream = Canned(*says)
            assert isinstance(test(stream, "mx"), Exposure | Inconclusive)
            assert stream.closed
    assert isinstance(intrusive.early_talker(Canned(first)), Answer | Inconclusive)


def test_a_flood_is_cut_off() -> None:
    """A server that never stops sending is left after a bounded number of bytes and of messages."""
    long = record(numbers.HANDSHAKE, TLS12, b"\x0b\x07\xff\xff" + bytes(16000))
    for piece in (
        long,
        record(numbers.ALERT, TLS12, b"\1\x70"),
        record(numbers.HANDSHAKE, TLS12, b"\x0b\0\0\0" * 4000),
    ):
        stream = Canned(piece * (1000000 // len(piece)))
        found = intrusive.heartbleed(stream, "mx")
        assert isinstance(found, Inconclusive)
        assert "more " in found.reason


def test_the_hello_is_one() -> None:
    """The hello that the tests send is parsed to what it was made of."""
    whole = client_hello(bytes(32), "mx.example.org", SUITES, b"renegotiated", heartbeats=True)
    cursor = Cursor(whole[4:], "hello")
    assert cursor.number(2) == TLS12
    assert cursor.take(32) == bytes(32)
    assert cursor.vector(1) == b""
    assert len(cursor.vector(2)) == 2 * len(SUITES)
    assert cursor.vector(1) == b"\0"
    inner = cursor.inner(2)
    found = {}
    while inner.left:
        number = inner.number(2)
        found[number] = inner.vector(2)
    assert cursor.left == 0
    assert found[numbers.RENEGOTIATION_INFO] == vector(1, b"renegotiated")
    assert found[HEARTBEAT_EXTENSION] == b"\1"
    assert b"mx.example.org" in found[numbers.SERVER_NAME]
    assert b"192.0.2.1" not in client_hello(bytes(32), "192.0.2.1", SUITES, b"")


class Clear:
    """A conversation whose replies are given, with a handshake between that may fail."""

    def __init__(self, *replies: str | WireError, handshake: WireError | None = None) -> None:
        self._replies = deque(replies)
        self._handshake = handshake
        self.sent: list[bytes] = []
        self.closed = False

    def command(self, line: str) -> Reply:
        """Not used."""
        raise AssertionError(line)

    def send_raw(self, data: bytes) -> None:
        """Note it."""
        self.sent.append(data)

    def read_reply(self) -> Reply:
        """The next reply."""
        if not self._replies:
            message = "late"
            raise TimedOut(message)
        said = self._replies.popleft()
        if isinstance(said, WireError):
            raise said
        return reply(said)

    def secure(self, context: ssl.SSLContext) -> None:  # noqa: ARG002  # What a session takes.
        """The handshake."""
        if self._handshake:
            raise self._handshake

    def close(self) -> None:
        """Note it."""
        self.closed = True


READY = "220 2.0.0 Ready to start TLS"


@pytest.mark.parametrize(
    ("talk", "expected"),
    [
        (Clear(READY, "250 2.0.0 OK", "221 2.0.0 bye"), "exposed"),
        (Clear(READY, "221 2.0.0 bye"), "safe"),
        (Clear("554 5.5.0 SMTP protocol error"), "safe"),
        (Clear("501 5.5.2 no"), "safe"),
        (Clear("454 4.3.3 TLS not available"), "inconclusive"),
        (Clear("421 4.7.0 later"), "inconclusive"),
        (Clear(READY, handshake=HandshakeFailed("wrong version number")), "inconclusive"),
        (Clear(READY, handshake=TimedOut("late")), "inconclusive"),
        (Clear(READY, "250 2.0.0 OK"), "inconclusive"),
        (Clear(READY, *["250 2.0.0 OK"] * 9), "inconclusive"),
        (Clear(Closed("closed")), "inconclusive"),
    ],
)
def test_starttls_injection(talk: Clear, expected: str) -> None:
    """Only a reply that comes before that to QUIT within TLS exposes a server."""
    assert verdict(intrusive.starttls_injection(talk, ssl.create_default_context())) == expected
    assert talk.sent[0] == b"STARTTLS\r\nNOOP\r\n"
    assert talk.closed


@pytest.mark.parametrize(
    ("stream", "kind"),
    [
        (Canned(b"220 mx ESMTP\r\n250 mx\r\n"), "accepted"),
        (Canned(b"554 mx ESMTP not accepting messages\r\n"), "refused"),
        (Canned(b""), "dropped"),
        (Canned(then=Closed("reset")), "dropped"),
    ],
)
def test_early_talker(stream: Canned, kind: str) -> None:
    """The greeting to a client that did not wait is told; a server that hangs up drops it."""
    found = intrusive.early_talker(stream)
    assert isinstance(found, Answer)
    assert found.kind == kind
    assert stream.closed


def test_all_tests_run_each_by_itself() -> None:
    """A connection that fails leaves its own test inconclusive and no other; what cannot be asked says why."""
    streams = iter([Canned(refusal(70)), Canned(flight(heartbeats=True), LEAK)])

    def tls() -> Canned:
        try:
            return next(streams)
        except StopIteration:
            message = "put off"
            raise TimedOut(message) from None

    def talk() -> Asking:
        message = "refused"
        raise Unreachable(message)

    found = intrusive.intrude(intrusive.Ways(talk, None, tls, None), ssl.create_default_context(), "mx")
    assert isinstance(found.injection, NotApplicable)
    assert verdict(found.renegotiation) == "safe"
    assert verdict(found.heartbleed) == "exposed"
    assert found.early_ccs == Inconclusive("put off")
    assert isinstance(found.early_talk, NotApplicable)
    assert found.bad_commands == Inconclusive("refused")
