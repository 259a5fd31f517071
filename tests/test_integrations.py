"""What others run in their gates: the hooks, the GitHub Action, the GitLab job, and what they all rely on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
#: What a Python that has the working directory on its path would run first.
TRAPS = (
    "auditor/__init__.py", "auditor/cli/__init__.py", "checks/__init__.py", "checks/cff/__init__.py",
    "sitecustomize.py", "usercustomize.py", "typer.py", "rich/__init__.py", "cryptography/__init__.py",
    "pyparsing.py", "tomllib.py", "json.py", "venv/__init__.py", "pip/__init__.py",
)  # fmt: skip


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A repository with a faulty install and a trap under each name that somebody may import."""
    repository = tmp_path / "repository"
    shutil.copytree(ROOT / "fixtures" / "howto" / "etc", repository / "etc", symlinks=True)
    for name in TRAPS:
        trap = repository / name
        trap.parent.mkdir(parents=True, exist_ok=True)
        trap.write_text(f"open({str(tmp_path / 'sprung')!r}, 'a').write(__name__ + chr(10))\n")
    metadata = repository / "trap-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: trap\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[mailaudit.checks]\ntrap = checks:file_rules\n")
    return repository


def read(name: str) -> Any:  # noqa: ANN401  # Whatever the file holds.
    """A YAML file of the project."""
    return yaml.safe_load((ROOT / name).read_text())


def test_nothing_of_the_audited_tree_is_imported(hostile: Path) -> None:
    """The console script audits a repository with its own ``checks`` and ``auditor`` folders and imports neither."""
    for words in (["scan", "."], ["scan", "--format", "sarif", "etc/mail/access"], ["rules"], ["--version"]):
        done = subprocess.run([BIN / "mailaudit", *words], cwd=hostile, capture_output=True, text=True, check=False)
        assert done.returncode == (1 if words[0] == "scan" else 0), done.stderr
        assert done.stdout
    assert not (hostile.parent / "sprung").exists()


def test_the_traps_would_spring(hostile: Path) -> None:
    """A Python with the working directory on its path runs a trap, so the test above would notice."""
    subprocess.run([sys.executable, "-m", "auditor"], cwd=hostile, capture_output=True, check=False)
    assert (hostile.parent / "sprung").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["pre-commit", "validate-manifest", ".pre-commit-hooks.yaml"],
        ["check-jsonschema", "--builtin-schema", "vendor.github-actions", "action.yml"],
        [
            *("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"),
            "ci/mailaudit.gitlab-ci.yml",
        ],
        ["bash", "-n", "ci/action.sh"],
    ],
    ids=lambda words: words[-1],
)
def test_their_own_programs_take_the_files(words: list[str]) -> None:
    """pre-commit takes the hooks, and the schemas of GitHub and GitLab take the Action and the job."""
    done = subprocess.run(
        words,
        cwd=ROOT,
        env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_hooks_run_the_console_script_for_what_matters() -> None:
    """Both hooks run the console script on the whole repository when a file of an install changes, and else not."""
    hooks = read(".pre-commit-hooks.yaml")
    assert [hook["id"] for hook in hooks] == ["mailaudit", "mailaudit-fix"]
    for hook in hooks:
        assert hook["entry"].split()[:2] == ["mailaudit", "scan"]
        assert (hook["language"], hook["pass_filenames"]) == ("python", False)
        wanted = re.compile(hook["files"])
        for name in (
            "hosts/mx1/etc/mail/access",
            "sendmail.mc",
            "a/submit.cf.j2",
            "mx/virtusertable",
            "mailaudit.toml",
        ):
            assert wanted.search(name), name
        for name in ("README.md", "src/access.py", "docs/accessibility"):
            assert not wanted.search(name), name


def test_no_input_is_put_into_a_script() -> None:
    """The Action's scripts have no expression of GitHub's in them, and every input comes by the environment."""
    action = read("action.yml")
    [step] = action["runs"]["steps"]
    assert "${{" not in step["run"]
    taken = " ".join(step["env"].values())
    assert all(f"inputs.{name} " in taken for name in action["inputs"])
    script = (ROOT / "ci" / "action.sh").read_text()
    assert all(f"${name}" in script or f"${{{name}:-" in script for name in step["env"])


def act(hostile: Path, program: str | Path, **inputs: str) -> tuple[subprocess.CompletedProcess[str], Path]:
    """Run the Action's script in a repository, with a program in the place of what it would install."""
    runner = hostile.parent / "runner"
    (runner / "mailaudit" / "venv" / "bin").mkdir(parents=True)
    (runner / "mailaudit" / "venv" / "bin" / "mailaudit").symlink_to(program)
    names = read("action.yml")["inputs"]
    given = {name: str(inputs.get(name.replace("-", "_"), each["default"])) for name, each in names.items()}
    environment = {
        "PATH": os.environ["PATH"],
        "RUNNER_TEMP": str(runner),
        "GITHUB_OUTPUT": str(runner / "output"),
        "GITHUB_STEP_SUMMARY": str(runner / "summary"),
        "MAILAUDIT_SOURCE": str(ROOT),
        **{f"MAILAUDIT_{name.upper().replace('-', '_')}": value for name, value in given.items()},
    }
    done = subprocess.run(
        ["bash", ROOT / "ci" / "action.sh"], cwd=hostile, env=environment, capture_output=True, text=True, check=False
    )
    return done, runner


def test_the_action_audits(hostile: Path) -> None:
    """The Action fails for a faulty install, annotates after the log's commands are off, and tells where SARIF is."""
    (hostile / "etc" / "mail" / "local-host-names").write_text("doe.org ::error::x ##[add-mask]y\n")
    done, runner = act(hostile, BIN / "mailaudit")
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    token = lines[0].removeprefix("::stop-commands::")
    assert re.fullmatch("[0-9a-f]{32}", token)
    after = lines[lines.index(f"::{token}::") + 1 :]
    assert after[0].startswith("::error file=etc/mail/")
    assert len([line for line in after if line.startswith("::error ")]) == 10
    output = (runner / "output").read_text()
    assert output == f"sarif={runner}/mailaudit/mailaudit.sarif\n"
    assert (runner / "mailaudit" / "mailaudit.sarif").stat().st_size > 10_000
    assert (runner / "summary").read_text().startswith("## mailaudit\n")
    assert not (hostile.parent / "sprung").exists()


def test_the_action_hands_over_inputs_as_they_are(hostile: Path, tmp_path: Path) -> None:
    """Inputs reach mailaudit word for word, whatever they mean to a shell, and paths after the options."""
    stub = tmp_path / "stub"
    stub.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/words\nexit 4\n')
    stub.chmod(0o755)
    evil = "$(touch sprung) `touch sprung`; touch sprung"
    done, _ = act(
        hostile, stub, path="a b\n-x\n", since=evil, baseline=evil, args="--select CRT\n--jobs 2 *", fail_on=evil
    )
    assert done.returncode == 4
    words = (tmp_path / "words").read_text().splitlines()
    assert words[-3:] == ["--", "a b", "-x"]
    assert [words[words.index(name) + 1] for name in ("--since", "--baseline", "--fail-on")] == [evil] * 3
    assert words[words.index("--select") : -3] == ["--select", "CRT", "--jobs", "2", "*"]
    assert not (hostile / "sprung").exists()


def test_no_python_starts_with_the_repository_on_its_path() -> None:
    """Whatever the gates start before mailaudit is there is started with -I."""
    for name in ("ci/action.sh", "ci/mailaudit.gitlab-ci.yml"):
        started = re.findall(r"^.*python[0-9]?\"? .*$", (ROOT / name).read_text(), re.MULTILINE)
        commands = [line for line in started if not line.strip().startswith("#")]
        assert commands
        assert all(re.search(r"python3?\"? -I -m (venv|pip) ", line) for line in commands), name


def test_the_container_is_nobody_in_particular() -> None:
    """The container runs the console script as another user than root."""
    lines = (ROOT / "Containerfile").read_text().splitlines()
    assert 'ENTRYPOINT ["mailaudit"]' in lines
    assert any(re.fullmatch(r"USER [1-9][0-9]*", line) for line in lines)
