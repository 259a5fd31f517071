"""What m4 says of real and of made-up .mc files, against what the rules say: each line has its rule, at its place."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from auditor.engine.audit import Target, audit
from auditor.engine.profiles import load
from auditor.facts.given import Clock, Host, Profile, Tree
from auditor.model.check import Rule
from auditor.model.report import Reported, TargetReport
from auditor.sendmail.cf_directory import CfDirectory
from auditor.sendmail.complaint_kinds import KINDS
from auditor.trees.local import LocalTree
from auditor.trees.memory import MemoryFile, MemoryTree
from tests.examples import MC, NOW, closed_host
from tests.lab.bad_files import BAD, GOOD, HEAD, whole

pytestmark = pytest.mark.lab

#: Why a file is not judged by what m4 makes of it as it is.
NOT_FOR_M4 = re.compile("is a template|uses none of")
#: Rules each of whose findings m4 has a line for; where it has none they keep silent.
BACKED = frozenset("MCF014 MCF015 MCF016 MCF018 MCF027 MCF030 MCF036 MCF040 MCF042".split())
INCLUDED = re.compile(r"include\(`?(/[^`'()\s]+)")
OF_CF = re.compile(r"[^`'\"()\s]*/cf\.m4")
RUNS = re.compile(rb"\b(?:e?syscmd|mkstemp|maketemp|debugfile)\b")


@pytest.fixture(scope="module")
def rules() -> list[Rule]:
    """The rules on the .mc, and those of other families that m4 warns of as well."""
    found: list[Rule] = []
    for family in ("mcf", "rly", "cff"):
        package = import_module(f"checks.{family}")
        for module in iter_modules(package.__path__):
            space = vars(import_module(f"{package.__name__}.{module.name}"))
            found += [value for value in space.values() if isinstance(value, Rule)]
    of_m4 = {kind.rule for kind in KINDS}
    return [rule for rule in found if rule.family == "MCF" or rule.id in of_m4]


def said(program: str, mc: str, folder: Path, *options: str) -> str:
    """What GNU m4 prints on standard error, with our names in the place of its own and the file's."""
    path = folder / "sendmail.mc"
    path.write_bytes(mc.encode("latin-1"))
    done = subprocess.run(
        [program, *options, str(path)],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        timeout=30,
        check=False,
    )
    return done.stderr.decode("latin-1").replace(str(path), MC).replace(f"{program}:", "m4:")


def audited(rules: list[Rule], mc: str, cf_tree: Path) -> TargetReport:
    """The report on a host that has this .mc, what it includes, and the real cf directory, and nothing else."""
    there = {name: Path(name) for name in INCLUDED.findall(mc) if not name.startswith(str(cf_tree))}
    files = {name: MemoryFile(path.read_bytes()) for name, path in there.items() if path.is_file()}
    tree = MemoryTree({MC: MemoryFile(mc.encode("latin-1")), **files})
    cf = CfDirectory(LocalTree(Path("/"), complete=True), str(cf_tree))
    given = {Tree: tree, Clock: Clock(NOW), Profile: load("modern"), Host: closed_host(), CfDirectory: cf}
    return audit(Target("x", given), rules)


def told(report: TargetReport) -> dict[str, list[Reported]]:
    """The findings by the line of standard error that they show."""
    found: dict[str, list[Reported]] = {}
    for item in report.reported:
        for line in item.finding.evidence:
            found.setdefault(line, []).append(item)
    return found


def apart(line: str, shown: Iterable[str]) -> Iterator[str]:
    """The complaints in one line: what lacks a line feed has the next one behind it."""
    while (first := max((each for each in shown if each != line and line.startswith(each)), key=len, default="")) != "":
        yield first
        line = line[len(first) :]
    yield line


def unheard(lines: list[str], report: TargetReport) -> Iterator[str]:
    """What is wrong with each line of m4's that no finding shows at the place m4 names."""
    shown = told(report)
    other = {item.rule.id for item in report.reported if not item.rule.id.startswith("MCF")}
    for line in (part for each in lines for part in apart(each, shown)):
        owner = next((kind.rule for kind in KINDS if kind.pattern.match(line)), "")
        items = shown.get(line, [])
        where = re.match(rf"m4:{MC}:(\d+): ", line)
        at = {item.place.line for item in items if item.place is not None}
        at |= {place.line for item in items for place, _ in item.related}
        if not items and (owner not in other or owner.startswith("MCF")) and not line.startswith(("\t", " ")):
            yield f"nobody tells of {line!r}"
        elif items and where is not None and int(where[1]) not in at:
            yield f"{line!r} is told in {at}"


@pytest.mark.parametrize(("ids", "text"), BAD, ids=range(len(BAD)))
def test_bad_files(  # noqa: PLR0913  # Each is a thing to compare.
    program: Callable[[str], str], cf_tree: Path, tmp_path: Path, rules: list[Rule], ids: str, text: str
) -> None:
    """Each line of m4's is shown by a finding of the rule it belongs to, in m4's words, at m4's line."""
    mc = whole(text, cf_tree)
    lines = [line for line in said(program("m4"), mc, tmp_path).split("\n") if line.strip()]
    report = audited(rules, mc, cf_tree)
    assert lines
    assert not list(unheard(lines, report))
    assert set(ids.split()) <= {item.rule.id for item in report.reported}
    assert {item.rule.id for items in told(report).values() for item in items} <= set(ids.split())


@pytest.mark.parametrize("text", GOOD, ids=range(len(GOOD)))
def test_good_files(program: Callable[[str], str], cf_tree: Path, tmp_path: Path, rules: list[Rule], text: str) -> None:
    """Where m4 says nothing, no rule claims that it does, and none of them leaves anything open."""
    mc = whole(text, cf_tree)
    assert said(program("m4"), mc, tmp_path) == ""
    report = audited(rules, mc, cf_tree)
    assert [(item.rule.id, item.finding.message) for item in report.reported if item.rule.id in BACKED] == []
    assert [result.rule.id for result in report.results if result.rule.id in BACKED and "not" in result.reason] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ifdef(`confNOTHING', `listen on both', `See the text')\n", ("MCF010", "See the text")),
        ("changequote([,])\nlisten on both\nchangequote`'\n", ("MCF010", "listen on both")),
        ("define(`ours', `ifdef(`confNOTHING', `a', `listen here')')dnl\nours\n", ("MCF010", "listen here")),
        ("LOCAL_CONFIG\nifdef(`confNOTHING', , `CipherList=HIGH')\n", ("MCF012", "CipherList without O")),
        ("LOCAL_CONFIG\nifdef(`confNOTHING', , `Cwdoe.org')\n", None),
        ("ifdef(`confNOTHING', `listen on both')\n", None),
    ],
)
def test_text_is_told_as_written(  # noqa: PLR0913  # Each is a thing to compare.
    program: Callable[[str], str], cf_tree: Path, tmp_path: Path, rules: list[Rule], text: str, found: tuple[str, str]
) -> None:
    """Of text that conditions, macros and other quotes hide, that is told which m4 writes, and nothing stays open."""
    mc = whole(text, cf_tree)
    (tmp_path / "x.mc").write_text(mc)
    done = subprocess.run([program("m4"), "x.mc"], cwd=tmp_path, capture_output=True, timeout=30, check=True)
    report = audited(rules, mc, cf_tree)
    told_of = [(item.rule.id, item.finding.message) for item in report.reported if item.rule.id != "MCF037"]
    if found is None:
        assert told_of == []
    else:
        [(rule, message)] = told_of
        assert rule == found[0]
        assert found[1] in message
        assert found[1].split()[0] in done.stdout.decode("latin-1")
    assert not [r.reason for r in report.results if r.rule.id in ("MCF005", "MCF010") and r.reason]


def real_files(cf_tree: Path) -> Iterator[Path]:
    """The .mc files of the cf tree, and those of a directory of real files where one is named."""
    yield from sorted(cf_tree.rglob("*.mc"))
    named = os.environ.get("MAILAUDIT_CORPUS")
    for path in sorted(Path(named).rglob("*")) if named else ():
        if path.is_file() and (".mc" in path.name or re.search(rb"(?m)^(?:FEATURE|MAILER)\(", path.read_bytes())):
            yield path


def test_real_files(
    program: Callable[[str], str],
    cf_tree: Path,
    tmp_path: Path,
    rules: list[Rule],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Of real files, too, each line of m4's is shown at its place, and where m4 is silent these rules are."""
    wrong: dict[str, list[str]] = {}
    count = lines = 0
    for path in real_files(cf_tree):
        data = path.read_bytes()
        if RUNS.search(data):
            continue
        mc = OF_CF.sub(str(cf_tree / "m4/cf.m4"), data.decode("latin-1"))
        before = [] if "m4/cf.m4" in mc else [f"-D_CF_DIR_={cf_tree}/", str(cf_tree / "m4/cf.m4")]
        heard = [line for line in said(program("m4"), mc, tmp_path, *before).split("\n") if line.strip()]
        report = audited(rules, mc, cf_tree)
        if NOT_FOR_M4.search(" ".join(result.reason for result in report.results if result.rule.id == "MCF040")):
            continue
        count += 1
        lines += len(heard)
        told_for_nothing = [item.rule.id for item in report.reported if item.rule.id in BACKED and not heard]
        found = [*unheard(heard, report), *told_for_nothing]
        if found:
            wrong[str(path)] = found
    with capsys.disabled():
        print(f"\n{lines} lines of m4's about {count} files, {len(wrong)} files with a difference")  # noqa: T201
    assert not wrong


@pytest.mark.parametrize(
    "text",
    [
        "{% if relay %}\nFEATURE(`redirct')dnl\n{% endif %}\n",
        "sinclude(`/etc/mail/elsewhere.m4')dnl\nFEATURE(`blocklist_recipients')dnl\n",
        "include(`/etc/mail/elsewhere.m4')dnl\nFEATURE(`blocklist_recipients')dnl\n",
    ],
)
def test_what_is_not_in_sight_is_not_missing(cf_tree: Path, rules: list[Rule], text: str) -> None:
    """Where m4 would read what is not in sight here, a template's outcome or a file, nothing is said to be missing."""
    tree = MemoryTree({MC: MemoryFile(whole(text, cf_tree).encode())}, complete=False)
    cf = CfDirectory(LocalTree(Path("/"), complete=True), str(cf_tree))
    given = {Tree: tree, Clock: Clock(NOW), Profile: load("modern"), Host: closed_host(), CfDirectory: cf}
    report = audit(Target("x", given), rules)
    assert {item.rule.id for item in report.reported} <= {"MCF015"}
    assert [result for result in report.results if result.rule.id in ("MCF018", "MCF029", "MCF040") and result.reason]


ERRPRINT = re.compile(r"errprint\(")


def test_every_line_of_the_cf_tree_has_its_rule(cf_tree: Path) -> None:
    """Each errprint of the cf tree is of a kind that a rule tells of, or goes on with the line of the one before."""
    lost = []
    count = 0
    for path in sorted(cf_tree.rglob("*.m4")):
        text = path.read_text("latin-1")
        for match in ERRPRINT.finditer(text):
            count += 1
            # What the cf tree puts together out of macros is read with what they usually hold.
            shown = text[match.end() : match.end() + 200].removeprefix("`").replace("'_ATMPF_`", "<TMPF>")
            plain = re.sub(r"[`']", "", shown)
            goes_on = shown.startswith("\t")
            if not goes_on and not any(kind.pattern.match(said.strip()) for said in (shown, plain) for kind in KINDS):
                lost.append(f"{path}: {shown[:60]!r}")
    assert count > 0
    assert not lost


def test_every_owner_is_a_rule(rules: list[Rule]) -> None:
    """The rules that the kinds of complaints belong to exist."""
    assert {kind.rule for kind in KINDS} <= {rule.id for rule in rules}


@pytest.mark.parametrize(
    "text",
    [
        "esyscmd(`touch @OWNED@')\n",
        "syscmd(`touch @OWNED@')\n",
        "define(`confX', esyscmd(`touch @OWNED@'))dnl\n",
        "builtin(`esyscmd', `touch @OWNED@')\n",
        "define(`run', defn(`esyscmd'))run(`touch @OWNED@')\n",
        "indir(`sys'`cmd', `touch @OWNED@')\n",
        "define(`_', `$1(`touch @OWNED@')')_(`esys'`cmd')\n",
    ],
)
def test_nothing_is_run(
    program: Callable[[str], str], cf_tree: Path, tmp_path: Path, rules: list[Rule], text: str
) -> None:
    """What GNU m4 gives the shell is a finding here, at its line, and no file appears."""
    owned = tmp_path / "owned"
    mc = whole(text.replace("@OWNED@", str(owned)), cf_tree)
    report = audited(rules, mc, cf_tree)
    assert not owned.exists()
    found = {(item.rule.id, item.severity.word, item.place and item.place.line) for item in report.reported}
    assert ("MCF041", "high", HEAD.count("\n") + 1) in found
    said(program("m4"), mc, tmp_path)
    assert owned.exists()
