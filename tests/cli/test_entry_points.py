"""What rule packages offer is found as importlib.metadata finds it."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from auditor.cli.entry_points import entries
from auditor.cli.exits import INTERNAL, Stop
from auditor.cli.rules_chosen import GROUP, installed


@pytest.mark.parametrize("group", ["console_scripts", "pytest11", GROUP, "no.such.group"])
def test_as_the_standard_library_finds_them(group: str) -> None:
    """The same entry points come out, whatever the group."""
    assert set(entries(group)) == {each.value for each in entry_points(group=group)}


def test_files_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Comments, blanks, other sections and extras do not disturb; what cannot be read is passed over."""
    folder = tmp_path / "more-1.0.dist-info"
    folder.mkdir()
    text = "[other]\na = x:y\n\n[mailaudit.checks]\n# off = p:q\nmine = more.rules : rules [fast]\n"
    (folder / "entry_points.txt").write_text(text)
    (tmp_path / "bare-1.0.dist-info").mkdir()
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "absent")])
    assert entries(GROUP) == ["more.rules:rules"]


def test_no_rules_is_no_clean_bill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any rule the run ends as an internal error instead of finding nothing."""
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(Stop) as stop:
        installed()
    assert stop.value.code == INTERNAL
