"""What is said of a server is what the server offers, whatever gets in the way."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model.unknown import Inconclusive, NotApplicable
from auditor.probe.errors import Garbled, TimedOut, TryLater, Unreachable, WireError
from auditor.probe.tls import lists, numbers
from auditor.probe.tls.asking import Stream
from auditor.probe.tls.numbers import VERSIONS
from auditor.probe.tls.offer import CONNECTIONS, Depth, offer
from auditor.probe.tls.offered import WeakOffer
from auditor.readers.cipher_suites import WEAK_CLASSES, suites
from tests.probe.tls import servers
from tests.probe.tls.servers import Model, ModelStream, asked, never, threaded, unheard

NAMES = [suites()[number].name for number in (*lists.modern(), *lists.usual())]
RARE = [suites()[number].name for number in lists.rare() if suites()[number].exchange != "SRP"]
OLD = tuple(name for name in VERSIONS if name != "SSLv2")
models = st.builds(
    Model,
    versions=st.lists(st.sampled_from(OLD), min_size=1, max_size=5, unique=True).map(tuple),
    suites=st.lists(st.sampled_from(NAMES), min_size=1, max_size=25, unique=True).map(tuple),
    own_order=st.booleans(),
    dh_bits=st.sampled_from([512, 1024, 2048]),
    request=st.booleans(),
    compression=st.booleans(),
    fallback=st.booleans(),
    no_version=st.sampled_from([servers.alert(70), servers.alert(40), servers.alert(80), b""]),
)
failures = st.dictionaries(st.integers(0, 40), st.sampled_from([TryLater, Unreachable, TimedOut, Garbled]), max_size=3)


def spoken(model: Model) -> list[str]:
    """The protocols in which a model has a suite, oldest first."""
    return [name for name in OLD if name in model.versions and model.numbers_of(name)]


def names(numbers_: tuple[int, ...]) -> set[str]:
    """The names of suites."""
    return {suites()[number].name for number in numbers_}


def classes(model: Model) -> set[str]:
    """The weak classes a model accepts."""
    return {word for name in spoken(model) for number in model.numbers_of(name) for word in suites()[number].classes}


@given(models)
@settings(max_examples=60)
def test_full_depth_tells_everything(model: Model) -> None:
    """With connections enough, protocols, suites, weak classes and signals are those of the server."""
    found = asked(model.answer, "full", connections=500)
    usable = spoken(model)
    if not usable:
        return
    assert [version.name for version in found.versions if version.is_offered] == usable
    assert all(version.is_offered or version.state == "refused" for version in found.versions)
    for name in usable:
        assert {suite.name for suite in found.version(name).suites} == names(model.numbers_of(name))
        assert not found.version(name).unfinished
    assert {weak.name for weak in found.weak if weak.accepted is True} == classes(model)
    assert not any(isinstance(weak.accepted, Inconclusive) for weak in found.weak)
    assert isinstance(found.fallback_scsv, NotApplicable) == (len(usable) == 1)
    assert len(usable) == 1 or found.fallback_scsv == model.fallback


@given(models)
@settings(max_examples=60)
def test_default_depth_tells_what_rules_need(model: Model) -> None:
    """In fifteen connections, protocols are told, and weak classes as far as the connections reach."""
    found = asked(model.answer)
    usable = spoken(model)
    if not usable:
        return
    assert found.connections <= CONNECTIONS["default"]
    assert [version.name for version in found.versions if version.is_offered] == usable
    for weak in found.weak:
        assert isinstance(weak.accepted, Inconclusive) or weak.accepted == (weak.name in classes(model))
    newest = next((name for name in reversed(usable) if name != "TLSv1.3"), usable[-1])
    choice = len(model.numbers_of(newest))
    expected = model.own_order if choice > 1 else NotApplicable("it accepts one suite only")
    assert found.server_preference == expected


@given(models, failures, st.integers(1, 60), st.sampled_from(["default", "full"]))
@settings(max_examples=150)
def test_what_gets_in_the_way_makes_no_false_word(
    model: Model, errors: dict[int, type[WireError]], limit: int, depth: Depth
) -> None:
    """Connections that fail, or run out, leave items undecided; what is said all the same is true."""
    count = 0

    def opened() -> Stream:
        nonlocal count
        count += 1
        if count - 1 in errors:
            raise errors[count - 1]
        return ModelStream(model.answer)

    found = offer(opened, "mail", depth, unheard, unheard, limit)
    usable = spoken(model)
    assert found.connections == count <= limit
    for version in found.versions:
        if isinstance(version.state, Inconclusive):
            assert version.state.reason
        elif found.speaks_tls:
            assert version.is_offered == (version.name in usable)
        known = {suite.name for suite in (*version.suites, *version.inferred)}
        assert known <= names(model.numbers_of(version.name) if version.is_offered else ())
        assert version.unfinished or not version.is_offered or known == names(model.numbers_of(version.name))
    if usable:
        for weak in found.weak:
            assert isinstance(weak.accepted, Inconclusive) or weak.accepted == (weak.name in classes(model))


def test_a_good_server_costs_few_connections() -> None:
    """A server of today is judged in eleven connections at most."""
    found = asked(Model().answer)
    assert found.connections <= 11
    assert [version.name for version in found.versions if version.is_offered] == ["TLSv1.2", "TLSv1.3"]
    assert all(weak.accepted is False for weak in found.weak)
    assert not found.stopped


def test_what_hellos_show() -> None:
    """Compression, renegotiation, master secret, request, authorities, chain and group sizes are told."""
    model = Model(request=True, compression=True, extensions=(numbers.SESSION_TICKET,), dh_bits=1024)
    found = asked(model.answer)
    assert found.compression is True
    assert found.secure_renegotiation is False
    assert found.extended_master_secret is False
    assert found.session_tickets is True
    assert found.client_certificate is True
    assert found.authorities == (servers.AUTHORITY,)
    assert [chain.certificates for chain in found.chains] == [servers.RSA_CHAIN]
    assert {(seen.exchange.kind, seen.exchange.bits) for seen in found.exchanges} == {("ECDHE", 256), ("DHE", 1024)}


def test_both_chains_are_seen() -> None:
    """A server with an RSA and an ECDSA certificate shows both."""
    model = Model(("TLSv1.2",), ("ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"), own_order=True)
    found = asked(model.answer)
    assert {chain.certificates for chain in found.chains} == {servers.RSA_CHAIN, servers.ECDSA_CHAIN}


def test_what_only_old_protocols_have_does_not_apply_to_new_ones() -> None:
    """Of a server of TLS 1.3 alone it makes no sense to ask for compression, renegotiation or a fallback."""
    found = asked(Model(("TLSv1.3",), ("TLS_AES_128_GCM_SHA256",)).answer, "full")
    for told in (found.compression, found.secure_renegotiation, found.extended_master_secret, found.fallback_scsv):
        assert isinstance(told, NotApplicable)
    assert all(weak.accepted is False for weak in found.weak)
    assert found.chains[0].certificates == servers.RSA_CHAIN


@pytest.mark.parametrize("version", ["TLSv1.3", "TLSv1.2"])
def test_groups_are_enumerated_at_full_depth(version: str) -> None:
    """The groups of the newest protocol come in the server's order; at the default depth nobody asks."""
    model = Model((version,), groups=(24, 29, 23))
    assert asked(model.answer, "full").groups == ("secp384r1", "x25519", "secp256r1")
    assert isinstance(asked(model.answer).groups, Inconclusive)


def test_rare_suites_are_found_at_full_depth() -> None:
    """Suites that hardly anybody has, and those of shared keys, are enumerated as well."""
    rare = ("DHE-PSK-AES256-CBC-SHA", "TLS_RSA_WITH_CAMELLIA_128_GCM_SHA256", "ECDH-RSA-AES128-SHA")
    found = asked(Model(("TLSv1.2",), ("AES128-SHA", *rare)).answer, "full")
    assert {suite.name for suite in found.version("TLSv1.2").suites} == {"AES128-SHA", *rare}


def test_too_many_suites_are_said_to_be_too_many() -> None:
    """A server that accepts everything is not asked for ever: what is left open says so, weak classes are told."""
    model = Model(OLD, tuple(NAMES))
    found = asked(model.answer, "full")
    assert found.connections == CONNECTIONS["full"]
    assert found.version("TLSv1.2").unfinished
    assert {weak.name for weak in found.weak if weak.accepted is True} == set(WEAK_CLASSES) - {"PSK", "SRP"}
    known = found.version("TLSv1")
    assert {suite.name for suite in (*known.suites, *known.inferred)} <= names(model.numbers_of("TLSv1"))
    assert known.inferred


def test_export_is_found_where_only_the_old_protocol_has_it() -> None:
    """A class that a server keeps from its newest protocol is found in its oldest one."""
    new = Model(("TLSv1.2", "TLSv1"), ("ECDHE-RSA-AES256-GCM-SHA384", "AES128-SHA"))
    old = Model(("TLSv1.2", "TLSv1"), ("AES128-SHA", "EXP-RC4-MD5"))

    def answer(data: bytes) -> bytes:
        newest = max(servers.parsed(servers.unwrapped(data)).versions) if data[0] == 22 else 0
        return (new if newest >= VERSIONS["TLSv1.2"] else old).answer(data)

    weak = {offer.name: offer for offer in asked(answer).weak}
    assert weak["EXPORT"] == WeakOffer("EXPORT", accepted=True, version="TLSv1", suite=suites()[3])
    assert weak["3DES"].accepted is False


def test_passwords_are_told_by_the_alert_that_asks_for_a_user() -> None:
    """A server that would go on with SRP says that it knows no such user."""

    def answer(data: bytes) -> bytes:
        if data[0] == 22 and 0xC01D in servers.parsed(servers.unwrapped(data)).suites:
            return servers.alert(numbers.UNKNOWN_PSK_IDENTITY)
        return Model(("TLSv1.2",)).answer(data)

    weak = {offer.name: offer for offer in asked(answer).weak}
    assert weak["SRP"] == WeakOffer("SRP", accepted=True, version="TLSv1.2")
    assert weak["PSK"].accepted is False
    assert asked(answer, "full").version("TLSv1.2").unfinished == ""


def test_the_name_is_told() -> None:
    """The server hears the name it is expected to have a certificate for."""
    model = Model()
    asked(model.answer, name="mail.example.org")
    assert all(hello.extensions[numbers.SERVER_NAME].endswith(b"mail.example.org") for hello in model.seen)


def test_sslv2_and_sslv3_over_sockets() -> None:
    """A server of the nineties, on a real socket, has its protocols, suites, keys and certificate told."""
    accepted = ["EXP-RC4-MD5", "DES-CBC3-SHA", "RC4-MD5", "EXP-EDH-RSA-DES-CBC-SHA", "EDH-RSA-DES-CBC-SHA"]
    old = Model(("SSLv3",), tuple(accepted), extensions=(), ssl2_answer=servers.ssl2_hello([0x010080, 0x0700C0]))
    found = offer(threaded(old.answer), "mail", "default", unheard, never)
    assert [version.state for version in found.versions] == ["offered"] * 2 + ["refused"] * 4
    assert [suite.name for suite in found.version("SSLv2").suites] == ["RC4-MD5", "DES-CBC3-MD5"]
    assert found.version("SSLv2").unfinished == ""
    assert found.secure_renegotiation is False
    assert isinstance(found.extended_master_secret, NotApplicable | Inconclusive)
    accepted_classes = {weak.name for weak in found.weak if weak.accepted is True}
    assert {"EXPORT", "RC4", "MD5", "DES", "3DES"} == accepted_classes
    assert ("RSA", 512) in {(seen.exchange.kind, seen.exchange.bits) for seen in found.exchanges}
    assert {chain.certificates for chain in found.chains} == {servers.RSA_CHAIN, (b"a certificate",)}


def test_lines_are_reported_as_they_come() -> None:
    """Each protocol, the newest first, and the weak suites get a line."""
    lines: list[str] = []
    offer(lambda: ModelStream(Model().answer), "mail", "default", lines.append, never)
    assert lines[0] == "TLSv1.3: offered, TLS_AES_128_GCM_SHA256"
    assert lines[4:6] == ["SSLv3: refused", "SSLv2: refused"]
    assert lines[-1] == "weak suites: none is known to be accepted"
