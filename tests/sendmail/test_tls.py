"""Values of TLS options mean what sendmail takes them to mean."""

from __future__ import annotations

import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.readers import host_names
from auditor.sendmail import cipher_suites, ciphers, tls

ALL_NEEDED = dict.fromkeys(tls.SERVER_NEEDS, "/etc/mail/certs/x.pem")


def test_all_four_options_are_needed() -> None:
    """STARTTLS is offered only where certificate, key, CA file and CA path are all named."""
    assert tls.what_keeps_server_off(ALL_NEEDED) == ()
    for option in tls.SERVER_NEEDS:
        assert tls.what_keeps_server_off(ALL_NEEDED | {option: None}) == (option,)
        assert tls.what_keeps_server_off(ALL_NEEDED | {option: "certs/x.pem"}) == (option,)
    assert tls.what_keeps_server_off({}, "V C") == ()
    assert tls.what_keeps_server_off({}, "VC") == tls.SERVER_NEEDS


@pytest.mark.parametrize(
    ("certificate", "key", "pairs"),
    [
        (None, None, ()),
        ("/a", "/k", (("/a", "/k"),)),
        ("/a,/b", "/k,/l", (("/a", "/k"), ("/b", "/l"))),
        ("/a, /b", "/k", (("/a", "/k"), (" /b", None))),
        ("/a", "/k,/l", (("/a", "/k,/l"),)),
        ("/a", None, (("/a", None),)),
        (None, "/k", ((None, "/k"),)),
        ("/a,/b,/c", "/k,/l,/m", (("/a", "/k"), ("/b,/c", "/l,/m"))),
    ],
)
def test_pairs(certificate: str | None, key: str | None, pairs: tuple[object, ...]) -> None:
    """The first comma parts a second name off, and a key's only where the certificate has one too."""
    assert tls.file_pairs(certificate, key) == pairs


@pytest.mark.parametrize(
    ("value", "refused"),
    [
        ("+SSL_OP_NO_SSLv3 +SSL_OP_NO_TLSv1", []),
        ("+SSL_OP_NO_SSLv3, +SSL_OP_NO_TLSv1", []),
        ("+SSL_OP_NO_SSLv3,", []),
        ("SSL_OP_NO_SSLv3 -ssl_op_no_tlsv1", []),
        ("0x10 10x -16 +99999999999999999999999", []),
        ("", []),
        ("+", [""]),
        (",", [""]),
        ("+ SSL_OP_NO_SSLv3", [""]),
        ("SSL_OP_NO_SSLv3,,x", ["", "x"]),
        ("+SSL_OP_NO_SSL3", ["SSL_OP_NO_SSL3"]),
        ("+NO_SSLv3", ["NO_SSLv3"]),
        ("++SSL_OP_NO_SSLv3", ["+SSL_OP_NO_SSLv3"]),
        ("+SSL_OP_NO_SSLv3;+SSL_OP_NO_TLSv1", ["SSL_OP_NO_SSLv3;+SSL_OP_NO_TLSv1"]),
        ("+SSL_OP_SAFARI_ECDHE_ECDSA_BUG", ["SSL_OP_SAFARI_ECDHE_ECDSA_BUG"]),
    ],
)
def test_ssl_options(value: str, refused: list[str]) -> None:
    """An item of ServerSSLOptions is refused here where sendmail 8.17.1 was seen to refuse it."""
    assert [item.name for item in tls.ssl_options(value) if item.problem] == refused


@given(st.text(alphabet="+-, SOLpx_0109\t;", max_size=30))
def test_ssl_option_offsets(value: str) -> None:
    """Each item's offsets give its sign and name back, whatever the value."""
    for item in tls.ssl_options(value):
        assert value[item.start : item.end] in {item.name, "+" + item.name, "-" + item.name}
    assert tls.disabled_protocols(value) <= set(tls.PROTOCOLS)


def test_disabled_protocols() -> None:
    """Names and numbers turn protocols off, and a minus turns them on again."""
    assert tls.disabled_protocols("+SSL_OP_NO_SSLv3 ssl_op_no_tlsv1_1") == {"SSLv3", "TLSv1.1"}
    assert tls.disabled_protocols("0x06000000 -SSL_OP_NO_TLSv1") == {"SSLv3"}
    assert tls.disabled_protocols("+SSL_OP_CIPHER_SERVER_PREFERENCE") == frozenset()


@pytest.mark.parametrize(
    ("value", "letters", "unknown"),
    [
        ("V", "V", ""),
        ("V'", "V", ""),
        ("VC", "V", ""),
        ("V,,C", "V", ""),
        ("V, C", "V", ""),
        ("V , C", "VC", ""),
        ("v Q", "vQ", "vQ"),
        ("'V", "'", "'"),
        ("", "", ""),
    ],
)
def test_server_letters(value: str, letters: str, unknown: str) -> None:
    """The first character of each token counts, in upper case only."""
    found = tls.server_letters(value)
    assert "".join(each.letter for each in found) == letters
    assert "".join(each.letter for each in found if not each.known) == unknown
    assert all(value[each.start] == each.letter for each in found)


@pytest.mark.parametrize(
    ("value", "kind", "bits"),
    [
        (None, "unset", 2048),
        ("", "unset", 2048),
        ("5", "number", 512),
        ("1024", "number", 1024),
        ("1", "number", 1024),
        ("2048", "number", 2048),
        ("4096", "illegal", 2048),
        ("i", "number", 2048),
        ("none", "none", None),
        ("No", "none", None),
        ("/etc/mail/dh.pem", "file", None),
        ("dh.pem", "illegal", 2048),
    ],
)
def test_dh_value(value: str | None, kind: str, bits: int | None) -> None:
    """Only the first character of DHParameters counts."""
    assert tls.dh_value(value) == tls.DHValue(kind, bits)


@pytest.mark.parametrize(
    ("presented", "host", "good"),
    [
        ("mail.example.org", "MAIL.example.org.", True),
        ("*.example.org", "mail.example.org", True),
        ("*.example.org", "a.mail.example.org", False),
        ("*.example.org", "example.org", False),
        ("*.org", "example.org", False),
        ("m*.example.org", "mail.example.org", False),
        ("*.*.org", "a.b.org", False),
        ("*", "localhost", False),
        ("bücher.example", "xn--bcher-kva.example", True),
        ("*.example.org", "xn--bcher-kva.example.org", False),
        ("192.0.2.1", "192.0.2.1", False),
        ("mail.example.org", "", False),
        ("", "", False),
    ],
)
def test_names(presented: str, host: str, good: bool) -> None:  # noqa: FBT001
    """A wildcard stands for one whole first label, names compare without case and in ASCII form."""
    assert host_names.matches(presented, host) is good


@given(st.text(max_size=30), st.text(max_size=30))
def test_names_never_raise(presented: str, host: str) -> None:
    """Names of any characters compare without an exception."""
    assert host_names.matches(presented, host) in {True, False}


def known_here() -> set[str]:
    """The suites that the library of this Python has, those of TLS 1.3 apart."""
    return library("ALL:COMPLEMENTOFALL:@SECLEVEL=0") or set()


def library(text: str) -> set[str] | None:
    """What the library makes of a cipher string, None where it refuses it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.set_ciphers(text)
    except ssl.SSLError:
        return None
    return {each["name"] for each in context.get_ciphers() if each["protocol"] != "TLSv1.3"}


HERE = known_here()
# A group of which this library has no suite is an unknown word to it, and the strength of a name in a conjunction is a
# quirk of its own; strings of the rest must agree in everything.
WORDS = sorted(
    word
    for word, selects in cipher_suites.aliases().items()
    if word not in {"COMPLEMENTOFDEFAULT", "SSLv3"}
    and HERE.intersection(suite.name for suite in cipher_suites.suites().values() if selects(suite))
)
items = st.tuples(
    st.sampled_from(["", "", "", "-", "+", "!"]),
    st.one_of(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map("+".join),
        st.sampled_from(sorted(HERE)),
        st.sampled_from(["nonsense", "TLSv1.3", "a_b", "COMPLEMENTOFDEFAULT", "", "+", "ECDHE+", "*"]),
    ),
).map("".join)
strings = st.tuples(
    st.sampled_from(["", "", "DEFAULT:", "DEFAULT"]),
    st.lists(items, min_size=1, max_size=6).flatmap(
        lambda found: st.sampled_from(":, ;").map(lambda by: by.join(found))
    ),
    st.sampled_from(["", "", ":@STRENGTH", ":@SECLEVEL=0", ":@SECLEVEL=7", ":@NOTHING"]),
).map("".join)


@pytest.mark.skipif("OpenSSL 3.0" not in ssl.OPENSSL_VERSION, reason="the table of defaults is that of OpenSSL 3.0")
@given(strings)
def test_cipher_strings_as_openssl(text: str) -> None:
    """A cipher string enables the suites that OpenSSL itself enables, as far as this library has them."""
    found = ciphers.analyse(text)
    mine = None if found.error else set(found.enabled) & HERE
    assert (mine or None) == library(text)
    for token in found.tokens:
        assert text[token.start : token.end].startswith(token.operator)


@given(st.text(max_size=60))
def test_cipher_strings_never_raise(text: str) -> None:
    """Any text is analysed, and one with an error enables nothing."""
    found = ciphers.analyse(text)
    assert found.error is None or not found.enabled


@pytest.mark.parametrize(
    ("text", "weak"),
    [
        ("HIGH:!aNULL:!eNULL:!EXPORT:!DES:!3DES:!RC4:!MD5:!PSK", {"SRP"}),
        ("HIGH:!aNULL:!3DES:!PSK:!SRP", set()),
        ("ECDHE+AESGCM", set()),
        ("ALL", {"aNULL", "EXPORT", "DES", "3DES", "RC4", "MD5", "IDEA", "SEED", "PSK", "SRP"}),
        ("ALL:+RC4:+EXP", {"aNULL", "EXPORT", "DES", "3DES", "RC4", "MD5", "IDEA", "SEED", "PSK", "SRP"}),
        ("RC4-SHA:AES128-SHA", {"RC4"}),
        ("AES128-SHA:-RC4:RC4-MD5", {"RC4", "MD5"}),
        ("AES128-SHA:!RC4:RC4-MD5", set()),
        ("eNULL:AES128-SHA", {"eNULL", "MD5", "aNULL", "PSK"}),
    ],
)
def test_weak_groups(text: str, weak: set[str]) -> None:
    """The weak groups are those a library of any age could still choose from."""
    assert set(ciphers.analyse(text).weak()) == weak


def test_security_level_takes_weak_groups_away() -> None:
    """A level in the string counts instead of the library's own."""
    assert "aNULL" not in ciphers.analyse("HIGH").weak(level=1)
    assert "aNULL" in ciphers.analyse("HIGH:@SECLEVEL=0").weak(level=2)
    assert "RC4" not in ciphers.analyse("ALL:@SECLEVEL=2").weak()


def test_protocol_words_are_told() -> None:
    """Words for protocols are found with their place; one that exists for no version is unknown as well."""
    found = ciphers.analyse("HIGH:!SSLv2:TLSv1.3")
    assert [token.words for token in found.protocol_tokens] == [("SSLv2",), ("TLSv1.3",)]
    assert [token.unknown for token in found.tokens] == [(), (), ("TLSv1.3",)]
    assert ciphers.analyse("TLSv1.3").error == "it selects no cipher suite"
