"""The reader of .cf files: lossless, total, linear, and cut as readcf cuts."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.text import Source
from auditor.readers.cf import COMMANDS, read_cf

STOCK = (
    b"#\n##### built by root@mx.example.org on Mon Jan  1 00:00:00 UTC 2024\n#\nV10/Berkeley\n\n\n"
    b"Cwlocalhost\nFw/etc/mail/local-host-names %[^\\#]\nDZ8.17.1\n"
    b"H?F?Resent-From: $?x$x <$g>$|$g$.\nHReceived: $?sfrom $s $.\n\tby $j\n"
    b"O AliasFile=/etc/aliases # aliases\nOL9\nO Timeout.ident=5s\n"
    b"Troot\nPjunk=-100\nKaccess hash -T<TMPF> /etc/mail/access\n"
    b"Scanonify=3\nR$*\t\t$: $1\n\t\tcomment\nR$* < @ > $*\t$@ $1\nMlocal,\tP=/bin/mail, F=lsDFM,\n\t\tA=mail -d $u\n"
    b"Xfilter, S=local:/run/filter\nQgroup, P=/var/spool/mqueue\nEPATH=/bin\n"
)


def kinds(data: bytes) -> list[str]:
    """The kinds of a file's nodes."""
    return [node.kind for node in read_cf(Source("x.cf", data)).nodes]


def assert_tiled(data: bytes) -> None:
    """Joined, the nodes give the file back, and no node is empty."""
    source = Source("x.cf", data)
    nodes = read_cf(source).nodes
    assert "".join(node.text for node in nodes) == source.text
    assert all(node.start < node.end for node in nodes)


@given(st.binary())
def test_any_bytes_are_tiled(data: bytes) -> None:
    """Whatever the bytes, the reader gives them back and never fails."""
    assert_tiled(data)


@given(st.lists(st.sampled_from([b"O A=1", b"#", b" ", b"\t", b"\n", b"\r", b"\0", b"R$*\t$1", b"P", b"=", b"\\\n"])))
def test_any_lines_are_tiled(pieces: list[bytes]) -> None:
    """Blank, continued and broken lines in any order are given back."""
    assert_tiled(b"".join(pieces))


@given(st.integers(0, len(STOCK)), st.integers(0, len(STOCK)), st.binary(max_size=3))
def test_mutated_files_are_tiled(start: int, size: int, put: bytes) -> None:
    """A real file that is truncated, or has any stretch replaced, is given back."""
    assert_tiled(STOCK[:start] + put + STOCK[start + size :])
    assert_tiled(STOCK[:start])


def test_every_command_has_its_kind() -> None:
    """Each command letter of readcf gives a node of its own kind, and a line that continues stays with it."""
    assert set(kinds(STOCK)) == {*COMMANDS.values(), "comment", "blank"}
    assert kinds(b"O A=1\n\tx\n y\nO B=2\n") == ["option", "option"]


@pytest.mark.parametrize("line", [b"L load", b"N x", b"define(`x', `y')", b"  O A=1", b"Pjunk", b"\n x", b"\r ", b"a"])
def test_unknown_lines_are_unparsed(line: bytes) -> None:
    """What sendmail calls an unknown configuration line is unparsed."""
    assert kinds(b"V10\n\n"[: 0 if line[:1] == b" " else None] + line + b"\n")[-1] == "unparsed"


@pytest.mark.parametrize("data", [b"\n\n\n", b"\r\n\r\n", b"\n\r\n"])
def test_empty_lines_are_one_blank(data: bytes) -> None:
    """Empty lines with either line end make one node, which sendmail passes over."""
    assert kinds(data) == ["blank"]


def test_time_grows_with_the_file() -> None:
    """Ten times the file takes at most about ten times as long."""

    def seconds(data: bytes) -> float:
        source = Source("x.cf", data)
        begun = time.process_time()
        read_cf(source)
        return time.process_time() - begun

    dice = random.Random(1)
    for data in (STOCK * 60, b"\n \n" * 20_000, b"O A=" + b" \t" * 30_000, bytes(dice.randbytes(60_000))):
        once = min(seconds(data) for _ in range(5))
        assert any(seconds(data * 10) < 30 * once + 0.1 for _ in range(3))
