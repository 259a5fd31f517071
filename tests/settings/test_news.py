"""What a change tolerates that was not tolerated before."""

from __future__ import annotations

import pytest

from auditor.model.report import Commented, Place
from auditor.model.text import Source
from auditor.settings.model import Settings
from auditor.settings.news import news
from auditor.settings.read import settings_of


def read(text: str) -> Settings:
    """The settings in a text."""
    found = settings_of(Source("m.toml", text.encode()), "/repo", "m.toml")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('profile = "howto"', "profile howto instead of modern (m.toml:1)"),
        ('ignore = ["LIM"]', "ignore LIM instead of nothing (m.toml:1)"),
        ('fail-on = "never"', "fail-on never instead of medium (m.toml:1)"),
        ("thresholds.rsa_bits = 512", "threshold rsa_bits = 512 instead of 2048 (m.toml:1)"),
        ('severity.CFF020 = "off"', "severity of CFF020 is off (m.toml:1)"),
        (
            '[[ignore]]\nid = "CFF020"\npath = "hosts/mx1"\nreason = "stunnel"',
            "ignore of CFF020 in hosts/mx1 (m.toml:2): stunnel",
        ),
        ('[[override]]\npath = "a"\nignore = ["X"]', "override for a (m.toml:2)"),
        ('targets = ["evil.example:25"]', "target evil.example:25 (m.toml:1)"),
    ],
)
def test_what_is_new_is_said(text: str, said: str) -> None:
    """Each setting that is new is one sentence with its place; one that was there already is none."""
    new = read(text)
    assert news(None, new, [], []) == (said,)
    assert news(read(""), new, [], []) == (said,)
    assert news(read("\n\n" + text), new, [], []) == ()


def test_a_threshold_that_is_gone_is_said() -> None:
    """Taking back what a threshold asked for is news as well."""
    assert news(read("thresholds.rsa_bits = 4096"), read(""), [], []) == ("threshold rsa_bits is no longer 4096",)


def test_the_command_line_is_no_news() -> None:
    """What an option says is not what a change brings."""
    assert news(None, Settings().commanded(profile="howto", ignore=("X",)), [], []) == ()


def test_new_comments_are_said() -> None:
    """A comment is new unless the same file had it before, wherever in the file; each as often as it was there."""
    old = Commented(Place("a.mc", 3), ("CFF020",), "stunnel")
    moved = Commented(Place("a.mc", 9), ("CFF020",), "stunnel")
    assert news(None, Settings(), [old], [moved]) == ()
    assert news(None, Settings(), [old], [old, moved]) == ("suppression of CFF020 in a.mc:9: stunnel",)
    bare = Commented(Place("b", 1), ("X", "Y"), "")
    assert news(None, Settings(), [old], [bare]) == ("suppression of X, Y in b:1: no reason is given",)
