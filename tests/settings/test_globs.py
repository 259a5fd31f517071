"""Patterns of paths: what they mean, and that none takes long."""

from __future__ import annotations

import time
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.settings.globs import covers, literal


@pytest.mark.parametrize(
    ("pattern", "path", "means"),
    [
        ("hosts/mx1", "hosts/mx1/etc/mail/access", True),
        ("hosts/mx1", "hosts/mx10/etc/mail/access", False),
        ("hosts/*/etc/mail/access", "hosts/mx1/etc/mail/access", True),
        ("hosts/*/access", "hosts/mx1/etc/mail/access", False),
        ("hosts/**/access", "hosts/mx1/etc/mail/access", True),
        ("hosts/legacy/**", "hosts/legacy", True),
        ("**/*.mc", "sendmail.mc", True),
        ("*.mc", "etc/sendmail.mc", False),
        ("./hosts/mx?/", "hosts/mx1", True),
        ("a[b]c", "abc", False),
    ],
)
def test_means(pattern: str, path: str, means: bool) -> None:  # noqa: FBT001
    """A pattern means what it names and all below, with its wildcards inside one name or over directories."""
    assert covers(pattern, path) is means


@given(st.text("ab*?", min_size=1, max_size=8).filter(lambda p: "**" not in p), st.text("ab", min_size=1, max_size=8))
def test_within_one_name(pattern: str, name: str) -> None:
    """Within one name a pattern means what the shell's does."""
    assert covers(pattern, name) == fnmatchcase(name, pattern)


def test_hostile_pattern_takes_no_time() -> None:
    """A pattern made to be tried in ever more ways is not."""
    began = time.process_time()
    assert not covers("*a" * 200 + "b", "a" * 2000)
    assert not covers("**/a/" * 100 + "b", "a/" * 1000)
    assert time.process_time() - began < 2


def test_literal() -> None:
    """The part of a pattern without wildcards is the directories before the first of them."""
    assert literal("hosts/mx1/*/x") == "hosts/mx1"
    assert literal("hosts/mx1") == "hosts/mx1"
    assert literal("*") == ""
