"""The keys of a TLS 1.3 handshake, as far as reading the server's half of it needs them (RFC 8446 section 7)."""

# ruff: noqa: PLC0415  # The cryptography library costs a tenth of a second, which only who meets TLS 1.3 pays.

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from auditor.model.value import frozen
from auditor.probe.errors import Garbled
from auditor.probe.tls.cursor import vector
from auditor.probe.tls.numbers import APPLICATION_DATA, MESSAGE_HASH
from auditor.probe.tls.records import message

_IV_SIZE = 12
_SHORT_TAG = 8
_X25519, _X448 = 29, 30
_CURVES = {23: "SECP256R1", 24: "SECP384R1", 25: "SECP521R1"}
#: The groups whose shares are sent with a hello; those that nearly every server takes.
USUAL_SHARES = (_X25519, 23)
#: The groups that a share can be made in once a server asks for it.
POSSIBLE_SHARES = frozenset({_X25519, _X448, *_CURVES})


@frozen
class _Algorithm:
    """What a suite of TLS 1.3 computes with: its hash, its cipher and the size of the key in bytes."""

    digest: str
    cipher: str
    key_size: int
    tag_size: int


_ALGORITHMS = {
    0x1301: _Algorithm("sha256", "AESGCM", 16, 16),
    0x1302: _Algorithm("sha384", "AESGCM", 32, 16),
    0x1303: _Algorithm("sha256", "ChaCha20Poly1305", 32, 16),
    0x1304: _Algorithm("sha256", "AESCCM", 16, 16),
    0x1305: _Algorithm("sha256", "AESCCM", 16, _SHORT_TAG),
}


def extract(digest: str, salt: bytes, material: bytes) -> bytes:
    """HKDF-Extract (RFC 5869 section 2.2)."""
    return hmac.digest(salt, material, digest)


def expand_label(digest: str, secret: bytes, label: str, context: bytes, size: int) -> bytes:
    """HKDF-Expand-Label (RFC 8446 section 7.1)."""
    info = size.to_bytes(2) + vector(1, b"tls13 " + label.encode()) + vector(1, context)
    made, block = b"", b""
    for count in range(1, -(-size // hashlib.new(digest).digest_size) + 1):
        block = hmac.digest(secret, block + info + bytes((count,)), digest)
        made += block
    return made[:size]


def handshake_secret(digest: str, shared: bytes) -> bytes:
    """The handshake's secret, where there is no key from before."""
    nothing = bytes(hashlib.new(digest).digest_size)
    early = extract(digest, nothing, nothing)
    salt = expand_label(digest, early, "derived", hashlib.new(digest).digest(), len(nothing))
    return extract(digest, salt, shared)


def server_traffic(digest: str, shared: bytes, transcript: bytes) -> bytes:
    """The secret of the server's handshake messages; the transcript is every message up to the server's hello."""
    secret = handshake_secret(digest, shared)
    said = hashlib.new(digest, transcript).digest()
    return expand_label(digest, secret, "s hs traffic", said, len(said))


def retried(suite: int, hello: bytes) -> bytes:
    """What stands for the first hello in the transcript once the server asked for a second (RFC 8446 4.4.1)."""
    return message(MESSAGE_HASH, hashlib.new(_algorithm(suite).digest, hello).digest())


def _algorithm(suite: int) -> _Algorithm:
    if suite not in _ALGORITHMS:
        message = f"it chooses suite {suite:#06x}, which TLS 1.3 does not have"
        raise Garbled(message)
    return _ALGORITHMS[suite]


class RecordOpener:
    """Opens the records of the server's handshake, in the order in which they come.

    Args:
        suite: the number of the suite that the server chose.
        shared: the secret that both key shares give.
        transcript: every handshake message up to the server's hello, with the headers.

    Raises:
        Garbled: TLS 1.3 has no such suite.

    """

    def __init__(self, suite: int, shared: bytes, transcript: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers import aead

        algorithm = _algorithm(suite)
        secret = server_traffic(algorithm.digest, shared, transcript)
        key = expand_label(algorithm.digest, secret, "key", b"", algorithm.key_size)
        options = {"tag_length": algorithm.tag_size} if algorithm.cipher == "AESCCM" else {}
        self._cipher: Any = getattr(aead, algorithm.cipher)(key, **options)
        self._iv = int.from_bytes(expand_label(algorithm.digest, secret, "iv", b"", _IV_SIZE))
        self._count = 0

    def open(self, header: bytes, content: bytes) -> tuple[int, bytes]:
        """The kind of what a record hides, and the content.

        Raises:
            Garbled: it was not sealed with the handshake's key.

        """
        from cryptography.exceptions import InvalidTag

        nonce = (self._iv ^ self._count).to_bytes(_IV_SIZE)
        self._count += 1
        try:
            plain = self._cipher.decrypt(nonce, content, header)
        except (InvalidTag, ValueError) as error:
            text = "its handshake is not sealed with the key that was agreed"
            raise Garbled(text) from error
        bare = plain.rstrip(b"\0")
        if not bare or header[0] != APPLICATION_DATA:
            text = "it sends a sealed record without content"
            raise Garbled(text)
        return bare[-1], bare[:-1]


class KeyShares:
    """Key pairs for the hellos to one target, made when they are first needed.

    They are used again from hello to hello: nothing that they could protect is ever sent.
    """

    def __init__(self) -> None:
        self._pairs: dict[int, tuple[bytes, Callable[[bytes], bytes]]] = {}

    def public(self, group: int) -> bytes:
        """The public key in a group of `POSSIBLE_SHARES`, as a hello carries it."""
        return self._pair(group)[0]

    def shared(self, group: int, theirs: bytes) -> bytes:
        """The secret shared with the holder of a public key.

        Raises:
            Garbled: it is no public key of that group, or no share was sent in it.

        """
        if group not in self._pairs:
            message = f"it answers with a key share of group {group}, which was not offered"
            raise Garbled(message)
        try:
            return self._pairs[group][1](theirs)
        except ValueError as error:
            message = f"its key share is no point of group {group}"
            raise Garbled(message) from error

    def _pair(self, group: int) -> tuple[bytes, Callable[[bytes], bytes]]:
        if group not in self._pairs:
            self._pairs[group] = _point(_CURVES[group]) if group in _CURVES else _montgomery(group)
        return self._pairs[group]


def _point(curve_name: str) -> tuple[bytes, Callable[[bytes], bytes]]:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    curve = getattr(ec, curve_name)()
    key = ec.generate_private_key(curve)
    public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def shared(theirs: bytes) -> bytes:
        return key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(curve, theirs))

    return public, shared


def _montgomery(group: int) -> tuple[bytes, Callable[[bytes], bytes]]:
    if group == _X25519:
        from cryptography.hazmat.primitives.asymmetric import x25519

        key = x25519.X25519PrivateKey.generate()
        return key.public_key().public_bytes_raw(), lambda theirs: key.exchange(
            x25519.X25519PublicKey.from_public_bytes(theirs)
        )
    from cryptography.hazmat.primitives.asymmetric import x448

    other = x448.X448PrivateKey.generate()
    return other.public_key().public_bytes_raw(), lambda theirs: other.exchange(
        x448.X448PublicKey.from_public_bytes(theirs)
    )
