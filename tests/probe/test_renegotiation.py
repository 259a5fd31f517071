"""A handshake of TLS 1.2 of our own, and the second one within it, against the ssl module's server in memory."""

from __future__ import annotations

import hmac
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.probe import intrusive
from auditor.probe.errors import TimedOut
from auditor.probe.intrusive import Exposure, Outcome
from auditor.probe.renegotiation import expand
from tests import certificates as made


def verdict(found: Outcome) -> str:
    """``exposed``, ``safe`` or ``inconclusive``."""
    return found.verdict if isinstance(found, Exposure) else "inconclusive"


def test_the_pseudorandom_function() -> None:
    """The function agrees with RFC 5246's definition, block by block."""
    secret, seed = b"secret", b"label" + b"seed"
    first = hmac.digest(secret, seed, "sha256")
    second = hmac.digest(secret, first, "sha256")
    expected = hmac.digest(secret, first + seed, "sha256") + hmac.digest(secret, second + seed, "sha256")
    assert expand("sha256", secret, b"label", b"seed", 50) == expected[:50]
    # The vector for SHA-256 that the IETF's TLS working group published for TLS 1.2.
    found = expand(
        "sha256",
        bytes.fromhex("9bbe436ba940f017b17652849a71db35"),
        b"test label",
        bytes.fromhex("a0ba9f936cda311827a6f796ffd5198c"),
        100,
    )
    assert found.hex().startswith("e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a")


class OpenSSL:
    """A stream to a server of Python's ssl module, without a socket between."""

    def __init__(self, context: ssl.SSLContext, greeting: bytes = b"") -> None:
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._server = context.wrap_bio(self._in, self._out, server_side=True)
        self._greeting = greeting
        self._over = False
        self.closed = False

    def send(self, data: bytes) -> None:
        """Let the server see what we say."""
        self._in.write(data)

    def receive(self, limit: int = 65536) -> bytes:
        """What it answers; nothing once it has read to the end."""
        if not self._over:
            self._work()
        data = self._out.read(limit)
        if not data and not self._over:
            message = "the server waits"
            raise TimedOut(message)
        return data

    def close(self) -> None:
        """Note it."""
        self.closed = True

    def _work(self) -> None:
        try:
            self._server.do_handshake()
            if self._greeting:
                self._server.write(self._greeting)
                self._greeting = b""
            while self._server.read(1000):
                pass
            self._over = True
        except ssl.SSLWantReadError:
            return
        except ssl.SSLError:
            self._over = True


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Path, Path]]:
    """Files with a certificate and its key, by the key's kind."""
    place = tmp_path_factory.mktemp("pair")

    def files(kind: str) -> tuple[Path, Path]:
        certificate, key = place / f"{kind}.pem", place / f"{kind}.key"
        certificate.write_bytes(made.certificate(kind=kind))
        key.write_bytes(made.key(kind=kind))
        return certificate, key

    return files


def server(
    files: tuple[Path, Path], ciphers: str = "DEFAULT", *, asks: bool = False, newest: bool = False
) -> ssl.SSLContext:
    """A server's context."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    context.set_ciphers(ciphers)
    if newest:
        context.minimum_version = ssl.TLSVersion.TLSv1_3
    if asks:
        context.verify_mode = ssl.CERT_OPTIONAL
        context.load_verify_locations(files[0])
    return context


@pytest.mark.parametrize("kind", ["rsa", "ec"])
@pytest.mark.parametrize("asks", [False, True])
@pytest.mark.parametrize("greeting", [b"", b"220 mx.example.org ESMTP\r\n"])
def test_a_whole_handshake_and_a_refused_second_one(
    kind: str,
    asks: bool,  # noqa: FBT001
    greeting: bytes,
    pair: Callable[[str], tuple[Path, Path]],
) -> None:
    """OpenSSL takes our handshake, whether it asks for a certificate or not, and refuses another one."""
    stream = OpenSSL(server(pair(kind), asks=asks), greeting)
    found = intrusive.renegotiation_by_client(stream, "mx.example.org")
    assert found == Exposure("safe", "asked for another handshake, the server sent the alert no_renegotiation")
    assert stream.closed


@pytest.mark.parametrize(
    "ciphers", ["ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "AES128-GCM-SHA256", "AES256-GCM-SHA384"]
)
def test_every_suite_of_ours_is_spoken(ciphers: str, pair: Callable[[str], tuple[Path, Path]]) -> None:
    """Each key exchange and key size gives keys that OpenSSL agrees with."""
    found = intrusive.renegotiation_by_client(OpenSSL(server(pair("rsa"), ciphers)), "mx.example.org")
    assert verdict(found) == "safe"


def test_a_server_without_our_suites_or_without_tls12(pair: Callable[[str], tuple[Path, Path]]) -> None:
    """Where no handshake comes about it is inconclusive, unless there is only TLS 1.3, which cannot renegotiate."""
    other = OpenSSL(server(pair("rsa"), "ECDHE-RSA-AES128-SHA256"))
    assert verdict(intrusive.renegotiation_by_client(other, "mx")) == "inconclusive"
    for test in (intrusive.renegotiation_by_client, intrusive.heartbleed, intrusive.early_change_cipher_spec):
        assert verdict(test(OpenSSL(server(pair("rsa"), newest=True)), "mx")) == "safe"


def test_openssl_of_today_is_safe(pair: Callable[[str], tuple[Path, Path]]) -> None:
    """Today's library takes no heartbeat and no early ChangeCipherSpec."""
    assert verdict(intrusive.heartbleed(OpenSSL(server(pair("rsa"))), "mx")) == "safe"
    assert verdict(intrusive.early_change_cipher_spec(OpenSSL(server(pair("rsa"))), "mx")) == "safe"
