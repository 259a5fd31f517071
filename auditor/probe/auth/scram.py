"""SCRAM (RFC 5802, RFC 7677): neither side sends the password, and the server proves that it knows it too."""

from __future__ import annotations

import binascii
import secrets
from base64 import b64decode, b64encode

from auditor.probe.auth.base import ChannelBinding, Unfit, Unproved
from auditor.probe.auth.passwords import Password, octets
from auditor.probe.auth.saslprep import prepared
from auditor.probe.errors import Garbled
from auditor.probe.words import excerpt

#: The hashes of the SCRAM family by their names in a mechanism's name; hashlib's name for each.
HASHES = {
    "SHA-512": "sha512",
    "SHA-384": "sha384",
    "SHA-256": "sha256",
    "SHA-224": "sha224",
    "SHA-1": "sha1",
}
#: Iterations that a server may ask for: half a second of work; the RFC asks for 4096 at least, and 600,000 are advised.
MOST_ITERATIONS = 1_000_000
#: Bytes of a server's message.
LONGEST = 4096
_NONCE_BYTES = 24
_PLUS = "-PLUS"


class Scram:
    """The client of one login; see `auditor.probe.auth.base.Client`.

    Args:
        mechanism: its name in upper case, ``SCRAM-SHA-256`` or ``SCRAM-SHA-256-PLUS``.
        user: the user's name.
        password: the password.
        binding: for -PLUS.
        nonce: the client's, None for a new one.

    Raises:
        Unfit: the hash is unknown, the binding is missing, or SASLprep forbids the name or the password.

    """

    __slots__ = (
        "_bare",
        "_hash",
        "_header",
        "_nonce",
        "_password",
        "_proof",
        "_signature",
        "complaint",
        "finished",
        "proved",
    )

    def __init__(
        self,
        mechanism: str,
        user: str,
        password: Password,
        binding: ChannelBinding | None = None,
        nonce: str | None = None,
    ) -> None:
        self._hash = _hash_of(mechanism)
        self._header, bound = _header(mechanism, binding)
        self._nonce = nonce or b64encode(secrets.token_bytes(_NONCE_BYTES)).decode()
        name = octets(prepared(user)).replace(b"=", b"=3D").replace(b",", b"=2C")
        # That the password is fit is found out before anything is sent.
        octets(prepared(password.reveal()))
        self._bare = b"n=" + name + b",r=" + self._nonce.encode()
        self._proof = b64encode(self._header + bound)
        self._password = password
        self._signature: bytes | None = None
        self.finished = False
        self.proved: bool | None = False
        self.complaint = ""

    def initial(self) -> bytes:
        """The client's first message."""
        return self._header + self._bare

    def respond(self, challenge: bytes) -> bytes:
        """The proof for the server's first message, nothing for its last, which is checked.

        Raises:
            Garbled: a message is not SCRAM, or asks for more iterations than `MOST_ITERATIONS`.
            Unproved: the server's signature is wrong.

        """
        if self.finished:
            message = "the server goes on after the end of SCRAM"
            raise Garbled(message)
        if len(challenge) > LONGEST:
            message = f"the server's SCRAM message has over {LONGEST} bytes"
            raise Garbled(message)
        return self._answer(challenge) if self._signature is None else self._verify(challenge, self._signature)

    def _answer(self, first: bytes) -> bytes:
        nonce, salt, count = _first_of_server(first, self._nonce.encode())
        message = b"c=" + self._proof + b",r=" + nonce
        proof, self._signature = self._signed(b",".join((self._bare, first, message)), salt, count)
        return message + b",p=" + b64encode(proof)

    def _verify(self, last: bytes, signature: bytes) -> bytes:
        import hmac  # noqa: PLC0415

        found = _attributes(last)
        self.finished = True
        if b"e" in found:
            # The reply that follows is what counts, so the dialogue is brought to its end.
            self.complaint = excerpt(found[b"e"]) or "no reason given"
            return b""
        if not hmac.compare_digest(_decoded(found.get(b"v", b"")), signature):
            message = "the server's SCRAM signature is wrong: it does not know the password, or somebody stands between"
            raise Unproved(message)
        self.proved = True
        return b""

    def _signed(self, text: bytes, salt: bytes, count: int) -> tuple[bytes, bytes]:
        """The client's proof for the whole dialogue, and the signature that the server has to give."""
        import hashlib  # noqa: PLC0415  # It loads OpenSSL.
        import hmac  # noqa: PLC0415

        def keyed(key: bytes, data: bytes) -> bytes:
            return hmac.digest(key, data, self._hash)

        salted = hashlib.pbkdf2_hmac(self._hash, octets(prepared(self._password.reveal())), salt, count)
        own = keyed(salted, b"Client Key")
        mask = keyed(hashlib.new(self._hash, own).digest(), text)
        proof = bytes(left ^ right for left, right in zip(own, mask, strict=True))
        return proof, keyed(keyed(salted, b"Server Key"), text)


def _hash_of(mechanism: str) -> str:
    name = mechanism.removeprefix("SCRAM-").removesuffix(_PLUS)
    if name not in HASHES:
        message = f"{excerpt(mechanism, 40)} is a mechanism that is not spoken here"
        raise Unfit(message)
    return HASHES[name]


def _header(mechanism: str, binding: ChannelBinding | None) -> tuple[bytes, bytes]:
    """The GS2 header, and the binding's data that the proof covers with it."""
    if not mechanism.endswith(_PLUS):
        # It says that we do not bind. Saying that the server cannot would fail wherever it can.
        return b"n,,", b""
    if binding is None:
        message = "this connection has no channel binding, which the mechanism needs"
        raise Unfit(message)
    return f"p={binding.type},,".encode(), binding.data


def _first_of_server(message: bytes, nonce: bytes) -> tuple[bytes, bytes, int]:
    found = _attributes(message)
    if b"e" in found:
        text = f"the server refuses within SCRAM: {excerpt(found[b'e'])}"
        raise Garbled(text)
    if b"m" in found or not {b"r", b"s", b"i"} <= found.keys():
        text = f"this is no first message of a SCRAM server: {excerpt(message)}"
        raise Garbled(text)
    theirs, salt = found[b"r"], _decoded(found[b"s"])
    if not theirs.startswith(nonce) or theirs == nonce:
        text = "the server's SCRAM nonce does not continue ours"
        raise Garbled(text)
    if not salt:
        text = "the server's SCRAM message has no salt"
        raise Garbled(text)
    return theirs, salt, _count(found[b"i"])


def _count(text: bytes) -> int:
    # The length is looked at first: reading a number of thousands of digits costs time of its own.
    if text.isdigit() and len(text) <= len(str(MOST_ITERATIONS)) and 0 < int(text) <= MOST_ITERATIONS:
        return int(text)
    message = f"the server asks for {excerpt(text, 40)} iterations; 1 to {MOST_ITERATIONS} are computed here"
    raise Garbled(message)


def _attributes(message: bytes) -> dict[bytes, bytes]:
    """The attributes of a message by their letters; the first of each counts."""
    found: dict[bytes, bytes] = {}
    for part in message.split(b","):
        name, equals, value = part.partition(b"=")
        if equals and len(name) == 1:
            found.setdefault(name, value)
    return found


def _decoded(text: bytes) -> bytes:
    try:
        return b64decode(text, validate=True)
    except binascii.Error:
        message = f"this is no base64 within a SCRAM message: {excerpt(text, 40)}"
    raise Garbled(message)
