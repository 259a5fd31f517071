"""How long a server waits for a client that says nothing."""

from __future__ import annotations

import time

import pytest

from auditor.engine.overview import overview
from auditor.engine.profiles import load
from auditor.model.report import Outcome
from auditor.model.unknown import Inconclusive, NotApplicable
from auditor.probe.idle import Idle
from auditor.probe.observe import Plan
from auditor.probe.observed import Observed
from tests.endpoints import observed
from tests.probe.servers import TIMEOUT, Answer, SMTPServer, server_context
from tests.probe.servers import Conversation as Talking
from tests.probe.whole import LATER, judged, met

PAUSE = 0.3


def outcome(found: Observed) -> Outcome:
    """How the rule ended."""
    return next(each.outcome for each in judged(found).results if each.rule.id == "PRB057")


def leaving(words: bytes, after: int) -> Answer:
    """Answer EHLO as usual, but on the last of so many connections say some words after a pause, and hang up."""

    def ehlo(talk: Talking, _line: str) -> str | None:
        if talk.server.connections < after:
            return "250 mail.example.org"
        talk.send(b"250 mail.example.org\r\n")
        time.sleep(PAUSE)
        talk.send(words)
        return None

    return ehlo


def last_of() -> int:
    """Which connection of a probe is the last."""
    with SMTPServer() as server:
        found = met(server, LATER, Plan(idle=0.1), tls="none", timeout=TIMEOUT)
    assert found.idle == Idle(0.1, 0.1, gave_up=False)
    assert server.clear_lines[-1] == "QUIT"
    return server.connections


@pytest.mark.parametrize(
    ("words", "said"),
    [(b"421 4.4.2 timeout\r\n", "421 4.4.2 timeout"), (b"451 timeout (#4.4.2)\r\n", "451 timeout (#4.4.2)"), (b"", "")],
)
def test_a_server_that_gives_up(words: bytes, said: str) -> None:
    """After how long and with which words it does is measured, and too early is a finding."""
    with SMTPServer(replies={"EHLO": leaving(words, last_of())}) as server:
        found = met(server, LATER, Plan(idle=3), tls="none", timeout=TIMEOUT)
    idle = found.idle
    assert isinstance(idle, Idle)
    assert idle.gave_up
    assert PAUSE - 0.05 < idle.seconds < PAUSE + 0.5
    assert (str(idle.reply) if idle.reply else "") == said
    [finding] = [each for each in judged(found).reported if each.rule.id == "PRB057"]
    assert finding.severity.word == "low"
    assert finding.finding.evidence == (f"< {said}" if said else "* the server closed the connection",)


@pytest.mark.parametrize("words", [b"250 what now\r\n", b"rubbish\r\n", b"421-and"])
def test_words_that_end_nothing(words: bytes) -> None:
    """What is no farewell gives no verdict."""
    with SMTPServer(replies={"EHLO": leaving(words, last_of())}) as server:
        found = met(server, LATER, Plan(idle=3), tls="none", timeout=TIMEOUT)
    if words.startswith(b"421"):
        # A farewell that broke off is still the end of the connection.
        assert isinstance(found.idle, Idle)
    else:
        assert isinstance(found.idle, Inconclusive)
        assert outcome(found) is Outcome.INCONCLUSIVE


def test_time_that_is_asked_for_is_beside_the_budget() -> None:
    """The seconds of silence do not count as the server's slowness, and within TLS it is as without."""
    with SMTPServer(tls=server_context(), implicit=True) as server:
        found = met(server, 1.2 + LATER, Plan(idle=1.2, budget=1.0), tls="implicit", timeout=TIMEOUT)
    assert found.idle == Idle(1.2, 1.2, gave_up=False)
    assert server.secured_lines[-1] == "QUIT"
    # So short a silence proves nothing.
    assert outcome(found) is Outcome.INCONCLUSIVE


def test_nobody_is_kept_waiting_who_did_not_ask() -> None:
    """Without being asked for it is not done, nor where there was no conversation."""
    with SMTPServer() as server:
        found = met(server, LATER, tls="none", timeout=TIMEOUT)
    assert isinstance(found.idle, NotApplicable)
    assert outcome(found) is Outcome.NOT_APPLICABLE
    with SMTPServer(greeting="421 later") as server:
        found = met(server, LATER, Plan(idle=5), tls="none", timeout=TIMEOUT)
    assert isinstance(found.idle, NotApplicable)


@pytest.mark.parametrize(
    ("recipe", "row"),
    [
        ("30.2 421 4.4.2 timeout", ("the server gave up after 30.2 s: 421 4.4.2 timeout", "weak")),
        ("299.5", ("the server gave up after 300 s", "good")),
        ("+300", ("the server waited for 300 s", "good")),
    ],
)
def test_row(recipe: str, row: tuple[str, str]) -> None:
    """The table tells what was measured, and only what is too short is marked; a second is the network's."""
    met_there = observed("mail.doe.org:25", idle=recipe)
    rows = overview(met_there, load("modern"))
    assert [(each.value, each.grade.value) for each in rows if each.label == "silence"] == [row]
    assert (outcome(met_there) is Outcome.PASSED) == (row[1] == "good")
