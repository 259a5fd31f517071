"""The hooks as people meet them: the real pre-commit, a repository with a fault, the fix, and the second try."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.lab

ROOT = Path(__file__).resolve().parents[2]
PRE_COMMIT = Path(sys.executable).parent / "pre-commit"
#: What a build of the package takes.
PARTS = ("auditor", "checks", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
CONFIG = """\
repos:
- repo: {hooks}
  rev: {revision}
  hooks:
  - id: mailaudit-fix
    args: [--at, "2026-11-22"]
  - id: mailaudit
    args: [--at, "2026-11-22"]
"""


class Repository:
    """A git repository of a test, with nothing of the user's own settings."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(exist_ok=True)
        home = path.parent / "home"
        home.mkdir(exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTHON"))}
        who = {
            f"GIT_{role}_{what}": "test@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        self.environment = {
            **kept,
            **who,
            "HOME": str(home),
            "GIT_CONFIG_NOSYSTEM": "1",
            "PRE_COMMIT_HOME": str(home / "pre-commit"),
        }
        self.git("init", "--quiet", "--initial-branch=main")

    def run(self, *words: str | Path, limit: int = 170) -> subprocess.CompletedProcess[str]:
        """Run a program in the repository."""
        return subprocess.run(
            words,
            cwd=self.path,
            env=self.environment,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=limit,
            check=False,
        )

    def git(self, *words: str) -> str:
        """Run git, which has to succeed, and give what it prints."""
        done = self.run("git", *words)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self) -> str:
        """Commit everything and give the revision."""
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--message", "all", "--no-verify")
        return self.git("rev-parse", "HEAD")


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory, program: Callable[[str], str]) -> Repository:
    """A repository of the project as it is in the working tree."""
    program("git")
    found = Repository(tmp_path_factory.mktemp("hooks") / "mailaudit")
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, found.path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, found.path / name)
    return found


@pytest.fixture
def audited(hooks: Repository) -> Repository:
    """A repository of a mail host with both hooks installed, and two names on a line of local-host-names."""
    revision = hooks.commit()
    found = Repository(hooks.path.parent / "hosts")
    shutil.copytree(ROOT / "fixtures" / "modern" / "etc", found.path / "mx1" / "etc", symlinks=True)
    (found.path / "mx1" / "etc" / "mail" / "local-host-names").write_text("doe.org www.doe.org\n")
    (found.path / ".pre-commit-config.yaml").write_text(CONFIG.format(hooks=hooks.path, revision=revision))
    found.commit()
    done = found.run(PRE_COMMIT, "install-hooks")
    if "No matching distribution found" in done.stdout and os.environ.get("CI") != "true":
        pytest.skip("pre-commit cannot install the hooks; is there no package index?")
    assert done.returncode == 0, done.stdout + done.stderr
    return found


def test_hooks_fail_mend_and_pass(audited: Repository) -> None:
    """The check hook refuses a faulty repository, the fix hook mends it and says so, and then both pass."""
    refused = audited.run(PRE_COMMIT, "run", "mailaudit", "--all-files")
    assert refused.returncode == 1, refused.stdout + refused.stderr
    assert "mx1/etc/mail/local-host-names:1:9: DNS021" in refused.stdout
    mended = audited.run(PRE_COMMIT, "run", "mailaudit-fix", "--all-files")
    assert mended.returncode == 1, mended.stdout + mended.stderr
    assert "files were modified by this hook" in mended.stdout
    assert (audited.path / "mx1/etc/mail/local-host-names").read_text().split() == ["doe.org", "www.doe.org"]
    assert audited.git("diff", "--name-only") == "mx1/etc/mail/local-host-names"
    passed = audited.run(PRE_COMMIT, "run", "--all-files")
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert passed.stdout.count("Passed") == 2
    unrelated = audited.run(PRE_COMMIT, "run", "--files", ".pre-commit-config.yaml")
    assert unrelated.stdout.count("Skipped") == 2
