"""The cipher suites that OpenSSL has known up to TLS 1.2, and the words that select them (openssl-ciphers(1)).

They reach from the 40-bit suites of 0.9.8 to those of 3.x; a library has some of them, which ones depends on its
version and on how it was built. Suites of SSLv2 and of GOST are left out: no mail server of the last fifteen years
offers them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple, TypeAlias

from auditor.model.pattern import lazy


class Suite(NamedTuple):
    """One cipher suite: how keys are exchanged, who is authenticated, what encrypts and what protects from change."""

    name: str
    exchange: str
    authentication: str
    encryption: str
    bits: int
    mac: str
    protocol: str
    export: bool


_GCM = "AES128-GCM-SHA256 AES256-GCM-SHA384"
_ARIA = "ARIA128-GCM-SHA256 ARIA256-GCM-SHA384"
_CCM = "AES128-CCM AES256-CCM AES128-CCM8 AES256-CCM8"
_CHACHA = "CHACHA20-POLY1305"
_AES = "AES128-SHA AES256-SHA AES128-SHA256 AES256-SHA256"
_CAMELLIA = "CAMELLIA128-SHA CAMELLIA256-SHA CAMELLIA128-SHA256 CAMELLIA256-SHA256"
_EC = "AES128-SHA AES256-SHA AES128-SHA256 AES256-SHA384 CAMELLIA128-SHA256 CAMELLIA256-SHA384"
_EC_OLD = "DES-CBC3-SHA RC4-SHA NULL-SHA"
_PSK = "AES128-CBC-SHA AES256-CBC-SHA AES128-CBC-SHA256 AES256-CBC-SHA384 CAMELLIA128-SHA256 CAMELLIA256-SHA384"
_PSK_OLD = "3DES-EDE-CBC-SHA RC4-SHA NULL-SHA NULL-SHA256 NULL-SHA384"
_SRP = "3DES-EDE-CBC-SHA AES-128-CBC-SHA AES-256-CBC-SHA"
_OLD = "SEED-SHA DES-CBC3-SHA DES-CBC-SHA"
#: The suites by how their names begin: exchange, authentication, and the rest of each name.
_FAMILIES: dict[str, tuple[str, str, str]] = {
    "": (
        "RSA",
        "RSA",
        f"{_GCM} {_ARIA} {_CCM} {_AES} {_CAMELLIA} {_OLD} IDEA-CBC-SHA RC4-SHA RC4-MD5 NULL-SHA256 NULL-SHA NULL-MD5",
    ),
    "DHE-RSA-": ("DHE", "RSA", f"{_GCM} {_ARIA} {_CCM} {_CHACHA} {_AES} {_CAMELLIA} SEED-SHA DES-CBC3-SHA"),
    "DHE-DSS-": ("DHE", "DSS", f"{_GCM} {_ARIA} {_AES} {_CAMELLIA} SEED-SHA DES-CBC3-SHA RC4-SHA"),
    "EDH-RSA-": ("DHE", "RSA", "DES-CBC3-SHA DES-CBC-SHA"),
    "EDH-DSS-": ("DHE", "DSS", "DES-CBC3-SHA DES-CBC-SHA"),
    "ADH-": ("DHE", "NULL", f"{_GCM} {_AES} {_CAMELLIA} {_OLD} RC4-MD5"),
    "ECDHE-ECDSA-": ("ECDHE", "ECDSA", f"{_GCM} {_ARIA} {_CCM} {_CHACHA} {_EC} {_EC_OLD}"),
    "ECDHE-RSA-": ("ECDHE", "RSA", f"{_GCM} {_CHACHA} {_EC} {_EC_OLD}"),
    "ECDHE-": ("ECDHE", "RSA", _ARIA),
    "AECDH-": ("ECDHE", "NULL", f"AES128-SHA AES256-SHA {_EC_OLD}"),
    "PSK-": ("PSK", "PSK", f"{_GCM} {_ARIA} {_CCM} {_CHACHA} {_PSK} {_PSK_OLD}"),
    "DHE-PSK-": ("DHEPSK", "PSK", f"{_GCM} {_ARIA} {_CCM} {_CHACHA} {_PSK} {_PSK_OLD}"),
    "RSA-PSK-": ("RSAPSK", "RSA", f"{_GCM} {_ARIA} {_CHACHA} {_PSK} {_PSK_OLD}"),
    "ECDHE-PSK-": ("ECDHEPSK", "PSK", f"{_CHACHA} {_PSK} {_PSK_OLD}"),
    "SRP-": ("SRP", "SRP", _SRP),
    "SRP-RSA-": ("SRP", "RSA", _SRP),
    "SRP-DSS-": ("SRP", "DSS", _SRP),
    "EXP-": ("RSA", "RSA", "DES-CBC-SHA RC2-CBC-MD5 RC4-MD5"),
    "EXP-EDH-RSA-": ("DHE", "RSA", "DES-CBC-SHA"),
    "EXP-EDH-DSS-": ("DHE", "DSS", "DES-CBC-SHA"),
    "EXP-ADH-": ("DHE", "NULL", "DES-CBC-SHA RC4-MD5"),
    "EXP1024-": ("RSA", "RSA", "DES-CBC-SHA RC4-SHA RC4-MD5 RC2-CBC-MD5"),
    "EXP1024-DHE-DSS-": ("DHE", "DSS", "DES-CBC-SHA RC4-SHA"),
}
_REST = lazy(r"(AES|ARIA|CAMELLIA|CHACHA20|SEED|IDEA|RC4|RC2|DES-CBC3|3DES|DES|NULL)-?(128|256)?-?(.*)")
_OLD_BITS = {"CHACHA20": 256, "SEED": 128, "IDEA": 128, "RC4": 128, "RC2": 128, "3DES": 112, "DES": 56, "NULL": 0}


def _suite(prefix: str, exchange: str, authentication: str, rest: str) -> Suite:
    match = _REST.fullmatch(rest)
    assert match is not None  # noqa: S101  # The table above is read, nothing else.
    algorithm, bits, tail = match.groups()
    algorithm = "3DES" if algorithm == "DES-CBC3" else algorithm
    mode = next((mode for mode in ("GCM", "CCM8", "CCM") if tail.startswith(mode)), "")
    mac = "AEAD" if mode or algorithm == "CHACHA20" else tail.rpartition("-")[2] or tail
    export = prefix.startswith("EXP")
    strength = (56 if "1024" in prefix else 40) if export else int(bits or _OLD_BITS[algorithm])
    protocol = _protocol(exchange, mac)
    return Suite(prefix + rest, exchange, authentication, algorithm + mode, strength, mac, protocol, export)


def _protocol(exchange: str, mac: str) -> str:
    if mac == "AEAD":
        return "TLSv1.2"
    if mac in {"SHA256", "SHA384"}:
        return "TLSv1" if exchange.endswith("PSK") else "TLSv1.2"
    return "TLSv1" if exchange.startswith("ECDHE") else "SSLv3"


@cache
def suites() -> Mapping[str, Suite]:
    """Every suite by its OpenSSL name, those of TLS 1.3 and SSLv2 apart."""
    found = [
        _suite(prefix, exchange, authentication, rest)
        for prefix, (exchange, authentication, names) in _FAMILIES.items()
        for rest in names.split()
    ]
    return {suite.name: suite for suite in found}


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
