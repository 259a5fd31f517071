"""What the laboratory tests share: the programs they ask, and a place those programs trust."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

#: sendmail's cf tree as the distributions install it.
CF_TREES = (Path("/usr/share/sendmail/cf"), Path("/usr/share/sendmail-cf"))


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """Gives a program's path; without the program the test is skipped, under CI=true it fails."""

    def find(name: str) -> str:
        found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
        if found is None:
            _lacks(name)
        return str(found)

    return find


@pytest.fixture(scope="session")
def programs(program: Callable[[str], str]) -> None:
    """What a daemon of our own needs is installed."""
    for name in ("sendmail", "saslauthd", "makemap", "m4", "openssl"):
        program(name)


@pytest.fixture(scope="session")
def cf_tree() -> Path:
    """The directory with sendmail's m4 files."""
    for tree in CF_TREES:
        if (tree / "m4" / "cf.m4").is_file():
            return tree
    _lacks("the cf tree (sendmail-cf)")
    return CF_TREES[0]


@pytest.fixture(scope="session")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory sendmail trusts: root's, below no directory that others may write; for others any directory."""
    if os.geteuid() != 0:
        yield tmp_path_factory.mktemp("trusted")
        return
    path = Path(tempfile.mkdtemp(prefix="mailaudit-", dir="/srv" if Path("/srv").is_dir() else "/root"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


def configurations(cf_tree: Path) -> Iterator[Path]:
    """The .mc files of the cf tree, and those of a directory of real files where one is named."""
    yield from sorted(cf_tree.rglob("*.mc"))
    named = os.environ.get("MAILAUDIT_CORPUS")
    for path in sorted(Path(named).rglob("*")) if named else ():
        if path.is_file() and (".mc" in path.name or re.search(rb"(?m)^(?:FEATURE|MAILER)\(", path.read_bytes())):
            yield path


def run(*command: str | Path, cwd: Path | None = None, limit: int = 30, errors: bool = True) -> str:
    """What a program prints, with its errors or without them, with nothing on its standard input."""
    done = subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if errors else subprocess.DEVNULL,
        cwd=cwd,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"},
        timeout=limit,
        check=False,
    )
    return done.stdout.decode("latin-1")


def _lacks(what: str) -> None:
    message = f"{what} is not installed"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
