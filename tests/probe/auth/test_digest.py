"""DIGEST-MD5 gives the RFC's examples and checks the server's proof."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.probe.auth.base import Unproved
from auditor.probe.auth.digest import LONGEST, DigestMD5
from auditor.probe.auth.passwords import Password
from auditor.probe.errors import Garbled

IMAP = (
    "imap/elwood.innosoft.com",
    "OA6MHXh6VqTrRk",
    b'realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess,charset=utf-8',
    b"d388dad90d4bbd760a152321f2143af7",
    b"rspauth=ea40f60335c427b5527b84dbabcdfffd",
)
ACAP = (
    "acap/elwood.innosoft.com",
    "OA9BSuZWMSpW8m",
    b'realm="elwood.innosoft.com",nonce="OA9BSXrbuRhWay",qop="auth",algorithm=md5-sess,charset=utf-8',
    b"6084c6db3fede7352c551284490fd0fc",
    b"rspauth=2f0b3d7c3c2e486600ef710726aa2eae",
)
CHALLENGE = b'nonce="n",algorithm=md5-sess'


def digest(user: str = "chris", word: str = "secret") -> DigestMD5:
    """A client whose nonce is known."""
    return DigestMD5(user, Password(word), "smtp/mail.example.org", "c")


@pytest.mark.parametrize("example", [IMAP, ACAP], ids=["IMAP", "ACAP"])
def test_examples(example: tuple[str, str, bytes, bytes, bytes]) -> None:
    """The examples of RFC 2831, section 4, come out, and the server's proof is taken."""
    uri, nonce, challenge, response, proof = example
    found = DigestMD5("chris", Password("secret"), uri, nonce)
    found.initial()
    answer = found.respond(challenge)
    assert b"response=" + response in answer
    assert b'charset=utf-8,username="chris",realm="elwood.innosoft.com"' in answer
    assert not found.proved
    assert found.respond(proof) == b""
    assert found.proved
    assert found.finished
    with pytest.raises(Garbled):
        found.respond(proof)


def test_server_without_the_password() -> None:
    """A wrong rspauth is no proof, and a second challenge in its place is none either."""
    for last, kind in ((b"rspauth=" + b"0" * 32, Unproved), (CHALLENGE, Garbled), (b"", Garbled)):
        found = digest()
        found.respond(CHALLENGE)
        with pytest.raises(kind):
            found.respond(last)
        assert found.proved is False


@pytest.mark.parametrize(
    "challenge",
    [
        b"",
        b"nonsense",
        b'nonce="n"',
        b"algorithm=md5-sess",
        b'nonce="",algorithm=md5-sess',
        b'nonce="n",nonce="m",algorithm=md5-sess',
        b'nonce="n",algorithm=md5',
        b'nonce="n,algorithm=md5-sess',
        b'nonce="n"algorithm=md5-sess',
        b'nonce="n",algorithm=md5-sess,qop="auth-int,auth-conf"',
        b'nonce="n",algorithm=md5-sess,' + b"x=y," * LONGEST,
    ],
)
def test_challenges_that_are_refused(challenge: bytes) -> None:
    """What lacks a nonce or the algorithm, wants a security layer, or is no list of directives is refused."""
    with pytest.raises(Garbled):
        digest().respond(challenge)


@pytest.mark.parametrize(
    ("challenge", "part"),
    [
        (b', ,nonce = "n" , algorithm=md5-sess,,', b'username="chris",nonce="n",nc=00000001'),
        (CHALLENGE + b',realm="a",realm="b"', b'realm="a"'),
        (CHALLENGE + b',realm="q\\"u\\\\ote"', b'realm="q\\"u\\\\ote"'),
        (CHALLENGE + b',qop="auth-conf, auth"', b"qop=auth"),
        (b'NONCE="n",Algorithm=MD5-SESS,unknown=token', b'digest-uri="smtp/mail.example.org"'),
    ],
)
def test_challenges_that_are_taken(challenge: bytes, part: bytes) -> None:
    """White space, empty elements, escapes, several realms and unknown directives are read as the RFC has them."""
    assert part in digest().respond(challenge)


def test_realm_of_the_user() -> None:
    """Of several realms the one in the user's name is taken."""
    assert b'realm="b"' in digest("chris@B").respond(CHALLENGE + b',realm="a",realm="b"')


def test_charset() -> None:
    """The name is sent in the charset that the server says, and hashed alike in both."""
    answers = [digest("jürgen", "wört").respond(CHALLENGE + each) for each in (b"", b",charset=utf-8")]
    assert b'username="j\xfcrgen"' in answers[0]
    assert 'username="jürgen"'.encode() in answers[1]
    assert len({each.partition(b"response=")[2] for each in answers}) == 1


@given(st.binary(max_size=200))
def test_any_challenge(tail: bytes) -> None:
    """Any bytes end in a response or the wire's error."""
    for challenge in (tail, CHALLENGE + b"," + tail):
        with suppress(Garbled):
            assert b"response=" in digest().respond(challenge)


def test_a_challenge_is_read_in_time() -> None:
    """The longest challenges that are hard to read take no time to speak of."""
    for hard in (b'a="' + b"\\" * 2000, b" " * 2040, b'a="' + b"\\a" * 990, b"a" * 2040, b"a= " * 680, b"," * 2040):
        with pytest.raises(Garbled):
            digest().respond(hard)
