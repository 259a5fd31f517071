"""What the probe says of servers whose TLS is not OpenSSL's is how these were set up, SSLv3 among the rest."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.model.unknown import Inconclusive, NotApplicable
from auditor.probe.observe import Plan, observe
from auditor.probe.observed import Conversation
from auditor.probe.tls.offer import CONNECTIONS, Depth, offer
from auditor.probe.tls.offered import TLSOffer
from auditor.probe.visit import Visit
from tests.probe.other_tls import OtherTLS
from tests.probe.servers import NAME, SMTPServer, current_certificate

#: Enough for a server that computes in Python on a machine with other things to do.
PATIENCE = 20.0
#: A distinguished name in DER, of no components.
AUTHORITY = b"\x30\x00"
#: Primes, shorter than anybody should use, of RFC 2409 and made for this.
PRIMES = {
    512: (1 << 512) - 569,
    768: int(
        "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
        "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A63A3620FFFFFFFFFFFFFFFF",
        16,
    ),
}
_OLD: dict[str, Any] = {
    "cipherNames": ["aes128", "3des", "rc4"],
    "macNames": ["sha", "md5"],
    "keyExchangeNames": ["rsa"],
}
_OLD_SUITES = "AES128-SHA DES-CBC3-SHA RC4-SHA RC4-MD5"
_AES: dict[str, Any] = {"cipherNames": ["aes128"], "macNames": ["sha"]}
_MODERN: dict[str, Any] = {"cipherNames": ["aes128gcm"]}

#: How a server is set up, and the suites of each protocol that are to be found there.
SUITES: dict[str, tuple[OtherTLS, dict[str, str]]] = {
    "SSLv3 alone": (OtherTLS("SSLv3", "SSLv3", **_OLD), {"SSLv3": _OLD_SUITES}),
    "SSLv3 to TLS 1.3": (
        OtherTLS("SSLv3", "TLSv1.3", cipherNames=["aes128gcm", "aes128"], keyExchangeNames=["rsa", "ecdhe_rsa"]),
        {
            "SSLv3": "AES128-SHA",
            "TLSv1": "ECDHE-RSA-AES128-SHA AES128-SHA",
            "TLSv1.1": "ECDHE-RSA-AES128-SHA AES128-SHA",
            "TLSv1.2": "ECDHE-RSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-SHA256 ECDHE-RSA-AES128-SHA"
            " AES128-GCM-SHA256 AES128-SHA256 AES128-SHA",
            "TLSv1.3": "TLS_AES_128_GCM_SHA256",
        },
    ),
    "TLS 1.0 alone": (OtherTLS("TLSv1", "TLSv1", keyExchangeNames=["rsa"], **_AES), {"TLSv1": "AES128-SHA"}),
    "SSLv3 and TLS 1.0": (OtherTLS("SSLv3", "TLSv1", **_OLD), {"SSLv3": _OLD_SUITES, "TLSv1": _OLD_SUITES}),
    "3DES": (
        OtherTLS("TLSv1.2", "TLSv1.2", cipherNames=["3des"], keyExchangeNames=["dhe_rsa", "rsa"], dhGroups=[]),
        {"TLSv1.2": "DHE-RSA-DES-CBC3-SHA DES-CBC3-SHA"},
    ),
    "no encryption": (
        OtherTLS("TLSv1", "TLSv1.2", cipherNames=["null"], macNames=["sha", "sha256"], keyExchangeNames=["rsa"]),
        {"TLSv1": "NULL-SHA", "TLSv1.1": "NULL-SHA", "TLSv1.2": "NULL-SHA256 NULL-SHA"},
    ),
    "no certificate": (
        OtherTLS("TLSv1", "TLSv1", (), {"anon": True}, keyExchangeNames=["dh_anon", "ecdh_anon"], dhGroups=[], **_AES),
        {"TLSv1": "ADH-AES128-SHA AECDH-AES128-SHA"},
    ),
    "ECDSA": (
        OtherTLS("TLSv1.2", "TLSv1.2", ("ec",), keyExchangeNames=["ecdhe_ecdsa"], **_MODERN),
        {"TLSv1.2": "ECDHE-ECDSA-AES128-GCM-SHA256"},
    ),
    "DSA": (
        OtherTLS("TLSv1.1", "TLSv1.1", ("dsa",), keyExchangeNames=["dhe_dsa"], dhGroups=[], **_AES),
        {"TLSv1.1": "DHE-DSS-AES128-SHA"},
    ),
    "TLS 1.3 alone": (
        OtherTLS(
            "TLSv1.3", "TLSv1.3", cipherNames=["chacha20-poly1305", "aes128ccm", "aes128ccm_8"], eccCurves=["x25519"]
        ),
        {"TLSv1.3": "TLS_CHACHA20_POLY1305_SHA256 TLS_AES_128_CCM_SHA256 TLS_AES_128_CCM_8_SHA256"},
    ),
}


def asked(tls: OtherTLS, depth: Depth = "default") -> TLSOffer:
    """What the probe finds of a server that speaks TLS at once."""
    with SMTPServer(tls=tls, implicit=True) as server:
        return offer(Visit(server.settings(timeout=PATIENCE)).stream, NAME, depth, lambda _: None)


def spoken(found: TLSOffer) -> set[str]:
    """The protocols that are offered; each of the others is known to be refused."""
    assert not [each.name for each in found.versions if isinstance(each.state, Inconclusive)]
    return {each.name for each in found.versions if each.is_offered}


@pytest.mark.parametrize("case", SUITES)
def test_versions_and_suites(case: str) -> None:
    """Full depth finds the protocols and suites that the server was given, those and no others."""
    tls, expected = SUITES[case]
    found = asked(tls, "full")
    assert spoken(found) == set(expected)
    for name, words in expected.items():
        version = found.version(name)
        assert {each.name for each in (*version.suites, *version.inferred)} == set(words.split())
        assert not version.unfinished
    chosen = {each for version in found.versions for each in (*version.suites, *version.inferred)}
    assert {each.name for each in found.weak if each.accepted} == {c for each in chosen for c in each.classes}
    assert not [each for each in found.weak if isinstance(each.accepted, Inconclusive)]
    assert found.connections <= CONNECTIONS["full"]


@pytest.mark.parametrize("case", SUITES)
def test_the_default_depth_says_the_same(case: str) -> None:
    """The default depth finds the same protocols and classes of weak suites, and the certificate there is."""
    tls, expected = SUITES[case]
    found = asked(tls)
    assert spoken(found) == set(expected)
    words = " ".join(expected.values()).split()
    assert ("3DES" in {w.name for w in found.weak if w.accepted}) == any("CBC3" in word for word in words)
    assert ("aNULL" in {w.name for w in found.weak if w.accepted}) == (case == "no certificate")
    kind = {"ECDSA": "ec", "DSA": "dsa"}.get(case, "rsa")
    leaves = [] if case == "no certificate" else [current_certificate(kind=kind, der=True)]
    assert [chain.certificates[0] for chain in found.chains] == leaves
    assert found.connections <= CONNECTIONS["default"]


@pytest.mark.parametrize("bits", PRIMES)
@pytest.mark.parametrize("groups", [[], ["ffdhe2048"]], ids=["its own prime", "and named groups"])
def test_short_primes(bits: int, groups: list[str]) -> None:
    """The size of the server's own prime is seen, whether or not it has better ones for those who name them."""
    tls = OtherTLS(
        "TLSv1", "TLSv1.2", keyExchangeNames=["dhe_rsa"], dhParams=(2, PRIMES[bits]), dhGroups=groups, **_AES
    )
    exchanges = [each.exchange for each in asked(tls).exchanges]
    assert bits in [each.bits for each in exchanges if each.kind == "DHE"]


@pytest.mark.parametrize(
    ("oldest", "newest"), [("SSLv3", "SSLv3"), ("TLSv1", "TLSv1.1"), ("TLSv1.2", "TLSv1.2"), ("TLSv1.3", "TLSv1.3")]
)
@pytest.mark.parametrize("wanted", [True, False])
def test_a_client_certificate(oldest: str, newest: str, wanted: bool) -> None:  # noqa: FBT001
    """Whether a certificate is asked for is seen in every protocol, and of whom, where that is said."""
    named = {"reqCAs": [bytearray(AUTHORITY)]} if wanted and newest != "TLSv1.3" else {}
    found = asked(OtherTLS(oldest, newest, handshake={"reqCert": wanted, **named}, eccCurves=["x25519"]))
    assert found.client_certificate is wanted
    assert found.authorities == ((AUTHORITY,) if named else ())


@pytest.mark.parametrize(
    ("newest", "curves"),
    [
        ("TLSv1.2", ["secp384r1", "secp521r1"]),
        ("TLSv1.2", ["secp256r1", "brainpoolP256r1"]),
        ("TLSv1.3", ["secp384r1"]),
        ("TLSv1.3", ["x448", "secp521r1"]),
    ],
)
def test_groups(newest: str, curves: list[str]) -> None:
    """The groups are those that the server was given."""
    tls = OtherTLS(newest, newest, keyExchangeNames=["ecdhe_rsa"], eccCurves=curves, dhGroups=[], **_MODERN)
    found = asked(tls, "full")
    assert isinstance(found.groups, tuple)
    assert sorted(found.groups) == sorted(curves)


@pytest.mark.parametrize(
    ("group", "is_followed"),
    [("x25519", True), ("secp384r1", True), ("secp521r1", True), ("x448", True), ("brainpoolP256r1tls13", False)],
)
def test_a_retry_in_tls13(group: str, is_followed: bool) -> None:  # noqa: FBT001
    """A server that wants another group than the first shares have tells it, and its certificate where we have it."""
    found = asked(OtherTLS("TLSv1.3", "TLSv1.3", eccCurves=[group], dhGroups=[], **_MODERN))
    exchange = found.version("TLSv1.3").exchange
    assert exchange is not None
    assert exchange.group == group
    assert bool(found.chains) is is_followed
    assert found.client_certificate is False or not is_followed


def test_a_finite_field_in_tls13() -> None:
    """A server that exchanges keys in a named finite field only is one that speaks TLS 1.3."""
    found = asked(OtherTLS("TLSv1.3", "TLSv1.3", eccCurves=[], dhGroups=["ffdhe3072"], **_MODERN))
    exchange = found.version("TLSv1.3").exchange
    assert exchange is not None
    assert (exchange.kind, exchange.group, exchange.bits) == ("DHE", "ffdhe3072", 3072)


@pytest.mark.parametrize("used", [True, False])
def test_later_safeguards(used: bool) -> None:  # noqa: FBT001
    """The extended master secret and session tickets are seen where the server has them, with either order of MAC."""
    tickets = [bytearray(32)] if used else []
    tls = OtherTLS("TLSv1", "TLSv1.2", useExtendedMasterSecret=used, useEncryptThenMAC=used, ticketKeys=tickets)
    found = asked(tls)
    assert found.extended_master_secret is used
    assert found.session_tickets is used
    assert found.secure_renegotiation is True
    assert found.compression is False
    assert found.fallback_scsv is True
    assert found.server_preference is True


def test_what_sslv3_cannot_have() -> None:
    """A protocol without extensions is not blamed for lacking one, nor a single one for lacking a fallback."""
    found = asked(OtherTLS("SSLv3", "SSLv3", **_OLD))
    assert isinstance(found.extended_master_secret, NotApplicable)
    assert isinstance(found.session_tickets, NotApplicable)
    assert isinstance(found.fallback_scsv, NotApplicable)
    assert found.secure_renegotiation is True


def test_both_kinds_of_keys() -> None:
    """Of a server with two certificates both are seen."""
    found = asked(OtherTLS("TLSv1.2", "TLSv1.3", ("rsa", "ec")))
    leaves = {chain.certificates[0] for chain in found.chains}
    assert leaves == {current_certificate(der=True), current_certificate(kind="ec", der=True)}


def test_a_warning_about_the_name() -> None:
    """A server that only warns of a name it does not know is heard to the end."""
    found = asked(OtherTLS("TLSv1", "TLSv1.2", handshake={"sni": "other.example.org"}))
    assert spoken(found) == {"TLSv1", "TLSv1.1", "TLSv1.2"}
    assert found.chains


@pytest.mark.parametrize("implicit", [True, False], ids=["implicit", "STARTTLS"])
def test_the_whole_probe(implicit: bool) -> None:  # noqa: FBT001
    """A whole probe of such a server tells its TLS, and talks with it where the standard library can."""
    tls = OtherTLS("SSLv3", "TLSv1.3", cipherNames=["aes128gcm", "aes128"])
    with SMTPServer(tls=tls, implicit=implicit, extensions=("AUTH PLAIN",)) as server:
        found = observe(server.settings(timeout=PATIENCE), Plan(), lambda _: None)
    assert isinstance(found.offer, TLSOffer)
    assert spoken(found.offer) == {"SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}
    assert isinstance(found.conversation, Conversation)
    assert found.conversation.tls is not None
    assert found.conversation.tls.version == "TLSv1.3"
    assert found.conversation.tls.chain == found.offer.chains[0].certificates


@pytest.mark.parametrize("implicit", [True, False], ids=["implicit", "STARTTLS"])
def test_the_whole_probe_of_sslv3(implicit: bool) -> None:  # noqa: FBT001
    """Where only SSLv3 is spoken no session comes about, which is told, and what is offered as well."""
    with SMTPServer(tls=OtherTLS("SSLv3", "SSLv3", **_OLD), implicit=implicit) as server:
        found = observe(server.settings(timeout=PATIENCE), Plan(), lambda _: None)
    assert isinstance(found.offer, TLSOffer)
    assert spoken(found.offer) == {"SSLv3"}
    assert isinstance(found.conversation, Conversation)
    assert found.conversation.tls is None
    assert found.conversation.failed is not None
