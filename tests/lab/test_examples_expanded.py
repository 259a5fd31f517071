"""The rules' examples once more, with sendmail's cf tree at hand: what m4 makes of a .mc only makes rules surer."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest

from auditor.engine.audit import Target
from auditor.facts.given import Tree
from auditor.model.check import Rule
from auditor.model.finding import Severity
from auditor.model.manual import ExampleFile, parse
from auditor.model.report import Outcome, TargetReport
from auditor.sendmail.cf_directory import CfDirectory, cf_directory
from auditor.trees.local import LocalTree
from checks import rules
from tests import examples
from tests.examples import MC, audit_example, usual_file

pytestmark = pytest.mark.lab

RULES = rules()
MAILAUDIT = Path(sys.executable).parent / "mailaudit"
FIXTURES = Path(__file__).parents[2] / "fixtures"
HOST = LocalTree(Path("/"), complete=True)
#: What speaks of the release of a cf tree that is named on the command line, and is true of what it makes.
OF_THE_RELEASE = {"VER001", "DBL003", "MCF022"}
#: Of the howto's mistakes those that only its own .cf shows, which another cf tree did not make: a file that is read,
#: a default of its release.
OF_THE_CF = {"ACC002", "ACC003", "CFF003", "DBL003", "ENV005", "TLS006", "VER001"}


def _examples(heading: str) -> list[object]:
    return [
        pytest.param(rule, example, id=f"{rule.id}-{number}")
        for rule in RULES
        for number, example in enumerate(parse(rule.manual).examples(heading), 1)
        if any((file.path or usual_file(rule)).endswith(".mc") for file in example)
    ]


def expanded(rule: Rule, example: tuple[ExampleFile, ...], asked: list[Rule]) -> TargetReport:
    """The report with the cf tree of the install, or else with that of this host."""

    def target(name: str, given: dict[type, object], focus: str | None = None) -> Target:
        tree: Tree | None = given.get(Tree)  # type: ignore[assignment]
        found = cf_directory(tree, HOST) if tree is not None else None
        return Target(name, given if found is None else {**given, CfDirectory: found}, focus)

    with patch.object(examples, "Target", target):
        return audit_example(rule, example, asked)


@pytest.mark.usefixtures("cf_tree")
@pytest.mark.parametrize(("rule", "example"), _examples("Bad"))
def test_bad_example_is_found(rule: Rule, example: tuple[ExampleFile, ...]) -> None:
    """A Bad example raises its rule, which points at the .mc where a line of the .cf is from there."""
    # What is said of suppressions depends on what the other rules find.
    report = expanded(rule, example, RULES if rule.family == "SUP" else [rule])
    own = [item for item in report.reported if item.rule is rule]
    assert own, [(r.outcome, r.reason) for r in report.results]
    assert not [item.place for item in own if item.place and item.place.path == f"{MC[:-2]}cf"] or any(
        (file.path or "").endswith(".cf") for file in example
    )


@pytest.mark.usefixtures("cf_tree")
@pytest.mark.parametrize(("rule", "example"), _examples("Good"))
def test_good_example_is_clean(rule: Rule, example: tuple[ExampleFile, ...]) -> None:
    """A Good example raises nothing but other rules' notes, and no rule crashes on it."""
    report = expanded(rule, example, RULES)
    said = [item for item in report.reported if item.severity > Severity.INFO or item.rule is rule]
    assert [(item.rule.id, item.finding.message) for item in said] == []
    assert [(r.rule.id, r.reason) for r in report.results if r.outcome is Outcome.CRASHED] == []


def _scanned(folder: Path, *words: str) -> dict[str, str]:
    """The ids and severities of a scan."""
    command = [str(MAILAUDIT), "scan", str(folder), "--format", "json", "--at", "2026-11-22", *words]
    done = subprocess.run(command, capture_output=True, check=False)
    return {finding["id"]: finding["severity"] for finding in json.loads(done.stdout)["findings"]}


def _without_cf(name: str, tmp_path: Path) -> Path:
    """A checkout of a fixture that keeps only the .mc."""
    copy = tmp_path / name
    shutil.copytree(FIXTURES / name, copy, symlinks=True)
    for made in copy.rglob("*.cf"):
        made.unlink()
    return copy


@pytest.mark.parametrize("name", ["modern", "rhel", "debian"])
def test_clean_fixtures(name: str, cf_tree: Path, tmp_path: Path) -> None:
    """A clean install without its .cf stays clean; a cf tree that is named may be too old for it, and nothing else."""
    copy = _without_cf(name, tmp_path)
    assert {id_ for id_, severity in _scanned(copy).items() if severity != "info"} == set()
    named = _scanned(copy, "--cf-dir", str(cf_tree))
    assert {id_ for id_, severity in named.items() if severity != "info"} <= OF_THE_RELEASE


def test_howto(cf_tree: Path, tmp_path: Path) -> None:
    """The howto's mistakes are found in its .mc alone, save those that only its own .cf shows."""
    copy = _without_cf("howto", tmp_path)
    mc = next(copy.rglob("sendmail-slackware-tls-sasl.mc"))
    shutil.copy(mc, copy / "etc/mail/sendmail.mc")
    whole = set(_scanned(FIXTURES / "howto"))
    assert whole - set(_scanned(copy)) <= OF_THE_CF
    assert whole - set(_scanned(copy, "--cf-dir", str(cf_tree))) <= OF_THE_CF
