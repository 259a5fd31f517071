"""The parser of SMTP replies and of what follows EHLO."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auditor.probe.errors import Garbled
from auditor.probe.smtp import LONGEST_LINE, LONGEST_REPLY, Extensions, Reply, ReplyParser

#: Bytes that look like replies often enough to get anywhere.
_PIECES = st.sampled_from(
    [
        b"220 ready",
        b"250-a",
        b"250 b",
        b"250",
        b"\r\n",
        b"\n",
        b"\r",
        b"\0",
        b"4",
        b"50",
        b"999 no",
        b"\x15\x03\x01",
        b" ",
    ]
)
WIRE = st.lists(_PIECES | st.binary(max_size=8), max_size=30).map(b"".join)


def taken(*pieces: bytes) -> tuple[list[Reply], bytes, bool]:
    """What the parser makes of the pieces: the replies, the rest, and whether it found them to be no SMTP."""
    parser = ReplyParser()
    found: list[Reply] = []
    try:
        for piece in pieces:
            found += parser.feed(piece)
    except Garbled:
        return found, b"", True
    return found, parser.rest, False


def only(data: bytes) -> Reply:
    """The one reply that the bytes are."""
    replies, rest, garbled = taken(data)
    assert (len(replies), rest, garbled) == (1, b"", False)
    return replies[0]


def test_a_reply_of_one_line() -> None:
    """Code, text and bytes of the simplest reply."""
    reply = only(b"250 2.1.0 Sender ok\r\n")
    assert (reply.code, reply.lines, reply.raw) == (250, ("2.1.0 Sender ok",), b"250 2.1.0 Sender ok\r\n")
    assert (reply.ok, reply.more, reply.temporary, reply.refused) == (True, False, False, False)
    assert str(reply) == "250 2.1.0 Sender ok"


def test_a_reply_of_many_lines() -> None:
    """The lines come without code and mark, and the text is the first one."""
    reply = only(b"250-mail.example.org\r\n250-SIZE 10\r\n250 HELP\r\n")
    assert reply.lines == ("mail.example.org", "SIZE 10", "HELP")
    assert reply.text == "mail.example.org"


def test_replies_that_come_together() -> None:
    """Pipelined replies are told apart, and what follows the last one is the rest."""
    replies, rest, _ = taken(b"250 a\r\n354 b\r\n421")
    assert [reply.code for reply in replies] == [250, 354]
    assert rest == b"421"


def test_what_is_not_taken_stays_the_rest() -> None:
    """Bytes behind a reply are visible until somebody takes them, as after the reply to STARTTLS."""
    parser = ReplyParser()
    parser.feed(b"220 Ready to start TLS\r\n250 injected\r\n")
    assert parser.take() == Reply(220, ("Ready to start TLS",), b"220 Ready to start TLS\r\n")
    assert parser.rest == b"250 injected\r\n"


@pytest.mark.parametrize(
    ("data", "lines", "bare"),
    [
        (b"250 a\n", ("a",), True),
        (b"250-a\r\n250 b\n", ("a", "b"), True),
        (b"250 a\r\n", ("a",), False),
        (b"250\r\n", ("",), False),
        (b"250 \r\n", ("",), False),
        (b"250-\r\n250 \r\n", ("", ""), False),
        (b"250 a\0b\x1b[31m\r\n", ("a\0b\x1b[31m",), False),
        (b"250 a\rb\r\n", ("a\rb",), False),
        (b"250 gr\xc3\xbc\xdf\r\n", ("gr\xc3\xbc\xdf",), False),
    ],
)
def test_odd_lines(data: bytes, lines: tuple[str, ...], bare: bool) -> None:  # noqa: FBT001
    """Bare LF, empty texts, NUL, control characters, lone CR and any byte are text as it came."""
    reply = only(data)
    assert (reply.lines, reply.bare_lf) == (lines, bare)


def test_the_last_line_has_the_code() -> None:
    """Where the lines of a reply disagree on the code, the last one has it."""
    assert only(b"250-a\r\n550 b\r\n").code == 550


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-x\r\n",
        b"S",
        b"\x15\x03\x01\0\2\2\x28",
        b"HTTP/1.1 400 no\r\n",
        b"25\r\n",
        b"2500 a\r\n",
        b"\r\n",
        b"\0",
        b"199 a\r\n",
        b"600 a\r\n",
        b"250-a\r\nb\r\n",
        b"250\ta\r\n",
        b"250\ra\r\n",
        b"\xef\xbb\xbf250 a\r\n",
    ],
)
def test_no_reply(data: bytes) -> None:
    """What is no reply is recognised by its first bytes, line end or not."""
    assert taken(data) == ([], b"", True)


def test_an_error_stays() -> None:
    """After bytes that are no reply nothing is one any more, and nothing is kept."""
    parser = ReplyParser()
    for data in (b"hello\r\n", b"250 a\r\n"):
        with pytest.raises(Garbled, match="no SMTP reply: hello"):
            list(parser.feed(data))
    assert len(parser.rest) < 10


def test_replies_before_an_error_count() -> None:
    """A reply that was whole before the bytes went wrong is given."""
    replies, _, garbled = taken(b"220 a\r\nhello\r\n")
    assert (len(replies), garbled) == (1, True)


@pytest.mark.parametrize("end", [b"", b"\r\n"])
def test_an_endless_line(end: bytes) -> None:
    """A line may have so many bytes and not one more, whether it ends or not."""
    assert only(b"250 " + b"a" * (LONGEST_LINE - 6) + b"\r\n").ok
    assert taken(b"250 " + b"a" * (LONGEST_LINE - 3) + end)[2]


def test_an_endless_reply() -> None:
    """A reply of many lines may have so many bytes and no line more."""
    line = b"250-" + b"a" * 58 + b"\r\n"
    assert only(line * (LONGEST_REPLY // 64 - 1) + b"250 " + b"a" * 58 + b"\r\n").ok
    assert taken(line * (LONGEST_REPLY // 64 + 1))[2]


@given(wire=WIRE, cuts=st.lists(st.integers(0, 100), max_size=8))
@example(wire=b"250-a\r\n250 b\r\n220 c\r\nx", cuts=[1, 2, 7, 8, 13])
def test_pieces_make_no_difference(wire: bytes, cuts: list[int]) -> None:
    """Any bytes cut anywhere give the same replies, the same rest and the same verdict as in one piece."""
    places = sorted({0, len(wire), *(cut for cut in cuts if cut < len(wire))})
    pieces = [wire[a:b] for a, b in pairwise(places)]
    assert taken(*pieces) == taken(wire)
    assert taken(*(wire[at : at + 1] for at in range(len(wire)))) == taken(wire)


@given(wire=WIRE)
def test_no_byte_is_lost(wire: bytes) -> None:
    """The replies and the rest are the bytes, unless these are no SMTP."""
    replies, rest, garbled = taken(wire)
    assert garbled or b"".join(reply.raw for reply in replies) + rest == wire


@pytest.mark.parametrize(
    ("text", "code"),
    [("550 5.7.1 no", "5.7.1"), ("550 5.7.1", "5.7.1"), ("250 5.7.1 odd", ""), ("550 5.7 no", ""), ("550 5.7.1no", "")],
)
def test_enhanced_codes(text: str, code: str) -> None:
    """An enhanced status code is one of the reply's own class that stands by itself."""
    assert only(text.encode() + b"\r\n").enhanced == code


def test_what_ehlo_offers() -> None:
    """Keywords count in any case, their parameters are kept apart, and the greeting is none of them."""
    offered = Extensions(
        only(b"250-mail.example.org Hello\r\n250-SIZE 100\r\n250-auth plain LOGIN\r\n250 Pipelining\r\n")
    )
    assert offered.greeting == "mail.example.org Hello"
    assert list(offered) == ["SIZE", "AUTH", "PIPELINING"]
    assert "pipelining" in offered
    assert "MAIL.EXAMPLE.ORG" not in offered
    assert offered.parameters("AUTH") == ("PLAIN", "LOGIN")
    assert offered.parameters("DSN") == ()
    assert not offered.legacy_auth


def test_the_legacy_form_of_auth() -> None:
    """``AUTH=`` is seen, and is not taken for AUTH."""
    offered = Extensions(only(b"250-x\r\n250-AUTH=LOGIN PLAIN\r\n250 HELP\r\n"))
    assert offered.legacy_auth == ("LOGIN", "PLAIN")
    assert "AUTH" not in offered


def test_auth_said_twice() -> None:
    """The mechanisms of two lines are those of one."""
    assert Extensions(only(b"250-x\r\n250-AUTH PLAIN\r\n250 AUTH LOGIN\r\n")).parameters("AUTH") == ("PLAIN", "LOGIN")


@given(
    st.lists(st.text(st.characters(max_codepoint=255, exclude_characters="\n"), max_size=30), min_size=1, max_size=8)
)
def test_any_offer_is_read(lines: list[str]) -> None:
    """No text of an EHLO reply raises anything, and every keyword is in upper case and not empty."""
    offered = Extensions(Reply(250, tuple(lines), b""))
    assert all(keyword and keyword == keyword.upper() for keyword in offered)
