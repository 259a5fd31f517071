"""A server's handshake messages are read as they were written, and any other bytes are garbled."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.probe.errors import Garbled
from auditor.probe.tls import messages, numbers, ssl2
from auditor.probe.tls.messages import CertificateRequest, Exchange
from auditor.probe.tls.numbers import VERSIONS
from tests.probe.tls import servers

PARSERS: list[Callable[[bytes], object]] = [
    messages.server_hello,
    lambda body: messages.server_hello(body).share,
    lambda body: messages.server_hello(body).cookie,
    lambda body: messages.certificates(body, modern=False),
    lambda body: messages.certificates(body, modern=True),
    *(lambda body, v=v: messages.certificate_request(body, v) for v in VERSIONS.values()),
    *(
        lambda body, kind=kind: messages.server_key_exchange(body, kind)
        for kind in ("RSA", "DHE", "ECDHE", "PSK", "DHEPSK", "ECDHEPSK", "RSAPSK", "SRP")
    ),
    messages.alert,
    ssl2.message,
    ssl2.server_hello,
    ssl2.is_record,
]
flights = st.one_of(
    st.builds(servers.server_hello, st.sampled_from(["SSLv3", "TLSv1.2", "TLSv1.3"]), st.integers(0, 0xFFFF)),
    st.builds(servers.certificate, st.lists(st.binary(max_size=9), max_size=3), modern=st.booleans()),
    st.builds(servers.request, st.sampled_from(list(VERSIONS)), st.lists(st.binary(max_size=9), max_size=3)),
    st.builds(servers.key_exchange, st.sampled_from(["RSA", "DHE", "ECDHE", "DHEPSK", "SRP"])),
).map(lambda whole: whole[4:])


@given(st.sampled_from(PARSERS), st.binary(max_size=120))
def test_any_bytes_are_read_or_garbled(parse: Callable[[bytes], object], data: bytes) -> None:
    """No parser raises anything but Garbled, whatever it is given."""
    with suppress(Garbled):
        parse(data)


@given(st.sampled_from(PARSERS), flights, st.data())
def test_damaged_messages_are_read_or_garbled(
    parse: Callable[[bytes], object], body: bytes, data: st.DataObject
) -> None:
    """The same holds for messages of every kind that were cut or changed in one place."""
    at = data.draw(st.integers(0, len(body)))
    changed = data.draw(st.sampled_from([body[:at], body[:at] + b"\xff" + body[at + 1 :], body + b"\0"]))
    with suppress(Garbled):
        parse(changed)


@pytest.mark.parametrize("version", ["SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"])
def test_hellos_come_back(version: str) -> None:
    """Version, suite, compression and extensions of a server's hello are read as they were written."""
    extra = {} if version == "SSLv3" else {numbers.RENEGOTIATION_INFO: b"\0"}
    body = servers.server_hello(version, 0xC030, extra, compression=1)[4:]
    found = messages.server_hello(body)
    assert numbers.VERSION_NAMES[found.version] == version
    assert (found.suite, found.compression, found.is_retry, found.newer) == (0xC030, True, False, 0)
    assert numbers.RENEGOTIATION_INFO in found.extensions or version == "SSLv3"


@pytest.mark.parametrize(("mark", "newer"), [(b"DOWNGRD\1", "TLSv1.3"), (b"DOWNGRD\0", "TLSv1.2")])
def test_the_mark_of_a_downgrade_is_seen(mark: bytes, newer: str) -> None:
    """A server that was asked for less than it can says so in its random bytes, and how much more it can at least."""
    body = servers.server_hello("TLSv1.2", 0xC030, random=bytes(24) + mark)[4:]
    assert messages.server_hello(body).newer == VERSIONS[newer]


def test_a_retry_names_a_group() -> None:
    """A hello that asks for another one is told by its random bytes, and names the group and the cookie it wants."""
    extra = {numbers.KEY_SHARE: b"\0\x18", numbers.COOKIE: b"\0\1c"}
    found = messages.server_hello(servers.server_hello("TLSv1.3", 0x1301, extra, random=messages.RETRY)[4:])
    assert found.is_retry
    assert found.share == (24, b"")
    assert found.cookie == b"c"


@pytest.mark.parametrize("modern", [False, True])
def test_chains_come_back_in_order(modern: bool) -> None:  # noqa: FBT001  # One of the two forms.
    """Two hundred certificates are read in the order in which they were sent."""
    chain = tuple(bytes((number,)) * 1500 for number in range(200))
    assert messages.certificates(servers.certificate(chain, modern=modern)[4:], modern=modern) == chain


@pytest.mark.parametrize("version", ["SSLv3", "TLSv1.1", "TLSv1.2", "TLSv1.3"])
def test_authorities_come_back(version: str) -> None:
    """The names of the authorities are read from a request in the form of each protocol."""
    body = servers.request(version, [b"one", b"another"])[4:]
    assert messages.certificate_request(body, VERSIONS[version]) == CertificateRequest((b"one", b"another"))


def test_a_request_need_not_name_authorities() -> None:
    """In TLS 1.3 the list of authorities may be left out."""
    assert messages.certificate_request(b"\0\0\0", VERSIONS["TLSv1.3"]) == CertificateRequest(())


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("ECDHE", Exchange("ECDHE", "secp521r1", 521)),
        ("DHE", Exchange("DHE", "", 1023)),
        ("DHEPSK", Exchange("DHE", "", 1023)),
        ("ECDHEPSK", Exchange("ECDHE", "secp521r1", 521)),
        ("RSA", Exchange("RSA", "", 1023)),
        ("SRP", Exchange("SRP", "", 1023)),
        ("PSK", None),
        ("RSAPSK", None),
    ],
)
def test_sizes_of_keys(kind: str, expected: Exchange | None) -> None:
    """Group or size of the server's ephemeral key are read for each key exchange."""
    body = servers.key_exchange(kind, group=25, bits=1023)[4:]
    assert messages.server_key_exchange(body, kind) == expected


def test_groups_without_a_name_are_told_by_number() -> None:
    """A group that nobody has named, or that is spelt out, has no size that could be told."""
    assert messages.server_key_exchange(b"\3\xfe\xfe\0", "ECDHE") == Exchange("ECDHE", "group 65278", 0)
    assert messages.server_key_exchange(b"\1\0\0", "ECDHE") == Exchange("ECDHE", "explicit", 0)


@pytest.mark.parametrize(
    ("content", "expected"), [(b"\2\x28", (True, 40)), (b"\1\x70", (False, 112)), (b"\1\0", (True, 0))]
)
def test_alerts(content: bytes, expected: tuple[bool, int]) -> None:
    """A warning does not end the conversation, except for the one that closes it."""
    assert messages.alert(content) == expected


@pytest.mark.parametrize("padded", [False, True])
@given(offered=st.lists(st.sampled_from([0x010080, 0x0700C0, 0x060040]), max_size=3), der=st.binary(max_size=300))
def test_hellos_of_ssl2_come_back(padded: bool, offered: list[int], der: bytes) -> None:  # noqa: FBT001
    """Suites and certificate of a server of SSLv2 are read with both forms of its record."""
    whole = ssl2.message(servers.ssl2_hello(offered, der, padded=padded))
    assert whole is not None
    assert ssl2.server_hello(whole) == ssl2.ServerHello2(tuple(offered), der)


@given(st.lists(st.sampled_from([0x010080, 0x0700C0, 0x060040])).map(tuple), st.binary(max_size=32))
def test_hellos_to_ssl2_come_back(offered: tuple[int, ...], challenge: bytes) -> None:
    """A client's hello of SSLv2 holds the suites that were asked for."""
    assert servers.ssl2_offered(ssl2.client_hello(offered, challenge)) == offered


def test_ssl2_without_a_suite_in_common() -> None:
    """A server of SSLv2 that has none of the suites says so; any other error is garbled."""
    assert ssl2.server_hello(b"\0\0\1") is None
    with pytest.raises(Garbled, match="type 0"):
        ssl2.server_hello(b"\0\0\4")
