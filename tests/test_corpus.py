"""Real sites' files, the .mc files sendmail ships, the howto's own text: everything is read, nothing crashes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.engine.audit import Target, audit
from auditor.engine.host import closed
from auditor.engine.profiles import load
from auditor.facts.given import Clock, Host, Profile, Tree
from auditor.model.report import Outcome, TargetReport
from auditor.trees.memory import MemoryFile, MemoryTree
from checks import rules
from tests.examples import NOW

CF_TREE = Path("/usr/share/sendmail/cf/cf")
RULES = rules()
#: The place a file takes inside a made-up install, by what its name says it is.
_PLACES = (
    (re.compile(r"submit.*\.mc"), "/etc/mail/submit.mc"),
    (re.compile(r"submit.*\.cf"), "/etc/mail/submit.cf"),
    (re.compile(r"\.mc"), "/etc/mail/sendmail.mc"),
    (re.compile(r"\.cf"), "/etc/mail/sendmail.cf"),
    (re.compile(r"(?i)^sendmail.*\.conf|\.sasl"), "/usr/lib/sasl2/Sendmail.conf"),
    (re.compile(r"saslauthd"), "/etc/saslauthd.conf"),
    (re.compile(r"aliases"), "/etc/mail/aliases"),
)


def _corpus() -> Path | None:
    named = os.environ.get("MAILAUDIT_CORPUS")
    if named is None or not Path(named).is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("MAILAUDIT_CORPUS names no folder")
        return None
    return Path(named)


def _files() -> Iterator[Path]:
    # Collecting must not fail: where the gate has no corpus, the test below says so.
    corpus = Path(os.environ.get("MAILAUDIT_CORPUS", "/nonexistent"))
    yield from sorted(path for path in corpus.glob("*/*") if path.is_file())
    yield from sorted(CF_TREE.glob("*.mc")) if CF_TREE.is_dir() else ()


def _place(name: str) -> str:
    return next((place for pattern, place in _PLACES if pattern.search(name)), f"/etc/mail/{name}")


def _scan(place: str, data: bytes) -> TargetReport:
    files = {place: MemoryFile(data)}
    files.setdefault("/etc/mail/sendmail.mc", MemoryFile(b"OSTYPE(`linux')dnl\nMAILER(`smtp')dnl\n"))
    given = {
        Tree: MemoryTree(files, complete=False),
        Clock: Clock(NOW),
        Profile: load("modern"),
        Host: closed("not asked"),
    }
    return audit(Target("corpus", given), RULES)


def test_the_corpus_is_there_under_ci() -> None:
    """The gate never passes for want of files to read."""
    if os.environ.get("CI") == "true":
        corpus = _corpus()
        assert corpus is not None
        assert len(list(corpus.glob("*/*"))) > 100


@pytest.mark.parametrize("path", list(_files()), ids=lambda path: f"{path.parent.name}-{path.name}")
def test_every_file_is_scanned_without_a_crash(path: Path) -> None:
    """Every check ends in an orderly outcome, and every finding can be shown."""
    report = _scan(_place(path.name), path.read_bytes())
    crashed = [(r.rule.id, r.reason) for r in report.results if r.outcome is Outcome.CRASHED]
    assert crashed == []
    for item in report.reported:
        assert item.finding.message
        assert item.place is None or item.place.path


def test_the_howtos_own_text() -> None:
    """The .mc as the howto prints it raises what is wrong with it."""
    corpus = _corpus()
    texts = sorted((corpus.parent / "seed").glob("*.txt")) if corpus is not None else []
    if not texts:
        pytest.skip("the howto's text is not here")
    text = texts[0].read_text(encoding="utf-8", errors="replace")
    start = text.index("dnl# This is the")
    end = text.index("dnl# EOF", start) + len("dnl# EOF\n")
    found = {item.rule.id for item in _scan("/etc/mail/sendmail.mc", text[start:end].encode()).reported}
    assert found >= {"CFF020", "CFF021", "LIM001", "LIM002", "MCF004", "MCF010", "MCF030", "DBL001", "CFF010", "CFF030"}
