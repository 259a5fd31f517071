"""The readers of makemap texts and class files: lossless, total, linear, and cut as makemap and sendmail cut."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.text import Source
from auditor.model.unknown import Unknowable
from auditor.readers.maps import (
    AccessText,
    MapText,
    class_file_words,
    read_access,
    read_class_file,
    read_map,
)
from tests.lossless import corpus_files, grammar, kinds, linear, lossless, mutated

ACCESS = (
    b"# who may relay\nConnect:127.0.0.1\t\tRELAY\nconnect:localhost RELAY\nIPv6:2001:db8:0:0:0:0:0:1\tREJECT\n"
    b'From:bad@example.com   ERROR:5.7.1:"550 no thanks"\nTo:\tOK\n\nexample.org REJECT \nConnect:localhost OK\n'
)
CLASS = b"# names\nmx.example.org\nexample.org example.net # both\n  # not a comment\n\tblank.example \r\n"


def access(data: bytes) -> AccessText:
    """The access map of some bytes."""
    return read_access(Source("access", data))


def text(data: bytes) -> MapText:
    """The map of some bytes."""
    return read_map(Source("map", data))


@given(st.binary() | grammar(b"Connect:1.2", b"key", b"value", b"IPv6:", b":") | mutated(ACCESS))
def test_any_map_is_tiled(data: bytes) -> None:
    """Whatever the bytes, every line is one node, and entries answer for their parts."""
    document = lossless(read_access, data)
    assert not document.unparsed
    for entry in access(data).access:
        assert entry.lhs.text
        assert entry.value.text
        assert "\n" not in entry.value.text
        assert entry.key.end == entry.lhs.end
        assert entry.tag is None or entry.tag.start == entry.start


@given(st.binary() | grammar(b"a.example", b"word", b"x" * 700) | mutated(CLASS))
def test_any_class_file_is_tiled(data: bytes) -> None:
    """Whatever the bytes, a class file is given back, and its words are words."""
    lossless(read_class_file, data)
    for scanf in ("%s", "%[^\\#]", "%[a-z-]", "%3s"):
        assert all(re.fullmatch(r"\S+", word.text, re.ASCII) for word in class_file_words(Source("w", data), scanf))


def test_entries_have_tag_key_and_value() -> None:
    """A tag ends at the first colon, IPv6 is none, and blanks at the end stay in the value."""
    found = [(e.tag.text if e.tag else None, e.key.text, e.value.text) for e in access(ACCESS).access]
    assert found == [
        ("Connect", "127.0.0.1", "RELAY"),
        ("connect", "localhost", "RELAY"),
        (None, "IPv6:2001:db8:0:0:0:0:0:1", "REJECT"),
        ("From", "bad@example.com", 'ERROR:5.7.1:"550 no thanks"'),
        ("To", "", "OK"),
        (None, "example.org", "REJECT "),
        ("Connect", "localhost", "OK"),
    ]


def test_duplicates_are_folded_and_the_first_stays() -> None:
    """Keys that differ in case only are duplicates, of which makemap refuses the later one."""
    document = access(ACCESS)
    assert [(later.line, first.line) for later, first in document.duplicates] == [(9, 3)]
    found = document.get("CONNECT:LOCALHOST")
    assert found is not None
    assert found.line == 3


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (b"# comment", "comment"),
        (b" # comment", "leading-blank"),
        (b"\r", "leading-blank"),
        (b"\tkey value", "leading-blank"),
        (b"key", "no-value"),
        (b"key  \r", "no-value"),
        (b"key value", "entry"),
        (b"key\x0bvalue", "entry"),
        (b"\xef\xbb\xbf# bom", "entry"),
        (b"k\0ey value", "nul"),
        (b"#\0", "nul"),
        (b"key\xa0value", "no-value"),
        (b"k " + b"x" * 1020, "entry"),
    ],
)
def test_lines_have_the_kind_makemap_gives_them(line: bytes, kind: str) -> None:
    """Comments begin in the first column only, and a blank there is an error; only ASCII blanks separate."""
    assert kinds(text(line + b"\nb c\n")) == [kind, "entry"]
    assert kinds(text(line)) == [kind]


def test_a_line_that_is_too_long_goes_on_as_a_line_of_its_own() -> None:
    """Of a line with more than 1022 characters the first 1023 are refused and the rest is read like any line."""
    document = text(b"key " + b"x" * 1021 + b" y\nb c\n")
    assert kinds(document) == ["too-long", "entry", "entry"]
    assert [entry.lhs.text for entry in document.entries] == ["xx", "b"]


def test_a_value_keeps_its_carriage_return() -> None:
    """With CRLF line ends the value that reaches the map ends in a CR."""
    assert [entry.value.text for entry in text(b"a b\r\n").entries] == ["b\r"]


def test_the_default_format_takes_the_first_word() -> None:
    """With ``%s`` one word a line counts, a number sign behind blanks among them."""
    assert [word.text for word in class_file_words(Source("w", CLASS))] == [
        "mx.example.org",
        "example.org",
        "#",
        "blank.example",
    ]


@pytest.mark.parametrize("scanf", ["%[^\\#]", "%[^#]", " %[^\\#] "])
def test_the_format_up_to_a_comment_takes_all_words(scanf: str) -> None:
    r"""With ``%[^\#]`` every word before the comment sign counts."""
    words = class_file_words(Source("w", CLASS), scanf)
    assert [word.text for word in words] == ["mx.example.org", "example.org", "example.net", "blank.example"]
    assert [word.line for word in words] == [2, 3, 3, 5]


@pytest.mark.parametrize("scanf", ["%d", "%s %s", "x%s", "%*s %s", "%", "s", "%[abc"])
def test_a_format_that_is_not_modelled_is_unknowable(scanf: str) -> None:
    """What another conversion takes is not guessed."""
    with pytest.raises(Unknowable, match="not modelled"):
        class_file_words(Source("w", CLASS), scanf)


def test_a_large_map_is_read_quickly() -> None:
    """A map of five megabytes takes less than three seconds, its duplicates included."""
    data = b"".join(b"Connect:host%d.example.org\tREJECT\n" % number for number in range(150_000))
    begin = time.process_time()
    document = access(data)
    assert len(document.access) == 150_000
    assert not document.duplicates
    assert time.process_time() - begin < 3


def test_reading_is_linear() -> None:
    """No repetition makes the readers slow."""
    linear(lambda data: text(data).entries, b"a", b" ", b"\0", b"a ", b"\n", b"\r", b"a\0\n", b"a:")
    linear(lambda data: class_file_words(Source("w", data), "%[^\\#]"), b"a", b" ", b"a ", b"#", b"\0 ")


def test_real_maps_are_understood() -> None:
    """Real sites' maps are given back, and nothing of them is unparsed."""
    for data in corpus_files(
        "access", "access.erb", "mailertable", "virtusertable", "genericstable", "sendmail.access"
    ):
        assert not lossless(read_access, data).unparsed
    for data in corpus_files("local-host-names", "relay-domains"):
        assert not lossless(read_class_file, data).unparsed
