"""Servers for tests: one that follows a model of what it offers, and threads that send what they are told to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from auditor.probe.errors import TimedOut
from auditor.probe.tls import numbers, ssl2
from auditor.probe.tls.cursor import Cursor, vector
from auditor.probe.tls.messages import RETRY, extensions
from auditor.probe.tls.numbers import VERSIONS
from auditor.probe.tls.offer import Depth, offer
from auditor.probe.tls.offered import TLSOffer
from auditor.probe.tls.records import message, record
from auditor.probe.tls.schedule import expand_label, server_traffic
from auditor.readers.cipher_suites import packed, suites

#: The alerts a model sends, by what is wrong with a hello.
NO_VERSION, NO_SUITE = numbers.PROTOCOL_VERSION, numbers.HANDSHAKE_FAILURE
RSA_CHAIN, ECDSA_CHAIN = (b"an RSA certificate", b"its issuer"), (b"an ECDSA certificate",)
AUTHORITY = b"\x30\x00 an authority's name"


@dataclass
class ParsedHello:
    """A client's hello, taken apart."""

    version: int
    session: bytes
    suites: tuple[int, ...]
    compressions: bytes
    extensions: dict[int, bytes]

    @property
    def versions(self) -> tuple[int, ...]:
        """The versions it can speak."""
        listed = self.extensions.get(numbers.SUPPORTED_VERSIONS)
        if listed is not None:
            return pairs(Cursor(listed, "test").vector(1))
        return tuple(number for number in VERSIONS.values() if VERSIONS["SSLv3"] <= number <= self.version)

    @property
    def shares(self) -> dict[int, bytes]:
        """Its key shares by group."""
        inner = Cursor(self.extensions[numbers.KEY_SHARE], "test").inner(2)
        found = {}
        while inner.left:
            group = inner.number(2)
            found[group] = inner.vector(2)
        return found

    @property
    def groups(self) -> tuple[int, ...]:
        """The groups it offers."""
        listed = self.extensions.get(numbers.SUPPORTED_GROUPS)
        return pairs(Cursor(listed, "test").vector(2)) if listed else ()


def pairs(data: bytes) -> tuple[int, ...]:
    """Numbers of two bytes each."""
    return tuple(int.from_bytes(data[at : at + 2]) for at in range(0, len(data), 2))


def parsed(whole: bytes) -> ParsedHello:
    """A client's hello from its handshake message."""
    assert whole[0] == numbers.CLIENT_HELLO
    assert int.from_bytes(whole[1:4]) == len(whole) - 4
    cursor = Cursor(whole[4:], "test")
    version = cursor.number(2)
    cursor.take(32)
    session, offered, compressions = cursor.vector(1), pairs(cursor.vector(2)), cursor.vector(1)
    found = extensions(cursor) if cursor.left else {}
    assert not cursor.left
    return ParsedHello(version, session, offered, compressions, found)


def unwrapped(data: bytes) -> bytes:
    """What is in records."""
    content = b""
    while data:
        size = int.from_bytes(data[3:5])
        content += data[5 : 5 + size]
        data = data[5 + size :]
    return content


def server_hello(
    version: str,
    suite: int,
    extra: dict[int, bytes] | None = None,
    *,
    random: bytes = bytes(range(32)),
    compression: int = 0,
) -> bytes:
    """A server's hello as a handshake message."""
    body = min(VERSIONS[version], VERSIONS["TLSv1.2"]).to_bytes(2) + random + vector(1, b"session")
    body += suite.to_bytes(2) + bytes((compression,))
    listed = dict(extra or {})
    if version == "TLSv1.3":
        listed[numbers.SUPPORTED_VERSIONS] = VERSIONS[version].to_bytes(2)
    if listed:
        body += vector(2, b"".join(kind.to_bytes(2) + vector(2, content) for kind, content in listed.items()))
    return message(numbers.SERVER_HELLO, body)


def certificate(chain: Sequence[bytes], *, modern: bool = False) -> bytes:
    """A certificate message."""
    listed = b"".join(vector(3, der) + (b"\0\0" if modern else b"") for der in chain)
    return message(numbers.CERTIFICATE, (b"\0" if modern else b"") + vector(3, listed))


def request(version: str, authorities: Sequence[bytes]) -> bytes:
    """A request for a client's certificate."""
    names = vector(2, b"".join(vector(2, name) for name in authorities))
    if version == "TLSv1.3":
        listed = numbers.AUTHORITIES.to_bytes(2) + vector(2, names)
        return message(numbers.CERTIFICATE_REQUEST, b"\0" + vector(2, listed))
    schemes = vector(2, packed((0x0401, 0x0403))) if version == "TLSv1.2" else b""
    return message(numbers.CERTIFICATE_REQUEST, vector(1, b"\1\x40") + schemes + names)


def key_exchange(kind: str, *, group: int = 23, bits: int = 2048) -> bytes:
    """The message with a server's ephemeral key, signed by nobody."""
    hint = vector(2, b"hint") if kind.endswith("PSK") else b""
    if kind in {"PSK", "RSAPSK"}:
        return message(numbers.SERVER_KEY_EXCHANGE, hint)
    kind = kind.removesuffix("PSK")
    number = vector(2, (1 << (bits - 1) | 1).to_bytes((bits + 7) // 8))
    body = {
        "ECDHE": b"\3" + group.to_bytes(2) + vector(1, b"\4" + bytes(64)),
        "DHE": number + vector(2, b"\2") + vector(2, bytes(8)),
        "RSA": number + vector(2, b"\1\0\1"),
        "SRP": number + vector(2, b"\2") + vector(1, b"salt") + vector(2, bytes(8)),
    }.get(kind, b"")
    return message(numbers.SERVER_KEY_EXCHANGE, hint + body + vector(2, b"a signature"))


def alert(number: int, level: int = 2) -> bytes:
    """An alert in its record."""
    return record(numbers.ALERT, VERSIONS["TLSv1.2"], bytes((level, number)))


@dataclass
class Model:
    """What a server offers, and how it goes about it."""

    versions: tuple[str, ...] = ("TLSv1.2", "TLSv1.3")
    suites: tuple[str, ...] = ("ECDHE-RSA-AES256-GCM-SHA384", "DHE-RSA-AES128-SHA", "TLS_AES_128_GCM_SHA256")
    own_order: bool = False
    groups: tuple[int, ...] = (29, 23, 24)
    dh_bits: int = 2048
    request: bool = False
    extensions: tuple[int, ...] = (numbers.RENEGOTIATION_INFO, numbers.EXTENDED_MASTER_SECRET)
    compression: bool = False
    fallback: bool = True
    no_version: bytes = alert(NO_VERSION)
    ssl2_answer: bytes = alert(NO_VERSION)
    seen: list[ParsedHello] = field(default_factory=list)

    def numbers_of(self, version: str) -> tuple[int, ...]:
        """The suites it has for a protocol, those it likes best first."""
        known = {suite.name: suite for suite in suites().values() if suite.number <= 0xFFFF}
        found = [known[name] for name in self.suites]
        if version == "TLSv1.3":
            return tuple(suite.number for suite in found if suite.protocol == version)
        newest = VERSIONS[version]
        return tuple(
            suite.number for suite in found if suite.protocol != "TLSv1.3" and VERSIONS[suite.protocol] <= newest
        )

    def answer(self, data: bytes) -> bytes:
        """What it sends in answer to a hello in its record."""
        if data[0] & 0x80:
            return self.ssl2_answer
        hello = parsed(unwrapped(data))
        self.seen.append(hello)
        common = [name for name in self.versions if VERSIONS[name] in hello.versions]
        if not common:
            return self.no_version
        version = max(common, key=VERSIONS.__getitem__)
        if self.fallback and numbers.FALLBACK in hello.suites and version != max(self.versions, key=VERSIONS.get):  # type: ignore[arg-type]
            return alert(numbers.INAPPROPRIATE_FALLBACK)
        suite = self._choice(hello, self.numbers_of(version))
        if suite is None:
            return alert(NO_SUITE)
        return (
            self._modern(hello, suite, unwrapped(data)) if version == "TLSv1.3" else self._legacy(hello, version, suite)
        )

    def _choice(self, hello: ParsedHello, known: tuple[int, ...]) -> int | None:
        first, second = (known, hello.suites) if self.own_order else (hello.suites, known)
        return next((number for number in first if number in second), None)

    def _legacy(self, hello: ParsedHello, version: str, number: int) -> bytes:
        suite = suites()[number]
        extra = {kind: b"" for kind in self.extensions if kind in hello.extensions and version != "SSLv3"}
        if numbers.RENEGOTIATION_INFO in extra:
            extra[numbers.RENEGOTIATION_INFO] = b"\0"
        group = next((group for group in self.groups if group in hello.groups), None)
        if suite.exchange == "ECDHE" and group is None and version != "SSLv3":
            return alert(NO_SUITE)
        squeezed = int(self.compression and 1 in hello.compressions)
        flight = server_hello(version, number, extra, compression=squeezed)
        if suite.authentication != "NULL":
            flight += certificate(ECDSA_CHAIN if suite.authentication == "ECDSA" else RSA_CHAIN)
        if suite.exchange != "RSA" or suite.export:
            bits = 512 if suite.export else self.dh_bits
            flight += key_exchange(suite.exchange, group=group or 23, bits=bits)
        if self.request and suite.authentication != "NULL":
            flight += request(version, [AUTHORITY])
        flight += message(numbers.SERVER_HELLO_DONE, b"")
        return record(numbers.HANDSHAKE, VERSIONS[version], flight)

    def _modern(self, hello: ParsedHello, number: int, first: bytes) -> bytes:
        group = next((group for group in self.groups if group in hello.groups), None)
        if group is None:
            return alert(NO_SUITE)
        if group not in hello.shares:
            share = {numbers.KEY_SHARE: group.to_bytes(2)}
            return record(numbers.HANDSHAKE, 0x0303, server_hello("TLSv1.3", number, share, random=RETRY))
        if group != 29:
            return alert(numbers.HANDSHAKE_FAILURE)
        return modern_flight(hello, number, first, RSA_CHAIN, [AUTHORITY] if self.request else None)


def modern_flight(
    hello: ParsedHello, number: int, transcript: bytes, chain: Sequence[bytes], authorities: Sequence[bytes] | None
) -> bytes:
    """The flight of a server of TLS 1.3 with x25519 and AES-128-GCM, encrypted, up to its certificates."""
    key = X25519PrivateKey.generate()
    shared = key.exchange(X25519PublicKey.from_public_bytes(hello.shares[29]))
    share = (29).to_bytes(2) + vector(2, key.public_key().public_bytes_raw())
    greeting = server_hello("TLSv1.3", number, {numbers.KEY_SHARE: share})
    secret = server_traffic("sha256", shared, transcript + greeting)
    write_key = expand_label("sha256", secret, "key", b"", 16)
    iv = int.from_bytes(expand_label("sha256", secret, "iv", b"", 12))
    hidden = message(numbers.ENCRYPTED_EXTENSIONS, vector(2, b""))
    hidden += request("TLSv1.3", authorities) if authorities is not None else b""
    hidden += certificate(chain, modern=True)
    sent = record(numbers.HANDSHAKE, 0x0303, greeting) + record(numbers.CHANGE_CIPHER_SPEC, 0x0303, b"\1")
    pieces = [hidden[at : at + 16000] for at in range(0, len(hidden), 16000)]
    for count, piece in enumerate(pieces):
        plain = piece + bytes((numbers.HANDSHAKE,)) + bytes(5)
        head = b"\x17\3\3" + (len(plain) + 16).to_bytes(2)
        sent += head + AESGCM(write_key).encrypt((iv ^ count).to_bytes(12), plain, head)
    return sent


class ModelStream:
    """A connection to a model."""

    def __init__(self, answer: Callable[[bytes], bytes], step: int = 65536) -> None:
        self._answer = answer
        self._waiting = b""
        self._step = step
        self.closed = False

    def send(self, data: bytes) -> None:
        """Take a hello."""
        self._waiting += self._answer(data)

    def receive(self, limit: int = 65536) -> bytes:
        """Give the answer, then the end of the stream."""
        size = min(limit, self._step)
        taken, self._waiting = self._waiting[:size], self._waiting[size:]
        return taken

    def close(self) -> None:
        """Close it."""
        self.closed = True


class SocketStream:
    """A connection over a socket, whose waits end after a second."""

    def __init__(self, connection: socket.socket) -> None:
        connection.settimeout(1)
        self._socket = connection

    def send(self, data: bytes) -> None:
        """Send it."""
        self._socket.sendall(data)

    def receive(self, limit: int = 65536) -> bytes:
        """What came."""
        try:
            return self._socket.recv(limit)
        except TimeoutError as error:
            message = "it did not answer within a second"
            raise TimedOut(message) from error

    def close(self) -> None:
        """Close it."""
        self._socket.close()


def threaded(answer: Callable[[bytes], bytes]) -> Callable[[], SocketStream]:
    """Gives connections, each to a thread that answers one hello over a pair of sockets and then closes."""

    def opened() -> SocketStream:
        ours, theirs = socket.socketpair()

        def serve() -> None:
            with theirs:
                theirs.sendall(answer(theirs.recv(65536)))

        threading.Thread(target=serve, daemon=True).start()
        return SocketStream(ours)

    return opened


def ssl2_hello(offered: Sequence[int], der: bytes = b"a certificate", *, padded: bool = False) -> bytes:
    """A server's hello of SSLv2 in its record."""
    listed = b"".join(number.to_bytes(3) for number in offered)
    body = b"\4\0\1\0\2" + len(der).to_bytes(2) + len(listed).to_bytes(2) + b"\0\x10" + der + listed + bytes(16)
    if padded:
        return len(body + b"pad").to_bytes(2) + b"\3" + body + b"pad"
    return (0x8000 | len(body)).to_bytes(2) + body


def ssl2_offered(data: bytes) -> tuple[int, ...]:
    """The suites that a client's hello of SSLv2 offers."""
    body = ssl2.message(data)
    assert body is not None
    size = int.from_bytes(body[3:5])
    return tuple(int.from_bytes(body[at : at + 3]) for at in range(9, 9 + size, 3))


def unheard(_: object) -> None:
    """Takes what nobody listens to."""


def never(seconds: float) -> None:
    """Stands for a pause where none is due."""
    pytest.fail(f"waited for {seconds} seconds")


def asked(
    answer: Callable[[bytes], bytes], depth: Depth = "default", *, connections: int | None = None, name: str = "mail"
) -> TLSOffer:
    """What is said of a server that answers like that."""
    return offer(lambda: ModelStream(answer), name, depth, unheard, never, connections)
