"""TLSA records are judged as a mail server that goes by DANE judges them."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.unknown import Unknown
from auditor.probe import dane
from auditor.probe.dane import (
    MATCHED,
    NONE,
    UNDECIDED,
    UNMATCHED,
    UNUSABLE,
    DANEVerdict,
    TLSARecord,
    TLSARecords,
    judge,
    lookup,
    parse,
)
from auditor.readers import pem
from tests import certificates as made
from tests.certificates import NOW
from tests.probe.dns_server import resolving

HOST = "mail.example.org"
BETWEEN = "Between"
LEAF = made.certificate(issuer=BETWEEN, der=True)
MIDDLE = made.authority(BETWEEN, issuer=made.AUTHORITY, der=True)
ROOT = made.authority(der=True)
STRANGER = made.authority("Stranger", der=True)
CHAIN = (LEAF, MIDDLE, ROOT)


def data(der: bytes, selector: int, matching: int) -> bytes:
    """What a record has to hold for a certificate."""
    part = der if selector == 0 else pem.public_key(der)
    assert part is not None
    return {0: part, 1: hashlib.sha256(part).digest(), 2: hashlib.sha512(part).digest()}[matching]


def record(usage: int, der: bytes, selector: int = 1, matching: int = 1) -> TLSARecord:
    """The record for a certificate."""
    return TLSARecord(usage, selector, matching, data(der, selector, matching))


def verdict(*records: TLSARecord, chain: tuple[bytes, ...] = CHAIN, host: str = HOST, days: int = 0) -> DANEVerdict:
    """What becomes of records as of some days after the moment that the certificates count from."""
    return judge(records, chain, (host,), NOW + timedelta(days))


@pytest.mark.parametrize("selector", [0, 1])
@pytest.mark.parametrize("matching", [0, 1, 2])
@pytest.mark.parametrize(("usage", "der"), [(3, LEAF), (2, MIDDLE), (2, ROOT)])
def test_every_usable_form_matches(usage: int, der: bytes, selector: int, matching: int) -> None:
    """A record of the server's own certificate or of an authority matches, in all six forms."""
    found = verdict(record(usage, der, selector, matching))
    assert (found.outcome, found.records[0].outcome, found.records[0].reason) == (MATCHED, MATCHED, "")


@pytest.mark.parametrize("selector", [0, 1])
@pytest.mark.parametrize("matching", [1, 2])
@pytest.mark.parametrize(
    ("usage", "der"),
    [(3, MIDDLE), (3, STRANGER), (2, LEAF), (2, STRANGER)],
    ids=["3 up", "3 other", "2 leaf", "2 other"],
)
def test_records_of_others_do_not_match(usage: int, der: bytes, selector: int, matching: int) -> None:
    """A record matches nothing in the other usage's place, and nothing foreign."""
    found = verdict(record(usage, der, selector, matching))
    assert found.outcome == UNMATCHED
    assert found.records[0].reason


def test_public_key_is_cut_as_it_stands() -> None:
    """The key that selector 1 is about is the library's encoding of it, for every kind of key."""
    for kind, bits in (("rsa", 2048), ("ec", 256), ("ed25519", 0)):
        public = made.private_key(kind, bits, "host").public_key()
        expected = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        assert pem.public_key(made.certificate(kind=kind, der=True)) == expected


@given(st.binary(max_size=200) | st.integers(0, len(LEAF) - 1).map(lambda at: LEAF[:at]))
def test_no_bytes_break_the_cut(der: bytes) -> None:
    """Whatever the bytes, a key or nothing is cut out of them, and records are judged against them."""
    assert pem.public_key(der) is None or pem.public_key(der) in der  # type: ignore[operator]
    for usage in (2, 3):
        found = verdict(record(usage, MIDDLE), chain=(der, LEAF))
        assert found.outcome in {UNMATCHED, UNDECIDED}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("0 1 1 " + "00" * 32, "PKIX-TA"),
        ("1 1 1 " + "00" * 32, "PKIX-EE"),
        ("4 1 1 " + "00" * 32, "usage 4"),
        ("255 1 1 " + "00" * 32, "usage 255"),
        ("3 2 1 " + "00" * 32, "selector 2"),
        ("3 1 3 " + "00" * 32, "matching type 3"),
        ("3 1 1 " + "00" * 31, "31 bytes"),
        ("3 1 1 " + "00" * 33, "33 bytes"),
        ("3 1 1", "0 bytes"),
        ("3 1 2 " + "00" * 32, "32 bytes"),
        ("3 0 0 00", "no certificate"),
        ("2 1 0", "no public key"),
    ],
)
def test_records_nobody_can_use(text: str, word: str) -> None:
    """Usages of the public authorities, unknown numbers and misfitting data make a record useless, with the reason."""
    found = verdict(parse(text))
    assert found.outcome == UNUSABLE
    assert word in found.records[0].reason


def test_one_good_record_is_enough() -> None:
    """While a key is being changed, the old and the new one's records stand side by side."""
    found = verdict(record(3, STRANGER), record(3, LEAF), parse("0 0 1 00"))
    assert found.outcome == MATCHED
    assert [each.outcome for each in found.records] == [UNMATCHED, MATCHED, UNUSABLE]


def test_nothing_to_judge() -> None:
    """Without records there is nothing, and without certificates nothing is decided."""
    assert verdict().outcome == NONE
    assert verdict(record(3, LEAF), chain=()).outcome == UNDECIDED


def test_own_certificate_needs_neither_name_nor_date() -> None:
    """What usage 3 names is good when it has expired, for another host and signed by itself."""
    own = made.certificate(issuer=None, names=("elsewhere.example.net",), days=-1, der=True)
    assert verdict(record(3, own), chain=(own,)).outcome == MATCHED


@pytest.mark.parametrize(
    ("leaf", "word"),
    [
        ({"names": ("other.example.org",)}, "not for mail.example.org"),
        ({"days": -1}, "expired"),
        ({"since": 1}, "not valid yet"),
        ({"uses": ("clientAuth",)}, "not for servers"),
    ],
)
def test_authority_wants_a_good_leaf(leaf: dict[str, object], word: str) -> None:
    """What usage 2 names must have issued a certificate for the host that is valid now and for servers."""
    der = made.certificate(issuer=BETWEEN, der=True, **leaf)  # type: ignore[arg-type]
    found = verdict(record(2, MIDDLE), chain=(der, MIDDLE))
    assert found.outcome == UNMATCHED
    assert word in found.records[0].reason


def test_authority_must_have_issued_the_leaf() -> None:
    """A certificate that merely lies in the chain, or whose name is right and key is not, is no authority for it."""
    foreign = made.certificate(issuer="Stranger", der=True)
    assert verdict(record(2, MIDDLE), chain=(foreign, MIDDLE)).outcome == UNMATCHED
    assert verdict(record(2, ROOT), chain=(LEAF, ROOT)).outcome == UNMATCHED
    key = made.private_key(owner=BETWEEN)
    builder = made._builder(BETWEEN, BETWEEN, key.public_key(), NOW - timedelta(9), NOW + timedelta(9))
    ordinary = builder.sign(key, SHA256()).public_bytes(Encoding.DER)
    assert verdict(record(2, ordinary), chain=(LEAF, ordinary)).outcome == UNMATCHED


def test_order_of_the_chain_does_not_matter() -> None:
    """Authorities are found wherever they stand after the server's own certificate."""
    assert verdict(record(2, ROOT), chain=(LEAF, STRANGER, ROOT, MIDDLE)).outcome == MATCHED


def test_authority_that_is_not_sent() -> None:
    """A digest is of no use without the certificate; a whole certificate in the record is, a bare key is undecided."""
    short = (LEAF, MIDDLE)
    assert verdict(record(2, ROOT), chain=short).outcome == UNMATCHED
    assert verdict(record(2, ROOT, 0, 0), chain=short).outcome == MATCHED
    assert verdict(record(2, ROOT, 1, 0), chain=short).outcome == UNDECIDED
    assert verdict(record(2, STRANGER, 0, 0), chain=short).outcome == UNMATCHED


def test_stronger_digest_takes_the_place_of_the_weaker() -> None:
    """Beside a SHA-512 of the same kind a SHA-256 does not count, whichever of them matches."""
    good, bad = record(3, LEAF), record(3, STRANGER)
    strong, wrong = record(3, LEAF, 1, 2), record(3, STRANGER, 1, 2)
    assert verdict(good, wrong).outcome == UNMATCHED
    assert verdict(bad, strong).outcome == MATCHED
    assert [each.is_superseded for each in verdict(good, wrong).records] == [True, False]
    assert verdict(good, record(3, STRANGER, 0, 2)).outcome == MATCHED
    assert verdict(good, parse("3 1 2 00")).outcome == MATCHED


def test_long_chains_and_sets_are_bounded() -> None:
    """Of two hundred certificates, authorities of the same name among them, and as many records, twenty count."""
    twins = tuple(made.authority(BETWEEN, issuer=made.AUTHORITY, until=days, der=True) for days in range(100, 130))
    chain = (LEAF, *twins * 7)
    found = verdict(*[record(2, twins[0], 1, 1), record(2, STRANGER)] * 100, chain=chain)
    assert len(found.records) == 20
    assert found.outcome == MATCHED
    assert verdict(record(2, ROOT), chain=(LEAF, *(STRANGER,) * 30, MIDDLE, ROOT)).outcome == UNMATCHED


TLSA = "3 1 1 " + "ab" * 32


def found(
    zone: dict[str, list[str]], *proven: str, host: str = HOST, misdeed: str | None = None
) -> TLSARecords | Unknown:
    """What a zone has for a host; the misdeed is of the question for the records."""
    misdeeds = {} if misdeed is None else {f"_25._tcp.{HOST}": misdeed}
    with resolving(zone, proven=proven, misdeeds=misdeeds) as resolver:
        return lookup(resolver, host)


def test_records_are_looked_up() -> None:
    """Records stand below the port's name, and with DNSSEC for them and the addresses they are in force."""
    zone = {f"_25._tcp.{HOST} TLSA": [TLSA], f"{HOST} A": ["192.0.2.1"]}
    proven = found(zone, "example.org")
    assert isinstance(proven, TLSARecords)
    assert (proven.name, [str(each) for each in proven.records]) == (f"_25._tcp.{HOST}", [TLSA])
    assert (proven.authenticated, proven.host_authenticated, proven.in_force) == (True, True, True)
    plain = found(zone)
    assert isinstance(plain, TLSARecords)
    assert (len(plain.records), plain.in_force) == (1, False)
    half = found(zone, f"_25._tcp.{HOST}")
    assert isinstance(half, TLSARecords)
    assert (half.authenticated, half.host_authenticated, half.in_force) == (True, False, False)


def test_absence_and_failure_are_told_apart() -> None:
    """Without records nothing is in force; a failing server leaves it unknown, as a sender would put off its mail."""
    none = found({f"{HOST} A": ["192.0.2.1"]}, "example.org")
    assert isinstance(none, TLSARecords)
    assert (none.records, none.in_force, none.authenticated) == ((), False, True)
    broken = found({f"{HOST} A": ["192.0.2.1"]}, "example.org", misdeed="bogus")
    assert isinstance(broken, Unknown)
    assert "dnssec bogus" in broken.reason


def test_aliases_lead_to_the_records_of_their_target() -> None:
    """Of a proven alias the target's records count, and the alias' own where the target has none."""
    zone = {f"{HOST} CNAME": ["a.example.org."], "a.example.org A": ["192.0.2.1"], f"_25._tcp.{HOST} TLSA": [TLSA]}
    own = found(zone, "example.org")
    assert isinstance(own, TLSARecords)
    assert own.host == HOST
    target = found({**zone, "_25._tcp.a.example.org TLSA": [TLSA]}, "example.org")
    assert isinstance(target, TLSARecords)
    assert (target.host, target.name) == ("a.example.org", "_25._tcp.a.example.org")


def test_an_address_has_no_records() -> None:
    """Of an address nothing is asked."""
    none = found({}, host="192.0.2.1")
    assert isinstance(none, TLSARecords)
    assert not none.records


def test_records_without_number_are_bounded() -> None:
    """Of hundreds of records the first twenty are kept, and the rest is counted."""
    zone = {f"_25._tcp.{HOST} TLSA": [f"3 1 1 {number:064x}" for number in range(120)]}
    many = found(zone, misdeed="truncated")
    assert isinstance(many, TLSARecords)
    assert (len(many.records), many.surplus) == (dane.TLSA_LIMIT, 100)
