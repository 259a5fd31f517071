"""``mailaudit compile`` prints what m4 would, says what went wrong, and runs nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

MAILAUDIT = Path(sys.executable).parent / "mailaudit"
CF_M4 = """divert(-1)
define(`OSTYPE', `include(_CF_DIR_`'ostype/$1.m4)')
define(`_CF_DIR_', substr(__file__, 0, eval(len(__file__) - 8)))
define(`MAILER', `ifelse(`$1', `nosuch', `errprint(`*** ERROR: no mailer $1
')')Mlocal, T=$1
')
divert(0)dnl
"""


def compiled(*words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run the command."""
    return subprocess.run([MAILAUDIT, "compile", *map(str, words)], capture_output=True, cwd=cwd, check=False)


@pytest.fixture
def cf(tmp_path: Path) -> Path:
    """A cf directory of a few lines."""
    top = tmp_path / "cf"
    for folder in ("m4", "ostype"):
        (top / folder).mkdir(parents=True)
    (top / "m4/cf.m4").write_text(CF_M4)
    (top / "ostype/linux.m4").write_text("define(`confX', `linux')dnl\n")
    return top


def mc(tmp_path: Path, text: str, *, include: bool = True) -> Path:
    """A .mc beside nothing else."""
    place = tmp_path / "mail/sendmail.mc"
    place.parent.mkdir(exist_ok=True)
    head = "include(`/usr/share/sendmail/cf/m4/cf.m4')dnl\n" if include else ""
    place.write_text(f"{head}VERSIONID_IS_NOTHING\n{text}", encoding="latin-1")
    return place


@pytest.mark.parametrize("include", [True, False])
def test_output(cf: Path, tmp_path: Path, include: bool) -> None:  # noqa: FBT001
    """The .cf goes to standard output byte for byte, whether the .mc names cf.m4 or leaves it to the command line."""
    place = mc(tmp_path, "OSTYPE(`linux')dnl\nDj\xe9confX\nMAILER(`smtp')dnl\n", include=include)
    done = compiled(place, "--cf-dir", cf)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == b"VERSIONID_IS_NOTHING\nDj\xe9linux\nMlocal, T=smtp\n"


def test_nothing_is_run(cf: Path, tmp_path: Path) -> None:
    """What asks for a command gets none, is named with its line, and makes the exit code 1."""
    place = mc(tmp_path, "esyscmd(`touch owned; echo x')\nsyscmd(`touch owned')dnl\n")
    done = compiled(place, "--cf-dir", cf, cwd=tmp_path)
    assert done.returncode == 1
    assert not list(tmp_path.rglob("owned"))
    said = done.stderr.decode()
    assert f"{place}:3: esyscmd(touch owned; echo x) was not run" in said
    assert f"{place}:4: syscmd(touch owned) was not run" in said


def test_files_outside_are_not_read(cf: Path, tmp_path: Path) -> None:
    """An include of a file outside the tree and the cf directory gives nothing, by whatever name it goes."""
    (tmp_path / "secret").write_text("SECRET")
    text = (
        f"sinclude(`{tmp_path}/secret')sinclude(`../secret')sinclude(`/usr/share/sendmail/cf/../../../../etc/passwd')\n"
    )
    done = compiled(mc(tmp_path, text), "--cf-dir", cf)
    assert b"SECRET" not in done.stdout
    assert b"root:" not in done.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [("MAILER(`nosuch')dnl\n", "*** ERROR: no mailer"), ("define(`x', `y\n", "ERROR: end of file in string")],
)
def test_errors(cf: Path, tmp_path: Path, text: str, said: str) -> None:
    """What m4 or sendmail's macros call an error is told in their words, ends in 1, and leaves the old file alone."""
    old = tmp_path / "sendmail.cf"
    old.write_text("old")
    done = compiled(mc(tmp_path, text), "--cf-dir", cf, "-o", old)
    assert done.returncode == 1
    assert said in done.stderr.decode()
    assert old.read_text() == "old"


def test_written_in_one_step(cf: Path, tmp_path: Path) -> None:
    """A file that is written keeps its mode, and nothing else is left beside it."""
    old = tmp_path / "out/sendmail.cf"
    old.parent.mkdir()
    old.write_text("old")
    old.chmod(0o640)
    assert compiled(mc(tmp_path, "Djx\n"), "--cf-dir", cf, "-o", old).returncode == 0
    assert old.read_text() == "VERSIONID_IS_NOTHING\nDjx\n"
    assert (old.stat().st_mode & 0o777, [path.name for path in old.parent.iterdir()]) == (0o640, ["sendmail.cf"])


def test_origins(cf: Path, tmp_path: Path) -> None:
    """Each line says on which line of the .mc it was asked for, by which macro."""
    place = mc(tmp_path, "Djx\nMAILER(`smtp')dnl\n")
    lines = compiled(place, "--cf-dir", cf, "--explain").stdout.decode().splitlines()
    assert [line.split()[0] for line in lines] == [f"{place}:{number}" for number in (2, 3, 4)]
    assert "MAILER" in lines[2]
    assert lines[2].endswith("Mlocal, T=smtp")


def test_bad_input(cf: Path, tmp_path: Path) -> None:
    """A file that is not there, a directory, and a folder that is no cf directory end in 2 with one line."""
    place = mc(tmp_path, "")
    for words in ([tmp_path / "gone.mc"], [tmp_path], [place, "--cf-dir", tmp_path]):
        done = compiled(*words, "--cf-dir", cf) if len(words) == 1 else compiled(*words)
        assert (done.returncode, done.stdout) == (2, b"")
        assert len(done.stderr.splitlines()) == 1
