"""The command line: exit codes, and what is said where something is wrong."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).parent.parent.parent
FIXTURES = ROOT / "fixtures"
MAILAUDIT = Path(sys.executable).parent / "mailaudit"


def run(*words: object, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run the console script as a user would."""
    environment = {**os.environ, "COLUMNS": "120", "TERM": "dumb"}
    command = [str(MAILAUDIT), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, timeout=120, check=False)


def test_howto_is_full_of_mistakes() -> None:
    """The howto's install ends in exit code 1 and in JSON that the published schema takes."""
    done = run("scan", "fixtures/howto/etc/mail", "--format", "json")
    assert done.returncode == 1
    assert done.stderr == ""
    data = json.loads(done.stdout)
    jsonschema.validate(data, json.loads(files("auditor.report").joinpath("report-v1.schema.json").read_text()))
    assert {"CFF020", "LIM001", "LIM002"} <= {finding["id"] for finding in data["findings"]}
    assert [step["step"] for step in data["steps"]][:4] == ["P", "Kn", "1", "2"]


@pytest.mark.parametrize("name", ["modern", "rhel", "debian"])
@pytest.mark.parametrize("profile", ["modern", "howto"])
def test_good_installs_are_clean(name: str, profile: str) -> None:
    """The site done right has no finding at low or above, in any of the layouts."""
    done = run(
        "scan", f"fixtures/{name}/etc/mail", "--format", "concise", "--min-severity", "low", "--profile", profile
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_the_same_from_anywhere(tmp_path: Path) -> None:
    """A checkout may lie anywhere and be named in any of the ways a path can name it."""
    shutil.copytree(FIXTURES / "howto", tmp_path / "hosts" / "mx1")
    ids = []
    for path in ("hosts/mx1/etc/mail", "hosts/mx1", "hosts", "."):
        done = run("scan", path, "--format", "json", cwd=tmp_path)
        ids.append([finding["id"] for finding in json.loads(done.stdout)["findings"]])
    assert ids[0]
    assert all(each == ids[0] for each in ids)


def test_focus_on_one_file() -> None:
    """A path that is a file means its install, with the findings for that file."""
    done = run("scan", "fixtures/howto/etc/mail/sendmail.cf", "--format", "json")
    findings = json.loads(done.stdout)["findings"]
    assert findings
    wanted = "fixtures/howto/etc/mail/sendmail.cf"
    for finding in findings:
        assert wanted in {finding["path"], *(related["path"] for related in finding["related"])}


def test_path_that_does_not_exist() -> None:
    """A path that does not exist is one line on standard error and exit code 2."""
    done = run("scan", "/no/such/place")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "/no/such/place" in done.stderr


def test_nothing_of_sendmail(tmp_path: Path) -> None:
    """A directory without anything of sendmail's says what was looked for, and ends in 3."""
    (tmp_path / "main.cf").write_text("myhostname = x\n")
    done = run("scan", tmp_path)
    assert done.returncode == 3
    assert "sendmail.mc" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--select", "CFF02O"), "CFF02"),
        (("--ignore", "smtps-listener-without-tsl"), "smtps-listener-without-tls"),
        (("--profile", "modren"), "modern"),
        (("--format", "jsn"), "json"),
        (("--output", "json"), "FORMAT=FILE"),
        (("--fail-on", "criticl"), "critical"),
        (("--at", "tomorrow"), "2026-11-22"),
    ],
)
def test_wrong_words_are_answered_with_the_nearest(words: tuple[str, ...], said: str) -> None:
    """A misspelt word of the command line ends in 2 and names what was probably meant."""
    done = run("scan", "fixtures/modern/etc/mail", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(("threshold", "code"), [("critical", 1), ("never", 0)])
def test_fail_on(threshold: str, code: int) -> None:
    """Only findings at or above the threshold make the run fail."""
    assert run("scan", "fixtures/howto/etc/mail", "--fail-on", threshold).returncode == code


def test_reports_into_files(tmp_path: Path) -> None:
    """One run writes several reports; a file that cannot be written is a usage error."""
    words = (
        "scan",
        "fixtures/howto/etc/mail",
        "--output",
        f"json={tmp_path}/r.json",
        "--output",
        f"text={tmp_path}/r.txt",
    )
    assert run(*words).returncode == 1
    assert json.loads((tmp_path / "r.json").read_text())["schema"] == "mailaudit/report/v1"
    assert "CFF020" in (tmp_path / "r.txt").read_text()
    assert run("scan", "fixtures/howto/etc/mail", "--output", "json=/no/such/file").returncode == 2


GARBAGE = {
    "empty": b"",
    "binary": bytes(range(256)) * 64,
    "nul": b"\0" * 4096,
    "open quote": b"include(`/usr/share/sendmail/cf/m4/cf.m4')\ndefine(`confX', `",
    "deep": b"`" * 100_000,
    "utf-16": "include(`cf.m4')\n".encode("utf-16"),
    "long line": b"R$*" + b"x" * 1_000_000,
    "crlf": b"VERSIONID(`x')dnl\r\nOSTYPE(`linux')dnl\r\n",
}


@pytest.mark.parametrize("content", GARBAGE.values(), ids=GARBAGE.keys())
@pytest.mark.parametrize("name", ["sendmail.mc", "sendmail.cf", "access", "local-host-names", "aliases"])
def test_garbage_never_crashes(tmp_path: Path, name: str, content: bytes) -> None:
    """Whatever lies under a name of sendmail's, the scan ends in an orderly way and no check crashes."""
    mail = tmp_path / "etc" / "mail"
    mail.mkdir(parents=True)
    (mail / "sendmail.mc").write_bytes((FIXTURES / "modern/etc/mail/sendmail.mc").read_bytes())
    (mail / name).write_bytes(content)
    done = run("scan", mail, "--format", "json")
    assert done.returncode in (0, 1), done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert json.loads(done.stdout)["summary"]["crashed"] == 0


def test_unreadable_file_is_skipped(tmp_path: Path) -> None:
    """A file that may not be opened is named as not looked at, and the rest is audited."""
    shutil.copytree(FIXTURES / "howto", tmp_path / "howto")
    access = tmp_path / "howto/etc/mail/access"
    access.unlink()
    os.mkfifo(access)
    done = run("scan", tmp_path / "howto/etc/mail", "--format", "json")
    data = json.loads(done.stdout)
    assert data["findings"]
    assert any("/etc/mail/access" in (check["reason"] or "") for check in data["checks"])


def test_foreign_rules_of_the_audited_tree_are_not_run(tmp_path: Path) -> None:
    """Folders called checks and auditor in the audited repository are never imported."""
    shutil.copytree(FIXTURES / "modern/etc", tmp_path / "etc")
    for name in ("checks", "auditor", "typer"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(f"open({str(tmp_path / 'owned')!r}, 'w')\n")
    done = run("scan", "etc/mail", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (tmp_path / "owned").exists()


def test_rules_and_explain() -> None:
    """The list names every rule, the manual of one holds its examples, an unknown one is answered with the nearest."""
    data = json.loads(run("rules", "--format", "json").stdout)
    assert "CFF020" in run("rules").stdout
    for rule in data:
        assert rule["title"]
    manual = run("explain", "cff020").stdout
    assert "Bad" in manual
    assert "DAEMON_OPTIONS(`Port=smtps" in manual
    assert run("explain", "smtps-listener-without-tls").stdout == manual
    assert "CFF020" in run("explain", "CFF02").stderr or "CFF02" in run("explain", "CFF02").stderr


def test_version_and_help() -> None:
    """The version and the help come without a path."""
    assert run("--version").stdout.startswith("mailaudit 0.")
    assert "scan" in run("--help").stdout
    assert "--root" in run("scan", "--help").stdout
