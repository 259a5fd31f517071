"""How many commands that do not exist a server answers."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from auditor.model.unknown import Inconclusive
from auditor.probe.bad_commands import MOST, Patience, bad_commands
from auditor.probe.session import Session
from tests.probe.servers import Answer, Conversation, SMTPServer


def asked(answer: Answer, timeout: float = 5.0) -> Patience | Inconclusive:
    """What is found on a server that answers so to what it does not know."""
    with SMTPServer(replies={"NONSENSE": answer}) as server:
        session = Session.open(server.settings(timeout=timeout))
        session.ehlo()
        return bad_commands(session)


def limited(count: int, last: str | None) -> Answer:
    """Answers so many of them, and says something else to the next, or hangs up."""
    answers: Iterator[str | None] = iter([*["500 5.5.1 Command unrecognized"] * count, last])

    def answer(_talk: Conversation, _line: str) -> str | None:
        return next(answers, None)

    return answer


@pytest.mark.parametrize(
    ("count", "last", "words"),
    [
        (25, "421 4.7.0 mx.example.org Too many bad commands; closing connection", "Too many bad commands"),
        (3, None, "500 5.5.1 Command unrecognized"),
        (0, None, ""),
    ],
)
def test_a_server_that_has_enough(count: int, last: str | None, words: str) -> None:
    """What was answered before the end is counted, whether the end is told or not, and the last words are kept."""
    found = asked(limited(count, last))
    assert isinstance(found, Patience)
    assert (found.answered, found.ended) == (count, True)
    assert words in found.last


def test_a_server_that_never_has_enough() -> None:
    """After as many as are sent the conversation is ended from this side."""
    found = asked("500 5.5.1 Command unrecognized")
    assert isinstance(found, Patience)
    assert (found.answered, found.ended) == (MOST, False)


def test_a_server_that_wants_something_else_first() -> None:
    """Refusing every command before TLS says nothing of commands that do not exist."""
    found = asked("530 5.7.0 Must issue a STARTTLS command first")
    assert isinstance(found, Inconclusive)
    assert "STARTTLS" in found.reason


def test_a_server_that_lets_the_time_pass() -> None:
    """A tarpit is neither one that ends the conversation nor one that goes on for ever."""

    def slower(talk: Conversation, _line: str) -> str:
        time.sleep(len(talk.server.clear_lines) * 0.1)
        return "500 5.5.1 Command unrecognized"

    found = asked(slower, timeout=0.35)
    assert isinstance(found, Inconclusive)
    assert "after 2 commands" in found.reason
