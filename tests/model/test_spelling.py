"""A slip of the pen has one meaning, or nobody guesses it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.spelling import unmistakable
from auditor.sendmail.macros import OPTION_OF

NAMES = sorted(OPTION_OF)


@pytest.mark.parametrize(
    ("word", "right", "names", "sure"),
    [
        ("mailer_table", "mailertable", ["mailertable", "virtusertable"], True),
        ("Conect", "Connect", ["Connect", "From"], True),
        ("Form", "From", ["Connect", "From"], True),
        ("SSL_OP_NO_TLSv1_4", "SSL_OP_NO_TLSv1_1", ["SSL_OP_NO_TLSv1_1", "SSL_OP_NO_TLSv1_2"], False),
        ("to", "TLS", ["TLS", "To"], False),
        ("ClientRelay", "ClientRate", ["ClientRate", "ClientConn"], False),
    ],
)
def test_cases(word: str, right: str, names: list[str], *, sure: bool) -> None:
    """One or two letters apart from one name, and farther from every other one."""
    assert unmistakable(word, right, names) is sure


@given(st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_a_name_is_itself_alone(name: str, other: str) -> None:
    """A name in any spelling of its letters' case is that name, and no other one."""
    assert unmistakable(name.upper(), name, NAMES)
    if name.lower().replace("_", "") != other.lower().replace("_", ""):
        assert not unmistakable(name, other, NAMES)


@given(st.text(max_size=12), st.sampled_from(NAMES))
def test_of_two_names_never_both(word: str, name: str) -> None:
    """No word is sure to mean two things."""
    sure = [each for each in NAMES if unmistakable(word, each, NAMES)]
    assert len({each.lower().replace("_", "") for each in sure}) <= 1
    assert unmistakable(word, name, NAMES) is (name in sure)
