"""What is published: the wheel, the source archive, the metadata, and the set-up of a fresh machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from importlib.metadata import distribution, entry_points
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

from auditor import __version__

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, freshly built."""
    folder = tmp_path_factory.mktemp("wheel")
    return Path(next(WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the wheel's contents, as an installer lays them down."""
    folder = tmp_path_factory.mktemp("installed")
    with ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run(installed: Path, *arguments: str, beside: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the installed command away from the project's folder, with another installed package beside it if named."""
    program = (
        "from importlib.metadata import distribution as d\n[e] = d('mailaudit').entry_points.select(name='mailaudit')"
    )
    return subprocess.run(
        [sys.executable, "-c", f"{program}\ne.load()()", *arguments],
        cwd=installed.parent,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(str(folder) for folder in (installed, beside) if folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def contents(*folders: str) -> set[str]:
    """The files of the project's folders that belong to it."""
    return {
        str(path.relative_to(ROOT))
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_wheel_contents(wheel: Path) -> None:
    """Every file of both packages is in the wheel, data files too, and beside them only the metadata."""
    with ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    metadata = {name for name in names if name.startswith(f"mailaudit-{__version__}.dist-info/")}
    assert names - metadata == contents("auditor", "checks")
    assert "auditor/py.typed" in names
    assert f"mailaudit-{__version__}.dist-info/licenses/LICENSE" in metadata


@pytest.fixture(scope="module")
def source_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source archive, freshly built."""
    folder = tmp_path_factory.mktemp("source")
    return Path(next(SdistBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])))


def test_source_archive_contents(source_archive: Path) -> None:
    """The source archive has what is needed to test and to repeat the demonstration from it."""
    with tarfile.open(source_archive) as opened:
        names = {member.name.partition("/")[2] for member in opened if not member.isdir()}
    left_out = {name for name in contents("fixtures") if name.startswith(("fixtures/debian/", "fixtures/rhel/"))}
    assert contents("auditor", "checks", "fixtures", "tests", "benchmarks") - left_out <= names
    assert {
        "LICENSE",
        "Makefile",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "pyproject.toml",
        ".ci/run",
        ".ci/set-up",
    } <= names


@pytest.mark.skipif(not hasattr(tarfile, "data_filter"), reason="this Python unpacks whatever an archive holds")
def test_source_archive_unpacks_safely(source_archive: Path, tmp_path: Path) -> None:
    """No member of the source archive leaves it: installers refuse one with a link to an absolute path."""
    with tarfile.open(source_archive) as opened:
        opened.extractall(tmp_path, filter="data")


def test_the_wheel_alone_tells_its_version(installed: Path) -> None:
    """The command of an installed wheel runs without the project's folder."""
    ended = run(installed, "--version")
    assert (ended.returncode, ended.stdout) == (0, f"mailaudit {__version__}\n"), ended.stderr


def test_the_wheel_alone_finds_faults(installed: Path) -> None:
    """The command of an installed wheel has its rules and data with it: it finds the faults of a faulty install."""
    ended = run(installed, "scan", "--format", "json", str(ROOT / "fixtures" / "howto"))
    assert ended.returncode == 1, ended.stderr
    assert f'"version": "{__version__}"' in ended.stdout


def test_the_wheel_has_every_rule(installed: Path) -> None:
    """The rules that an installed wheel lists are those of the project."""
    listed = "import checks; print(checks.__file__, *(rule.id for rule in checks.rules()))"
    printed = [
        subprocess.run(
            [sys.executable, "-c", listed],
            cwd=installed.parent,
            env={**os.environ, "PYTHONPATH": str(folder)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for folder in (installed, ROOT)
    ]
    assert Path(printed[0][0]).is_relative_to(installed)
    assert printed[0][1:] == printed[1][1:] != []


def test_built_in_rules_arrive_like_those_of_other_people() -> None:
    """The entry-point groups have the built-in rules once, under the name ``builtin``."""
    for group, value in (("mailaudit.checks", "checks:file_rules"), ("mailaudit.checks.wire", "checks:wire_rules")):
        assert [entry.name for entry in entry_points(group=group) if entry.value == value] == ["builtin"]


def test_a_rule_package_that_breaks_is_no_finding(installed: Path, tmp_path: Path) -> None:
    """Where somebody's rule package cannot be loaded, a scan ends in 70, not in 1 as if it had found a fault."""
    metadata = tmp_path / "broken-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[mailaudit.checks]\nbroken = broken_rules:rules\n")
    (tmp_path / "broken_rules.py").write_text("import no_such_module\n")
    ended = run(installed, "scan", str(ROOT / "fixtures" / "modern"), beside=tmp_path)
    assert ended.returncode == 70, ended.stderr
    assert "broken" in ended.stderr


def test_metadata() -> None:
    """The metadata has the version that the package tells, the licence, and the Python it needs."""
    metadata = distribution("mailaudit").metadata
    assert metadata["Version"] == __version__
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"


def test_the_changelog_tells_of_this_version() -> None:
    """The newest section of the changelog is this version's."""
    headings = re.findall(r"^## \[([^]]+)]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == __version__


def test_set_up_refuses_an_old_python(tmp_path: Path) -> None:
    """Where there is only a Python older than 3.11, the set-up says so and leaves nothing behind."""
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\ntest "$1" = --version && echo "Python 3.9.2"\n')
    old.chmod(0o755)
    ended = subprocess.run(
        ["/bin/sh", ".ci/set-up", str(tmp_path / "venv")],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "needs Python 3.11 or newer; here python3 is: Python 3.9.2" in ended.stderr
    assert not (tmp_path / "venv").exists()
