"""``--output``: many reports of one run, what is printed, and what is refused before anything is audited."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from auditor.cli.exits import Stop
from auditor.cli.outputs import outputs
from auditor.cli.probing import destinations
from auditor.cli.wire_options import Wanted
from auditor.model.report import Place
from tests.probe.servers import SMTPServer

ROOT = Path(__file__).resolve().parents[2]
MAILAUDIT = Path(sys.executable).parent / "mailaudit"


def run(*words: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run the console script."""
    return subprocess.run(
        [str(MAILAUDIT), *map(str, words)], cwd=cwd, env={**os.environ, **environment}, capture_output=True, check=False
    )


def test_many_reports_of_one_run(tmp_path: Path) -> None:
    """One run writes a report in each format asked for, and all tell of the same findings."""
    words = [f"--output={name}={tmp_path / name}" for name in ("sarif", "gitlab", "junit", "csv", "json")]
    done = run("scan", "fixtures/howto", "--format", "github", *words, cwd=ROOT)
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith(b"::error file=fixtures/howto/etc/")
    findings = json.loads((tmp_path / "json").read_text())["findings"]
    found = sorted(each["id"] for each in findings)
    assert len(found) > 20
    assert (
        sorted(each["ruleId"] for each in json.loads((tmp_path / "sarif").read_text())["runs"][0]["results"]) == found
    )
    assert sorted(each["check_name"] for each in json.loads((tmp_path / "gitlab").read_text())) == found
    with (tmp_path / "csv").open(newline="") as file:
        assert sorted(row["id"] for row in csv.DictReader(file)) == found
    failed = [case for case in ET.parse(tmp_path / "junit").iter("testcase") if case.find("failure") is not None]
    assert {str(case.get("name"))[:6] for case in failed} == set(found)


def test_a_dash_prints(tmp_path: Path) -> None:
    """A report into ``-`` is printed in the place of the text, in UTF-8 and with its own line ends on any terminal."""
    where = ROOT / "fixtures" / "modern"
    done = run("scan", where, "--output", "csv=-", cwd=tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr
    assert b"\r\n" in done.stdout
    assert next(csv.reader(StringIO(done.stdout.decode(), newline="")))[0] == "status"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sarif=here", "csv=here"], "two reports would go into here"),
        (["sarif=-", "csv=-"], "two reports would be printed"),
        (["sarif=no/such/folder"], "no/such is no directory"),
        (["sarif=."], "it is a directory"),
        (["sarif"], "FORMAT=FILE"),
        (["serif=x"], "did you mean sarif"),
    ],
)
def test_what_cannot_be_written_is_refused_at_once(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that cannot be written, or is named twice, is a usage error, and nothing is made or emptied."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kept").write_text("kept")
    with pytest.raises(Stop, match=said) as stopped:
        outputs("text", ["json=kept", *words])
    assert stopped.value.code == 2
    assert (tmp_path / "kept").read_text() == "kept"
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_the_line_that_names_a_target(tmp_path: Path) -> None:
    """A target of a file knows its line; one that was typed has none; a wrong line is named."""
    listed = tmp_path / "targets"
    listed.write_text("# ours\n\n  mx1.example.org:25  # the first\nmx2.example.org\n")
    found = destinations(["typed.example.org"], listed, [], Wanted(offline=True))
    assert [each.named for each in found] == [
        None,
        Place(str(listed), 3, 3, 3, 21),
        Place(str(listed), 4, 1, 4, 16),
    ]
    listed.write_text("mx1.example.org:99999\n")
    with pytest.raises(Stop, match=f"{listed}:1: "):
        destinations([], listed, [], Wanted(offline=True))


def test_a_probe_is_placed_at_that_line(tmp_path: Path) -> None:
    """In SARIF a finding of a probe stands at the line that names its target, and names the endpoint."""
    with SMTPServer() as server:
        (tmp_path / "targets").write_text(f"# ours\n127.0.0.1:{server.port}\n")
        done = run("probe", "--targets", "targets", "--offline", "--timeout", 2, "--format", "sarif", cwd=tmp_path)
    results = json.loads(done.stdout)["runs"][0]["results"]
    assert results
    for result in results:
        [location] = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"] == "targets"
        assert location["physicalLocation"]["region"]["startLine"] == 2
        assert location["logicalLocations"][0]["name"] == f"127.0.0.1:{server.port}"
