"""The reader of .etckeeper files: lossless, total, linear, and nothing but the four commands etckeeper writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.text import Source
from auditor.readers.etckeeper import Recorded, read_etckeeper, records, unquoted
from auditor.trees.base import Owners
from tests.lossless import grammar, kinds, linear, lossless, mutated

RECORD = (
    b"mkdir -p './mail/empty'\nmaybe chown 'smmta' './mail/access'\nmaybe chgrp '45' './mail/access'\n"
    b"maybe chmod 0640 './mail/access'\nmaybe chmod 2750 'mail/it'\\''s'\n"
    b"maybe chmod 0755 '.'\nmaybe chown 'bob' './alone'\n"
)


@given(
    st.binary()
    | grammar(b"maybe chmod 0644 ", b"maybe chown ", b"'bob' ", b"'./x'", b"'", b"mkdir -p ", b"$(id)", b";", b"../x")
    | mutated(RECORD)
)
def test_any_bytes_are_tiled(data: bytes) -> None:
    """Whatever the bytes, the file is given back, and nothing recorded lies outside the directory."""
    lossless(read_etckeeper, data)
    found = records(read_etckeeper(Source("/etc/.etckeeper", data)), "/etc")
    assert all(path == "/etc" or path.startswith("/etc/") for path in found.owners)


def test_records_are_put_together() -> None:
    """Mode, owner and group of a path come from lines of their own; what is not said of owners is root's."""
    document = read_etckeeper(Source("/etc/.etckeeper", RECORD))
    assert document.recorded["mail/access"] == Recorded(0o640, "smmta", "45")
    assert document.recorded["mail/empty"] == Recorded()
    found = records(document, "/etc")
    assert found.directories == ("/etc",)
    assert found.owners == {
        "/etc": Owners(0o755, 0, 0, "root", "root"),
        "/etc/mail/access": Owners(0o640, None, 45, "smmta", None),
        "/etc/mail/it's": Owners(0o2750, 0, 0, "root", "root"),
    }


@pytest.mark.parametrize(
    "line",
    [
        b"rm -rf /",
        b"maybe chmod 0644 './a' './b'",
        b"maybe chmod 0644 './a'; id",
        b"maybe chmod 0644 $HOME",
        b"maybe chmod u+w './a'",
        b"maybe chown `id` './a'",
        b" maybe chmod 0644 './a'",
        b"maybe chmod 0644 './a",
    ],
)
def test_other_commands_are_unparsed(line: bytes) -> None:
    """What etckeeper does not write is no record, and shows up as text that was not understood."""
    document = read_etckeeper(Source("/etc/.etckeeper", line + b"\n"))
    assert kinds(document) == ["unparsed"]
    assert not document.recorded


@pytest.mark.parametrize("path", ["../passwd", "/etc/passwd", "..", "a/../../x"])
def test_paths_outside_are_passed_over(path: str) -> None:
    """A path that leaves the directory records nothing."""
    assert not read_etckeeper(Source("x", f"maybe chmod 0777 '{path}'\n".encode())).recorded


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_quotes_are_undone(text: str) -> None:
    """A word between quotes is taken back, each quote of its own written as etckeeper writes it."""
    quoted = text.replace("'", "'\\''")
    assert unquoted(f"'{quoted}'") == text


def test_reading_is_linear() -> None:
    """No repetition makes the reader slow."""
    linear(
        lambda data: read_etckeeper(Source("x", data)).recorded,
        *(b"maybe chmod 0644 './a'", b"'", b"maybe ", b"\\", b"chmod 0644 a", b" ", b"\n", b"mkdir -p 'a'\n"),
    )
