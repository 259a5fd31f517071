"""A handshake of TLS 1.2 brought to its end, and a second one asked for within it.

Only that question needs a whole handshake of our own: Python's ssl module offers no renegotiation. It speaks AES in GCM
with keys from ECDHE or RSA, which every server of TLS 1.2 has. The certificate is not verified, since nothing
that matters is sent.
"""

# ruff: noqa: PLC0415  # The cryptography library costs a tenth of a second, which only who asks this pays.

from __future__ import annotations

import hashlib
import hmac
import os
from contextlib import suppress
from typing import Any

from auditor.probe.errors import Closed, Garbled
from auditor.probe.half_handshake import GOODBYE, TLS12, HalfHandshake, client_hello, raise_if_fatal
from auditor.probe.tls import numbers
from auditor.probe.tls.asking import Stream
from auditor.probe.tls.cursor import Cursor, vector
from auditor.probe.tls.messages import alert, certificates
from auditor.probe.tls.records import message, record
from auditor.probe.tls.schedule import POSSIBLE_SHARES, KeyShares

_ECDHE = (0xC02F, 0xC02B, 0xC030, 0xC02C)
_RSA = (0x009C, 0x009D)
#: The suites it speaks: with ECDHE and with RSA keys, AES-128 and AES-256 in GCM.
SUITES = (*_ECDHE, *_RSA)
_LARGER = frozenset({0xC030, 0xC02C, 0x009D})

_CLIENT_KEY_EXCHANGE = 16
_VERIFY_DATA = 12
_IV = 4
_EXPLICIT = 8
_TAG = 16
_NO_RENEGOTIATION = 100


def expand(digest: str, secret: bytes, label: bytes, seed: bytes, size: int) -> bytes:
    """The pseudorandom function of TLS 1.2 (RFC 5246, section 5)."""
    made, block = b"", label + seed
    while len(made) < size:
        block = hmac.digest(secret, block, digest)
        made += hmac.digest(secret, block + label + seed, digest)
    return made[:size]


class _Seal:
    """One direction's records under AES-GCM (RFC 5288)."""

    def __init__(self, key: bytes, fixed: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._cipher: Any = AESGCM(key)
        self._fixed = fixed
        self._count = 0

    def close(self, kind: int, content: bytes) -> bytes:
        """A record that hides the content."""
        explicit = self._count.to_bytes(_EXPLICIT)
        sealed = self._cipher.encrypt(self._fixed + explicit, content, self._about(kind, len(content)))
        return record(kind, TLS12, explicit + sealed)

    def open(self, kind: int, content: bytes) -> bytes:
        """What a record hides.

        Raises:
            Garbled: it was not sealed with the key.

        """
        from cryptography.exceptions import InvalidTag

        about = self._about(kind, max(0, len(content) - _EXPLICIT - _TAG))
        try:
            plain: bytes = self._cipher.decrypt(self._fixed + content[:_EXPLICIT], content[_EXPLICIT:], about)
        except (InvalidTag, ValueError):
            text = "what the server sent is not sealed with the key that was agreed"
            raise Garbled(text) from None
        return plain

    def _about(self, kind: int, size: int) -> bytes:
        about = self._count.to_bytes(8) + bytes((kind,)) + TLS12.to_bytes(2) + size.to_bytes(2)
        self._count += 1
        return about


def renegotiates(stream: Stream, name: str) -> tuple[bool, str]:
    """Whether a server starts a second handshake when the client asks for one, and in which words it refuses.

    Args:
        stream: a connection on which TLS may start at once.
        name: the server's name.

    Raises:
        Alerted: the server accepted no hello of TLS 1.2 with these suites, or not our half of the handshake.
        WireError: the stream failed or what came is no TLS.

    """
    half = HalfHandshake(stream, name, SUITES)
    if half.hello.version != TLS12 or half.hello.suite not in SUITES:
        text = "the server has no suite of TLS 1.2 that this test can speak"
        raise Garbled(text)
    ours, theirs, verify_data = _finished(stream, half)
    again = client_hello(os.urandom(32), name, SUITES, verify_data)
    stream.send(ours.close(numbers.HANDSHAKE, again) + ours.close(numbers.ALERT, GOODBYE))
    try:
        return _answered(half, theirs)
    except Closed:
        return False, "the server closed the connection"


def _finished(stream: Stream, half: HalfHandshake) -> tuple[_Seal, _Seal, bytes]:
    digest, size = ("sha384", 32) if half.hello.suite in _LARGER else ("sha256", 16)
    exchange, secret = _keys(half)
    flight = b""
    if numbers.CERTIFICATE_REQUEST in half.bodies:
        flight += message(numbers.CERTIFICATE, vector(3, b""))
    flight += message(_CLIENT_KEY_EXCHANGE, exchange)
    half.transcript += flight
    master = expand(digest, secret, b"master secret", half.random + half.server_random, 48)
    block = expand(digest, master, b"key expansion", half.server_random + half.random, 2 * (size + _IV))
    cut = Cursor(block, "keys")
    keys = cut.take(size), cut.take(size)
    ours, theirs = (_Seal(key, cut.take(_IV)) for key in keys)
    said = hashlib.new(digest, half.transcript).digest()
    verify_data = expand(digest, master, b"client finished", said, _VERIFY_DATA)
    sent = record(numbers.HANDSHAKE, TLS12, flight) + record(numbers.CHANGE_CIPHER_SPEC, TLS12, b"\1")
    stream.send(sent + ours.close(numbers.HANDSHAKE, message(numbers.FINISHED, verify_data)))
    _await_finished(half, theirs)
    return ours, theirs, verify_data


def _keys(half: HalfHandshake) -> tuple[bytes, bytes]:
    """The body of our key exchange, and the secret that it agrees on."""
    if half.hello.suite in _RSA:
        return _encrypted(half)
    cursor = Cursor(half.bodies.get(numbers.SERVER_KEY_EXCHANGE, b""), "key exchange")
    kind, group, theirs = cursor.number(1), cursor.number(2), cursor.vector(1)
    if kind != 3 or group not in POSSIBLE_SHARES:  # noqa: PLR2004  # A curve by its name (RFC 8422, section 5.4).
        text = "the server chose a curve that was not offered"
        raise Garbled(text)
    shares = KeyShares()
    return vector(1, shares.public(group)), shares.shared(group, theirs)


def _encrypted(half: HalfHandshake) -> tuple[bytes, bytes]:
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    chain = certificates(half.bodies.get(numbers.CERTIFICATE, b""), modern=False)
    secret = TLS12.to_bytes(2) + os.urandom(46)
    key: object = None
    with suppress(IndexError, ValueError, UnsupportedAlgorithm):
        key = x509.load_der_x509_certificate(chain[0]).public_key()
    if not isinstance(key, RSAPublicKey):
        text = "the server chose a suite that needs an RSA key, and its certificate has none"
        raise Garbled(text)
    return vector(2, key.encrypt(secret, PKCS1v15())), secret


def _await_finished(half: HalfHandshake, theirs: _Seal) -> None:
    is_sealed = False
    for kind, content in half.records:
        if kind == numbers.CHANGE_CIPHER_SPEC:
            is_sealed = True
            continue
        plain = theirs.open(kind, content) if is_sealed else content
        if kind == numbers.ALERT:
            raise_if_fatal(plain)
        elif is_sealed:
            return


def _answered(half: HalfHandshake, theirs: _Seal) -> tuple[bool, str]:
    for kind, content in half.records:
        plain = theirs.open(kind, content)
        if kind == numbers.HANDSHAKE and plain[:1] == bytes((numbers.SERVER_HELLO,)):
            return True, ""
        # A warning that it will not is not the end; nor are a greeting or a request for a handshake of its own.
        if kind == numbers.ALERT:
            fatal, number = alert(plain)
            if fatal or number == _NO_RENEGOTIATION:
                return False, f"the server sent the alert {numbers.alert_name(number)}"
    return False, ""
