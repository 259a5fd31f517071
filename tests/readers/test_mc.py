"""The reader of .mc files keeps every byte and fails on none."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.text import Source
from auditor.readers.mc import KINDS, McDocument, read_mc

CF = Path("/usr/share/sendmail/cf")
PARTS = [
    *("`", "'", "(", ")", ",", "\n", "\r\n", " ", "\t", "#", "dnl", "dnl ", "define(`a',`b')", "include(`x/cf.m4')"),
    *(
        "FEATURE",
        "divert(-1)",
        "LOCAL_CONFIG",
        "<%",
        "%>",
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "@HOST@",
        "\xef\xbb\xbf",
    ),
    *("\xa0", "\xc2\xa0", "\xe2\x80\x98", "\x93", "\xc3\x91", "\x00", "é", "~", "${x}", "<", "{", "@"),
]
text_of_parts = st.lists(st.sampled_from(PARTS), max_size=60).map("".join)


def read(text: str) -> McDocument:
    """The document of a text given as latin-1."""
    return read_mc(Source("x.mc", text.encode("latin-1")))


def kinds(text: str) -> list[tuple[str, str]]:
    """The kinds and texts of a text's nodes, blanks and line ends left out."""
    return [(node.kind, node.text) for node in read(text).nodes if node.kind not in {"blank", "newline"}]


def assert_lossless(document: McDocument) -> None:
    """The nodes tile the source."""
    at = 0
    for node in document.nodes:
        assert node.start == at
        assert node.end > at
        assert node.kind in KINDS
        at = node.end
    assert at == len(document.source.text)


def real_files() -> Iterator[Path]:
    """The .mc and .m4 files of the cf tree, and every file of the named corpus."""
    yield from sorted(CF.glob("*/*.m[c4]"))
    named = os.environ.get("MAILAUDIT_CORPUS")
    if named:
        yield from (path for path in sorted(Path(named).rglob("*")) if path.is_file())


@given(st.binary(max_size=400))
def test_any_bytes_are_kept(data: bytes) -> None:
    """Whatever the bytes, the nodes joined are the source."""
    assert_lossless(read_mc(Source("x.mc", data)))


@given(text_of_parts)
def test_any_mixture_of_m4_is_kept(text: str) -> None:
    """Whatever the mixture of quotes, comments and directives, the nodes joined are the source."""
    assert_lossless(read(text))


def test_real_files_are_kept() -> None:
    """Every file at hand is kept byte for byte, and every byte has a kind."""
    for path in real_files():
        assert_lossless(read_mc(Source(str(path), path.read_bytes())))


@pytest.mark.parametrize(
    "piece",
    ["`", "`'", "(", "define(", "<%", "{{", "{#", "@A", "# x `\n", "dnl `\n", "include(", "\xe2\x80", "ifdef(`a',`"],
)
def test_time_is_linear(piece: str) -> None:
    """Four times the text takes about four times the time, even where nothing is ever closed."""

    def seconds(times: int) -> float:
        started = time.process_time()
        read(piece * times)
        return time.process_time() - started

    seconds(10)
    times = 20_000 // len(piece)
    assert seconds(4 * times) < 12 * seconds(times) + 0.2


def test_dnl_takes_the_rest_of_its_line() -> None:
    """An unquoted dnl and everything up to the line feed is one node; a quoted one is a word."""
    assert kinds("x dnl y `z\nw") == [("word", "x"), ("dnl", "dnl y `z\n"), ("word", "w")]
    assert ("word", "dnl") in kinds("`dnl x'\n")
    assert kinds("5dnl x\n")[1] == ("dnl", "dnl x\n")
    assert kinds("Xdnl x\n")[0] == ("word", "Xdnl")


def test_comments_end_where_cf_m4_is_included() -> None:
    """A # begins a comment above the include of cf.m4 and no more below it."""
    document = read("# it`s\ninclude(`/x/cf.m4')\n# two\n")
    assert [node.text for node in document.of_kind("comment")] == ["# it`s"]
    assert document.include is not None
    assert document.include.line == 2


def test_a_file_without_include_has_no_comments() -> None:
    """Where cf.m4 must come first on the command line, m4 never sees a comment."""
    document = read("# FEATURE(`x')\nOSTYPE(`linux')\n")
    assert document.include is None
    assert not document.of_kind("comment")


def test_a_commented_include_is_none() -> None:
    """An include of cf.m4 in a comment or after dnl does not count."""
    assert read("dnl include(`cf.m4')\n").include is None
    assert read("# include(`cf.m4')\ninclude(`cf.m4')\n").include is not None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("\xef\xbb\xbf", "bom"),
        ("\xc2\xa0", "nbsp"),
        ("\xa0", "nbsp"),
        ("\xe2\x80\x98", "typographic"),
        ("\x93", "typographic"),
        ("\xc3\x91", "text"),
        ("\xe2\x82\xac", "text"),
        ("\r", "cr"),
        ("\x00", "control"),
        ("<% if x %>", "template"),
        ("{{ x | y }}", "template"),
        ("{% if x %}", "template"),
        ("{# x #}", "template"),
        ("@HOST@", "placeholder"),
        ("@@PATH@@", "placeholder"),
        ("user@host", "word"),
    ],
)
def test_kinds_of_odd_characters(text: str, kind: str) -> None:
    """What editors hide and templates put in has a kind of its own."""
    assert read(text).nodes[0].kind == kind
