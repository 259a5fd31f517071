"""The cipher suites that a cipher list selects among, and the words that select them (openssl-ciphers(1)).

They reach from the 40-bit suites of 0.9.8 to those of 3.x; a library has some of them, which ones depends on its
version and on how it was built. Suites of SSLv2 and of GOST are left out: no mail server of the last fifteen years
offers them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TypeAlias

from auditor.readers.cipher_suites import Suite
from auditor.readers.cipher_suites import suites as every_suite


@cache
def suites() -> Mapping[str, Suite]:
    """Every suite that a cipher list can select, by its OpenSSL name; those of TLS 1.3 and SSLv2 are not among them.

    Suites with fixed Diffie-Hellman keys are left out as well, since no certificate with such keys was ever issued.
    """
    found = {
        suite.name: suite
        for suite in every_suite().values()
        if suite.protocol not in _APART and suite.exchange not in _FIXED and suite.name != suite.iana
    }
    return found | {alias: found[name]._replace(name=alias) for alias, name in _ALSO.items()}


#: TLS 1.3 has a list of its own, and no OpenSSL of today has SSLv2.
_APART = frozenset(("SSLv2", "TLSv1.3"))
_FIXED = frozenset(("DH", "ECDH"))
#: Older names, which lists still use.
_ALSO = {"EDH-RSA-DES-CBC3-SHA": "DHE-RSA-DES-CBC3-SHA", "EDH-DSS-DES-CBC3-SHA": "DHE-DSS-DES-CBC3-SHA"}


Selects: TypeAlias = Callable[[Suite], bool]
_ANONYMOUS = "NULL"
_EXPORT56_BITS = 56
_MEDIUM = frozenset({"RC4", "RC2", "SEED", "IDEA"})


def _not_default(suite: Suite) -> bool:
    old = suite.encryption in {*_MEDIUM, "3DES", "DES"} or suite.export
    rare = suite.encryption.startswith(("ARIA", "AESCCM", "CAMELLIA"))
    return suite.encryption != "NULL" and (suite.authentication in {_ANONYMOUS, "DSS"} or old or rare)


def _exchange(*names: str, anonymous: bool | None = None) -> Selects:
    def selects(suite: Suite) -> bool:
        return suite.exchange in names and anonymous in {None, suite.authentication == _ANONYMOUS}

    return selects


def _authentication(name: str) -> Selects:
    return lambda suite: suite.authentication == name


def _encryption(*names: str, bits: int | None = None) -> Selects:
    return lambda suite: suite.encryption in names and bits in {None, suite.bits}


def _mac(name: str) -> Selects:
    return lambda suite: suite.mac == name


def _protocol_word(name: str) -> Selects:
    return lambda suite: suite.protocol == name


_ALL_AES = ("AES", "AESGCM", "AESCCM", "AESCCM8")
_PSKS = ("PSK", "DHEPSK", "RSAPSK", "ECDHEPSK")


@cache
def aliases() -> Mapping[str, Selects]:
    """The words that stand for many suites, and what each selects."""
    table: dict[str, Selects] = {
        "ALL": lambda suite: suite.encryption != "NULL",
        "COMPLEMENTOFALL": _encryption("NULL"),
        "COMPLEMENTOFDEFAULT": _not_default,
        "HIGH": lambda s: s.encryption not in {*_MEDIUM, "DES", "NULL"} and not s.export,
        "MEDIUM": lambda s: (s.encryption in _MEDIUM or s.encryption == "3DES") and not s.export,
        "LOW": lambda s: s.encryption == "DES" and not s.export,
        "FIPS": lambda s: s.encryption in {"AES", "AESGCM", "3DES"} and s.exchange != "SRP",
        "RSA": lambda s: s.exchange == "RSA" and s.authentication == "RSA",
        "PSK": _exchange(*_PSKS),
        "AESCCM": _encryption("AESCCM", "AESCCM8"),
        "AESCCM8": _encryption("AESCCM8"),
        "AESGCM": _encryption("AESGCM"),
        "ARIA": _encryption("ARIAGCM"),
        "ARIAGCM": _encryption("ARIAGCM"),
        "CBC": lambda s: s.mac != "AEAD" and s.encryption not in {"NULL", "RC4"},
        "SHA": _mac("SHA"),
        "SHA1": _mac("SHA"),
        "EXPORT56": lambda s: s.export and s.bits == _EXPORT56_BITS,
        "EXPORT40": lambda s: s.export and s.bits != _EXPORT56_BITS,
    }
    table |= {word: _exchange("DHE") for word in ("kEDH", "kDHE", "DH")}
    table |= {word: _exchange("ECDHE") for word in ("kEECDH", "kECDHE", "ECDH")}
    table |= {word: _exchange("DHE", anonymous=False) for word in ("EDH", "DHE")}
    table |= {word: _exchange("ECDHE", anonymous=False) for word in ("EECDH", "ECDHE")}
    table |= {"ADH": _exchange("DHE", anonymous=True), "AECDH": _exchange("ECDHE", anonymous=True)}
    table |= {word: _exchange("SRP") for word in ("SRP", "kSRP")}
    table |= {f"k{name}": _exchange(name) for name in ("RSA", *_PSKS)}
    table |= {f"a{name}": _authentication(name) for name in ("RSA", "DSS", "ECDSA", "PSK", "SRP", "NULL")}
    table |= {word: _authentication(word) for word in ("DSS", "ECDSA")}
    table |= {word: _encryption("NULL") for word in ("NULL", "eNULL")}
    table |= {word: _encryption(word) for word in ("3DES", "DES", "RC4", "RC2", "IDEA", "SEED", "CAMELLIA", "CHACHA20")}
    table["AES"] = _encryption(*_ALL_AES)
    for bits in (128, 256):
        table[f"AES{bits}"] = _encryption(*_ALL_AES, bits=bits)
        table[f"CAMELLIA{bits}"] = _encryption("CAMELLIA", bits=bits)
        table[f"ARIA{bits}"] = _encryption("ARIAGCM", bits=bits)
    table |= {word: _mac(word) for word in ("MD5", "SHA256", "SHA384")}
    table |= {word: lambda s: s.export for word in ("EXP", "EXPORT")}
    table |= {word: _protocol_word(word.removesuffix(".0")) for word in ("SSLv3", "TLSv1", "TLSv1.0", "TLSv1.2")}
    return table


#: Words that some version of OpenSSL knows and that select nothing which is told apart here.
SILENT = frozenset(
    [
        "GOST",
        "GOST12",
        "GOST2012",
        "GOST89",
        "GOST94",
        "GOST89MAC",
        "aGOST",
        "aGOST01",
        "aGOST12",
        "kGOST",
        "kGOST18",
        "SSLv2",
        "DTLSv1",
        "DTLSv1.2",
        "kDHr",
        "kDHd",
        "kECDHr",
        "kECDHe",
        "aDH",
        "aECDH",
        "kKRB5",
        "aKRB5",
        "KRB5",
        "FZA",
        "aFZA",
        "eFZA",
        "SUITEB128",
        "SUITEB128ONLY",
        "SUITEB128C2",
        "SUITEB192",
    ]
)
#: Words that people take for a choice of protocol.
PROTOCOL_WORDS = frozenset({"SSLv2", "SSLv3", "TLSv1", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"})

#: The groups that are weak for any use, or out of place in mail, and the word that takes each away.
WEAK: Mapping[str, Selects] = {
    "aNULL": _authentication(_ANONYMOUS),
    "eNULL": _encryption("NULL"),
    "EXPORT": lambda suite: suite.export,
    "DES": _encryption("DES"),
    "3DES": _encryption("3DES"),
    "RC4": _encryption("RC4"),
    "MD5": _mac("MD5"),
    "IDEA": _encryption("IDEA"),
    "SEED": _encryption("SEED"),
    "PSK": _exchange(*_PSKS),
    "SRP": _exchange("SRP"),
}
