"""Records and handshake messages are cut from any bytes, however they arrive, within bounds."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.probe.errors import Garbled
from auditor.probe.tls import numbers, records
from auditor.probe.tls.cursor import Cursor, vector

kinds = st.sampled_from([20, 21, 22, 23])
contents = st.lists(st.tuples(kinds, st.binary(min_size=1, max_size=400)), max_size=8)


def cut(data: bytes, steps: list[int]) -> list[tuple[int, bytes, bytes]]:
    """The records of what arrives in steps of those sizes, and then all at once."""
    reader = records.RecordReader()
    found: list[tuple[int, bytes, bytes]] = []
    for step in [*steps, len(data)]:
        reader.feed(data[:step])
        data = data[step:]
        found += reader.records()
    return found


@given(contents, st.lists(st.integers(0, 40), max_size=10))
def test_records_come_back_however_they_arrive(written: list[tuple[int, bytes]], steps: list[int]) -> None:
    """What was written as records is read as these, whatever the sizes in which it arrives."""
    sent = b"".join(records.record(kind, 0x0303, content) for kind, content in written)
    assert [(kind, content) for kind, _, content in cut(sent, steps)] == written


@given(st.binary(max_size=400), st.lists(st.integers(0, 40), max_size=5))
def test_any_bytes_are_records_or_garbled(data: bytes, steps: list[int]) -> None:
    """No bytes raise anything but Garbled, and no record holds more than came."""
    try:
        found = cut(data, steps)
    except Garbled:
        return
    assert sum(len(header) + len(content) for _, header, content in found) <= len(data)


def test_long_content_is_cut_into_records() -> None:
    """Content of more than a record holds is sent in several."""
    content = bytes(40000)
    assert b"".join(piece for _, _, piece in cut(records.record(22, 0x0303, content), [])) == content


@given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=300)), max_size=6), st.integers(1, 50))
def test_messages_come_back_from_pieces(written: list[tuple[int, bytes]], size: int) -> None:
    """Messages are put together from records that cut them anywhere, one byte at a time included."""
    stream = b"".join(records.message(kind, body) for kind, body in written)
    reader = records.MessageReader()
    found: list[tuple[int, bytes]] = []
    for at in range(0, len(stream), size):
        reader.feed(stream[at : at + size])
        found += [(kind, whole[4:]) for kind, whole in reader.messages()]
    assert found == written


@given(st.binary(max_size=200))
def test_any_content_is_messages_or_garbled(data: bytes) -> None:
    """No content raises anything but Garbled."""
    reader = records.MessageReader()
    reader.feed(data)
    with suppress(Garbled):
        assert sum(len(whole) for _, whole in reader.messages()) <= len(data)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x16\3\3\xff\xff", "65535 bytes"),
        (b"\x16\3\3\x48\x01", "18433 bytes"),
        (b"220 mail.example.org ESMTP\r\n", "no TLS record"),
        (b"\x16\2\0\0\1x", "no TLS record"),
        (b"\x18\3\3\0\1x", "no TLS record"),
        (b"\x16\3\3\0\0" * 33, "empty records"),
    ],
)
def test_what_is_no_record_is_garbled(data: bytes, what: str) -> None:
    """An absurd length, another protocol and an endless run of nothing are told at once."""
    with pytest.raises(Garbled, match=what):
        cut(data, [])


def test_absurd_messages_are_garbled_before_they_come() -> None:
    """The length that a message announces is judged before anyone waits for it."""
    reader = records.MessageReader()
    reader.feed(b"\x0b\xff\xff\xff")
    with pytest.raises(Garbled, match="16777215 bytes"):
        list(reader.messages())


def test_a_flight_has_an_end() -> None:
    """A server that never stops sending is not listened to for ever."""
    reader = records.RecordReader()
    piece = records.record(numbers.HANDSHAKE, 0x0303, bytes(1 << 14))
    for _ in range(records.LONGEST_FLIGHT // len(piece)):
        reader.feed(piece)
        assert len(list(reader.records())) == 1
    with pytest.raises(Garbled, match="more than"):
        reader.feed(piece)


def test_many_tiny_records_cost_linear_time() -> None:
    """A hundred thousand records of one byte, in one piece, are read in well under two seconds of the processor."""
    data = records.record(numbers.HANDSHAKE, 0x0303, b"x") * 100_000
    reader, messages = records.RecordReader(), records.MessageReader()
    before = time.process_time()
    reader.feed(data)
    for _, _, content in reader.records():
        messages.feed(content)
    assert time.process_time() - before < 2


@given(st.binary(max_size=40), st.lists(st.tuples(st.sampled_from("tnv"), st.integers(0, 6)), max_size=6))
def test_a_cursor_never_leaves_its_bytes(data: bytes, steps: list[tuple[str, int]]) -> None:
    """Reading gives bytes of the message in their order or Garbled, and never goes back."""
    cursor = Cursor(data, "test")
    for what, size in steps:
        before = cursor.left
        try:
            {"t": cursor.take, "n": cursor.number, "v": cursor.vector}[what](size)
        except Garbled:
            return
        assert 0 <= cursor.left <= before


@given(st.binary(max_size=255))
def test_vectors_come_back(content: bytes) -> None:
    """A vector is read as it was written."""
    assert Cursor(vector(1, content), "test").vector(1) == content
