"""Which suites a hello offers, and in which order."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from auditor.probe.tls.numbers import VERSIONS
from auditor.readers.cipher_suites import WEAK_CLASSES, Suite, suites

#: Numbers of two bytes, which hellos since SSLv3 can carry.
_SHORT = 1 << 16
_FORWARD = ("ECDHE", "DHE")
_UNUSUAL = ("ARIA", "AESCCM", "CAMELLIA")


@cache
def modern() -> tuple[int, ...]:
    """The suites of TLS 1.3."""
    return tuple(suite.number for suite in suites().values() if suite.protocol == "TLSv1.3")


@cache
def ssl2() -> tuple[Suite, ...]:
    """The suites of SSLv2."""
    return tuple(suite for suite in suites().values() if suite.number >= _SHORT)


@cache
def usual() -> tuple[int, ...]:
    """What servers of mail may choose from, the strongest first: fewer than the 128 that some can take.

    Suites of shared keys and passwords are apart, as are those of certificates with fixed keys and those that hardly
    any library has.
    """
    return tuple(suite.number for suite in _legacy() if not _is_rare(suite))


@cache
def rare() -> tuple[int, ...]:
    """The suites of SSLv3 to TLS 1.2 that are not among the usual ones."""
    return tuple(suite.number for suite in _legacy() if _is_rare(suite))


def of_version(numbers: Iterable[int], version: str) -> tuple[int, ...]:
    """Those suites that a protocol before TLS 1.3 has."""
    known, newest = suites(), VERSIONS[version]
    return tuple(number for number in numbers if VERSIONS[known[number].protocol] <= newest)


def weak(classes: Iterable[str], version: str) -> tuple[int, ...]:
    """The suites of weak classes that a protocol has, those of the most classes first; fewer than 128 as well.

    Of shared keys, only those with the usual encryptions stand for all.
    """
    wanted = frozenset(classes)
    found = [suite for suite in _legacy() if suite.classes & wanted and not _is_exotic(suite)]
    found = [suite for suite in found if "PSK" not in suite.exchange or not suite.encryption.startswith(_UNUSUAL)]
    found.sort(key=lambda suite: -len(suite.classes & wanted))
    return of_version((suite.number for suite in found), version)


@cache
def _legacy() -> tuple[Suite, ...]:
    found = [suite for suite in suites().values() if suite.number < _SHORT and suite.protocol != "TLSv1.3"]
    return tuple(sorted(found, key=_weakness))


def _weakness(suite: Suite) -> tuple[object, ...]:
    grave = suite.classes - {"CAMELLIA"}
    return (
        bool(grave),
        suite.export,
        suite.exchange not in _FORWARD,
        suite.mac != "AEAD",
        bool(suite.classes),
        suite.exchange == "DHE",
        suite.authentication != "ECDSA",
        suite.encryption not in {"AESGCM", "AES", "CHACHA20"},
        -suite.bits,
        len(grave),
        suite.number,
    )


def _is_rare(suite: Suite) -> bool:
    return suite.exchange not in {"RSA", *_FORWARD} or _is_exotic(suite)


def _is_exotic(suite: Suite) -> bool:
    # OpenSSL has never had these, or only for certificates with fixed keys, which nobody issues.
    return suite.exchange in {"DH", "ECDH"} or suite.name == suite.iana


#: Every weak class, for those who ask for all of them.
ALL_WEAK = frozenset(WEAK_CLASSES)
