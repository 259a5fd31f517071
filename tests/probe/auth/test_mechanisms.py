"""The mechanisms give the RFCs' examples, and nothing a server says makes them fail otherwise than foreseen."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.probe.auth.base import ChannelBinding, Unfit, Unproved
from auditor.probe.auth.mechanisms import SENDS_PASSWORD, SUPPORTED, client
from auditor.probe.auth.passwords import Password
from auditor.probe.errors import Garbled

BINDING = ChannelBinding("tls-exporter", b"0123456789abcdef")
HOST = "mail.example.org"


def made(mechanism: str, user: str = "alice", word: str = "correct horse") -> object:
    """A client with a binding at hand."""
    return client(mechanism, user, Password(word), host=HOST, binding=BINDING)


def test_plain() -> None:
    """PLAIN sends what RFC 4616, section 4, shows."""
    plain = client("plain", "tim", Password("tanstaaftanstaaf"), host=HOST)
    assert plain.initial() == b"\0tim\0tanstaaftanstaaf"
    assert plain.finished
    with pytest.raises(Garbled):
        plain.respond(b"")


def test_cram_md5() -> None:
    """CRAM-MD5 answers RFC 2195's challenge with its digest, once."""
    cram = client("CRAM-MD5", "tim", Password("tanstaaftanstaaf"), host=HOST)
    assert cram.initial() is None
    answer = cram.respond(b"<1896.697170952@postoffice.reston.mci.net>")
    assert answer == b"tim b913a602c7eda7a495b4e6e7334d3890"
    with pytest.raises(Garbled, match="more than"):
        cram.respond(b"<another@host>")


def test_cram_md5_wants_a_challenge() -> None:
    """An empty challenge would let the answer be used again elsewhere."""
    with pytest.raises(Garbled, match="empty challenge"):
        client("CRAM-MD5", "tim", Password("word"), host=HOST).respond(b"")


def test_login_ignores_the_words_of_the_prompts() -> None:
    """LOGIN gives the name to the first prompt and the password to the second, and nothing to a third."""
    login = client("LOGIN", "alice", Password("pässword"), host=HOST)
    assert login.initial() is None
    assert login.respond(b"Password:") == b"alice"
    assert not login.finished
    assert login.respond(b"\xff") == "pässword".encode()
    with pytest.raises(Garbled):
        login.respond(b"Username:")


def test_xoauth2() -> None:
    """XOAUTH2 sends name and token as documented, and answers the error in JSON with nothing, once."""
    xoauth2 = client(
        "XOAUTH2", "someuser@example.com", Password("ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"), host=HOST
    )
    expected = b"user=someuser@example.com\1auth=Bearer ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg\1\1"
    assert xoauth2.initial() == expected
    assert xoauth2.respond(b'{"status":"401"}\x1b[31m') == b""
    assert xoauth2.complaint == '{"status":"401"}\\x1b[31m'
    with pytest.raises(Garbled):
        xoauth2.respond(b"{}")


def test_external_sends_nothing() -> None:
    """EXTERNAL leaves the name to the certificate."""
    assert client("EXTERNAL", "alice", Password(""), host=HOST).initial() == b""


@pytest.mark.parametrize(
    ("mechanism", "user", "word"),
    [
        ("PLAIN", "al\0ice", "hunter2"),
        ("PLAIN", "alice", "hunter\0"),
        ("XOAUTH2", "alice", "hunter\1"),
        ("LOGIN", "alice", "half \ud800"),
        ("CRAM-MD5", "half \ud800", "hunter2"),
        ("DIGEST-MD5", "alice", "half \ud800"),
        ("SCRAM-SHA-1", "alice", "be\x07ll"),
        ("SCRAM-SHA-256", "alice", "\u06271"),
        ("SCRAM-MD4", "alice", "hunter2"),
        ("GSSAPI", "alice", "hunter2"),
        ("", "alice", "hunter2"),
    ],
)
def test_what_a_mechanism_cannot_carry(mechanism: str, user: str, word: str) -> None:
    """It is refused before anything is sent, in words without the password, from a place that does not show it."""
    with pytest.raises(Unfit) as caught:
        made(mechanism, user, word)
    assert word not in str(caught.value)
    frames = [frame for frame in caught.traceback if "/auditor/" in str(frame.path)]
    assert not any(word in repr(value) for frame in frames for value in frame.frame.f_locals.values())
    assert caught.value.__context__ is None


def test_binding_is_needed_for_plus() -> None:
    """Without a channel binding the -PLUS mechanisms cannot be."""
    with pytest.raises(Unfit, match="channel binding"):
        client("SCRAM-SHA-256-PLUS", "alice", Password("word"), host=HOST)


def test_who_sends_the_password() -> None:
    """Exactly the mechanisms that hand over the password show it in what they send."""
    for mechanism in SUPPORTED:
        machine = client(mechanism, "alice", Password("correct horse"), host=HOST, binding=BINDING)
        said = machine.initial() or b""
        with suppress(Garbled):
            said += machine.respond(b"challenge") + machine.respond(b"challenge")
        assert (b"correct horse" in said) == (mechanism in SENDS_PASSWORD)


@given(st.sampled_from(SUPPORTED), st.lists(st.binary(max_size=60), min_size=6, max_size=6))
def test_any_challenges(mechanism: str, challenges: list[bytes]) -> None:
    """Whatever the prompts hold, there is no error but the wire's, and by the fourth prompt it is over."""
    machine = client(mechanism, "alice", Password("correct horse"), host=HOST, binding=BINDING)
    machine.initial()
    taken = 0
    with suppress(Garbled):
        for each in challenges:
            assert isinstance(machine.respond(each), bytes)
            taken += 1
    assert taken <= 3
    assert machine.proved is not True


@given(st.sampled_from(SUPPORTED), st.text(max_size=20), st.text(max_size=20))
def test_any_name_and_password(mechanism: str, user: str, word: str) -> None:
    """Any name and password are either carried or said to be unfit."""
    try:
        machine = client(mechanism, user, Password(word), host=HOST, binding=BINDING)
    except Unfit:
        return
    assert machine.initial() is None or isinstance(machine.initial, object)


def test_unproved_is_of_the_wire() -> None:
    """A server without its proof is an error of the wire, so that whoever catches those catches it."""
    assert issubclass(Unproved, Garbled)
