"""The table of cipher suites: numbers, names, and the classes that profiles call weak."""

from __future__ import annotations

import pytest

from auditor.probe.tls import lists
from auditor.probe.tls.numbers import VERSIONS
from auditor.readers.cipher_suites import WEAK_CLASSES, packed, suites
from auditor.sendmail import cipher_suites


def test_names_are_unique_within_a_family() -> None:
    """No two suites of one number's size have a name in common, so that a name tells the suite."""
    for table in (lists.ssl2(), [suite for suite in suites().values() if suite.number <= 0xFFFF]):
        assert len({suite.name for suite in table}) == len(table)
        assert len({suite.iana for suite in table}) == len(table)


def test_classes_are_those_of_cipher_strings() -> None:
    """A suite is in a weak class exactly where the word of that name selects it in a cipher string."""
    for name, suite in cipher_suites.suites().items():
        found = suite.classes
        selected = {word for word, selects in cipher_suites.WEAK.items() if selects(suite)}
        assert found - {"CAMELLIA"} == selected
        assert ("CAMELLIA" in found) == ("CAMELLIA" in name)


@pytest.mark.parametrize(
    ("number", "iana", "name"),
    [
        (0x0003, "TLS_RSA_EXPORT_WITH_RC4_40_MD5", "EXP-RC4-MD5"),
        (0x0014, "TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA", "EXP-EDH-RSA-DES-CBC-SHA"),
        (0x0062, "TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA", "EXP1024-DES-CBC-SHA"),
        (0x009B, "TLS_DH_anon_WITH_SEED_CBC_SHA", "ADH-SEED-SHA"),
        (0x00AF, "TLS_PSK_WITH_AES_256_CBC_SHA384", "PSK-AES256-CBC-SHA384"),
        (0xC012, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", "ECDHE-RSA-DES-CBC3-SHA"),
        (0xC01E, "TLS_SRP_SHA_RSA_WITH_AES_128_CBC_SHA", "SRP-RSA-AES-128-CBC-SHA"),
        (0xC030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"),
        (0xC060, "TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256", "ECDHE-ARIA128-GCM-SHA256"),
        (0xC0AB, "TLS_PSK_DHE_WITH_AES_256_CCM_8", "DHE-PSK-AES256-CCM8"),
        (0xCCAA, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "DHE-RSA-CHACHA20-POLY1305"),
        (0x1303, "TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256"),
        (0xC07B, "TLS_RSA_WITH_CAMELLIA_256_GCM_SHA384", "TLS_RSA_WITH_CAMELLIA_256_GCM_SHA384"),
        (0x0700C0, "SSL_CK_DES_192_EDE3_CBC_WITH_MD5", "DES-CBC3-MD5"),
    ],
)
def test_numbers_are_those_of_the_registry(number: int, iana: str, name: str) -> None:
    """A number of each run of the table has the name that IANA's registry gives it."""
    assert (suites()[number].iana, suites()[number].name) == (iana, name)


def test_lists_cover_the_table_once() -> None:
    """The usual and the rare suites together are all of SSLv3 to TLS 1.2, none in both."""
    both = lists.usual() + lists.rare()
    expected = {n for n, suite in suites().items() if n <= 0xFFFF and suite.protocol != "TLSv1.3"}
    assert len(both) == len(set(both))
    assert set(both) == expected


def test_no_hello_offers_more_than_every_server_can_take() -> None:
    """What is offered to all servers stays below 128 suites, beyond which some give up."""
    assert len(lists.usual()) < 128
    assert len(lists.weak(lists.ALL_WEAK, "TLSv1.2")) < 128


@pytest.mark.parametrize("name", WEAK_CLASSES)
@pytest.mark.parametrize("version", ["SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2"])
def test_a_class_is_asked_for_by_its_own_suites(name: str, version: str) -> None:
    """A hello for a weak class holds suites of that class alone, which the protocol has, and always some."""
    offered = [suites()[number] for number in lists.weak([name], version)]
    assert offered
    assert all(name in suite.classes for suite in offered)
    assert all(VERSIONS[suite.protocol] <= VERSIONS[version] for suite in offered)


def test_packing_writes_two_bytes_each() -> None:
    """Suites are packed in their order."""
    assert packed([0x1301, 0x00FF]) == b"\x13\x01\x00\xff"
