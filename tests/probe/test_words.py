"""Excerpts of foreign bytes for sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.probe.words import SHORT, excerpt


@pytest.mark.parametrize(
    ("foreign", "shown"),
    [
        (b"", ""),
        ("hello", "hello"),
        (b"hello\r\n", "hello"),
        (b"a\r\nb\r\n", "a\\x0d\\x0ab"),
        (b"\0\x1b[2J\xff", "\\x00\\x1b[2J\\xff"),
        ("ü\u202e", "\\xfc\\u202e"),
        ("x" * SHORT, "x" * SHORT),
        ("x" * SHORT + "\r\n", "x" * SHORT),
        ("x" * SHORT + "y", "x" * SHORT + "…"),
        ("x" * SHORT + "\r\n" + "y", "x" * SHORT + "…"),
        ("x" * (SHORT - 2) + "\0y", "x" * (SHORT - 2) + "…"),
    ],
)
def test_excerpts(foreign: bytes | str, shown: str) -> None:
    """Escapes are whole, line ends at the end are left out, and what was cut off is marked."""
    assert excerpt(foreign) == shown


@given(st.text() | st.binary(max_size=400))
def test_any_excerpt_is_short_and_printable(foreign: str | bytes) -> None:
    """Nothing foreign steers a terminal or fills a page."""
    shown = excerpt(foreign)
    assert len(shown) <= SHORT + 1
    assert all(" " <= character <= "~" or character == "…" for character in shown)
