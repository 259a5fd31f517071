"""The script of fixes: hostile names stay words, comments stay comments, and what is not ready is not run."""

from __future__ import annotations

import ast
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.engine.audit import Target, audit
from auditor.engine.profiles import load
from auditor.facts.given import Clock, Host, Profile, Tree
from auditor.model.check import Rule
from auditor.model.finding import Confidence, Finding, Severity, command
from auditor.model.report import Reported, TargetReport
from auditor.model.shell import operand, quoted
from auditor.report.fix_script import script
from auditor.trees.base import Kind, Owners
from auditor.trees.memory import MemoryFile, MemoryTree
from checks import rules
from tests.examples import NOW, closed_host

CHECKS = Path(__file__).parent.parent.parent / "checks"
HOSTILE = [
    "a b",
    "it's",
    '"',
    "$(touch x)",
    "`touch x`",
    "a\nb",
    "-rf",
    "a;touch x",
    "#",
    "\\",
    "*",
    "\u00e9",
    "&& touch x",
]
NAMES = st.one_of(
    st.sampled_from(HOSTILE), st.text(st.characters(exclude_characters="\0/", exclude_categories=["Cs", "Cc"]))
)
RULE = rules()[0]


def reported(line: str, message: str = "m", *, ready: bool = True) -> Reported:
    """A finding with a command."""
    finding = Finding("/x", message, "c", command(line, "do it", ready=ready))
    return Reported(RULE, finding, Severity.LOW, Confidence.HIGH, "t", "t", None, (), (), "f")


def of(*items: Reported, name: str = "t") -> TargetReport:
    """The report on a target."""
    return TargetReport(name, "install", items, (), (), ())


def recorded(text: str, folder: Path, *words: str) -> list[list[str]]:
    """Run a script where every program only writes down what it was called with; the calls, in their order."""
    stubs = folder / "stubs"
    stubs.mkdir(exist_ok=True)
    log = folder / "log"
    log.unlink(missing_ok=True)
    for name in (
        "chmod",
        "chown",
        "makemap",
        "usermod",
        "mkdir",
        "mv",
        "rm",
        "touch",
        "find",
        "chgrp",
        "newaliases",
        "m4",
    ):
        stub = stubs / name
        stub.write_text(f"#!/bin/sh\n{{ printf '%s\\0' {name} \"$@\"; printf '\\0'; }} >> {log}\n")
        stub.chmod(0o755)
    file = folder / "script.sh"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    subprocess.run(["/bin/sh", "-n", str(file)], check=True)
    run = subprocess.run(
        ["/bin/sh", str(file), *words], env={"PATH": str(stubs)}, cwd=folder, stdin=subprocess.DEVNULL, check=False
    )
    assert run.returncode == 0
    calls = log.read_bytes() if log.exists() else b""
    return [os.fsdecode(call).split("\0") for call in calls.split(b"\0\0") if call]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory to run scripts in."""
    return tmp_path_factory.mktemp("script")


@settings(max_examples=20, deadline=None)
@given(st.lists(NAMES.filter(bool), min_size=1, max_size=3))
def test_names_arrive_whole(folder: Path, names: list[str]) -> None:
    """Whatever a file or a user is called, a program gets it as one word, and nothing else is run."""
    line = "; ".join(f"chmod go-w {quoted('/' + name)}; usermod -L {operand(name)}" for name in names)
    calls = recorded(script([of(reported(line, message=f"{names[0]} is bad"))]), folder)
    wanted = []
    for name in names:
        dashes = ["--"] if name.startswith("-") else []
        wanted += [["chmod", "go-w", "/" + name], ["usermod", "-L", *dashes, name]]
    assert calls == wanted


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_comments_stay_comments(message: str, title: str) -> None:
    """No message or title brings a line of its own into the script."""
    finding = Finding("/x", message, "c", command("true", title))
    item = Reported(RULE, finding, Severity.LOW, Confidence.HIGH, "t", "t", None, (), (), "f")
    lines = script([of(item)]).split("\n")
    assert [line for line in lines if line and not line.startswith("#")] == ["set -eu", "true"]


@pytest.mark.parametrize(
    ("line", "ready"), [("chmod USER x", False), ("chmod 1 x\nchmod 2 x", True), ("chmod 1 'a\x1b[2Kb'", True)]
)
def test_what_is_not_ready_is_not_run(folder: Path, line: str, ready: bool) -> None:  # noqa: FBT001  # A parameter.
    """Lines to fill in, several lines, and names that could play tricks on a terminal are left to the reader."""
    text = script([of(reported(line, ready=ready))])
    assert recorded(text, folder) == []
    assert "\x1b" not in text


def test_of_several_hosts_one_is_chosen(folder: Path) -> None:
    """Each host's commands are run for that host alone."""
    text = script([of(reported("chmod 1 x"), name="a'b"), of(reported("chmod 2 x"), name="c")])
    assert recorded(text, folder, "a'b") == [["chmod", "1", "x"]]
    assert recorded(text, folder, "c") == [["chmod", "2", "x"]]


def test_restarts_come_last(folder: Path) -> None:
    """Owners and modes are set before databases are built, and daemons started when all is done."""
    found = script([of(reported("service sendmail restart"), reported("newaliases"), reported("chmod 1 x"))])
    assert found.index("chmod 1") < found.index("\nnewaliases") < found.index("\nservice")


def test_a_hostile_install(folder: Path) -> None:
    """The commands of all rules for an install full of hostile names do what they say and nothing else."""
    folder = folder / "a b $(touch owned) 'q'"
    folder.mkdir()
    names = [
        f"{number}{name}"
        for number, name in enumerate(["x y", "$(touch owned)", "`touch owned`", "q'q", "-rf;touch owned"])
    ]
    lines = "".join(f"Kmap{n} hash {quoted_cf(folder / name)}\n" for n, name in enumerate(names))
    cf = f"V10/Berkeley\nDZ8.18.1\nO QueueDirectory={folder}/0mqueue;x\n{lines}Mlocal, P=/bin/true\nS0\n"
    loose = Owners(0o666, 0, 0, "root", "root")
    files = {f"{folder}/{name}": MemoryFile(b"a\tb\n", loose) for name in names}
    files |= {f"{folder}/{name}.db": MemoryFile(b"", loose) for name in names[:2]}
    tree = MemoryTree(
        files | {"/etc/mail/sendmail.cf": MemoryFile(cf.encode()), "/etc/mail": MemoryFile(kind=Kind.DIRECTORY)}
    )
    given_ = {Tree: tree, Clock: Clock(NOW), Profile: load("modern"), Host: closed_host()}
    asked = [rule for rule in rules() if rule.family in ("MAP", "PRM", "ACC")]
    report = audit(Target("x", given_), asked)
    mine = tuple(i for i in report.reported if i.finding.fix and str(folder)[-12:-4] in (i.finding.fix.command or ""))
    assert mine
    for name in names:
        (folder / name).write_bytes(b"")
    calls = recorded(script([of(*mine)]), folder.parent)
    assert calls
    words = {word for call in calls for word in call if "/" in word}
    assert words <= set(files) | {f"{folder}/0mqueue;x", str(folder)}
    assert not list(folder.parent.rglob("owned"))


def quoted_cf(path: Path) -> str:
    """A path as a K line takes it: as it stands."""
    return str(path)


@pytest.mark.parametrize("path", sorted(CHECKS.rglob("*.py")), ids=lambda path: path.stem)
def test_every_rule_quotes(path: Path) -> None:
    """What a rule puts into a command is quoted there, or is a command that a helper made."""
    for call in ast.walk(ast.parse(path.read_text())):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "command":
            line = call.args[0]
            for value in ast.walk(line):
                if isinstance(value, ast.FormattedValue) and not _inside_quotes(value, line):
                    assert _is_safe(value.value), ast.unparse(line)


def _inside_quotes(value: ast.FormattedValue, line: ast.expr) -> bool:
    made = (each for each in ast.walk(line) if isinstance(each, ast.Call) and _is_safe(each))
    return any(value is inner for each in made for inner in ast.walk(each))


def _is_safe(value: ast.expr) -> bool:
    if isinstance(value, ast.Name):
        # Constants, and words that were quoted into a variable.
        return value.id.isupper() or value.id in ("pem", "new", "who", "made")
    return isinstance(value, ast.Call) and ast.unparse(value.func) in ("quoted", "operand", "rebuild", "build")


def test_rule_is_one() -> None:
    """The rule that the reports here are about is a rule."""
    assert isinstance(RULE, Rule)
