"""``mailaudit compile`` prints what m4 would, says what went wrong, and runs nothing."""

from __future__ import annotations

import os
import shutil
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
    """Each line says which call of the .mc is to be mended, and behind < where in the cf directory it stands."""
    (cf / "ostype/linux.m4").write_text("define(`confX', `linux')dnl\nV10 confX confY\n")
    place = mc(tmp_path, "define(`confY', `y')dnl\nDjx\nOSTYPE(`linux')dnl\nMAILER(`smtp')dnl\n")
    lines = compiled(place, "--cf-dir", cf, "--explain").stdout.decode().splitlines()
    assert [line.split() for line in lines] == [
        ["sendmail.mc:2", "VERSIONID_IS_NOTHING"],
        ["sendmail.mc:4", "Djx"],
        ["sendmail.mc:5", "OSTYPE", "<", "ostype/linux.m4:2", "V10", "linux", "y"],
        ["sendmail.mc:6", "MAILER", "Mlocal,", "T=smtp"],
    ]
    # Columns begin at the same place in every line.
    assert len({line.index(text) for line, text in zip(lines, ("VERS", "Djx", "V10", "Mlocal"), strict=True)}) == 1


#: Broken files with what GNU m4 says of each, the lines counted from the one behind the head, and the exit code.
BROKEN = [
    ("define(`x', `y\n", "m4:{}:3: ERROR: end of file in string\n", 1),
    ("define(`x', y\n", "m4:{}:3: ERROR: end of file in argument list\n", 1),
    ("include(`nosuch.m4')dnl\n", "m4:{}:3: cannot open `nosuch.m4': No such file or directory\n", 1),
    ("sinclude(`nosuch.m4')dnl\n", "", 0),
    ("ifelse(`a', `a')dnl\n", "m4:{}:3: Warning: too few arguments to builtin `ifelse'\n", 0),
    ("incr(1, 2)dnl\n", "m4:{}:3: Warning: excess arguments to builtin `incr' ignored\n", 0),
    ("eval(1 +)dnl\n", "m4:{}:3: bad expression in eval: 1 +\n", 0),
    ("errprint(`*** ERROR: no\n')dnl\n", "*** ERROR: no\n", 1),
    ("m4exit(3)dnl\n", "", 1),
    ("Djx dnl", "m4:{}:3: Warning: end of file treated as newline\n", 0),
]


@pytest.mark.parametrize(("text", "said", "status"), BROKEN)
def test_complaints(cf: Path, tmp_path: Path, text: str, said: str, status: int) -> None:
    """m4's complaints have m4's words and line, and what m4 fails on ends in 1."""
    place = mc(tmp_path, text)
    done = compiled(place, "--cf-dir", cf)
    assert (done.stderr.decode(), done.returncode) == (said.format(place), status)


@pytest.mark.lab
@pytest.mark.parametrize("text", [text for text, _, _ in BROKEN])
def test_complaints_are_those_of_gnu_m4(cf: Path, tmp_path: Path, text: str) -> None:
    """GNU m4 says the same of the same file."""
    m4 = shutil.which("m4")
    if m4 is None:
        assert os.environ.get("CI") != "true", "m4 is not installed"
        pytest.skip("m4 is not installed")
    place = mc(tmp_path, text)
    place.write_text(place.read_text().replace("/usr/share/sendmail/cf", str(cf)))
    theirs = subprocess.run([m4, str(place)], capture_output=True, cwd=place.parent, check=False).stderr
    assert compiled(place, "--cf-dir", cf).stderr == theirs.replace(m4.encode(), b"m4")


@pytest.mark.parametrize("words", [["--explain=yes"], ["--cf-dir"], ["--nosuch"], [], ["a", "b"]])
def test_usage(words: list[str]) -> None:
    """A command line that is not plain is judged like those of the other commands: usage, and exit code 2."""
    done = compiled(*words)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith((b"Usage: mailaudit compile", b"Error: Option"))


def test_bad_input(cf: Path, tmp_path: Path) -> None:
    """A file that is not there, a directory, and a folder that is no cf directory end in 2 with one line."""
    place = mc(tmp_path, "")
    for words in ([tmp_path / "gone.mc"], [tmp_path], [place, "--cf-dir", tmp_path]):
        done = compiled(*words, "--cf-dir", cf) if len(words) == 1 else compiled(*words)
        assert (done.returncode, done.stdout) == (2, b"")
        assert len(done.stderr.splitlines()) == 1
