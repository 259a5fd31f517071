"""Hellos hold what was asked for, in the form of their protocol."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.probe.tls import lists, numbers
from auditor.probe.tls.cursor import Cursor
from auditor.probe.tls.hello import Entropy, Hello, build, sent, server_name
from auditor.probe.tls.numbers import VERSIONS
from auditor.readers.cipher_suites import suites
from tests.probe.tls.servers import pairs, parsed, unwrapped

ENTROPY = Entropy(bytes(32), b"s" * 32)
SHORT = sorted(number for number in suites() if number <= 0xFFFF)
hellos = st.builds(
    Hello,
    versions=st.sampled_from([(name,) for name in VERSIONS if name != "SSLv2"] + [("TLSv1.3", "TLSv1.2")]),
    suites=st.lists(st.sampled_from(SHORT), min_size=1, max_size=140).map(tuple),
    signatures=st.sampled_from(["", "RSA", "ECDSA"]),
    groups=st.none() | st.lists(st.sampled_from(sorted(numbers.GROUPS)), min_size=1).map(tuple),
    compression=st.booleans(),
    fallback=st.booleans(),
)
names = st.sampled_from([b"", b"mail.example.org"])


@given(hellos, names, st.lists(st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=70)), max_size=2))
def test_a_hello_says_what_was_asked(hello: Hello, name: bytes, shares: list[tuple[int, bytes]]) -> None:
    """Versions, suites, signals, groups, shares and name are read back from the bytes that are sent."""
    whole = build(hello, name, shares, ENTROPY)
    assert unwrapped(sent(hello, whole)) == whole
    found = parsed(whole)
    extended = hello.versions != ("SSLv3",)
    signals = [numbers.FALLBACK] * hello.fallback + [numbers.EMPTY_RENEGOTIATION] * (not extended)
    assert found.suites == (*hello.suites, *signals)
    assert found.version == min(VERSIONS[hello.versions[0]], 0x0303)
    assert bool(found.extensions) == extended
    assert (b"\x01" in found.compressions) == (hello.compression and not hello.is_modern)
    assert (numbers.RENEGOTIATION_INFO in found.extensions) == extended
    assert (found.extensions.get(numbers.SERVER_NAME, b"")[5:] == name) == (extended or not name)
    if hello.groups and extended:
        assert found.groups == hello.groups
    if hello.is_modern:
        assert found.versions == tuple(VERSIONS[version] for version in hello.versions)
        assert found.shares == dict(shares)
        assert found.session == ENTROPY.session


@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
@pytest.mark.parametrize(("kind", "schemes"), numbers.SIGNATURES.items())
def test_signature_schemes_say_which_key_is_wanted(version: str, kind: str, schemes: tuple[int, ...]) -> None:
    """A hello that wants a certificate of one kind offers only the schemes of that kind."""
    whole = build(Hello((version,), (0x1301,), signatures=kind), b"", [], ENTROPY)
    listed = parsed(whole).extensions[numbers.SIGNATURE_ALGORITHMS]
    assert pairs(Cursor(listed, "test").vector(2)) == schemes


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1.1", "TLSv1.2"])
def test_old_hellos_offer_no_finite_fields(version: str) -> None:
    """No group of RFC 7919 is offered for the protocols where a server may have parameters of its own to show."""
    whole = build(Hello((version,), (0x0033,)), b"", [], ENTROPY)
    assert not [group for group in parsed(whole).groups if group in range(256, 512)]


def test_a_cookie_is_given_back() -> None:
    """The hello after a retry carries the server's cookie."""
    whole = build(Hello(("TLSv1.3",), (0x1301,)), b"", [], ENTROPY, cookie=b"biscuit")
    assert Cursor(parsed(whole).extensions[numbers.COOKIE], "test").vector(2) == b"biscuit"


def test_records_of_hellos_offend_no_server() -> None:
    """The record says at most TLS 1.0, since old servers turn down what they have never heard of."""
    for version in ("SSLv3", "TLSv1", "TLSv1.2", "TLSv1.3"):
        hello = Hello((version,), lists.usual())
        record = sent(hello, build(hello, b"", [], ENTROPY))
        assert int.from_bytes(record[1:3]) == min(VERSIONS[version], VERSIONS["TLSv1"])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mail.example.org", b"mail.example.org"),
        ("mail.example.org.", b"mail.example.org"),
        ("bücher.example", b"xn--bcher-kva.example"),
        ("192.0.2.1", b""),
        ("2001:db8::1", b""),
        ("[2001:db8::1]", b""),
        ("", b""),
        (".", b""),
        ("ü" * 300, b""),
        ("a" * 256, b""),
    ],
)
def test_names(name: str, expected: bytes) -> None:
    """A host's name is sent as DNS has it; addresses and what cannot be a name are not sent."""
    assert server_name(name) == expected


@given(st.text(max_size=80))
def test_any_text_is_a_name_or_none(name: str) -> None:
    """No text keeps a hello from being made."""
    assert len(server_name(name)) <= 255


def test_random_bytes_differ() -> None:
    """Two hellos have no random bytes in common."""
    one, other = Entropy.fresh(), Entropy.fresh()
    assert len({one.random, one.session, other.random, other.session}) == 4
