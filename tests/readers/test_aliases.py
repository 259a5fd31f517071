"""The reader of alias files: lossless, total, linear, and cut as newaliases cuts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.text import Source
from auditor.readers.aliases import TARGET_KINDS, AliasText, read_aliases
from tests.lossless import grammar, kinds, linear, lossless, mutated

ALIASES = (
    b"# who reads what\npostmaster: root\nMAILER-DAEMON: postmaster\nlist: :include:/etc/mail/list,\n\tarchive\n"
    b'owner-list: bob, "|/usr/bin/filter -a x,y", /var/log/copy\nbob: \\bob, Bob (home, too) <bob@example.net>\n'
    b'away:|"/usr/bin/vacation away"\nRoot: bob\nroot: alice\n'
)


def aliases(data: bytes) -> AliasText:
    """The aliases of some bytes."""
    return read_aliases(Source("aliases", data))


@given(
    st.binary()
    | grammar(b"root", b": ", b"bob, ", b'"|/bin/x a,b"', b"\n ", b"\n\t", b"(", b"<", b"# c", b":include:/x")
    | mutated(ALIASES)
)
def test_any_bytes_are_tiled(data: bytes) -> None:
    """Whatever the bytes, the file is given back, and every target lies inside its alias."""
    document = lossless(read_aliases, data)
    assert not document.unparsed
    for alias in aliases(data).aliases:
        for target in alias.targets:
            assert alias.value.start <= target.start < target.end <= alias.value.end
            assert target.kind in TARGET_KINDS


def test_targets_are_told_apart() -> None:
    """Programs, files, lists and addresses are recognised; commas in quotes and comments cut nothing."""
    document = aliases(ALIASES)
    found = {alias.key: [(target.kind, target.value) for target in alias.targets] for alias in document.aliases}
    assert found == {
        "postmaster": [("address", "root")],
        "mailer-daemon": [("address", "postmaster")],
        "list": [("include", "/etc/mail/list"), ("address", "archive")],
        "owner-list": [("address", "bob"), ("program", "/usr/bin/filter -a x,y"), ("file", "/var/log/copy")],
        "bob": [("local", "bob"), ("address", "bob@example.net")],
        "away": [("program", "/usr/bin/vacation away")],
        "root": [("address", "alice")],
    }


def test_of_duplicates_the_last_stays() -> None:
    """A later alias takes the place of an earlier one, whatever the case of its letters."""
    document = aliases(ALIASES)
    assert [(earlier.line, stays.line) for earlier, stays in document.duplicates] == [(9, 10)]
    root = document.get("ROOT")
    assert root is not None
    assert root.line == 10


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a: b,\n c\n", ["alias"]),
        (b"a: b\\\nc\n", ["alias"]),
        (b"a\\\nb: c\n", ["alias"]),
        (b"a: b\n\n c\n", ["alias", "leading-blank"]),
        (b"a: b,\n# x\n c\n", ["alias", "comment", "swallowed"]),
        (b"# x\\\na: b\nc: d\n", ["comment", "alias"]),
        (b" a: b\n c\n", ["leading-blank"]),
        (b"foo\n bar\na: b\n", ["no-colon", "alias"]),
        (b"a:\n  \nc: d\n", ["no-value", "alias"]),
        (b": b\n", ["no-name"]),
        (b"a: b\0c\nd: e\nf: g\n", ["nul", "alias"]),
        (b"\r\na: b\r\n", ["no-colon", "alias"]),
        (b"a: b", ["alias"]),
        (b'"a:b": c\n', ["alias"]),
    ],
)
def test_lines_are_joined_and_refused_as_newaliases_does(data: bytes, expected: list[str]) -> None:
    """Continuation, comments and errors are those that sendmail 8.17 shows."""
    assert kinds(aliases(data)) == expected


def test_reading_is_linear() -> None:
    """No repetition makes reader or targets slow."""
    linear(
        lambda data: [alias.targets for alias in aliases(b"a: " + data).aliases],
        *(b'<"', b"(,", b"\\", b'"', b"a\n ", b"\\\n", b"a:", b",", b"<", b"b\n", b"\\\\,"),
    )
