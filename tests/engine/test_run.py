"""The engine: outcomes, subjects, and that one failure hides nothing else."""

from __future__ import annotations

from typing import ClassVar

import pytest

from auditor.engine.profiles import NAMES, load
from auditor.engine.resolve import Facts
from auditor.engine.run import run
from auditor.model.check import Rule, Verdicts, check
from auditor.model.facts import FACT_TYPES, LISTINGS, PROVIDERS, fact, provider
from auditor.model.finding import Finding, Severity
from auditor.model.report import Outcome
from auditor.model.subjects import Install, Subject
from auditor.model.unknown import Inconclusive, NotApplicable, Unknowable, Unknown
from auditor.model.value import frozen


@frozen
class Room(Subject):
    """A kind of subject of these tests' own."""

    PARENTS: ClassVar[tuple[type[Subject], ...]] = (Install,)


@fact(Install, lists=Room)
@frozen
class Rooms:
    """Lists the rooms."""

    subjects: tuple[Room, ...]


@fact(Room)
@frozen
class Lamp:
    """Whether a room's lamp is lit."""

    lit: bool


@fact(Install)
@frozen
class Broken:
    """A fact whose provider fails."""


@fact(Install)
@frozen
class Given:
    """A fact that comes from outside."""

    word: str


@provider
def rooms(given: Given) -> Rooms:
    """Two rooms, one dark and one of which nothing is known."""
    parent = Install(given.word)
    return Rooms(tuple(Room(name, parent) for name in ("hall", "cellar", "attic")))


@provider
def lamp(rooms: Rooms, given: Given) -> Lamp | Unknown | NotApplicable:
    """The answers differ from call to call only through the order of the rooms."""
    ANSWERS.append(given.word)
    return (Lamp(lit=False), Unknown("too dark to see"), NotApplicable("no lamp"))[(len(ANSWERS) - 1) % 3]


@provider
def broken(given: Given) -> Broken:
    """Fail."""
    raise ValueError(given.word)


ANSWERS: list[str] = []


@pytest.fixture(autouse=True, scope="module")
def _only_here() -> object:
    """The fact types of this module are gone when its tests are, so that the graph of the real ones stays whole."""
    yield
    for kind in (Rooms, Lamp, Broken, Given):
        FACT_TYPES.pop(kind)
        PROVIDERS.pop(kind, None)
    LISTINGS.pop(Room)


def _rule(function: object, severity: Severity = Severity.LOW) -> Rule:
    return check("TST001", severity=severity)(function)  # type: ignore[arg-type]


def _run(*functions: object) -> list[tuple[str, Outcome, str]]:
    ANSWERS.clear()
    facts = Facts(Install("here"), {Given: Given("here")})
    return [(r.subject.name, r.outcome, r.reason) for r in run(map(_rule, functions), facts, load("modern"))]


def dark(lamp: Lamp) -> Verdicts:
    """Say that a room is dark."""
    if not lamp.lit:
        yield Finding("/hall", "it is dark", "People fall.")


def crashes(given: Given) -> Verdicts:
    """Find something, then fail."""
    yield Finding(None, given.word, "It crashes later.")
    raise RuntimeError(given.word)


def asks_broken(broken: Broken) -> Verdicts:
    """Ask for a fact that cannot be had."""
    yield Finding(None, str(broken), "Never reached.")


def test_once_for_each_subject() -> None:
    """A check about rooms ends once for each room, an unknown fact as skipped and an absent one as not applicable."""
    assert _run(dark) == [
        ("hall", Outcome.FAILED, ""),
        ("cellar", Outcome.SKIPPED, "too dark to see"),
        ("attic", Outcome.NOT_APPLICABLE, "no lamp"),
    ]


def test_a_crash_hides_nothing() -> None:
    """A crash in a check or in a provider is an outcome of its own, and every other check still runs."""
    assert [outcome for _, outcome, _ in _run(crashes, asks_broken, dark)] == [
        Outcome.CRASHED,
        Outcome.CRASHED,
        Outcome.FAILED,
        Outcome.SKIPPED,
        Outcome.NOT_APPLICABLE,
    ]


def test_a_fact_is_computed_once() -> None:
    """Two checks that need one fact of the same subject share it."""
    _run(dark, dark)
    assert len(ANSWERS) == 3


@pytest.mark.parametrize(
    ("yielded", "outcome", "reason"),
    [
        ([], Outcome.PASSED, ""),
        ([NotApplicable("none"), Unknown("unseen")], Outcome.SKIPPED, "none; unseen"),
        ([NotApplicable("none")], Outcome.NOT_APPLICABLE, "none"),
        ([Unknown("unseen"), Inconclusive("throttled")], Outcome.INCONCLUSIVE, "unseen; throttled"),
        ([Unknown("unseen"), Finding(None, "bad", "It is bad.")], Outcome.FAILED, "unseen"),
    ],
)
def test_what_is_yielded_decides(yielded: list[object], outcome: Outcome, reason: str) -> None:
    """A finding outweighs what was not seen, and what was not seen outweighs what does not apply."""

    def judge(given: Given) -> Verdicts:
        yield from yielded  # type: ignore[misc]

    assert _run(judge) == [("here", outcome, reason)]


def test_unknowable_is_skipped() -> None:
    """A value that cannot be known skips the check with its reason, and keeps what was found before."""

    def judge(given: Given) -> Verdicts:
        raise Unknowable(given.word)
        yield

    assert _run(judge) == [("here", Outcome.SKIPPED, "here")]


def test_unknown_is_handed_over_where_asked_for() -> None:
    """A parameter that admits Unknown receives it."""

    def judge(lamp: Lamp | Unknown) -> Verdicts:
        if isinstance(lamp, Unknown):
            yield Finding(None, lamp.reason, "It was handed over.")

    assert [outcome for _, outcome, _ in _run(judge)] == [Outcome.PASSED, Outcome.FAILED, Outcome.NOT_APPLICABLE]


@pytest.mark.parametrize("name", NAMES)
def test_profiles_define_the_same_thresholds(name: str) -> None:
    """Every profile gives every threshold, so that no check needs a default of its own."""
    assert load(name).thresholds.keys() == load("modern").thresholds.keys()
    assert {k: type(v) for k, v in load(name).thresholds.items()} == {
        k: type(v) for k, v in load("modern").thresholds.items()
    }
