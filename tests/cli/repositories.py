"""Repositories of git for tests, and the program run in them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from auditor.cli.app import app
from auditor.cli.exits import ended

ROOT = Path(__file__).parents[2]
#: A listener for smtps without the modifier s: a finding of its own, on its own line.
BROKEN = "DAEMON_OPTIONS(`Port=smtps, Name=TLSMTA')dnl\n"


def git(place: Path, *words: str) -> str:
    """Run git with a name and without the configuration of whoever runs the tests."""
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    who = ("-c", "user.name=jane", "-c", "user.email=jane@doe.org", "-c", "init.defaultBranch=main")
    done = subprocess.run(["git", *who, "-C", str(place), *words], env=environment, capture_output=True, check=True)
    return done.stdout.decode("utf-8", "surrogateescape").strip()


def scan(place: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """Run ``mailaudit scan`` in a folder, in this process, which costs a third of one of its own."""
    out, err = StringIO(), StringIO()
    command = ["scan", *map(str, words)]
    with chdir(place), redirect_stdout(out), redirect_stderr(err):
        code = ended(lambda: app(command))
    return subprocess.CompletedProcess(command, code, out.getvalue(), err.getvalue())


def found(place: Path, *words: object) -> list[tuple[str, str, int | None]]:
    """The findings that count: id, path and line."""
    data: dict[str, Any] = json.loads(scan(place, *words, "--format", "json", "--jobs", "1", "--select", "CFF").stdout)
    return [(each["id"], each["path"], each["line"]) for each in data["findings"]]


def host(place: Path, fixture: str = "modern") -> Path:
    """An install in a folder, of its .mc and maps alone, and the .mc of it."""
    source = ROOT / "fixtures" / fixture / "etc/mail"
    target = place / "etc/mail"
    target.mkdir(parents=True)
    for name in ("sendmail.mc", "submit.mc", "access", "local-host-names", "virtusertable", "aliases"):
        if (source / name).is_file():
            shutil.copy(source / name, target / name)
    return target / "sendmail.mc"


def committed(place: Path) -> Path:
    """A repository of what is in a folder, in one commit."""
    git(place, "init", "-q")
    git(place, "add", "-A", "-f")
    git(place, "commit", "-q", "-m", "as it was")
    return place
