"""``--baseline`` and ``--write-baseline``: what is known, what is new, and what no longer occurs."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.cli.baseline import Baseline, Entry, read, write
from auditor.cli.exits import Stop
from tests.cli.repositories import BROKEN, committed, found, host, scan

WORDS = st.text(min_size=1, max_size=12)
ENTRIES = st.dictionaries(st.builds(Entry, WORDS, WORDS, WORDS, WORDS, WORDS), st.integers(1, 9), max_size=6)
ONLY = ("--select", "CFF", "--jobs", "1")


@given(ENTRIES)
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, entries: dict[Entry, int]) -> None:
    """Whatever the names hold, a baseline is read as it was written, one entry on a line, in one order."""
    place = tmp_path_factory.mktemp("baseline") / "known.json"
    write(place, entries)
    assert read(str(place)).after([]) == Counter(entries)
    text = place.read_text()
    write(place, dict(reversed(list(entries.items()))))
    assert place.read_text() == text
    assert text.count('"fingerprint"') == len(entries) == sum('"fingerprint"' in line for line in text.split("\n"))
    assert [each.name for each in place.parent.iterdir()] == ["known.json"]


def test_only_what_is_new_fails(tmp_path: Path) -> None:
    """Known findings do not count, also when their lines move; a second one like a known one does."""
    mc = host(tmp_path / "mx1")
    mc.write_text(mc.read_text() + BROKEN)
    assert scan(tmp_path, ".", *ONLY).returncode == 1
    done = scan(tmp_path, ".", *ONLY, "--write-baseline", "known.json")
    assert done.returncode == 0
    assert "known.json holds" in done.stdout
    assert found(tmp_path, ".", "--baseline", "known.json") == []
    mc.write_text("dnl a line above\n" + mc.read_text())
    (mc.parent / "access").rename(mc.parent / "access.old")
    assert found(tmp_path, ".", "--baseline", "known.json") == []
    assert found(tmp_path / "mx1", "etc/mail", "--baseline", "../known.json") == []
    mc.write_text(mc.read_text() + BROKEN.replace("TLSMTA", "OTHER"))
    assert {id_ for id_, _, _ in found(tmp_path, ".", "--baseline", "known.json")} >= {"CFF020"}


def test_hosts_do_not_stand_in_for_one_another(tmp_path: Path) -> None:
    """The same line on another host, or on the same one renamed, is not known."""
    mc = host(tmp_path / "mx1")
    mc.write_text(mc.read_text() + BROKEN)
    scan(tmp_path, ".", *ONLY, "--write-baseline", "known.json")
    other = host(tmp_path / "mx2")
    other.write_text(other.read_text() + BROKEN)
    new = found(tmp_path, ".", "--baseline", "known.json")
    assert {path for _, path, _ in new} == {"mx2/etc/mail/sendmail.mc"}


def test_what_no_longer_occurs_is_told(tmp_path: Path) -> None:
    """Entries of an audited install that do not occur are counted; those of others and of other checks are not."""
    mc = host(tmp_path / "mx1")
    whole = mc.read_text()
    mc.write_text(whole + BROKEN)
    scan(tmp_path, ".", *ONLY, "--write-baseline", "known.json")
    mc.write_text(whole)
    said = scan(tmp_path, ".", *ONLY, "--baseline", "known.json").stdout
    assert "of the baseline no longer occur" in said
    assert "notices" in json.loads(scan(tmp_path, ".", *ONLY, "--baseline", "known.json", "--format", "json").stdout)
    assert "no longer" not in scan(tmp_path, ".", "--select", "MCF", "--baseline", "known.json").stdout
    host(tmp_path / "mx2")
    assert "no longer" not in scan(tmp_path, "mx2", *ONLY, "--baseline", "known.json").stdout
    scan(tmp_path, ".", *ONLY, "--write-baseline", "known.json")
    assert "CFF020" not in (tmp_path / "known.json").read_text()


def test_writing_while_one_is_active_loses_nothing(tmp_path: Path) -> None:
    """What a baseline hides in this run, and what other runs put into it, is in the one that is written."""
    for name in ("mx1", "mx2"):
        mc = host(tmp_path / name)
        mc.write_text(mc.read_text() + BROKEN)
    scan(tmp_path, ".", *ONLY, "--write-baseline", "known.json")
    before = (tmp_path / "known.json").read_text()
    scan(tmp_path, ".", *ONLY, "--baseline", "known.json", "--write-baseline", "known.json")
    assert (tmp_path / "known.json").read_text() == before
    scan(tmp_path, "mx1", *ONLY, "--baseline", "known.json", "--write-baseline", "other.json")
    assert (tmp_path / "other.json").read_text() == before
    scan(tmp_path, "mx1", "--select", "CFF001", "--write-baseline", "known.json")
    assert (tmp_path / "known.json").read_text() == before


def test_the_baseline_of_a_revision(tmp_path: Path) -> None:
    """``REV:FILE`` takes the baseline from git, so that a change cannot put its own findings into it."""
    mc = host(tmp_path / "mx1")
    mc.write_text(mc.read_text() + BROKEN)
    scan(tmp_path, ".", *ONLY, "--write-baseline", "known.json")
    committed(tmp_path)
    (tmp_path / "known.json").unlink()
    assert found(tmp_path, ".", "--baseline", "HEAD:known.json") == []
    done = scan(tmp_path, ".", "--baseline", "HEAD:other.json")
    assert done.returncode == 2
    assert "other.json is not in HEAD" in done.stderr


HEAD = '{"schema": "mailaudit/baseline/v1", "findings": '
GOOD = '{"id": "a", "target": "b", "path": "c", "subject": "d", "fingerprint": "e", "count": 1}'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{\n"schema": "mailaudit/baseline/v2", "findings": []}', "b.json:2: this is mailaudit/baseline/v2"),
        ('{\n"schema": "mailaudit/baseline/v1",\n "findngs": []}', "b.json:3: there is no key 'findngs' here; did you"),
        ('{"schema": "mailaudit/baseline/v1",\n"findings": [\n{]}', "b.json:3: expecting"),
        ('{"schema": "mailaudit/baseline/v1"}', "findings missing"),
        ('{"schema": "mailaudit/baseline/v1", "findings": {}}', "findings is no list"),
        ('{"schema": "mailaudit/baseline/v1", "findings": [7]}', "not 7"),
        (f'{HEAD}[\n{GOOD.replace("1}", "0}")}]}}', "b.json:2: an entry has"),
        (f'{HEAD}[\n{GOOD.replace("path", "pth")}]}}', "b.json:2: there is no"),
        ("[" * 100_000, "nested too deeply"),
        ("\ud800", "it is no text"),
    ],
)  # fmt: skip
def test_what_is_no_baseline(tmp_path: Path, text: str, said: str) -> None:
    """Another version, broken JSON, and keys that there are not end in one sentence with the line."""
    place = tmp_path / "b.json"
    place.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(Stop) as stopped:
        read(str(place))
    assert said in stopped.value.message
    assert stopped.value.code == 2


def test_a_baseline_that_cannot_be_written_or_read(tmp_path: Path) -> None:
    """A missing file is told when it is read, and a missing directory when it is written."""
    with pytest.raises(Stop, match="cannot read"):
        read(str(tmp_path / "none.json"))
    with pytest.raises(Stop, match="cannot write"):
        write(tmp_path / "none/b.json", {})
    assert Baseline({}, tmp_path).gone(["CFF001"]) == 0
