"""The whole probe against servers that mean ill: it ends in time, tells what happened, and claims no more than it saw.

A server that cannot be talked to has no features that could be missing, so nothing of it may read "not offered".
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator

import pytest

from auditor.model.finding import Severity
from auditor.model.report import Report
from auditor.model.unknown import Inconclusive
from auditor.probe.auth.trial import TrialResult, Verdict
from auditor.probe.observe import Plan
from auditor.probe.observed import Conversation, Logins
from auditor.probe.relay import Relaying
from auditor.probe.tls.offered import TLSOffer
from auditor.report import renderer
from tests import certificates
from tests.probe.servers import (
    NAME,
    TIMEOUT,
    Handler,
    Server,
    SMTPServer,
    current_certificate,
    dripping,
    flooding,
    server_context,
)
from tests.probe.servers import Conversation as Talking
from tests.probe.whole import LATER, LOGIN, SOON, STEP, judged, met, named


def saying(*pieces: bytes, close: bool = False, pause: float = 0.0) -> Handler:
    """Say the pieces, one after each thing that is heard but the first at once; then close, or wait for the end."""

    def handler(connection: socket.socket) -> None:
        for at, piece in enumerate(pieces):
            if at and not connection.recv(65536):
                return
            connection.sendall(piece)
        time.sleep(pause)
        while not close and connection.recv(65536):
            pass

    return handler


def then(handler: Handler, *pieces: bytes) -> Handler:
    """Say the pieces in turn, and do as the handler does after the next thing that is heard."""

    def both(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)
            if not connection.recv(65536):
                return
        handler(connection)

    return both


_HELLO = b"220 mail.example.org ESMTP\r\n"
_EHLO = b"250-mail.example.org\r\n250 STARTTLS\r\n"
_READY = b"220 2.0.0 Ready to start TLS\r\n"

#: Servers with which no conversation comes about, and words of the reason.
SPEECHLESS: dict[str, tuple[Handler, str]] = {
    "silent": (saying(b""), "did not finish the greeting"),
    "a byte now and then": (dripping(b"220-mail.example.org\r\n", 0.2), "did not finish the greeting"),
    "an endless line": (flooding(b"220 ", b"x" * 1000), "over 8192 bytes"),
    "an endless reply": (flooding(b"220-x\r\n" * 100), "over 65536 bytes"),
    "control sequences": (saying(b"554 \x1b]0;owned\x07\x1b[2J\x9b31m\r\n"), r"554 \x1b]0;owned\x07"),
    "421 at once": (saying(b"421 4.7.0 busy\r\n", close=True), "puts us off: 421"),
    "421 after EHLO": (saying(_HELLO, b"421 4.7.0 busy\r\n", close=True), "puts us off: 421"),
    "452 to EHLO": (saying(_HELLO, b"452 4.4.5 later\r\n"), "452 4.4.5 later"),
    "220 then garbage": (saying(_HELLO, b"\0\xff\x1b[31mrubbish\r\n"), "this is no SMTP reply"),
    "220 then close": (saying(_HELLO, close=True), "the connection before the reply to EHLO"),
    "220 then silence": (saying(_HELLO), "did not finish the reply to EHLO"),
    "EHLO without end": (then(flooding(b"250-x\r\n" * 100), _HELLO), "over 65536 bytes"),
    "closed at once": (saying(b"", close=True), "closed the connection"),
    "TLS where none belongs": (saying(b"\x15\x03\x01\0\x02\x02\x46"), "this is no SMTP reply"),
}


@pytest.mark.parametrize("case", SPEECHLESS)
def test_no_conversation(case: str) -> None:
    """Where nobody can be talked to there is no verdict but on a refusal, and nobody is asked again and again."""
    handler, words = SPEECHLESS[case]
    # Of who refuses for good the reply to QUIT is awaited.
    waits = "did not finish" in words or words.startswith("554")
    with Server(handler) as server:
        found = met(server, SOON if waits else LATER, Plan(login=LOGIN), timeout=STEP if waits else TIMEOUT)
    assert server.connections == 1
    assert isinstance(found.conversation, Inconclusive)
    assert words in found.conversation.reason
    assert found.conversation.reason.isprintable()
    assert isinstance(found.offer, Inconclusive)
    report = judged(found)
    assert report.no_verdict == found.conversation.reason
    assert [each.rule.id for each in report.reported] == ["PRB001"] * words.startswith("554")


#: What a server does after it has agreed to STARTTLS.
BROKEN_TLS: dict[str, Handler] = {
    "silent": saying(b""),
    "closed": saying(b"", close=True),
    "garbage": saying(b"rubbish\r\n" * 50),
    "absurd record": saying(b"\x16\x03\x03\xff\xff" + bytes(100)),
    "absurd message": saying(b"\x16\x03\x03\0\x04\x02\xff\xff\xff"),
    "absurd message without end": flooding(
        b"\x16\x03\x03\0\x04\x02\xff\xff\xff", b"\x16\x03\x03\x40\0" + bytes(0x4000)
    ),
    "empty records without end": flooding(b"\x16\x03\x03\0\0" * 100),
    "warnings without end": flooding(b"\x15\x03\x03\0\x02\x01\x5a" * 100),
    "a byte now and then": dripping(b"\x16\x03\x03\x3f\xff" + bytes(500), 0.2),
}


@pytest.mark.parametrize("case", BROKEN_TLS)
def test_tls_that_does_not_come_about(case: str) -> None:
    """A handshake that fails is told as such, and no version, suite or mechanism is said to be missing for it."""
    with Server(then(BROKEN_TLS[case], _HELLO, _EHLO, _READY)) as server:
        found = met(server, LATER)
    talk = found.conversation
    assert isinstance(talk, Conversation)
    assert talk.failed is not None
    assert talk.tls is None
    assert isinstance(found.offer, TLSOffer)
    assert all(isinstance(version.state, Inconclusive) for version in found.offer.versions)
    assert all(isinstance(weak.accepted, Inconclusive) for weak in found.offer.weak)
    assert isinstance(found.offer.client_certificate, Inconclusive)


def one_byte_records(context: ssl.SSLContext) -> Callable[[Talking, str], None]:
    """Agree to STARTTLS and go on in records of one byte, as far as what they carry is in clear."""

    def serve(talk: Talking, _line: str) -> None:
        talk.send(_READY)
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing, server_side=True)
        clear = True
        while data := talk.connection.recv(65536):
            incoming.write(data)
            try:
                tls.do_handshake()
                tls.write(b"250 mail.example.org\r\n") if tls.read() else None
            except ssl.SSLWantReadError:
                pass
            for header, content in records(outgoing.read()):
                clear = clear and header[0] == 22
                pieces = [content[at : at + 1] for at in range(len(content))] if clear else [content]
                for piece in pieces:
                    talk.send(header[:3] + len(piece).to_bytes(2) + piece)

    return serve


def records(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The headers and contents of whole TLS records."""
    while data:
        size = 5 + int.from_bytes(data[3:5])
        yield data[:5], data[5:size]
        data = data[size:]


def test_records_of_one_byte() -> None:
    """A handshake in records of one byte is read as any other."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    chain = server_context()
    assert chain.cert_store_stats()["x509"] == 0
    load(context, current_certificate(), certificates.key())
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with SMTPServer(tls=context, replies={"STARTTLS": one_byte_records(context)}) as server:
        found = met(server, LATER)
    talk = found.conversation
    assert isinstance(talk, Conversation)
    assert talk.tls is not None
    assert talk.tls.version == "TLSv1.2"
    assert isinstance(found.offer, TLSOffer)
    assert [each.name for each in found.offer.versions if each.is_offered] == ["TLSv1.2"]
    assert found.offer.chains[0].certificates == talk.tls.chain


def load(context: ssl.SSLContext, chain: bytes, key: bytes) -> None:
    """Load a chain and its key, which the ssl module takes from files only."""
    import tempfile  # noqa: PLC0415

    with tempfile.NamedTemporaryFile() as file:
        file.write(chain + key)
        file.flush()
        context.load_cert_chain(file.name)


def test_a_chain_of_two_hundred_certificates() -> None:
    """A chain longer than any library takes is a fault that is told, and what came of it is bounded."""
    context = server_context(current_certificate() + certificates.authority() * 199)
    with SMTPServer(tls=context) as server:
        found = met(server, LATER, timeout=TIMEOUT)
    talk = found.conversation
    assert isinstance(talk, Conversation)
    assert isinstance(found.offer, TLSOffer)
    assert [each.name for each in found.offer.versions if each.is_offered] == ["TLSv1.2", "TLSv1.3"]
    assert talk.tls is not None or talk.failed is not None


def test_control_characters_in_names_of_a_certificate() -> None:
    """What a certificate calls itself is shown without any character that could steer a terminal, as `met` sees to."""
    context = server_context(named("mail\x1b[2J\x1b]0;owned\x07\n\u202eevil [bold red]x[/].example.org"))
    with SMTPServer(tls=context) as server:
        found = met(server, LATER, timeout=TIMEOUT, name="mail\x1b[31m.example.org")
    text = renderer("text")(Report((judged(found),), Severity.INFO))
    assert r"\x1b[2J" in text
    assert r"\u202e" in text


def throttled(after: int) -> Callable[[Talking, str], str]:
    """Greet so many connections and put off all others."""

    def greeting(talk: Talking, _line: str) -> str:
        return f"220 {NAME} ESMTP" if talk.server.connections <= after else "421 4.7.0 too many connections"

    return greeting


@pytest.mark.parametrize("after", [1, 3])
def test_throttled_later_on(after: int) -> None:
    """Who is put off after some connections says of nothing that it is not offered."""
    with SMTPServer(tls=server_context(), greeting=throttled(after), extensions=("AUTH PLAIN",)) as server:
        found = met(server, LATER, timeout=TIMEOUT)
    assert isinstance(found.offer, TLSOffer)
    assert found.offer.stopped
    states = {each.name: each.state for each in found.offer.versions}
    assert not [name for name in ("TLSv1.2", "TLSv1.3") if states[name] == "refused"]
    assert all(each.accepted is not False for each in found.offer.weak)
    assert isinstance(found.http, Inconclusive)
    assert isinstance(found.hasty, Inconclusive)


@pytest.mark.parametrize("pipelining", [True, False])
def test_tarpit(pipelining: bool) -> None:  # noqa: FBT001
    """A server that answers each command just in time has a bounded time in all; what it did not answer is not told."""
    extensions = ["AUTH PLAIN LOGIN", *(["PIPELINING"] if pipelining else [])]
    budget = 2.0
    with SMTPServer(tls=server_context(), extensions=extensions, latency=0.8 * STEP) as server:
        found = met(server, budget + 1, Plan(budget=budget, login=LOGIN))
    assert isinstance(found.conversation, Conversation)
    assert isinstance(found.offer, TLSOffer)
    assert all(isinstance(each.state, Inconclusive) for each in found.offer.versions)
    assert isinstance(found.relaying, Inconclusive) or (
        isinstance(found.relaying, Relaying) and found.relaying.verdict == "inconclusive"
    )
    assert isinstance(found.http, Inconclusive)
    assert isinstance(found.logins, Logins)
    assert "so long over its answers" in found.logins.unsent
    assert "so long over its answers" in str(found.transcript)


def test_time_that_ends_within_a_login_without_a_password() -> None:
    """That we have no more time is not taken for a verifier of passwords that is out of order."""
    extensions = ["AUTH PLAIN LOGIN"]
    with SMTPServer(extensions=extensions, replies={"AUTH": lambda *_: time.sleep(0.5)}) as server:
        found = met(server, SOON, Plan(budget=0.2), tls="none", timeout=5)
        silent = met(server, SOON, tls="none", timeout=0.2)
    assert isinstance(found.trial, Inconclusive)
    assert isinstance(silent.trial, TrialResult)
    assert silent.trial.verdict is Verdict.BACKEND
