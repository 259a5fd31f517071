"""What the rules say of lines of a .cf against what the real sendmail says when it reads them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from auditor.engine.audit import Target, audit
from auditor.engine.profiles import load
from auditor.facts.classes_static import static_classes
from auditor.facts.drift import compare
from auditor.facts.features import daemon_option_calls, defines_of, features_of
from auditor.facts.given import Clock, Host, Profile, Tree
from auditor.facts.options_static import Static
from auditor.model.check import Rule
from auditor.model.finding import Severity
from auditor.model.text import Source
from auditor.readers.cf import read_cf
from auditor.sendmail.cf import CfView
from auditor.sendmail.macros import CF_MACROS, CLASS_MACROS, OPTION_OF
from auditor.sendmail.mc import McView
from auditor.sendmail.options import options
from auditor.trees.memory import MemoryFile, MemoryTree
from checks import rules
from tests.examples import NOW, closed_host
from tests.lab.test_effective_options import asked, files
from tests.lab.test_static_options import pairs

pytestmark = pytest.mark.lab

RULES = ("CFF001", "CFF003", "CFF004", "CFF005", "CFF038")
PATH = "/etc/mail/sendmail.cf"
COMPLAINT = re.compile(r": line (\d+): (.*)$", re.MULTILINE)
TWICE = re.compile(r"^WARNING: Ruleset (.*?) has multiple definitions$", re.MULTILINE)
#: What stands between two lines under test, so that neither is the other's neighbour.
BETWEEN = "DyX\n"
PROSE = (
    "the rest of this file comes from elsewhere",
    "listens on both ports of the host",
    "and nothing else is needed here",
    "to see what it does: read the guide",
    "reads the value of a=b from there",
)
#: Words as English text begins with them, one command letter after another.
WORDS = """
    All Any Both By Can Change Comment Copy Define Do Don't Each Every Example For From Given Have Here How If
    In Just Keep Let Look Make Must Never No Note Of On Once One Only Other Our Please Put Queue Read Remember
    See Set Some The This To Try Use Very We When Xerox You Zone all listen this
""".split()
#: Lines as people write them, and some that are cut short.
COMMANDS = (
    "Cwdoe.org|C{Ours}doe.org example.org|DSrelay.doe.org|D{site}x|Troot daemon uucp|ETZ=UTC|Dj$w.doe.org|"
    "H?P?Return-Path: <$g>|HReceived: from $s|Pfirst-class=0|Kmap null|Scheck_this|S9|SOurs=42|"
    "FR-o /nosuch/file|C{}x|C|D|Sx=|S777|H|HNo colon|M|Mx|Mx, P=/bin/sh|X|Xm, F=T|Kmap|K|Fw|Fwrelative|P|"
    "Mx, P=/bin/sh, A=sh|lower|<x>||# remark"
).split("|")
#: Compilations differ in these, and values are not what is judged here.
SPECIAL = frozenset(option.name for option in options() if option.needs is not None)
LEFT = ("$*", "$+", "$-", "$=w", "$~w", "x", "@", "<", ">", "$@", "$:", "$1", "$(x", "$>3", "$=", " ", "$#", "$$")
#: As ``LEFT``; a blank stands for one between two tabs.
RIGHT = tuple("$1|$2|$3|$9|$0|x|$@|$:|$#|$(x $1 $)|$[ $1 $]|$(x $1|$[ $1 $)|$*|$=w|$&x| ".split("|"))


def option_name(dice: random.Random) -> str:
    """The O line of an option whose name is right, shortened, misspelt, or differently spaced."""
    name = dice.choice([option.name for option in options() if option.name not in SPECIAL and option.kind == "number"])
    written = dice.choice(
        [
            name,
            name.upper(),
            name.lower(),
            name[: dice.randrange(2, len(name))],
            name + "s",
            name[1:],
            name.replace("a", "e"),
        ]
    )
    form = dice.choice(["O {}=5", "O {}=5", "O {} = 5", "O  {}=5", "O {} 5", "O{}=5", "O {}", "O {}.x=5", "{}=5"])
    if form[1] != " " and not written[0].isupper():
        # Some one-letter options check their values, and DeliveryMode ends the program.
        form = "O {}=5"
    return form.format(written)


def part(dice: random.Random) -> str:
    """The O line of a timeout or of the filters' options."""
    names = [option for option in OPTION_OF.values() if option.startswith(("Timeout.", "Milter."))]
    name = dice.choice(names)
    return "O " + dice.choice([name, name.upper(), name + "x", name[:-1], name.replace("e.", "e.q", 1)]) + "=5"


def rule(dice: random.Random) -> str:
    """An R line of some pieces."""
    left = " ".join(dice.choice(LEFT) for _ in range(dice.randrange(1, 5)))
    right = " ".join(dice.choice(RIGHT) for _ in range(dice.randrange(1, 4)))
    gap = dice.choice(("\t", "\t\t", "\t", " ", ""))
    remark = dice.choice(("", "\tremark", "\t# remark", " # remark"))
    return f"R{left}{gap}{right}{remark}"


def text(dice: random.Random) -> str:
    """Prose, or a macro that m4 did not know."""
    if dice.random() < 0.7:
        return f"{dice.choice(WORDS)} {dice.choice(PROSE)}"
    name = dice.choice(sorted(name for name in CF_MACROS | CLASS_MACROS.keys() if name.isupper() and name[0] != "_"))
    return f"{name}(`{dice.choice(['x', 'doe.org', 'Port=587'])}')"


def command(dice: random.Random) -> str:
    """A line as people do write it."""
    return dice.choice(COMMANDS)


KINDS = {"option": option_name, "part": part, "rule": rule, "text": text, "command": command}


@cache
def chosen() -> tuple[Rule, ...]:
    """The rules under test."""
    return tuple(rule for rule in rules() if rule.id in RULES)


def said(data: str) -> tuple[set[int], set[int], list[str]]:
    """The lines of which the rules say that they are refused, those of which sendmail makes a remark, and doubles."""
    tree = MemoryTree({PATH: MemoryFile(data.encode("latin-1"))}, complete=False)
    given: dict[type, object] = {Tree: tree, Clock: Clock(NOW), Profile: load("modern"), Host: closed_host()}
    loud: set[int] = set()
    notes: set[int] = set()
    doubles = []
    for item in audit(Target("x", given), list(chosen())).reported:
        line = item.place.line if item.place is not None else None
        assert line is not None or item.rule.id == "CFF001"
        if item.rule.id == "CFF038":
            doubles.append(item.finding.message)
        elif item.severity is Severity.CRITICAL:
            loud.add(line or 0)
        elif item.rule.id == "CFF004" and item.severity is Severity.LOW:
            notes.add(line or 0)
    return loud, notes, doubles


def last(lines: list[str], number: int) -> int:
    """The last line of a command that begins on a line: sendmail counts so."""
    while number < len(lines) and lines[number][:1] in (" ", "\t"):
        number += 1
    return number


@pytest.mark.parametrize("kind", KINDS)
def test_refused_lines_are_those_sendmail_complains_of(
    kind: str, program: Callable[[str], str], trusted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of made-up lines the rules call refused, or remarked upon, exactly those that sendmail complains of."""
    program("sendmail")
    dice = random.Random(kind)
    lines = [KINDS[kind](dice) for _ in range(400)]
    data = "V10\nSTest\n" + "".join(f"{line}\n{BETWEEN}" for line in lines)
    copy = trusted / "lines.cf"
    copy.write_text(data, encoding="latin-1")
    copy.chmod(0o644)
    complaints = {int(number): text for number, text in COMPLAINT.findall(asked("-C", copy, "-bt"))}
    loud, notes, _ = said(data)
    written = data.split("\n")
    wrong = [
        f"{written[number - 1]!r}: ours {number in loud | notes}, sendmail's {complaints.get(number)}"
        for number in sorted(complaints.keys() ^ (loud | notes))
    ]
    with capsys.disabled():
        print(f"\n{kind}: equal {len(lines) - len(wrong)}/{len(lines)}, refused {len(loud)}")  # noqa: T201  # The count matters.
    assert not wrong, "\n".join(wrong[:30])
    assert loud


@pytest.mark.parametrize(
    "line",
    [
        "V10",
        "V10/Berkeley",
        "V10/berkeley",
        "V 10",
        "V9",
        "V8/Berkeley",
        "V11",
        "V10/Debian",
        "V10/",
        "V",
        "Vx",
        "V10/Foo",
        "",
    ],
)
def test_levels_are_sendmails(line: str, program: Callable[[str], str], trusted: Path) -> None:
    """A V line is refused, warned of or taken as sendmail does."""
    program("sendmail")
    data = f"{line}\nO QueueDirectory=/var/spool/mqueue\nMlocal, P=/bin/true, A=true\nSparse\n"
    copy = trusted / "level.cf"
    copy.write_text(data)
    copy.chmod(0o644)
    trace = asked("-C", copy, "-bt")
    tree = MemoryTree({PATH: MemoryFile(data.encode())}, complete=False)
    given: dict[type, object] = {Tree: tree, Clock: Clock(NOW), Profile: load("modern"), Host: closed_host()}
    found = [
        item.severity for item in audit(Target("x", given), [rule for rule in chosen() if rule.id == "CFF001"]).reported
    ]
    refused = re.search(r"V line|exceeds sendmail version", trace) is not None
    assert (Severity.CRITICAL in found) == refused, trace
    assert bool(found) == (refused or "out of date" in trace), trace


def test_doubles_are_sendmails(program: Callable[[str], str], trusted: Path) -> None:
    """A ruleset is opened a second time where sendmail warns of multiple definitions."""
    program("sendmail")
    dice = random.Random("doubles")
    for _ in range(30):
        names = ["SOne", "STwo", "SThree=40", "S40", "S5", "SFive=5"]
        pieces = [dice.choice(names) + "\n" + dice.choice(["", "Ra\tb\n"]) for _ in range(dice.randrange(2, 7))]
        data = "V10\n" + "".join(pieces)
        copy = trusted / "doubles.cf"
        copy.write_text(data)
        copy.chmod(0o644)
        trace = asked("-C", copy, "-bt")
        if "changed value" in trace:
            continue
        assert len(said(data)[2]) == len(TWICE.findall(trace)), f"{data}\n{trace}"


def test_real_files_are_refused_where_sendmail_refuses_them(
    program: Callable[[str], str], cf_tree: Path, trusted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In files that m4 makes, and in those of real sites, the rules call no line refused that sendmail takes."""
    program("sendmail")
    m4 = program("m4")
    total, wrong = 0, []
    for name, data in files(cf_tree, m4, trusted):
        shown = data.decode("latin-1")
        if re.search(r"^F|^K\s*\S+\s+program\b|^[^V#].*\|/", shown, re.MULTILINE):
            shown = re.sub(r"^(?:F|K\s*\S+\s+program\b)[^\n]*", "#", shown, flags=re.MULTILINE)
        copy = trusted / "real.cf"
        copy.write_bytes(shown.encode("latin-1"))
        copy.chmod(0o644)
        complaints = {int(number) for number, _ in COMPLAINT.findall(asked("-C", copy, "-bt"))}
        total += 1
        lines = shown.split("\n")
        wrong += [
            f"{name}:{each}: {lines[each - 1]!r}"
            for each in sorted(said(shown)[0])
            if last(lines, each) not in complaints
        ]
    with capsys.disabled():
        print(f"\nfiles {total}, lines wrongly called refused {len(wrong)}")  # noqa: T201  # The count matters.
    assert not wrong, "\n".join(wrong[:30])


#: The release whose cf tree the static reading knows best.
RELEASE = (8, 17, 1)


def differences(view: McView, cf: CfView) -> list[str]:
    """What the comparison of a .mc with a .cf finds."""
    defines, features = defines_of(view), features_of(view)
    static = Static(view, defines, features, daemon_option_calls(view))
    return [
        each.what
        for each in compare(cf, view, static, static_classes(view, defines, features), defines, features, RELEASE)
    ]


def test_no_drift_where_m4_has_just_written(
    program: Callable[[str], str], cf_tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A .cf that m4 has just made of its .mc differs in nothing; one edited afterwards does where the .mc sets it."""
    m4 = program("m4")
    equal = noticed = edited = 0
    wrong: list[str] = []
    for path, view, cf in pairs(cf_tree, m4, tmp_path):
        found = differences(view, cf)
        equal += not found
        wrong += [f"{path}: {each}" for each in found]
        text = re.sub(r"^O LogLevel=\d+", "O LogLevel=77", cf.document.source.text, flags=re.MULTILINE)
        if text != cf.document.source.text and not view.opaque:
            edited += 1
            noticed += any(
                "77" in each for each in differences(view, CfView(read_cf(Source("x.cf", text.encode("latin-1")))))
            )
    with capsys.disabled():
        print(f"\nequal {equal}, edits noticed {noticed}/{edited}")  # noqa: T201  # The count matters.
    assert not wrong, "\n".join(wrong[:20])
    assert noticed == edited > 0
