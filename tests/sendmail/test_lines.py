"""Rules, stray lines and times, one by one; the laboratory compares the first two with sendmail itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.text import Source
from auditor.sendmail.cf import Line
from auditor.sendmail.odd_lines import odd
from auditor.sendmail.rule_lines import rule_problem
from auditor.sendmail.times import seconds, spoken


def line(text: str) -> Line:
    """A line of a .cf."""
    return Line(Source("x.cf", text.encode("latin-1")).span(), text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("R$* $: $1", "no tab"),
        ("R\t$1", "left side is empty"),
        ("R$*\t \tx", "right side is empty"),
        ("R$+ @ x\t$2", "has 1 wildcard"),
        ("Rx\t$1", "has no wildcards"),
        ("R$:x\ty", "no meaning on the left"),
        ("Rx\t$*", "no meaning on the right"),
        ("R$*\t$(map $1", "never closed"),
        ("R$*\t$[ $1 $( $1 $)", "inside another"),
        ("R" + "$*" * 10 + "\tx", "more than 9"),
    ],
)
def test_a_refused_rule_is_told_why(text: str, words: str) -> None:
    """Each mistake is named, and its place lies inside the line."""
    problem = rule_problem(line(text))
    assert problem is not None
    assert words in problem.what
    assert 0 <= problem.start < problem.end <= len(text)


@pytest.mark.parametrize(
    "text", ["R$* $=w\t\t$: $(map $1 $: $2 $)\tremark", "R$@\t$@", "R$?x a$.\t$9", "R$*\t$&1 ${1}"]
)
def test_a_good_rule_is_taken(text: str) -> None:
    """Rules that sendmail takes, and those whose conditions it alone can resolve, are no problem."""
    assert rule_problem(line(text)) is None


@pytest.mark.parametrize(
    "text", ["Cwdoe.org mail doe example", "DnMAILER-DAEMON", "Troot daemon uucp bob", "Sparse old name here"]
)
def test_commands_are_not_odd(text: str) -> None:
    """Commands that hold words are no prose."""
    assert odd(line(text), has_queue=True) is None


@given(st.text(st.characters(max_codepoint=255), max_size=40), st.booleans())
def test_every_line_can_be_judged(text: str, has_queue: bool) -> None:  # noqa: FBT001  # hypothesis gives it.
    """No line makes either judgement fail."""
    odd(line(text), has_queue=has_queue)
    problem = rule_problem(line("R" + text))
    assert problem is None or problem.end <= len(text) + 1


@pytest.mark.parametrize(
    ("value", "unit", "length"),
    [("5d", "d", 432000), ("1h30m", "m", 5400), ("5", "m", 300), ("5", "d", 432000), ("0", "m", 0), ("now", "d", None)],
)
def test_times_have_units(value: str, unit: str, length: int | None) -> None:
    """A number without a unit has the option's own, and what is no time is told apart."""
    assert seconds(value, unit) == length


@given(st.integers(0, 10_000_000))
def test_a_spoken_time_is_the_same_time(length: int) -> None:
    """What is written of a length is read as that length."""
    assert seconds(spoken(length), "m") == length
