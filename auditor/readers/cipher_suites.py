"""Every cipher suite that a probe may offer, by its number: names, key exchange, authentication, encryption, classes.

Numbers and names are those of IANA's registry "TLS Cipher Suites" and of the drafts before it; the other names are
OpenSSL's (openssl-ciphers(1)), of whichever version had the suite. Suites of Kerberos, GOST and Fortezza are left out:
no mail server offers them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from auditor.model.pattern import lazy


class Suite(NamedTuple):
    """One cipher suite.

    Attributes:
        number: the number it has on the wire; three bytes in SSLv2, else two.
        iana: the registered name, ``TLS_RSA_WITH_AES_128_CBC_SHA``.
        name: OpenSSL's name, ``AES128-SHA``; the registered one where OpenSSL has never had the suite.
        exchange: ``RSA``, ``DHE``, ``ECDHE``, ``DH``, ``ECDH`` (both with fixed keys), ``PSK``, ``DHEPSK``,
            ``RSAPSK``, ``ECDHEPSK``, ``SRP``; ``any`` in TLS 1.3.
        authentication: ``RSA``, ``DSS``, ``ECDSA``, ``NULL``, ``PSK``, ``SRP``; ``any`` in TLS 1.3.
        encryption: ``AES``, ``AESGCM``, ``AESCCM``, ``AESCCM8``, ``3DES``, ``NULL`` and so on.
        bits: the strength of the encryption in bits.
        mac: ``MD5``, ``SHA``, ``SHA256``, ``SHA384``, or ``AEAD``.
        export: whether its keys are shortened on purpose.
        protocol: the oldest protocol that has it: ``SSLv2``, ``SSLv3``, ``TLSv1``, ``TLSv1.2``, ``TLSv1.3``.

    """

    number: int
    iana: str
    name: str
    exchange: str
    authentication: str
    encryption: str
    bits: int
    mac: str
    export: bool
    protocol: str

    @property
    def classes(self) -> frozenset[str]:
        """The weak classes it belongs to, in the words of `WEAK_CLASSES`."""
        return _classes(self)


#: The classes that a profile may call weak, those that most suites of other classes share first.
WEAK_CLASSES = ("aNULL", "eNULL", "EXPORT", "MD5", "RC4", "DES", "3DES", "IDEA", "SEED", "CAMELLIA", "PSK", "SRP")
#: Key exchanges by their registered names: what OpenSSL's names begin with, exchange, authentication.
_EXCHANGES = {
    "RSA": ("", "RSA", "RSA"),
    "DH_DSS": ("DH-DSS-", "DH", "DSS"),
    "DH_RSA": ("DH-RSA-", "DH", "RSA"),
    "DHE_DSS": ("DHE-DSS-", "DHE", "DSS"),
    "DHE_RSA": ("DHE-RSA-", "DHE", "RSA"),
    "DH_anon": ("ADH-", "DHE", "NULL"),
    "ECDH_ECDSA": ("ECDH-ECDSA-", "ECDH", "ECDSA"),
    "ECDH_RSA": ("ECDH-RSA-", "ECDH", "RSA"),
    "ECDHE_ECDSA": ("ECDHE-ECDSA-", "ECDHE", "ECDSA"),
    "ECDHE_RSA": ("ECDHE-RSA-", "ECDHE", "RSA"),
    "ECDH_anon": ("AECDH-", "ECDHE", "NULL"),
    "PSK": ("PSK-", "PSK", "PSK"),
    "DHE_PSK": ("DHE-PSK-", "DHEPSK", "PSK"),
    "PSK_DHE": ("DHE-PSK-", "DHEPSK", "PSK"),
    "RSA_PSK": ("RSA-PSK-", "RSAPSK", "RSA"),
    "ECDHE_PSK": ("ECDHE-PSK-", "ECDHEPSK", "PSK"),
    "SRP_SHA": ("SRP-", "SRP", "SRP"),
    "SRP_SHA_RSA": ("SRP-RSA-", "SRP", "RSA"),
    "SRP_SHA_DSS": ("SRP-DSS-", "SRP", "DSS"),
}
_SIX = "RSA DH_DSS DH_RSA DHE_DSS DHE_RSA DH_anon"
_FOUR_DH = "DH_DSS DH_RSA DHE_DSS DHE_RSA"
_FOUR_EC = "ECDHE_ECDSA ECDH_ECDSA ECDHE_RSA ECDH_RSA"
_TEN_AEAD = f"RSA DHE_RSA DH_RSA DHE_DSS DH_DSS DH_anon {_FOUR_EC}"
_PSKS = "PSK DHE_PSK RSA_PSK"
_CBC = "AES_128_CBC_SHA256 AES_256_CBC_SHA384"
_OLD = "RC4_128_SHA 3DES_EDE_CBC_SHA AES_128_CBC_SHA AES_256_CBC_SHA"
#: Runs of numbers: the first, the key exchanges, the encryptions of each of them.
_RUNS = (
    (0x0001, "RSA", "NULL_MD5 NULL_SHA EXPORT:RC4_40_MD5 RC4_128_MD5 RC4_128_SHA EXPORT:RC2_CBC_40_MD5 IDEA_CBC_SHA"),
    (0x0008, f"RSA {_FOUR_DH}", "EXPORT:DES40_CBC_SHA DES_CBC_SHA 3DES_EDE_CBC_SHA"),
    (0x0017, "DH_anon", "EXPORT:RC4_40_MD5 RC4_128_MD5 EXPORT:DES40_CBC_SHA DES_CBC_SHA 3DES_EDE_CBC_SHA"),
    (0x002C, _PSKS, "NULL_SHA"),
    (0x002F, _SIX, "AES_128_CBC_SHA"),
    (0x0035, _SIX, "AES_256_CBC_SHA"),
    (0x003B, "RSA", "NULL_SHA256 AES_128_CBC_SHA256 AES_256_CBC_SHA256"),
    (0x003E, "DH_DSS DH_RSA DHE_DSS", "AES_128_CBC_SHA256"),
    (0x0041, _SIX, "CAMELLIA_128_CBC_SHA"),
    (0x0060, "RSA", "EXPORT1024:RC4_56_MD5 EXPORT1024:RC2_CBC_56_MD5 EXPORT1024:DES_CBC_SHA"),
    (0x0063, "DHE_DSS", "EXPORT1024:DES_CBC_SHA"),
    (0x0064, "RSA DHE_DSS", "EXPORT1024:RC4_56_SHA"),
    (0x0066, "DHE_DSS", "RC4_128_SHA"),
    (0x0067, "DHE_RSA", "AES_128_CBC_SHA256"),
    (0x0068, _FOUR_DH, "AES_256_CBC_SHA256"),
    (0x006C, "DH_anon", "AES_128_CBC_SHA256 AES_256_CBC_SHA256"),
    (0x0084, _SIX, "CAMELLIA_256_CBC_SHA"),
    (0x008A, _PSKS, _OLD),
    (0x0096, _SIX, "SEED_CBC_SHA"),
    (0x009C, f"RSA DHE_RSA DH_RSA DHE_DSS DH_DSS DH_anon {_PSKS}", "AES_128_GCM_SHA256 AES_256_GCM_SHA384"),
    (0x00AE, _PSKS, f"{_CBC} NULL_SHA256 NULL_SHA384"),
    (0x00BA, _SIX, "CAMELLIA_128_CBC_SHA256"),
    (0x00C0, _SIX, "CAMELLIA_256_CBC_SHA256"),
    (0xC001, "ECDH_ECDSA ECDHE_ECDSA ECDH_RSA ECDHE_RSA ECDH_anon", f"NULL_SHA {_OLD}"),
    (0xC01A, "SRP_SHA SRP_SHA_RSA SRP_SHA_DSS", "3DES_EDE_CBC_SHA"),
    (0xC01D, "SRP_SHA SRP_SHA_RSA SRP_SHA_DSS", "AES_128_CBC_SHA"),
    (0xC020, "SRP_SHA SRP_SHA_RSA SRP_SHA_DSS", "AES_256_CBC_SHA"),
    (0xC023, _FOUR_EC, _CBC),
    (0xC02B, _FOUR_EC, "AES_128_GCM_SHA256 AES_256_GCM_SHA384"),
    (0xC033, "ECDHE_PSK", f"{_OLD} {_CBC} NULL_SHA NULL_SHA256 NULL_SHA384"),
    (0xC03C, f"{_SIX} {_FOUR_EC}", "ARIA_128_CBC_SHA256 ARIA_256_CBC_SHA384"),
    (0xC050, _TEN_AEAD, "ARIA_128_GCM_SHA256 ARIA_256_GCM_SHA384"),
    (0xC064, _PSKS, "ARIA_128_CBC_SHA256 ARIA_256_CBC_SHA384"),
    (0xC06A, _PSKS, "ARIA_128_GCM_SHA256 ARIA_256_GCM_SHA384"),
    (0xC070, "ECDHE_PSK", "ARIA_128_CBC_SHA256 ARIA_256_CBC_SHA384"),
    (0xC072, _FOUR_EC, "CAMELLIA_128_CBC_SHA256 CAMELLIA_256_CBC_SHA384"),
    (0xC07A, f"{_TEN_AEAD} {_PSKS}", "CAMELLIA_128_GCM_SHA256 CAMELLIA_256_GCM_SHA384"),
    (0xC094, f"{_PSKS} ECDHE_PSK", "CAMELLIA_128_CBC_SHA256 CAMELLIA_256_CBC_SHA384"),
    (0xC09C, "RSA DHE_RSA", "AES_128_CCM AES_256_CCM"),
    (0xC0A0, "RSA DHE_RSA", "AES_128_CCM_8 AES_256_CCM_8"),
    (0xC0A4, "PSK DHE_PSK", "AES_128_CCM AES_256_CCM"),
    (0xC0A8, "PSK PSK_DHE", "AES_128_CCM_8 AES_256_CCM_8"),
    (0xC0AC, "ECDHE_ECDSA", "AES_128_CCM AES_256_CCM AES_128_CCM_8 AES_256_CCM_8"),
    (0xCCA8, "ECDHE_RSA ECDHE_ECDSA DHE_RSA PSK ECDHE_PSK DHE_PSK RSA_PSK", "CHACHA20_POLY1305_SHA256"),
    (0xD001, "ECDHE_PSK", "AES_128_GCM_SHA256 AES_256_GCM_SHA384 AES_128_CCM_8_SHA256"),
    (0xD005, "ECDHE_PSK", "AES_128_CCM_SHA256"),
)
_TLS13 = "AES_128_GCM_SHA256 AES_256_GCM_SHA384 CHACHA20_POLY1305_SHA256 AES_128_CCM_SHA256 AES_128_CCM_8_SHA256"
_SSL2 = {
    0x010080: ("RC4_128", "RC4", 128),
    0x020080: ("RC4_128_EXPORT40", "RC4", 40),
    0x030080: ("RC2_128_CBC", "RC2", 128),
    0x040080: ("RC2_128_CBC_EXPORT40", "RC2", 40),
    0x050080: ("IDEA_128_CBC", "IDEA", 128),
    0x060040: ("DES_64_CBC", "DES", 56),
    0x0700C0: ("DES_192_EDE3_CBC", "3DES", 112),
    0x080080: ("RC4_64", "RC4", 64),
}
_SSL2_NAMES = {"RC2": "RC2-CBC-MD5", "IDEA": "IDEA-CBC-MD5", "DES": "DES-CBC-MD5", "3DES": "DES-CBC3-MD5"}
_CIPHER = lazy(
    r"(?P<algorithm>NULL|RC4|RC2_CBC|IDEA_CBC|DES40_CBC|DES_CBC|3DES_EDE_CBC|SEED_CBC|CHACHA20_POLY1305"
    r"|(?:AES|ARIA|CAMELLIA))(?:_(?P<bits>\d+))?(?:_(?P<mode>CBC|GCM|CCM_8|CCM))?(?:_(?P<mac>MD5|SHA(?:256|384)?))?"
)
_BITS = {"CHACHA20": 256, "SEED": 128, "IDEA": 128, "3DES": 112, "DES": 56, "DES40": 40, "NULL": 0}
_BLOCK_NAMES = {"IDEA_CBC": "IDEA-CBC", "SEED_CBC": "SEED", "RC2_CBC": "RC2-CBC", "3DES_EDE_CBC": "DES-CBC3"}


def _suite(number: int, exchange: str, cipher: str) -> Suite:
    export, _, cipher = cipher.rpartition(":")
    match = _CIPHER.fullmatch(cipher)
    assert match is not None  # noqa: S101  # The table above is read, nothing else.
    algorithm, bits, mode, mac = match.group("algorithm", "bits", "mode", "mac")
    base = algorithm.partition("_")[0]
    aead = mode in {"GCM", "CCM", "CCM_8"} or base == "CHACHA20"
    prefix, kind, authentication = _EXCHANGES[exchange]
    encryption = "DES" if base == "DES40" else base + (mode.replace("_", "") if aead and mode else "")
    iana = f"TLS_{exchange}{'_' if export else ''}{export}_WITH_{cipher}"
    return Suite(
        number,
        iana,
        _openssl(prefix, export, algorithm, bits, mode, mac) if _in_openssl(kind, base, mode, number) else iana,
        kind,
        authentication,
        encryption,
        _strength(export, base, bits),
        "AEAD" if aead else mac,
        bool(export),
        _protocol(kind, "AEAD" if aead else mac),
    )


def _strength(export: str, base: str, bits: str | None) -> int:
    return 56 if export == "EXPORT1024" else int(bits or _BITS[base])


def _protocol(exchange: str, mac: str) -> str:
    if mac == "AEAD":
        return "TLSv1.2"
    if mac in {"SHA256", "SHA384"}:
        return "TLSv1" if exchange.endswith("PSK") else "TLSv1.2"
    return "TLSv1" if exchange.startswith("EC") else "SSLv3"


_FIRST_UNNAMED = 0xD000


def _in_openssl(exchange: str, base: str, mode: str | None, number: int) -> bool:
    if (base == "ARIA" and (mode == "CBC" or exchange in {"DH", "ECDH"})) or (base == "CAMELLIA" and mode == "GCM"):
        return False
    return number < _FIRST_UNNAMED


def _openssl(prefix: str, export: str, algorithm: str, bits: str | None, mode: str | None, mac: str | None) -> str:  # noqa: PLR0913
    spelt_out = "PSK" in prefix or prefix.startswith("SRP")
    if algorithm in {"DES40_CBC", "DES_CBC"}:
        prefix, algorithm = prefix.replace("DHE-", "EDH-") if export != "EXPORT1024" else prefix, "DES-CBC"
    before = f"{export.replace('EXPORT', 'EXP')}{'-' if export else ''}"
    if algorithm == "CHACHA20_POLY1305":
        return f"{prefix}CHACHA20-POLY1305"
    if algorithm == "3DES_EDE_CBC" and spelt_out:
        return f"{prefix}3DES-EDE-CBC-{mac}"
    if algorithm not in {"AES", "ARIA", "CAMELLIA"}:
        return f"{before}{prefix}{_BLOCK_NAMES.get(algorithm, algorithm)}-{mac}"
    return _modern(prefix, algorithm, str(bits), mode, mac, spelt_out=spelt_out)


def _modern(prefix: str, algorithm: str, bits: str, mode: str | None, mac: str | None, *, spelt_out: bool) -> str:  # noqa: PLR0913
    if prefix == "ECDHE-RSA-" and algorithm == "ARIA":
        prefix = "ECDHE-"
    if mode != "CBC":
        return "-".join(filter(None, (f"{prefix}{algorithm}{bits}", str(mode).replace("_", ""), mac)))
    if prefix.startswith("SRP"):
        return f"{prefix}{algorithm}-{bits}-CBC-{mac}"
    return f"{prefix}{algorithm}{bits}{'-CBC' if spelt_out and algorithm == 'AES' else ''}-{mac}"


def _tls13() -> Iterator[Suite]:
    for number, cipher in enumerate(_TLS13.split(), 0x1301):
        made = _suite(number, "RSA", cipher)
        name = f"TLS_{cipher}"
        yield made._replace(iana=name, name=name, exchange="any", authentication="any", protocol="TLSv1.3")


def _ssl2() -> Iterator[Suite]:
    for number, (iana, encryption, bits) in _SSL2.items():
        export = iana.endswith("EXPORT40")
        name = "RC4-64-MD5" if bits == 64 else _SSL2_NAMES.get(encryption, "RC4-MD5")  # noqa: PLR2004  # That of RC4.
        name = f"EXP-{name}" if export else name
        yield Suite(
            number, f"SSL_CK_{iana}_WITH_MD5", name, "RSA", "RSA", encryption, bits, "MD5", export, protocol="SSLv2"
        )


@cache
def suites() -> Mapping[int, Suite]:
    """Every suite by its number."""
    found = [*_tls13(), *_ssl2()]
    for first, exchanges, ciphers in _RUNS:
        pairs = [(exchange, cipher) for exchange in exchanges.split() for cipher in ciphers.split()]
        found += [_suite(number, exchange, cipher) for number, (exchange, cipher) in enumerate(pairs, first)]
    return {suite.number: suite for suite in found}


def _classes(suite: Suite) -> frozenset[str]:
    found = {word for word in (suite.encryption.removesuffix("GCM"), suite.mac) if word in WEAK_CLASSES}
    found |= {"PSK"} if suite.exchange.endswith("PSK") else set()
    found |= {"SRP"} if suite.exchange == "SRP" else set()
    found |= {"aNULL"} if suite.authentication == "NULL" else set()
    found |= {"eNULL"} if suite.encryption == "NULL" else set()
    return frozenset(found | ({"EXPORT"} if suite.export else set()))


def packed(offered: Iterable[int]) -> bytes:
    """The numbers as a hello carries them, two bytes each."""
    numbers = tuple(offered)
    return struct.pack(f">{len(numbers)}H", *numbers)
