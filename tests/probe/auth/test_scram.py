"""SCRAM gives the RFCs' examples, checks the server, and bounds what it lets a server ask for."""

from __future__ import annotations

import hashlib
import ssl
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.probe.auth.base import ChannelBinding, Unproved, server_end_point
from auditor.probe.auth.passwords import Password
from auditor.probe.auth.scram import MOST_ITERATIONS, Scram
from auditor.probe.errors import Garbled
from tests import certificates

SHA1 = (
    "SCRAM-SHA-1",
    "fyko+d2lbbFgONRv9qkxdawL",
    b"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    b"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
)
SHA256 = (
    "SCRAM-SHA-256",
    "rOprNGfwEbeRWgbNEkqO",
    b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
)
NONCE = "abc"


def scram(user: str = "user", word: str = "pencil", binding: ChannelBinding | None = None) -> Scram:
    """A client whose nonce is known."""
    return Scram("SCRAM-SHA-1-PLUS" if binding else "SCRAM-SHA-1", user, Password(word), binding, NONCE)


@pytest.mark.parametrize("example", [SHA1, SHA256], ids=["RFC 5802", "RFC 7677"])
def test_examples(example: tuple[str, str, bytes, bytes, bytes]) -> None:
    """The examples of the RFCs come out, and the server's proof is taken."""
    name, nonce, first, final, last = example
    found = Scram(name, "user", Password("pencil"), nonce=nonce)
    assert found.initial() == f"n,,n=user,r={nonce}".encode()
    assert found.respond(first) == final
    assert not found.proved
    assert not found.finished
    assert found.respond(last) == b""
    assert found.proved
    assert found.finished
    with pytest.raises(Garbled):
        found.respond(b"")


@pytest.mark.parametrize("last", [b"v=rmF9pqV8S7suAoZWja4dJRkFsXQ=", b"v=", b"", b"x", b"v=rmF9pqV8S7suAoZWja4dJRkFsK"])
def test_server_without_the_password(last: bytes) -> None:
    """A wrong or missing signature is never taken for a proof."""
    name, nonce, first, _, _ = SHA1
    found = Scram(name, "user", Password("pencil"), nonce=nonce)
    found.respond(first)
    with pytest.raises(Garbled) as caught:
        found.respond(last)
    assert isinstance(caught.value, Unproved) or b"FsK" in last
    assert found.proved is False


def test_error_of_the_server_is_kept() -> None:
    """The server's error is answered with nothing, so that the reply itself can be read."""
    name, nonce, first, _, _ = SHA1
    found = Scram(name, "user", Password("wrong"), nonce=nonce)
    found.respond(first)
    assert found.respond(b"e=invalid-proof") == b""
    assert found.complaint == "invalid-proof"
    assert found.proved is False


@pytest.mark.parametrize(
    "first",
    [
        b"",
        b"r=abc,s=c2FsdA==,i=4096",
        b"r=xyzabc,s=c2FsdA==,i=4096",
        b"r=abcdef,s=,i=4096",
        b"r=abcdef,s=!,i=4096",
        b"r=abcdef,s=c2FsdA==,i=0",
        b"r=abcdef,s=c2FsdA==,i=-1",
        b"r=abcdef,s=c2FsdA==,i=1e9",
        b"r=abcdef,s=c2FsdA==,i=" + str(MOST_ITERATIONS + 1).encode(),
        b"r=abcdef,s=c2FsdA==,i=" + b"9" * 3000,
        b"r=abcdef,s=c2FsdA==",
        b"m=new,r=abcdef,s=c2FsdA==,i=4096",
        b"e=unknown-user",
        b"r=abcdef,s=c2FsdA==,i=4096," + b"x=y," * 2000,
    ],
)
def test_first_messages_that_are_refused(first: bytes) -> None:
    """What is no first message, does not continue our nonce, or asks for too much work is refused."""
    with pytest.raises(Garbled):
        scram().respond(first)


@given(st.binary(max_size=80))
def test_any_first_message(tail: bytes) -> None:
    """Any bytes within a message end in a response or the wire's error."""
    with suppress(Garbled):
        assert scram().respond(b"r=abcdef,s=c2FsdA==,i=1" + tail).startswith(b"c=biws,r=abcdef")


def test_names_are_escaped_and_prepared() -> None:
    """Commas and equals signs of a name are escaped, and it is in SASLprep's form."""
    assert scram("a=b,c\u00ad").initial() == b"n,,n=a=3Db=2Cc,r=abc"


def test_binding_is_covered_by_the_proof() -> None:
    """With -PLUS the header names the binding's type, and the response repeats it with the data."""
    found = scram(binding=ChannelBinding("tls-unique", b"data"))
    assert found.initial() == b"p=tls-unique,,n=user,r=abc"
    # It is `p=tls-unique,,data`.
    assert found.respond(b"r=abcdef,s=c2FsdA==,i=1").startswith(b"c=cD10bHMtdW5pcXVlLCxkYXRh,r=abcdef,p=")


def test_server_end_point() -> None:
    """The binding is the certificate's hash by its own algorithm, with SHA-256 in the place of SHA-1."""
    for weak in (False, True):
        der = certificates.certificate(der=not weak, sha1=weak)
        if weak:
            der = ssl.PEM_cert_to_DER_cert(der.decode())
        assert server_end_point(der) == ChannelBinding("tls-server-end-point", hashlib.sha256(der).digest())
