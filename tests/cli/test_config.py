"""Settings and suppressions on the command line: which count, who said so, and what of them is new."""

from __future__ import annotations

import json
import subprocess
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from auditor.cli import app, exits

MC = "OSTYPE(`linux')dnl\n{above}\nDAEMON_OPTIONS(`Port=smtps, Name=TLSMTA')dnl\nMAILER(`smtp')dnl\n"
SUPPRESSED = MC.format(above="dnl mailaudit: ignore[CFF020] behind stunnel")


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of one host, which is the working directory."""
    mail = tmp_path / "hosts/mx1/etc/mail"
    mail.mkdir(parents=True)
    (mail / "sendmail.mc").write_text(MC.format(above="dnl"))
    (tmp_path / "mailaudit.toml").write_text('select = ["CFF020", "SUP"]\n')
    monkeypatch.chdir(tmp_path)
    git("init", "-q", "-b", "main")
    return tmp_path


def git(*words: str) -> None:
    """Run git in the working directory, with nobody's configuration."""
    who = ("-c", "user.name=x", "-c", "user.email=x@doe.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *words], check=True, capture_output=True, timeout=60)


def commit() -> None:
    """Commit everything."""
    git("add", "-A")
    git("commit", "-q", "-m", "x")


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str, str]:
    """Run a command line in this process: exit code, output and errors."""
    monkeypatch.setattr("sys.argv", ["mailaudit", *words])
    code = exits.ended(lambda: app.app() or 0)
    said = capsys.readouterr()
    return code, said.out, said.err


def ids(out: str) -> list[str]:
    """The findings of a JSON report, which has to be valid."""
    data = json.loads(out)
    jsonschema.validate(data, json.loads(files("auditor.report").joinpath("report-v1.schema.json").read_text()))
    return [finding["id"] for finding in data["findings"]]


def test_the_nearest_settings_hold(
    repo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scan takes the settings above its path; an option wins over them; --config names others."""
    assert ids(run(capsys, monkeypatch, "scan", "hosts/mx1", "--format", "json")[1]) == ["CFF020"]
    assert ids(run(capsys, monkeypatch, "scan", "hosts/mx1", "--format", "json", "--select", "LIM003")[1]) == []
    (repo / "mailaudit.toml").write_text('select = ["CFF020"]\nfail-on = "never"\n')
    assert run(capsys, monkeypatch, "scan", "hosts/mx1")[0] == 0
    assert run(capsys, monkeypatch, "scan", "hosts/mx1", "--fail-on", "low")[0] == 1
    (repo / "other.toml").write_text('select = ["LIM003"]\n')
    assert ids(run(capsys, monkeypatch, "scan", "hosts/mx1", "--format", "json", "--config", "other.toml")[1]) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('profil = "x"', "mailaudit.toml:1: no setting is called 'profil'; did you mean profile?"),
        ("x = = 1", "mailaudit.toml:1: broken TOML"),
        ('\nselect = ["CFF02O"]', "mailaudit.toml:2: no rule is called 'CFF02O'"),
        ('[[ignore]]\nid = "CFF02O"\nreason = "x"', "mailaudit.toml:2: no rule is called 'CFF02O'"),
    ],
)
@pytest.mark.parametrize("command", ["scan", "config"])
def test_settings_that_cannot_be_used(  # noqa: PLR0913
    repo: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    said: str,
    command: str,
) -> None:
    """A mistake in the settings ends in 2 and one line with its place."""
    (repo / "mailaudit.toml").write_text(text)
    code, out, err = run(capsys, monkeypatch, command, "hosts/mx1")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


def test_paths_of_two_settings(repo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths whose settings differ are an error that names both."""
    (repo / "hosts/mx1/mailaudit.toml").write_text("")
    code, _, err = run(capsys, monkeypatch, "scan", "hosts/mx1", "hosts")
    assert code == 2
    assert "mailaudit.toml and " in err


def test_who_said_what(repo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The command config shows each value with the line that says it."""
    (repo / "mailaudit.toml").write_text(
        'targets = ["mx1.doe.org:25"]\n[thresholds]\nrsa_bits = 3072\n[[ignore]]\nid = "CFF020"\nreason = "stunnel"\n'
    )
    data = json.loads(run(capsys, monkeypatch, "config", "hosts/mx1", "--format", "json")[1])
    assert data["file"] == "mailaudit.toml"
    assert data["profile"] == {"value": "modern", "from": "default"}
    assert data["thresholds"]["rsa_bits"] == {"value": 3072, "from": "mailaudit.toml:3"}
    assert data["thresholds"]["dh_bits"] == {"value": 2048, "from": "profile modern"}
    assert data["accepted"][0]["from"] == "mailaudit.toml:5"
    code, out, _ = run(capsys, monkeypatch, "config")
    assert code == 0
    assert "3072  (mailaudit.toml:3)" in out
    assert "id CFF020; reason stunnel  (mailaudit.toml:5)" in out


def test_what_does_not_count_is_counted(
    repo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Suppressed and ignored findings fail nothing and stand in every report with their reasons."""
    (repo / "hosts/mx1/etc/mail/sendmail.mc").write_text(SUPPRESSED)
    code, out, _ = run(capsys, monkeypatch, "scan", "hosts/mx1", "--format", "json")
    [aside] = json.loads(out)["set_aside"]
    assert (code, ids(out), aside["id"], aside["why"], aside["reason"]) == (
        0, [], "CFF020", "suppressed", "behind stunnel",
    )  # fmt: skip
    assert json.loads(out)["summary"]["suppressed"] == 1
    assert "(1 suppressed)" in run(capsys, monkeypatch, "scan", "hosts/mx1")[1]
    (repo / "hosts/mx1/etc/mail/sendmail.mc").write_text(MC.format(above="dnl"))
    (repo / "mailaudit.toml").write_text(
        'select = ["CFF020", "SUP"]\n\nignore = [{id = "CFF020", reason = "stunnel"}]\n'
    )
    assert "(1 ignored)" in run(capsys, monkeypatch, "scan", "hosts")[1]
    assert "stunnel" in run(capsys, monkeypatch, "scan", "hosts", "--format", "markdown")[1]
    sarif = json.loads(run(capsys, monkeypatch, "scan", "hosts", "--format", "sarif")[1])
    assert sarif["runs"][0]["results"][0]["suppressions"][0]["justification"] == "stunnel"


def test_an_entry_out_of_date_is_a_finding_about_the_settings(
    repo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An expired entry is found at its line of the settings, and what it ignored counts again."""
    entry = '[[ignore]]\nid = "CFF020"\nreason = "x"\nexpires = 2020-01-01\n'
    (repo / "mailaudit.toml").write_text(entry)
    data = json.loads(run(capsys, monkeypatch, "scan", "hosts", "--select", "CFF020,SUP", "--format", "json")[1])
    assert {finding["id"] for finding in data["findings"]} == {"CFF020", "SUP004"}
    [stale] = [finding for finding in data["findings"] if finding["id"] == "SUP004"]
    assert (stale["path"], stale["line"]) == ("mailaudit.toml", 2)
    assert data["targets"][-1] == {"name": "mailaudit.toml", "kind": "settings"}


def test_what_is_new_since_a_revision(
    repo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settings and comments that a revision did not have are told, also where the finding itself is gone by them."""
    commit()
    (repo / "hosts/mx1/etc/mail/sendmail.mc").write_text(SUPPRESSED)
    (repo / "mailaudit.toml").write_text('select = ["CFF020", "SUP"]\nthresholds.rsa_bits = 512\n')
    code, out, err = run(capsys, monkeypatch, "scan", "hosts", "--since", "main", "--format", "json")
    assert code == 0, err
    notices = json.loads(out)["notices"]
    assert any("threshold rsa_bits = 512 instead of 2048 (mailaudit.toml:2)" in each for each in notices)
    assert any("suppression of CFF020 in hosts/mx1/etc/mail/sendmail.mc:2: behind stunnel" in each for each in notices)
    commit()
    assert (
        json.loads(run(capsys, monkeypatch, "scan", "hosts", "--since", "HEAD", "--format", "json")[1])["notices"] == []
    )


def test_settings_of_a_revision(
    repo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """--config REV:FILE takes what the revision had, even where a file of that very name lies in the tree."""
    commit()
    (repo / "mailaudit.toml").write_text('ignore = ["CFF"]\n')
    (repo / "main:mailaudit.toml").write_text('ignore = ["CFF"]\n')
    words = ("scan", "hosts", "--format", "json", "--config", "main:mailaudit.toml")
    assert ids(run(capsys, monkeypatch, *words)[1]) == ["CFF020"]
    assert run(capsys, monkeypatch, *words[:-1], "gone:mailaudit.toml")[0] == 2


def test_targets_of_the_settings_get_no_credentials(
    repo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Targets that a tree names are asked only where the command line says so, and never with a password."""
    asked: list[object] = []
    monkeypatch.setattr("auditor.cli.probing.observe", lambda *words: asked.append(words))
    (repo / "mailaudit.toml").write_text('targets = ["127.0.0.1:9"]\n')
    code, _, err = run(capsys, monkeypatch, "probe", "--configured", "--auth-user", "jane")
    assert code == 2
    assert "no credentials" in err
    assert run(capsys, monkeypatch, "probe")[0] == 2
    assert run(capsys, monkeypatch, "scan", "hosts", "--select", "LIM003")[0] == 0
    assert asked == []
    (repo / "mailaudit.toml").write_text("")
    for words in (("probe", "--configured"), ("scan", "hosts", "--probe-configured")):
        code, _, err = run(capsys, monkeypatch, *words)
        assert code == 2
        assert "name no target" in err


def test_a_target_stands_at_its_line(
    repo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A finding about a configured target has the line that names it as its place for programs that need one."""
    (repo / "mailaudit.toml").write_text('\ntargets = ["127.0.0.1:1"]\n')
    code, out, _ = run(capsys, monkeypatch, "probe", "--configured", "--offline", "--format", "sarif", "--timeout", "1")
    assert code == 4
    results = json.loads(out)["runs"][0]["results"]
    for result in results:
        place = result["locations"][0]["physicalLocation"]
        assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("mailaudit.toml", 2)
