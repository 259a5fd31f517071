"""The numbers of versions, alerts, groups, extensions and signature schemes, and their names."""

from __future__ import annotations

from typing import Final

#: The protocols by their names, oldest first, and the number each has in a hello.
VERSIONS: Final = {
    "SSLv2": 0x0002,
    "SSLv3": 0x0300,
    "TLSv1": 0x0301,
    "TLSv1.1": 0x0302,
    "TLSv1.2": 0x0303,
    "TLSv1.3": 0x0304,
}
VERSION_NAMES: Final = {number: name for name, number in VERSIONS.items()}
#: The protocols whose hello is one of TLS, newest first, without TLS 1.3.
LEGACY: Final = ("TLSv1.2", "TLSv1.1", "TLSv1", "SSLv3")

CHANGE_CIPHER_SPEC: Final = 20
ALERT: Final = 21
HANDSHAKE: Final = 22
APPLICATION_DATA: Final = 23

HELLO_REQUEST: Final = 0
CLIENT_HELLO: Final = 1
SERVER_HELLO: Final = 2
ENCRYPTED_EXTENSIONS: Final = 8
CERTIFICATE: Final = 11
SERVER_KEY_EXCHANGE: Final = 12
CERTIFICATE_REQUEST: Final = 13
SERVER_HELLO_DONE: Final = 14
CERTIFICATE_VERIFY: Final = 15
FINISHED: Final = 20
MESSAGE_HASH: Final = 254

SERVER_NAME: Final = 0
SUPPORTED_GROUPS: Final = 10
POINT_FORMATS: Final = 11
SRP: Final = 12
SIGNATURE_ALGORITHMS: Final = 13
EXTENDED_MASTER_SECRET: Final = 23
SESSION_TICKET: Final = 35
SUPPORTED_VERSIONS: Final = 43
COOKIE: Final = 44
AUTHORITIES: Final = 47
KEY_SHARE: Final = 51
RENEGOTIATION_INFO: Final = 0xFF01

#: Stands among the suites for an empty renegotiation_info (RFC 5746 section 3.3).
EMPTY_RENEGOTIATION: Final = 0x00FF
#: Stands among the suites of a hello that asks for less than its sender can (RFC 7507).
FALLBACK: Final = 0x5600

#: The alerts (RFC 8446 section 6, RFC 5246 section 7.2, RFC 7507, RFC 5054, RFC 7301).
ALERTS: Final = {
    0: "close_notify",
    10: "unexpected_message",
    20: "bad_record_mac",
    21: "decryption_failed",
    22: "record_overflow",
    30: "decompression_failure",
    40: "handshake_failure",
    41: "no_certificate",
    42: "bad_certificate",
    43: "unsupported_certificate",
    44: "certificate_revoked",
    45: "certificate_expired",
    46: "certificate_unknown",
    47: "illegal_parameter",
    48: "unknown_ca",
    49: "access_denied",
    50: "decode_error",
    51: "decrypt_error",
    60: "export_restriction",
    70: "protocol_version",
    71: "insufficient_security",
    80: "internal_error",
    86: "inappropriate_fallback",
    90: "user_canceled",
    100: "no_renegotiation",
    109: "missing_extension",
    110: "unsupported_extension",
    111: "certificate_unobtainable",
    112: "unrecognized_name",
    113: "bad_certificate_status_response",
    114: "bad_certificate_hash_value",
    115: "unknown_psk_identity",
    116: "certificate_required",
    120: "no_application_protocol",
}
HANDSHAKE_FAILURE: Final = 40
PROTOCOL_VERSION: Final = 70
INSUFFICIENT_SECURITY: Final = 71
INAPPROPRIATE_FALLBACK: Final = 86
UNRECOGNISED_NAME: Final = 112
UNKNOWN_PSK_IDENTITY: Final = 115

#: Groups by number: name and the size of the field or modulus in bits (IANA, TLS Supported Groups). x25519 counts as
#: the 256 bits of its keys, since it is as strong as secp256r1.
GROUPS: Final = {
    29: ("x25519", 256),
    23: ("secp256r1", 256),
    24: ("secp384r1", 384),
    25: ("secp521r1", 521),
    30: ("x448", 448),
    256: ("ffdhe2048", 2048),
    257: ("ffdhe3072", 3072),
    258: ("ffdhe4096", 4096),
    259: ("ffdhe6144", 6144),
    260: ("ffdhe8192", 8192),
    26: ("brainpoolP256r1", 256),
    27: ("brainpoolP384r1", 384),
    28: ("brainpoolP512r1", 512),
    31: ("brainpoolP256r1tls13", 256),
    32: ("brainpoolP384r1tls13", 384),
    33: ("brainpoolP512r1tls13", 512),
    21: ("secp224r1", 224),
    19: ("secp192r1", 192),
    22: ("secp256k1", 256),
    20: ("secp224k1", 224),
    18: ("secp192k1", 192),
    14: ("sect571r1", 571),
    13: ("sect571k1", 571),
    12: ("sect409r1", 409),
    11: ("sect409k1", 409),
    10: ("sect283r1", 283),
    9: ("sect283k1", 283),
    8: ("sect239k1", 239),
    7: ("sect233r1", 233),
    6: ("sect233k1", 233),
    5: ("sect193r2", 193),
    4: ("sect193r1", 193),
    3: ("sect163r2", 163),
    2: ("sect163r1", 163),
    1: ("sect163k1", 163),
    17: ("secp160r2", 160),
    16: ("secp160r1", 160),
    15: ("secp160k1", 160),
}
_FINITE: Final = range(256, 512)
#: What a hello for TLS 1.2 and older offers: no finite fields, or a server need not show its own parameters.
CURVES: Final = tuple(number for number in GROUPS if number not in _FINITE)
#: What TLS 1.3 has, those first whose share a probe can send.
TLS13_GROUPS: Final = (29, 23, 24, 25, 30, 256, 257, 258, 259, 260, 31, 32, 33)

_ECDSA: Final = (0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x081A, 0x081B, 0x081C, 0x0303, 0x0203)
_RSA: Final = (0x0804, 0x0805, 0x0806, 0x0809, 0x080A, 0x080B, 0x0401, 0x0501, 0x0601, 0x0301, 0x0201, 0x0101)
_DSA: Final = (0x0402, 0x0502, 0x0602, 0x0302, 0x0202)
#: The signature schemes by the kind of key that makes them.
SIGNATURES: Final = {"ECDSA": _ECDSA, "RSA": _RSA, "": (*_ECDSA, *_RSA, *_DSA)}


def alert_name(number: int) -> str:
    """An alert's name, or its number where it has none."""
    return ALERTS.get(number, f"alert {number}")


def group_of(number: int) -> tuple[str, int]:
    """A group's name and its size in bits, which is 0 where it is not known."""
    return GROUPS.get(number, (f"group {number}", 0))
