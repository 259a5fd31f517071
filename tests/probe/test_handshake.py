"""Handshakes that fail, and how their failure is told."""

from __future__ import annotations

import socket
import ssl
import time

import pytest

from auditor.probe import handshake
from auditor.probe.channel import Channel
from auditor.probe.errors import Closed, TimedOut, WireError
from auditor.probe.handshake import HandshakeFailed, PlainGreeting
from auditor.probe.verify import permissive_context, verifying_context
from tests import certificates
from tests.probe.servers import NAME, SMTPServer, connected, current_certificate, server_context, taking

#: Seconds in which a step of these tests ends that is to run out of time.
SHORT = 0.3


def failing(context: ssl.SSLContext, client: ssl.SSLContext | None = None) -> WireError:
    """How the handshake with a server of this context fails."""
    with SMTPServer(tls=context, implicit=True) as server:
        channel = Channel.connect("127.0.0.1", server.port, 5)
        try:
            channel.wrap(client or permissive_context(), NAME)
            channel.receive()
        except WireError as error:
            return error
        finally:
            channel.close()
        pytest.fail("there is nothing wrong with it")


def client(ciphers: str = "DEFAULT", newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2) -> ssl.SSLContext:
    """A client's context that does not verify."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = newest
    context.set_ciphers(ciphers)
    return context


def test_no_shared_cipher() -> None:
    """A server that has no cipher of ours sends alert 40."""
    error = failing(server_context(current_certificate(kind="ec"), certificates.key(kind="ec")), client("aRSA"))
    assert isinstance(error, HandshakeFailed)
    assert (error.kind, error.alert) == (handshake.NO_SHARED_CIPHER, 40)
    assert "alert 40, handshake failure (both sides have no cipher suite in common" in str(error)


def test_no_shared_version() -> None:
    """A server that has no version of ours sends alert 70; one whose version we do not take fails on our side."""
    context = server_context(current_certificate(serial=2))
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    error = failing(context, client())
    assert isinstance(error, HandshakeFailed)
    assert (error.kind, error.alert) == (handshake.UNSUPPORTED_PROTOCOL, 70)


def test_a_small_key() -> None:
    """A key that OpenSSL finds too small is told as such, and only to who verifies."""
    context = server_context(current_certificate(rsa=1024), certificates.key(rsa=1024), lax=True)
    error = failing(context, verifying_context())
    assert isinstance(error, HandshakeFailed)
    assert (error.kind, error.alert) == (handshake.EE_KEY_TOO_SMALL, None)
    with SMTPServer(tls=context, implicit=True) as server:
        channel = Channel.connect("127.0.0.1", server.port, 5)
        channel.wrap(permissive_context(), NAME)
        channel.close()


def test_small_diffie_hellman() -> None:
    """Parameters that OpenSSL finds too small are told as such."""
    error = failing(server_context(small_dh=True), client("DHE-RSA-AES128-GCM-SHA256"))
    assert isinstance(error, HandshakeFailed)
    assert error.kind == handshake.DH_KEY_TOO_SMALL


def test_a_certificate_is_required() -> None:
    """A TLS 1.3 server that wants a certificate of ours says so after our handshake is done."""
    context = server_context(current_certificate(serial=4))
    context.verify_mode = ssl.CERT_REQUIRED
    error = failing(context, client(newest=ssl.TLSVersion.TLSv1_3))
    assert isinstance(error, HandshakeFailed)
    assert (error.kind, error.alert) == (handshake.OTHER, 116)


@pytest.mark.parametrize(
    ("answer", "kind", "alert"),
    [
        (b"\x15\x03\x01\0\2\2\x28", handshake.NO_SHARED_CIPHER, 40),
        (b"\x15\x03\x03\0\2\2\x2f", handshake.OTHER, 47),
        (b"\x15\x03\x01\0\2\2\x46", handshake.UNSUPPORTED_PROTOCOL, 70),
        (b"\x15\x03\x03\0\2\2\x50", handshake.OTHER, 80),
        (b"\x15\x03\x03\0\2\2\x70", handshake.OTHER, 112),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", handshake.WRONG_VERSION, None),
        (b"\x16\x03\x03\xff\xff" + bytes(20000), None, None),
        (b"\x16\x03\x03\x00\x04\x02\xff\xff\xff", None, None),
    ],
)
def test_answers_to_a_hello(answer: bytes, kind: str | None, alert: int | None) -> None:
    """Alerts are known by their number, and what is no TLS as such; the sentence is short and printable."""

    def answering(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(answer)
        connection.recv(65536)

    with connected(answering) as channel, pytest.raises(WireError) as caught:
        channel.wrap(permissive_context(), NAME)
    error = caught.value
    assert str(error).isprintable()
    assert len(str(error)) < 300
    if kind is not None:
        assert isinstance(error, HandshakeFailed)
        assert (error.kind, error.alert) == (kind, alert)


@pytest.mark.parametrize("waits", [True, False])
def test_a_plain_greeting(waits: bool) -> None:  # noqa: FBT001
    """SMTP where TLS had to begin is told apart from other nonsense, whoever spoke first."""

    def greeting(connection: socket.socket) -> None:
        if waits:
            connection.recv(65536)
        connection.sendall(b"220 mail.example.org ESMTP Sendmail\x1b[31m\r\n")
        connection.recv(65536)

    with connected(greeting) as channel, pytest.raises(PlainGreeting, match="answers in plain SMTP") as caught:
        channel.wrap(permissive_context(), NAME)
    assert caught.value.greeting.startswith(b"220 mail.example.org")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("name", ["a..b", "a" * 70, ".", "\0", ""])
def test_names_that_cannot_be_sent(name: str) -> None:
    """A name that TLS cannot carry is left out where nobody checks it, and an error where it has to be checked."""
    with SMTPServer(tls=server_context(), implicit=True) as server:
        channel = Channel.connect("127.0.0.1", server.port, 5)
        channel.wrap(permissive_context(), name)
        channel.close()
        channel = Channel.connect("127.0.0.1", server.port, 5)
        with pytest.raises(HandshakeFailed, match="no certificate can be checked for the name"):
            channel.wrap(ssl.create_default_context(), name)
        channel.close()


def test_a_handshake_that_drips() -> None:
    """A byte now and then does not prolong a handshake."""

    def drip(connection: socket.socket) -> None:
        for byte in b"\x16\x03\x03\x40\x00" + bytes(16384):
            connection.sendall(bytes((byte,)))
            time.sleep(0.01)

    with connected(drip, SHORT) as channel, taking(SHORT + 0.5), pytest.raises(TimedOut):
        channel.wrap(permissive_context(), NAME)


def test_a_handshake_that_is_cut() -> None:
    """A peer that closes in the middle of it has closed, and what it had sent is kept."""

    def cut(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"\x16\x03\x03")
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1)

    with connected(cut) as channel, pytest.raises(Closed, match="during the TLS handshake") as caught:
        channel.wrap(permissive_context(), NAME)
    assert caught.value.received == b"\x16\x03\x03"
