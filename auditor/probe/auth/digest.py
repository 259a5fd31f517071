"""DIGEST-MD5 (RFC 2831, which RFC 6331 made historic), authentication only: ``qop=auth``."""

from __future__ import annotations

import re
import secrets
from base64 import b64encode

from auditor.model.pattern import lazy_bytes
from auditor.probe.auth.base import Unproved
from auditor.probe.auth.passwords import Password, octets
from auditor.probe.errors import Garbled
from auditor.probe.words import excerpt

#: Bytes of a challenge; the RFC allows as many.
LONGEST = 2048
_NONCE_BYTES = 24
_COUNT = b"00000001"
# The alternatives of a quoted text begin with different characters, so that no text is read in two ways.
_DIRECTIVE = lazy_bytes(
    rb"""[\s,]*+ ([^\s,="]+) \s*+ = \s*+ (?: "((?:[^"\\]|\\.)*+)" | ([^\s",]*+) ) \s*+""", re.DOTALL | re.VERBOSE
)
_ESCAPED = lazy_bytes(rb"\\(.)", re.DOTALL)
_SEPARATORS = b" \t\r\n,"
_ONCE = {b"nonce", b"algorithm", b"charset", b"stale", b"maxbuf", b"rspauth"}


class DigestMD5:
    """The client of one login; see `auditor.probe.auth.base.Client`.

    Args:
        user: the user's name, without a realm: the server names that.
        password: the password.
        uri: service and server, such as ``smtp/mail.example.org``.
        nonce: the client's, None for a new one.

    Raises:
        Unfit: the name or the password holds half a character.

    """

    __slots__ = ("_expected", "_nonce", "_password", "_uri", "_user", "complaint", "finished", "proved")

    def __init__(self, user: str, password: Password, uri: str, nonce: str | None = None) -> None:
        octets(user)
        octets(password.reveal())
        self._user = user
        self._password = password
        self._uri = octets(uri)
        self._nonce = (nonce or b64encode(secrets.token_bytes(_NONCE_BYTES)).decode()).encode()
        self._expected = b""
        self.finished = False
        self.proved: bool | None = False
        self.complaint = ""

    def initial(self) -> None:
        """Nothing: the server speaks first."""

    def respond(self, challenge: bytes) -> bytes:
        """The response to the server's challenge, nothing to its proof, which is checked.

        Raises:
            Garbled: the challenge is not DIGEST-MD5's, or offers no ``qop=auth``.
            Unproved: ``rspauth`` is wrong.

        """
        if self.finished:
            message = "the server goes on after the end of DIGEST-MD5"
            raise Garbled(message)
        found = _directives(challenge)
        if self._expected:
            return self._verify(found)
        return self._answer(found)

    def _answer(self, found: dict[bytes, list[bytes]]) -> bytes:
        nonce = _checked(found)
        utf8 = found.get(b"charset", [b""])[0].lower() == b"utf-8"
        realms = found.get(b"realm", [])
        realm = self._realm(realms)
        first = _md5(self._secret(_narrow(realm) if utf8 else realm) + b":" + nonce + b":" + self._nonce).hex().encode()
        middle = b":".join((nonce, _COUNT, self._nonce, b"auth"))

        def keyed(method: bytes) -> bytes:
            second = _md5(method + b":" + self._uri).hex().encode()
            return _md5(b":".join((first, middle, second))).hex().encode()

        self._expected = keyed(b"")
        parts = [
            *([b"charset=utf-8"] if utf8 else []),
            b"username=" + _quoted(octets(self._user) if utf8 else _narrow(octets(self._user))),
            *([b"realm=" + _quoted(realm)] if realms else []),
            b"nonce=" + _quoted(nonce),
            b"nc=" + _COUNT,
            b"cnonce=" + _quoted(self._nonce),
            b"digest-uri=" + _quoted(self._uri),
            b"response=" + keyed(b"AUTHENTICATE"),
            b"qop=auth",
        ]
        return b",".join(parts)

    def _realm(self, realms: list[bytes]) -> bytes:
        """Of several realms the one after the user's ``@``, else the first."""
        own = octets(self._user).rpartition(b"@")[2].lower()
        return next((realm for realm in realms if realm.lower() == own), realms[0] if realms else b"")

    def _secret(self, realm: bytes) -> bytes:
        return _md5(b":".join((_narrow(octets(self._user)), realm, _narrow(octets(self._password.reveal())))))

    def _verify(self, found: dict[bytes, list[bytes]]) -> bytes:
        import hmac  # noqa: PLC0415  # It loads OpenSSL.

        self.finished = True
        if b"rspauth" not in found:
            message = "the server sends a second challenge in the place of its DIGEST-MD5 proof"
            raise Garbled(message)
        if not hmac.compare_digest(found[b"rspauth"][0].lower(), self._expected):
            message = "the server's rspauth is wrong: it does not know the password, or somebody stands between"
            raise Unproved(message)
        self.proved = True
        return b""


def _checked(found: dict[bytes, list[bytes]]) -> bytes:
    """The nonce of a challenge that can be answered."""
    nonces = found.get(b"nonce", [])
    if len(nonces) != 1 or not nonces[0]:
        message = "the server's DIGEST-MD5 challenge has no nonce"
        raise Garbled(message)
    if found.get(b"algorithm", [b""])[0].lower() != b"md5-sess":
        message = "the server's DIGEST-MD5 challenge lacks algorithm=md5-sess"
        raise Garbled(message)
    offered = b",".join(found.get(b"qop", [b"auth"])).lower().replace(b",", b" ").split()
    if b"auth" not in offered:
        message = "the server's DIGEST-MD5 wants a security layer, which is not spoken here"
        raise Garbled(message)
    return nonces[0]


def _directives(text: bytes) -> dict[bytes, list[bytes]]:
    """The values of each directive, unquoted, by its name in lower case."""
    if len(text) > LONGEST:
        message = f"the server's DIGEST-MD5 challenge has over {LONGEST} bytes"
        raise Garbled(message)
    found: dict[bytes, list[bytes]] = {}
    at, end = 0, len(text.rstrip(_SEPARATORS))
    while at < end:
        part = _DIRECTIVE.match(text, at, end)
        if part is None or (part.end() < end and text[part.end() : part.end() + 1] != b","):
            message = f"this is no DIGEST-MD5 challenge: {excerpt(text)}"
            raise Garbled(message)
        name, quoted, token = part.groups()
        found.setdefault(name.lower(), []).append(token if quoted is None else _ESCAPED.sub(rb"\1", quoted))
        at = part.end()
    if any(len(found.get(name, ())) > 1 for name in _ONCE):
        message = "the server's DIGEST-MD5 challenge says one thing twice"
        raise Garbled(message)
    return found


def _md5(data: bytes) -> bytes:
    import hashlib  # noqa: PLC0415  # It loads OpenSSL.

    return hashlib.md5(data, usedforsecurity=False).digest()


def _quoted(text: bytes) -> bytes:
    return b'"' + text.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def _narrow(text: bytes) -> bytes:
    """UTF-8 in the form that is hashed: ISO 8859-1 where every character has one, as the RFC asks for."""
    try:
        return text.decode().encode("latin-1")
    except UnicodeError:
        return text
