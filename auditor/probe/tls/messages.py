"""What a server says in its handshake messages (RFC 5246 section 7.4, RFC 8422, RFC 8446 section 4)."""

from __future__ import annotations

import hashlib

from auditor.model.value import field, frozen
from auditor.probe.errors import Garbled
from auditor.probe.tls import numbers
from auditor.probe.tls.cursor import Cursor

#: The random bytes of a hello that asks for another one (RFC 8446 section 4.1.3).
RETRY = hashlib.sha256(b"HelloRetryRequest").digest()
#: How the random bytes end where a server was asked for less than it can (RFC 8446 section 4.1.3): of TLS 1.2 one that
#: speaks TLS 1.3, of anything older one that speaks TLS 1.2 at least.
_MARKS = {b"DOWNGRD\1": numbers.VERSIONS["TLSv1.3"], b"DOWNGRD\0": numbers.VERSIONS["TLSv1.2"]}
_NAMED_CURVE = 3


@frozen
class ServerHello:
    """The server's choice.

    Attributes:
        version: the protocol's number.
        suite: the suite's number.
        compression: whether it will compress.
        extensions: its extensions by number.
        is_retry: whether it asks for another hello instead.
        newer: the number of a protocol which it says by a mark that it speaks, that one or a newer; 0 without a mark.

    """

    version: int
    suite: int
    compression: bool
    extensions: dict[int, bytes] = field(default_factory=dict)
    is_retry: bool = False
    newer: int = 0

    @property
    def share(self) -> tuple[int, bytes] | None:
        """The group it chose in TLS 1.3 and its key in it, which a retry leaves out; None where it names no group."""
        content = self.extensions.get(numbers.KEY_SHARE)
        if content is None:
            return None
        cursor = Cursor(content, "key share")
        return cursor.number(2), b"" if self.is_retry else cursor.vector(2)

    @property
    def cookie(self) -> bytes | None:
        """What a retry wants to be given back."""
        content = self.extensions.get(numbers.COOKIE)
        return None if content is None else Cursor(content, "cookie").vector(2)


@frozen
class Exchange:
    """How keys are exchanged.

    Attributes:
        kind: ``ECDHE``, ``DHE``, ``RSA`` (a key made for export) or ``SRP``.
        group: the group's name, where it has one.
        bits: the size of the group or key in bits; 0 where it is not known.

    """

    kind: str
    group: str
    bits: int


@frozen
class CertificateRequest:
    """That the server asks for a certificate, and the distinguished names, in DER, of its authorities."""

    authorities: tuple[bytes, ...]


def server_hello(body: bytes) -> ServerHello:
    """A server's hello.

    Raises:
        Garbled: it is none; likewise in all functions here.

    """
    cursor = Cursor(body, "hello")
    version = cursor.number(2)
    random = cursor.take(32)
    cursor.vector(1)
    suite = cursor.number(2)
    compression = cursor.number(1) != 0
    found = extensions(cursor) if cursor.left else {}
    chosen = found.get(numbers.SUPPORTED_VERSIONS)
    if chosen is not None:
        version = Cursor(chosen, "version").number(2)
    return ServerHello(version, suite, compression, found, random == RETRY, _MARKS.get(random[-8:], 0))


def extensions(cursor: Cursor) -> dict[int, bytes]:
    """Extensions by number; of two with the same number the last one."""
    inner = cursor.inner(2)
    found: dict[int, bytes] = {}
    while inner.left:
        number = inner.number(2)
        found[number] = inner.vector(2)
    return found


def certificates(body: bytes, *, modern: bool) -> tuple[bytes, ...]:
    """The certificates in DER, as sent; ``modern`` is for TLS 1.3, where each has extensions."""
    cursor = Cursor(body, "certificate message")
    if modern:
        cursor.vector(1)
    inner = cursor.inner(3)
    found: list[bytes] = []
    while inner.left:
        found.append(inner.vector(3))
        if modern:
            inner.vector(2)
    return tuple(found)


def certificate_request(body: bytes, version: int) -> CertificateRequest:
    """Which authorities' certificates the server asks for."""
    cursor = Cursor(body, "request for a certificate")
    if version >= numbers.VERSIONS["TLSv1.3"]:
        cursor.vector(1)
        named = extensions(cursor).get(numbers.AUTHORITIES)
        return CertificateRequest(() if named is None else _names(Cursor(named, "list of authorities")))
    cursor.vector(1)
    if version == numbers.VERSIONS["TLSv1.2"]:
        cursor.vector(2)
    return CertificateRequest(_names(cursor))


def _names(cursor: Cursor) -> tuple[bytes, ...]:
    inner = cursor.inner(2)
    found: list[bytes] = []
    while inner.left:
        found.append(inner.vector(2))
    return tuple(found)


def server_key_exchange(body: bytes, kind: str) -> Exchange | None:
    """What the server says of the keys, for a suite with that key exchange; None where it says nothing of sizes."""
    cursor = Cursor(body, "key exchange")
    if kind.endswith("PSK"):
        cursor.vector(2)
        kind = kind.removesuffix("PSK")
    if kind == "ECDHE":
        return _curve(cursor)
    if kind in {"DHE", "RSA", "SRP"} and cursor.left:
        # Each begins with what gives its size: the prime, the modulus of a key for export, the prime.
        return Exchange(kind, "", int.from_bytes(cursor.vector(2)).bit_length())
    return None


def _curve(cursor: Cursor) -> Exchange:
    if cursor.number(1) != _NAMED_CURVE:
        return Exchange("ECDHE", "explicit", 0)
    name, bits = numbers.group_of(cursor.number(2))
    return Exchange("ECDHE", name, bits)


def alert(content: bytes) -> tuple[bool, int]:
    """Whether an alert ends the connection, and its number."""
    if len(content) != 2:  # noqa: PLR2004  # Level and description.
        message = f"it sends an alert of {len(content)} bytes"
        raise Garbled(message)
    return content[0] != 1 or content[1] == 0, content[1]
