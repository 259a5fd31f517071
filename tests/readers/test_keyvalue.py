"""The reader of Sendmail.conf and saslauthd.conf: lossless, total, and as strict as libsasl."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.text import Source
from auditor.readers.flat import BLANKS
from auditor.readers.keyvalue import KeyValueText, read_key_values
from tests.lossless import corpus_files, grammar, kinds, linear, lossless, mutated

CONF = b"# verify with saslauthd\npwcheck_method: saslauthd\nMECH_LIST:plain login  \r\n\nlog_level: 7\nmech_list: x\n"
REAL = b"ldap_servers: ldaps://a.example.org ldaps://b.example.org\nldap_filter: (uid=%u)\nldap_use_sasl: no"


def conf(data: bytes) -> KeyValueText:
    """The file of some bytes."""
    return read_key_values(Source("Sendmail.conf", data))


@given(st.binary() | grammar(b"pwcheck_method", b":", b": saslauthd", b"mech_list: plain") | mutated(CONF, REAL))
def test_any_bytes_are_tiled(data: bytes) -> None:
    """Whatever the bytes, every line is one node, and entries have a value."""
    assert not lossless(read_key_values, data).unparsed
    for entry in conf(data).entries:
        assert entry.value.text.strip(BLANKS) == entry.value.text != ""


def test_of_two_lines_the_first_counts() -> None:
    """The library stops at the first line of a key, whose case does not count."""
    document = conf(CONF)
    line = document.get("mech_list")
    assert line is not None
    assert [word.text for word in line.words] == ["plain", "login"]
    assert len(document.all("mech_list")) == 2
    assert document.get("sql_user") is None
    assert not document.refused


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (b"a: b", "entry"),
        (b"  a:b  ", "entry"),
        (b": b", "entry"),
        (b"a:\tb # no comment", "entry"),
        (b" # comment", "comment"),
        (b"a : b", "no-colon"),
        (b"a.b: c", "no-colon"),
        (b"a b", "no-colon"),
        (b"\xef\xbb\xbfa: b", "no-colon"),
        (b"a\xa0: b", "no-colon"),
        (b"a:", "no-value"),
        (b"a: \r", "no-value"),
        (b"a:\0b", "no-value"),
        (b"a:\xa0", "entry"),
    ],
)
def test_lines_are_refused_as_libsasl_refuses_them(line: bytes, kind: str) -> None:
    """The colon follows the key at once, a value follows the colon, and a key has no dot."""
    assert kinds(conf(line + b"\n")) == [kind]
    assert kinds(conf(line)) == [kind]


def test_merged_lines_show_in_the_value() -> None:
    """A second key inside a value is pointed at; the scheme of an address is none."""
    entry = conf(b"pwcheck_method:saslauthd mech_list:login plain\n").entries[0]
    assert [span.text for span in entry.merged] == ["mech_list"]
    assert entry.merged[0].line == 1
    assert not conf(REAL).entries[0].merged


def test_reading_is_linear() -> None:
    """No repetition makes the reader slow."""
    linear(lambda data: [entry.merged for entry in conf(data).entries], b"a", b"a:", b"a: b ", b" ", b"\0", b"\n", b":")


def test_real_files_are_understood() -> None:
    """Real sites' files are given back, and nothing of them is unparsed."""
    for data in corpus_files(
        "Sendmail.conf", "Sendmail.conf.2", "Sendmail-sasl2.conf", "saslauthd.conf", "sendmail.sasl"
    ):
        assert not lossless(read_key_values, data).unparsed
        assert conf(data).entries
