"""Why a TLS handshake failed, in words that tell an administrator where to look."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.model.pattern import lazy, lazy_bytes
from auditor.probe.errors import Garbled, WireError
from auditor.probe.words import excerpt

if TYPE_CHECKING:
    import ssl

NO_SHARED_CIPHER = "no shared cipher"
WRONG_VERSION = "wrong version number"
UNSUPPORTED_PROTOCOL = "unsupported protocol"
DH_KEY_TOO_SMALL = "dh key too small"
EE_KEY_TOO_SMALL = "ee key too small"
UNVERIFIED = "certificate verify failed"
#: Any other failure that our own TLS library saw.
OTHER = "other"

# The alerts of RFC 8446, section 6, and of the protocols before it, by the library's names for them.
_ALERTS = {
    "UNEXPECTED_MESSAGE": 10,
    "BAD_RECORD_MAC": 20,
    "DECRYPTION_FAILED": 21,
    "RECORD_OVERFLOW": 22,
    "DECOMPRESSION_FAILURE": 30,
    "HANDSHAKE_FAILURE": 40,
    "NO_CERTIFICATE": 41,
    "BAD_CERTIFICATE": 42,
    "UNSUPPORTED_CERTIFICATE": 43,
    "CERTIFICATE_REVOKED": 44,
    "CERTIFICATE_EXPIRED": 45,
    "CERTIFICATE_UNKNOWN": 46,
    "ILLEGAL_PARAMETER": 47,
    "UNKNOWN_CA": 48,
    "ACCESS_DENIED": 49,
    "DECODE_ERROR": 50,
    "DECRYPT_ERROR": 51,
    "EXPORT_RESTRICTION": 60,
    "PROTOCOL_VERSION": 70,
    "INSUFFICIENT_SECURITY": 71,
    "INTERNAL_ERROR": 80,
    "INAPPROPRIATE_FALLBACK": 86,
    "USER_CANCELLED": 90,
    "NO_RENEGOTIATION": 100,
    "MISSING_EXTENSION": 109,
    "UNSUPPORTED_EXTENSION": 110,
    "UNRECOGNIZED_NAME": 112,
    "CERTIFICATE_REQUIRED": 116,
    "NO_APPLICATION_PROTOCOL": 120,
}
_ALERT = lazy(r"(?:SSLV3|TLSV1|TLSV13)_ALERT_(\w+)|TLSV1_(UNRECOGNIZED_NAME|UNSUPPORTED_EXTENSION)")
_OF_ALERT = {40: NO_SHARED_CIPHER, 70: UNSUPPORTED_PROTOCOL, 71: NO_SHARED_CIPHER}
_OF_REASON = {
    "NO_SHARED_CIPHER": NO_SHARED_CIPHER,
    "NO_CIPHERS_AVAILABLE": NO_SHARED_CIPHER,
    "WRONG_CIPHER_RETURNED": NO_SHARED_CIPHER,
    "WRONG_VERSION_NUMBER": WRONG_VERSION,
    "WRONG_SSL_VERSION": WRONG_VERSION,
    "UNKNOWN_PROTOCOL": WRONG_VERSION,
    "UNSUPPORTED_PROTOCOL": UNSUPPORTED_PROTOCOL,
    "NO_PROTOCOLS_AVAILABLE": UNSUPPORTED_PROTOCOL,
    "DH_KEY_TOO_SMALL": DH_KEY_TOO_SMALL,
    "EE_KEY_TOO_SMALL": EE_KEY_TOO_SMALL,
    "CERTIFICATE_VERIFY_FAILED": UNVERIFIED,
}
_MEANS = {
    NO_SHARED_CIPHER: "both sides have no cipher suite in common, or the server has no certificate for any of them",
    WRONG_VERSION: "what the server answered with is no TLS",
    UNSUPPORTED_PROTOCOL: "both sides have no TLS version in common",
    DH_KEY_TOO_SMALL: "the server's Diffie-Hellman parameters are smaller than today's clients accept",
    EE_KEY_TOO_SMALL: "the key of the server's certificate is smaller than today's clients accept",
}
# X509_V_ERR_EE_KEY_TOO_SMALL: who verifies meets the weak key there and not in the handshake itself.
_EE_KEY_TOO_SMALL = 66
_PLAIN = lazy_bytes(rb"[2-5][0-9]{2}[ -]")


class HandshakeFailed(WireError):  # noqa: N818  # As its relatives.
    """TLS was started and did not come about, or broke.

    Attributes:
        kind: one of this module's words for what is wrong, `OTHER` where none fits.
        alert: the number of the alert that the server sent, None where our side gave up.

    """

    def __init__(self, message: str, kind: str = OTHER, alert: int | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.alert = alert


class PlainGreeting(Garbled):
    """The server spoke plain SMTP where TLS had to begin, as on port 465 without the listener's modifier ``s``.

    Attributes:
        greeting: the first line it spoke, without its end.

    """

    def __init__(self, message: str, greeting: bytes) -> None:
        super().__init__(message)
        self.greeting = greeting


def failure(peer: str, error: ssl.SSLError, head: bytes) -> HandshakeFailed | PlainGreeting:
    """What to tell of an error of the ssl module.

    Args:
        peer: host and port, for the sentence.
        error: what the ssl module raised.
        head: the first bytes that came where TLS had to begin.

    """
    if _PLAIN.match(head):
        # What follows is its opinion of our hello, which it took for a command.
        greeting = head.partition(b"\n")[0].rstrip(b"\r")
        return PlainGreeting(f"{peer} answers in plain SMTP where TLS has to begin: {excerpt(greeting)}", greeting)
    reason = error.reason or ""
    alert = _alert(reason)
    kind = _OF_REASON.get(reason, OTHER) if alert is None else _OF_ALERT.get(alert, OTHER)
    if kind == UNVERIFIED and getattr(error, "verify_code", 0) == _EE_KEY_TOO_SMALL:
        kind = EE_KEY_TOO_SMALL
    return HandshakeFailed(f"{peer}: the TLS handshake failed: {_told(error, kind, alert)}", kind, alert)


def _alert(reason: str) -> int | None:
    found = _ALERT.fullmatch(reason)
    return _ALERTS.get(found[1] or found[2]) if found else None


def _told(error: ssl.SSLError, kind: str, alert: int | None) -> str:
    if kind == UNVERIFIED:
        return f"{kind}: {excerpt(getattr(error, 'verify_message', '') or str(error))}"
    if alert is not None:
        name = next(name for name, number in _ALERTS.items() if number == alert)
        told = f"the server sent alert {alert}, {name.lower().replace('_', ' ')}"
        return f"{told} ({_MEANS[kind]})" if kind in _MEANS else told
    if kind in _MEANS:
        return f"{kind} ({_MEANS[kind]})"
    # The ssl module's text ends in a line of its own source.
    return excerpt((error.reason or re.sub(r" \(_ssl\.c:\d+\)$", "", str(error))).lower().replace("_", " "))
