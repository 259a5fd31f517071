"""Sources and spans: offsets, lines and columns agree with each other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from auditor.model.text import Source


@given(st.binary(max_size=200), st.integers(0, 220))
def test_position_is_where_the_offset_is(data: bytes, offset: int) -> None:
    """The line a position names begins at or before the offset, and the text up to it has that many line ends."""
    source = Source("/x", data)
    line, column = source.position(offset)
    assert line == data[:offset].count(b"\n") + 1
    assert 1 <= column <= offset + 1
    assert source.text.encode("latin-1") == data


def test_columns_count_characters() -> None:
    """A character of two bytes is one column, and a byte that is no UTF-8 is one as well."""
    assert Source("/x", "dnl é x\n".encode()).position(8) == (1, 8)
    assert Source("/x", b"dnl \xe9 x\n").position(7) == (1, 8)


def test_spans_show_what_a_reader_sees() -> None:
    """A span's text has one character a byte, what it shows is decoded."""
    span = Source("/x", "é".encode()).span()
    assert len(span.text) == 2
    assert span.shown == "é"
    assert span.part(0, 1).end == 1
    assert Source("/x", b"a b c").span().find("b").start == 2
    assert Source("/x", b"  b ").span().stripped().text == "b"
