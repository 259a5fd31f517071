"""A real sendmail that refuses a client with its greeting, and one that soon gives up a client which says nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from auditor.model.report import Outcome
from auditor.probe.idle import Idle
from auditor.probe.observe import Plan, observe
from auditor.probe.telling import unheard
from auditor.probe.unmet import TurnedAway, Unreached
from tests.lab.daemon import NAME, Daemon, Recipe, daemon
from tests.lab.probing import HOSTS, RELAY_TO, fired, judged, probed, settings

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(os.geteuid() != 0, reason="a daemon of its own needs root"),
]


@pytest.mark.parametrize("listener", ["MTA", "TLSMTA", "MSA"])
def test_greeting_of_a_daemon_whose_milter_is_gone(listener: str, trusted: Path) -> None:
    """Where a milter is missing that must not be, sendmail greets with 554, and is told QUIT and nothing else."""
    lines = ("INPUT_MAIL_FILTER(`gone', `S=unix:/nowhere/at/all, F=R')dnl",)
    with daemon(trusted, Recipe(hosts=HOSTS, lines=lines)) as mail:
        found = probed(mail, listener)
    assert isinstance(found.conversation, TurnedAway)
    assert str(found.conversation.reply) == f"554 {NAME} ESMTP not accepting messages"
    assert found.connections == 1
    assert [line.text for line in found.transcript.lines if line.direction == ">"] == ["QUIT"]
    assert found.transcript.lines[-1].text.startswith("221 2.0.0 ")
    report = judged(found)
    assert [(each.rule.id, each.severity.word) for each in report.reported] == [("PRB001", "medium")]
    ends = {each.outcome for each in report.results if each.rule.id != "PRB001"}
    assert ends <= {Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE}


def test_port_that_nobody_listens_on(trusted: Path) -> None:
    """The refusal of a port is told of its address."""
    with daemon(trusted, Recipe(hosts=HOSTS)) as mail:
        mail.stop("sendmail")
        found = probed(mail)
    assert isinstance(found.conversation, Unreached)
    assert found.conversation.refused
    assert [each.address for each in found.conversation.tried] == ["127.0.0.1"]


def silent(mail: Daemon, listener: str, seconds: float) -> tuple[Idle, set[str]]:
    """What becomes of so many seconds of silence, and what is found."""
    found = observe(settings(mail, listener), Plan(relay_to=RELAY_TO, idle=seconds), unheard)
    assert isinstance(found.idle, Idle)
    return found.idle, fired(found)


@pytest.mark.parametrize("listener", ["MTA", "TLSMTA"])
def test_timeout_of_a_command(listener: str, trusted: Path) -> None:
    """The seconds of Timeout.command are measured, in clear and within TLS."""
    with daemon(trusted, Recipe(hosts=HOSTS, defines={"confTO_COMMAND": "2s"})) as mail:
        short, said = silent(mail, listener, 6)
        # Within TLS the log says nothing of it.
        assert listener == "TLSMTA" or mail.spoken("timeout waiting for input from")
    assert short.gave_up
    assert 1.9 < short.seconds < 3.5
    assert "PRB057" in said


def test_usual_timeout_of_a_command(trusted: Path) -> None:
    """The hour that sendmail has by itself is not over after a second."""
    with daemon(trusted, Recipe(hosts=HOSTS)) as mail:
        long, said = silent(mail, "MTA", 1)
    assert long == Idle(1, 1, gave_up=False)
    assert "PRB057" not in said
