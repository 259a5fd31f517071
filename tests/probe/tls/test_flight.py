"""One hello and its answer: what is read of a flight, and what is not believed."""

from __future__ import annotations

import os
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.probe.errors import Garbled
from auditor.probe.tls import lists, numbers
from auditor.probe.tls.flight import FlightReader, FlightReader2
from auditor.probe.tls.hello import Hello
from auditor.probe.tls.messages import RETRY, Exchange
from auditor.probe.tls.numbers import HANDSHAKE, VERSIONS
from auditor.probe.tls.records import message, record
from auditor.probe.tls.schedule import KeyShares
from tests.probe.tls import servers
from tests.probe.tls.servers import Model

SHARES = KeyShares()
OLD = Hello(("TLSv1.2",), lists.usual())
NEW = Hello(("TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1"), lists.modern() + lists.usual())


def asked(hello: Hello, answer: bytes | None = None, *, model: Model | None = None, step: int = 65536) -> FlightReader:
    """A reader that was fed an answer, in pieces of a size."""
    reader = FlightReader(hello, b"mail.example.org", SHARES)
    data = (model or Model()).answer(reader.first) if answer is None else answer
    for at in range(0, len(data), step):
        reader.feed(data[at : at + step])
    return reader


@pytest.mark.parametrize("step", [1, 7, 65536])
def test_a_flight_is_read_whole(step: int) -> None:
    """Suite, group, chain and request are read, whatever the pieces in which they arrive."""
    flight = asked(OLD, model=Model(request=True), step=step).flight
    assert flight is not None
    assert flight.suite is not None
    assert (flight.version, flight.suite.name) == ("TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384")
    assert flight.exchange == Exchange("ECDHE", "x25519", 256)
    assert flight.chain == servers.RSA_CHAIN
    assert flight.request is not None
    assert flight.request.authorities == (servers.AUTHORITY,)
    assert flight.whole


@pytest.mark.parametrize("step", [1, 65536])
@pytest.mark.parametrize("request_", [False, True])
def test_an_encrypted_flight_is_read_up_to_the_chain(step: int, request_: bool) -> None:  # noqa: FBT001
    """The chain and the request of TLS 1.3 are read though they are encrypted."""
    reader = asked(NEW, model=Model(request=request_), step=step)
    flight = reader.flight
    assert reader.done
    assert flight is not None
    assert flight.version == "TLSv1.3"
    assert flight.chain == servers.RSA_CHAIN
    assert (flight.request is not None) == request_
    assert flight.exchange == Exchange("ECDHE", "x25519", 256)


def test_a_flight_in_records_of_one_byte() -> None:
    """A server may cut its messages into records of one byte each."""
    whole = servers.unwrapped(Model().answer(FlightReader(OLD, b"", SHARES).first))
    crumbs = b"".join(record(HANDSHAKE, 0x0303, whole[at : at + 1]) for at in range(len(whole)))
    flight = asked(OLD, crumbs).flight
    assert flight is not None
    assert flight.whole


@pytest.mark.parametrize("hello", [OLD, NEW])
def test_two_hundred_certificates(hello: Hello, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chain of two hundred certificates is read, in clear and encrypted."""
    chain = tuple(os.urandom(900) for _ in range(200))
    monkeypatch.setattr(servers, "RSA_CHAIN", chain)
    flight = asked(hello).flight
    assert flight is not None
    assert flight.chain == chain


@given(st.binary(max_size=300))
def test_any_answer_is_read_or_garbled(data: bytes) -> None:
    """No answer raises anything but Garbled."""
    for reader in (FlightReader(OLD, b"", SHARES), FlightReader2(lists.ssl2())):
        with suppress(Garbled):
            reader.feed(data)


@given(st.data())
def test_a_damaged_flight_is_read_or_garbled(data: st.DataObject) -> None:
    """Nor does an answer that was changed in one place, cut, or continued with anything."""
    hello = data.draw(st.sampled_from([OLD, NEW]))
    reader = FlightReader(hello, b"", SHARES)
    good = Model(request=True).answer(reader.first)
    at = data.draw(st.integers(0, len(good)))
    changed = good[:at] + data.draw(st.binary(max_size=8)) + good[at + data.draw(st.integers(0, 8)) :]
    with suppress(Garbled):
        reader.feed(changed)


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (record(HANDSHAKE, 0x0303, servers.server_hello("TLSv1.2", 0x1301)), "does not have"),
        (record(HANDSHAKE, 0x0303, servers.server_hello("TLSv1.2", 0x00AE)), "was not offered"),
        (record(HANDSHAKE, 0x0303, servers.server_hello("TLSv1.3", 0x1301)), "no key share"),
        (record(HANDSHAKE, 0x0303, message(11, b"\0\0\0")), "message of type 11"),
        (record(23, 0x0303, b"data"), "before the handshake is over"),
        (record(HANDSHAKE, 0x0303, b"\2\0\0\x26\x7f\x7f" + bytes(36)), "version 0x7f7f"),
        (b"HTTP/1.0 400 Bad Request\r\n", "no TLS record"),
    ],
)
def test_what_no_server_may_answer(answer: bytes, what: str) -> None:
    """A choice that was not offered, or a message out of place, is garbled."""
    with pytest.raises(Garbled, match=what):
        asked(NEW, answer)


def test_nothing_newer_than_asked_is_believed() -> None:
    """A server cannot choose a protocol that is newer than the hello's."""
    with pytest.raises(Garbled, match="was not offered"):
        asked(Hello(("TLSv1",), lists.usual()), record(HANDSHAKE, 0x0302, servers.server_hello("TLSv1.1", 0x002F)))


def test_in_clear_after_the_keys() -> None:
    """A server of TLS 1.3 cannot go on in clear."""
    reader = FlightReader(NEW, b"", SHARES)
    good = Model().answer(reader.first)
    first = 5 + int.from_bytes(good[3:5])
    with pytest.raises(Garbled, match="in clear"):
        reader.feed(good[:first] + record(HANDSHAKE, 0x0303, message(8, b"\0\0")))


def test_alerts_end_it_and_warnings_do_not() -> None:
    """A warning is passed over, an alert in two records is put together, and ends the conversation."""
    reader = asked(OLD, servers.alert(112, level=1) + record(21, 0x0301, b"\2") + record(21, 0x0301, b"\x46"))
    assert reader.done
    assert reader.flight is None
    assert reader.alert == numbers.PROTOCOL_VERSION


@pytest.mark.parametrize("group", [24, 25, 30])
def test_a_retry_is_followed(group: int) -> None:
    """A server that wants another group gets a second hello with a share in it and its cookie, once."""
    reader = FlightReader(NEW, b"", SHARES)
    extra = {numbers.KEY_SHARE: group.to_bytes(2), numbers.COOKIE: b"\0\1c"}
    retry = record(HANDSHAKE, 0x0303, servers.server_hello("TLSv1.3", 0x1301, extra, random=RETRY))
    second = servers.parsed(servers.unwrapped(reader.feed(retry)))
    assert list(second.shares) == [group]
    assert second.extensions[numbers.COOKIE] == b"\0\1c"
    assert not reader.done
    with pytest.raises(Garbled, match="again and again"):
        reader.feed(retry)


def test_a_retry_that_cannot_be_followed_still_tells() -> None:
    """A group that no share can be made in is named, and the protocol is known to be offered."""
    flight = asked(NEW, model=Model(groups=(257,))).flight
    assert flight is not None
    assert (flight.version, flight.exchange, flight.chain) == ("TLSv1.3", Exchange("DHE", "ffdhe3072", 3072), ())
    assert not flight.whole


def test_ssl2_is_read() -> None:
    """Suites and certificate of a server of SSLv2 are read, one byte at a time."""
    reader = FlightReader2(lists.ssl2())
    offered = servers.ssl2_offered(reader.first)
    assert set(offered) == {suite.number for suite in lists.ssl2()}
    for byte in servers.ssl2_hello([0x0700C0, 0x020080]):
        reader.feed(bytes((byte,)))
    assert reader.done
    assert reader.flight is not None
    assert [suite.name for suite in reader.flight.suites] == ["DES-CBC3-MD5", "EXP-RC4-MD5"]
    assert reader.flight.chain == (b"a certificate",)


@pytest.mark.parametrize(
    ("answer", "alert"),
    [(servers.alert(70), 70), (b"\x80\x03\0\0\1", 40), (record(21, VERSIONS["SSLv3"], b"\2\x28"), 40)],
)
def test_ssl2_is_refused(answer: bytes, alert: int) -> None:
    """An alert of the protocols after it, and its own error, are refusals."""
    reader = FlightReader2(lists.ssl2())
    for byte in answer:
        reader.feed(bytes((byte,)))
    assert (reader.done, reader.flight, reader.alert) == (True, None, alert)


def test_ssl2_answered_in_another_protocol() -> None:
    """A hello of SSLv3 is no answer to one of SSLv2."""
    with pytest.raises(Garbled, match="another protocol"):
        FlightReader2(lists.ssl2()).feed(record(HANDSHAKE, 0x0300, servers.server_hello("SSLv3", 5)))
