"""What a client says first: SSLv3 to TLS 1.3 (RFC 6101, RFC 5246 section 7.4.1.2, RFC 8446 section 4.1.2)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from ipaddress import ip_address

from auditor.model.value import frozen
from auditor.probe.tls import numbers
from auditor.probe.tls.cursor import vector
from auditor.probe.tls.records import message, record
from auditor.readers.cipher_suites import packed

_RANDOM_SIZE = 32
_TLS13 = numbers.VERSIONS["TLSv1.3"]
_UNCOMPRESSED_POINTS = b"\1\0"
_NO_COMPRESSION = b"\1\0"
_DEFLATE_OR_NONE = b"\2\1\0"
_HOST_NAME = b"\0"
_LONGEST_NAME = 255


@frozen
class Hello:
    """What a client asks for.

    Attributes:
        versions: the protocols it can speak, newest first; one only says that it can speak all older ones as well,
            unless it is TLS 1.3.
        suites: the numbers of the suites it offers, the most wanted first.
        signatures: the kind of key that is to sign, ``RSA`` or ``ECDSA``; empty for any.
        groups: the groups it offers; None for all that the protocol has.
        compression: whether it offers compression, which TLS 1.3 forbids.
        fallback: whether it says that it asks for less than it could (RFC 7507).
        shares: whether it brings key shares for TLS 1.3; without them the server names the group that it wants.
        whole: whether the answer is of interest beyond the server's hello.

    """

    versions: tuple[str, ...]
    suites: tuple[int, ...]
    signatures: str = ""
    groups: tuple[int, ...] | None = None
    compression: bool = True
    fallback: bool = False
    shares: bool = True
    whole: bool = True

    @property
    def is_modern(self) -> bool:
        """Whether it offers TLS 1.3."""
        return "TLSv1.3" in self.versions


@frozen
class Entropy:
    """What in a hello is made of random bytes, and the same in the second hello after a retry."""

    random: bytes
    session: bytes

    @staticmethod
    def fresh() -> Entropy:
        """New random bytes."""
        made = os.urandom(2 * _RANDOM_SIZE)
        return Entropy(made[:_RANDOM_SIZE], made[_RANDOM_SIZE:])


def build(
    hello: Hello, name: bytes, shares: Sequence[tuple[int, bytes]], entropy: Entropy, cookie: bytes | None = None
) -> bytes:
    """The hello's handshake message.

    Args:
        hello: what to ask for.
        name: the name of the server in the form of `server_name`; empty for none.
        shares: groups and the client's public keys in them.
        entropy: its random bytes.
        cookie: what a retry asked to be given back.

    """
    newest = numbers.VERSIONS[hello.versions[0]]
    extended = newest > numbers.VERSIONS["SSLv3"]
    signals = [numbers.FALLBACK] if hello.fallback else []
    signals += [] if extended else [numbers.EMPTY_RENEGOTIATION]
    body = min(newest, numbers.VERSIONS["TLSv1.2"]).to_bytes(2) + entropy.random
    body += vector(1, entropy.session if hello.is_modern else b"")
    body += vector(2, packed((*hello.suites, *signals)))
    body += _DEFLATE_OR_NONE if hello.compression and not hello.is_modern else _NO_COMPRESSION
    if extended:
        body += vector(2, b"".join(_extensions(hello, name, shares, cookie)))
    return message(numbers.CLIENT_HELLO, body)


def sent(hello: Hello, whole: bytes) -> bytes:
    """A hello's message in its record, whose version is one that no server is offended by."""
    version = min(numbers.VERSIONS[hello.versions[0]], numbers.VERSIONS["TLSv1"])
    return record(numbers.HANDSHAKE, version, whole)


def _extensions(
    hello: Hello, name: bytes, shares: Sequence[tuple[int, bytes]], cookie: bytes | None
) -> Iterator[bytes]:
    if name:
        yield _extension(numbers.SERVER_NAME, vector(2, _HOST_NAME + vector(2, name)))
    yield _extension(numbers.RENEGOTIATION_INFO, b"\0")
    yield _extension(numbers.EXTENDED_MASTER_SECRET, b"")
    yield _extension(numbers.SESSION_TICKET, b"")
    groups = hello.groups
    if groups is None:
        groups = numbers.TLS13_GROUPS if hello.versions == ("TLSv1.3",) else numbers.CURVES
        groups = (*numbers.TLS13_GROUPS, *numbers.CURVES[5:]) if len(hello.versions) > 1 else groups
    yield _extension(numbers.SUPPORTED_GROUPS, vector(2, packed(groups)))
    yield _extension(numbers.POINT_FORMATS, _UNCOMPRESSED_POINTS)
    if numbers.VERSIONS[hello.versions[0]] >= numbers.VERSIONS["TLSv1.2"]:
        yield _extension(numbers.SIGNATURE_ALGORITHMS, vector(2, packed(numbers.SIGNATURES[hello.signatures])))
    if hello.is_modern:
        yield from _modern(hello, shares, cookie)


def _modern(hello: Hello, shares: Sequence[tuple[int, bytes]], cookie: bytes | None) -> Iterator[bytes]:
    versions = packed(numbers.VERSIONS[version] for version in hello.versions)
    yield _extension(numbers.SUPPORTED_VERSIONS, vector(1, versions))
    if cookie is not None:
        yield _extension(numbers.COOKIE, vector(2, cookie))
    sent_shares = b"".join(group.to_bytes(2) + vector(2, public) for group, public in shares)
    yield _extension(numbers.KEY_SHARE, vector(2, sent_shares))


def _extension(kind: int, content: bytes) -> bytes:
    return kind.to_bytes(2) + vector(2, content)


def server_name(name: str) -> bytes:
    """A host's name as a hello carries it (RFC 6066 section 3); empty for an address and for what cannot be a name."""
    bare = name.rstrip(".")
    if not bare or _parses(ip_address, bare.strip("[]")):
        return b""
    try:
        made = bare.encode("ascii") if bare.isascii() else bare.encode("idna")
    except UnicodeError:
        return b""
    return made if len(made) <= _LONGEST_NAME else b""


def _parses(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True
