"""How sendmail takes its STARTTLS options: which files it loads, what the letters and names in their values mean.

Sources: Sendmail Installation and Operation Guide, section 5.6 (options) and 5.11 (STARTTLS); what sendmail 8.17.1 with
OpenSSL 3.0 was seen to do where the guide is silent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import zip_longest

from auditor.model.pattern import lazy
from auditor.model.value import frozen
from auditor.sendmail.options import letters_read

SERVER_CERTIFICATE, SERVER_KEY = "ServerCertFile", "ServerKeyFile"
CLIENT_CERTIFICATE, CLIENT_KEY = "ClientCertFile", "ClientKeyFile"
AUTHORITY_FILE, AUTHORITY_PATH = "CACertFile", "CACertPath"
REVOCATION_FILE, REVOCATION_PATH = "CRLFile", "CRLPath"
DH_PARAMETERS = "DHParameters"
#: The options that name files or directories for TLS.
FILE_OPTIONS = (
    SERVER_CERTIFICATE,
    SERVER_KEY,
    CLIENT_CERTIFICATE,
    CLIENT_KEY,
    AUTHORITY_FILE,
    AUTHORITY_PATH,
    REVOCATION_FILE,
    REVOCATION_PATH,
    DH_PARAMETERS,
)
#: A certificate option and the key option that goes with it, by the side of a connection they are for.
SIDES = {"server": (SERVER_CERTIFICATE, SERVER_KEY), "client": (CLIENT_CERTIFICATE, CLIENT_KEY)}
#: What the server needs, each an absolute name, before it offers STARTTLS. Of the directory only the name is looked at.
SERVER_NEEDS = (SERVER_CERTIFICATE, SERVER_KEY, AUTHORITY_PATH, AUTHORITY_FILE)

#: The labels of PEM blocks that OpenSSL's readers take for each purpose; the first such block of a file counts.
CERTIFICATE_LABELS = frozenset({"CERTIFICATE", "X509 CERTIFICATE"})
AUTHORITY_LABELS = CERTIFICATE_LABELS | {"TRUSTED CERTIFICATE"}
REVOCATION_LABELS = frozenset({"X509 CRL"})
DH_LABELS = frozenset({"DH PARAMETERS", "X9.42 DH PARAMETERS"})
KEY_LABELS = frozenset(
    {
        "PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "RSA PRIVATE KEY",
        "EC PRIVATE KEY",
        "DSA PRIVATE KEY",
        "ED25519 PRIVATE KEY",
    }
)


def file_pairs(certificate: str | None, key: str | None) -> tuple[tuple[str | None, str | None], ...]:
    """The pairs of certificate and key file that two options name, one or two.

    The first comma parts the second name from the first, and blanks around it belong to the names. The key's value is
    parted only where the certificate's is: otherwise a comma in it is part of one name.

    Returns:
        Pairs with None where one of the two is not named; nothing where both options are unset or empty.

    """
    if not certificate and not key:
        return ()
    certificates = certificate.split(",", 1) if certificate else []
    keys = key.split(",", 1 if len(certificates) > 1 else 0) if key else []
    return tuple(zip_longest(certificates, keys))


def is_absolute(name: str | None) -> bool:
    """Whether sendmail takes a configured name for a file's at all; any other it treats as if nothing were set."""
    return name is not None and name.startswith("/")


def what_keeps_server_off(values: Mapping[str, str | None], server_options: str | None = None) -> tuple[str, ...]:
    """The options whose values alone keep STARTTLS from being offered: unset, or no absolute name.

    A second name in a pair must be absolute as well. With ``C`` in TLSSrvOptions the server goes without all four.

    Args:
        values: the values of the options in ``SERVER_NEEDS``.
        server_options: the value of TLSSrvOptions.

    """
    if any(letter.letter == "C" for letter in server_letters(server_options or "")):
        return ()
    pairs = file_pairs(values.get(SERVER_CERTIFICATE), values.get(SERVER_KEY))
    second_certificate, second_key = pairs[1] if len(pairs) > 1 else (None, None)
    first = pairs[0] if pairs else (None, None)
    names = {
        SERVER_CERTIFICATE: (first[0], second_certificate),
        SERVER_KEY: (first[1], second_key),
        AUTHORITY_PATH: (values.get(AUTHORITY_PATH), None),
        AUTHORITY_FILE: (values.get(AUTHORITY_FILE), None),
    }
    return tuple(
        option
        for option, (name, second) in names.items()
        if not is_absolute(name) or (second is not None and not is_absolute(second))
    )


@frozen
class Letter:
    """One token of TLSSrvOptions, of which only the first character counts.

    Attributes:
        letter: that character.
        start: where the token starts in the value.
        end: where it ends.
        known: whether sendmail acts on it; for any other it prints a warning and goes on.

    """

    letter: str
    start: int
    end: int
    known: bool


#: V asks no client for a certificate, C makes the server do without one of its own (8.15 and later).
SERVER_LETTERS = frozenset({"V", "C"})


def server_letters(value: str) -> tuple[Letter, ...]:
    """The words of a TLSSrvOptions value of which a character is read; letters are told apart by case."""
    return tuple(
        Letter(value[at], at, word.end(), value[at] in SERVER_LETTERS)
        for at in letters_read(value)
        if (word := _WORD.match(value, at)) is not None
    )


_WORD = lazy(r"[^ \t,]+")


#: The names that sendmail 8.17 knows in ServerSSLOptions and ClientSSLOptions, in lower case. A build knows those among
#: them that its OpenSSL has. Any other name keeps the daemon from starting.
SSL_OPTIONS = frozenset(
    "ssl_op_" + name
    for name in [
        "all",
        "allow_no_dhe_kex",
        "allow_unsafe_legacy_renegotiation",
        "cipher_server_preference",
        "cisco_anyconnect",
        "cookie_exchange",
        "cryptopro_tlsext_bug",
        "dont_insert_empty_fragments",
        "enable_middlebox_compat",
        "ephemeral_rsa",
        "legacy_server_connect",
        "microsoft_big_sslv3_buffer",
        "microsoft_sess_id_bug",
        "msie_sslv2_rsa_padding",
        "netscape_ca_dn_bug",
        "netscape_challenge_bug",
        "netscape_demo_cipher_change_bug",
        "netscape_reuse_cipher_change_bug",
        "no_anti_replay",
        "no_compression",
        "no_encrypt_then_mac",
        "no_query_mtu",
        "no_renegotiation",
        "no_session_resumption_on_renegotiation",
        "no_sslv2",
        "no_sslv3",
        "no_ticket",
        "no_tlsv1",
        "no_tlsv1_1",
        "no_tlsv1_2",
        "no_tlsv1_3",
        "pkcs1_check_1",
        "pkcs1_check_2",
        "prioritize_chacha",
        "single_dh_use",
        "single_ecdh_use",
        "ssleay_080_client_dh_bug",
        "sslref2_reuse_cert_type_bug",
        "tlsext_padding",
        "tls_block_padding_bug",
        "tls_d5_bug",
        "tls_rollback_bug",
    ]
)
#: Names that OpenSSL has and this table of sendmail's has not; a later sendmail may.
OPENSSL_OPTIONS = frozenset(
    "ssl_op_" + name
    for name in [
        "allow_client_renegotiation",
        "cleanse_plaintext",
        "disable_tlsext_ca_names",
        "enable_ktls",
        "ignore_unexpected_eof",
        "no_dtlsv1",
        "no_dtlsv1_2",
        "no_extended_master_secret",
        "no_ssl_mask",
        "no_dtls_mask",
        "no_rx_certificate_compression",
        "no_tx_certificate_compression",
        "prefer_no_dhe_kex",
        "safari_ecdhe_ecdsa_bug",
    ]
)
#: What each bit or name takes away, by the name of the protocol.
_PROTOCOLS = {
    "SSLv2": ("ssl_op_no_sslv2", 0x01000000),
    "SSLv3": ("ssl_op_no_sslv3", 0x02000000),
    "TLSv1": ("ssl_op_no_tlsv1", 0x04000000),
    "TLSv1.1": ("ssl_op_no_tlsv1_1", 0x10000000),
    "TLSv1.2": ("ssl_op_no_tlsv1_2", 0x08000000),
    "TLSv1.3": ("ssl_op_no_tlsv1_3", 0x20000000),
}
PROTOCOLS = tuple(_PROTOCOLS)


@frozen
class SSLOption:
    """One item of ServerSSLOptions or ClientSSLOptions.

    Attributes:
        clears: whether it takes the option back; an item without a sign sets it.
        name: the name or number without the sign; empty where a sign or comma stands alone.
        start: where the item, sign included, starts in the value.
        end: where it ends.
        problem: why sendmail refuses it and does not start, None where it takes it.

    """

    clears: bool
    name: str
    start: int
    end: int
    problem: str | None

    @property
    def number(self) -> int | None:
        """The bits of an item given as a number, decimal, octal or hexadecimal as in C."""
        match = _NUMBER.match(self.name)
        return _c_number(match[0]) if match else None


_ITEM = lazy(r"\s*([+-]?)([^ ,]*)[ ,]?")
_NUMBER = lazy(r"0[xX][0-9a-fA-F]+|[0-9]+")


def ssl_options(value: str) -> tuple[SSLOption, ...]:
    """The items of a ServerSSLOptions or ClientSSLOptions value (8.15 and later).

    A blank or a comma ends an item, and blanks before one are passed over: ``+A, +B`` are two items, ``+A,,+B`` are
    three, of which the empty one is an error. Names match in any case. A tab does not end an item.
    """
    found = []
    at = 0
    value = value.rstrip()
    while at < len(value):
        match = _ITEM.match(value, at)
        if match is None or match.end() == at:
            break
        at = match.end()
        start = match.start(1)
        found.append(SSLOption(match[1] == "-", match[2], start, match.end(2), _refusal(match[2])))
    return tuple(found)


def _refusal(name: str) -> str | None:
    if _NUMBER.match(name) or name.lower() in SSL_OPTIONS:
        return None
    if not name:
        return "there is no option name"
    if name.lower() in OPENSSL_OPTIONS:
        return "sendmail 8.17 does not know this option of OpenSSL's"
    if "ssl_op_" + name.lower() in SSL_OPTIONS:
        return f"the name is SSL_OP_{name}"
    return "there is no such option"


def disabled_protocols(value: str) -> frozenset[str]:
    """The protocols that a ServerSSLOptions or ClientSSLOptions value turns off, of those in ``PROTOCOLS``."""
    off: set[str] = set()
    for item in ssl_options(value):
        number = item.number
        for protocol, (name, bit) in _PROTOCOLS.items():
            if item.name.lower() == name or (number is not None and number & bit):
                (off.discard if item.clears else off.add)(protocol)
    return frozenset(off)


def _c_number(text: str) -> int:
    if text[:2].lower() == "0x":
        return int(text, 16)
    octal = re.match(r"0[0-7]*", text)
    return int(octal[0], 8) if octal else int(text)


#: The size of the group for each first character of DHParameters: a built-in one for 5 and i, a generated one else.
_DH_BITS = {"5": 512, "1": 1024, "2": 2048, "i": 2048, "I": 2048}
DH_DEFAULT_BITS = 2048


@frozen
class DHValue:
    """What a DHParameters value asks for; only its first character is looked at.

    Attributes:
        kind: "file", "number" (a group of ``bits``), "none" (no ephemeral Diffie-Hellman at all), "unset" or "illegal".
        bits: the size of the group in bits for "number"; for "unset" and "illegal" that of the built-in group which
            sendmail uses since 8.15.2; None for "none" and for a file.

    """

    kind: str
    bits: int | None


def dh_value(value: str | None) -> DHValue:
    """What sendmail makes of DHParameters; an illegal value counts as unset, which only LogLevel 13 and above tells."""
    first = value[:1] if value else ""
    if first == "/":
        return DHValue("file", None)
    if first in {"n", "N"}:
        return DHValue("none", None)
    if first in _DH_BITS:
        return DHValue("number", _DH_BITS[first])
    return DHValue("illegal" if first else "unset", DH_DEFAULT_BITS)
