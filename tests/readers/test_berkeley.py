"""The reader of Berkeley DB files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.text import Source
from auditor.readers.berkeley import described, read_berkeley
from auditor.readers.maps import read_map

FIXTURES = Path(__file__).parents[2] / "fixtures"
MAIL = FIXTURES / "modern" / "etc" / "mail"
SAMPLE = (MAIL / "access.db").read_bytes()


@pytest.mark.parametrize("path", [*sorted(MAIL.glob("*table.db")), MAIL / "access.db"], ids=lambda path: path.stem)
def test_a_map_of_the_fixtures(path: Path) -> None:
    """A database holds what its text says, keys in lower case."""
    text = read_map(Source("/map", path.with_suffix("").read_bytes()))
    found = read_berkeley(path.read_bytes())
    assert found.problem is None
    assert found.index == {key: entry.value.text for key, entry in text.index.items()}


def test_aliases() -> None:
    """Aliases come without the NUL that newaliases stores behind each of them."""
    index = read_berkeley((MAIL / "aliases.db").read_bytes()).index
    assert index["postmaster"] == "root"
    assert index["@"] == "@"


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    """Whatever the bytes, a value comes back, and a file that is no database has a problem."""
    assert read_berkeley(data).problem
    assert described(data)


_CHANGES = st.lists(st.tuples(st.integers(0, len(SAMPLE) - 1), st.integers(0, 255)), max_size=20)


@given(_CHANGES, st.integers(0, len(SAMPLE)))
def test_damaged_databases(changes: list[tuple[int, int]], length: int) -> None:
    """A database with bytes changed or cut off gives pairs or a problem, and never an exception."""
    data = bytearray(SAMPLE[:length])
    for at, byte in changes:
        if at < length:
            data[at] = byte
    found = read_berkeley(bytes(data))
    assert found.problem is not None or found.method == "hash"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"key value\n", "plain text"),
        (b"SQLite format 3\0" + b"\0" * 100, "an SQLite file"),
        (b"\x61\x15\x06\0" + b"\0" * 100, "a file of Berkeley DB 1.85"),
        (b"\xff\0\x01" * 50, "no Berkeley DB file"),
    ],
)
def test_other_files(data: bytes, words: str) -> None:
    """Files of other kinds are named."""
    assert described(data) == words
    assert read_berkeley(data).method is None
