"""Options and classes as this project reads them against those the real sendmail takes from the same files."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path

import pytest

from auditor.model.text import Source
from auditor.readers.cf import read_cf
from auditor.sendmail.cf import CfView, OptionLine
from auditor.sendmail.cf_commands import all_class_words
from auditor.sendmail.options import Option, options
from tests.lab.conftest import run

pytestmark = pytest.mark.lab

BEGIN, END = b"C{mailauditBegin}x\n", b"\nC{mailauditEnd}x\n"
#: Words with which an m4 file could run a program or write a file, and commands with which a .cf could.
RISKY_M4 = re.compile(rb"\b(?:e?syscmd|mkstemp|maketemp|TEMPFILE|builtin|indir|debugfile|_CF_DIR_|undivert)\b")
RISKY_CF = re.compile(rb"^(?:F[^\n]*\||K\s*\S+\s+program\b)", re.MULTILINE)
INCLUDE = re.compile(rb"\bs?include\([ \t`']*([^`'()\s]*)")
CF_M4 = re.compile(rb"[^`'()\s]*cf\.m4")
SETOPTION = re.compile(r"^setoption (?P<name>\S*) \([^)]*\)(?:\.(?P<part>[^=]*))?=(?P<value>.*?)(?: \(unsafe\))?$")
SETCLASS = re.compile(r"^setclass\((?P<name>.*?), (?P<word>.*)\)$", re.MULTILINE)
UNKNOWN = re.compile(r"readcf: (?:unknown option name|ambiguous option name|null option name)")
ROOM = Path("/usr/share/sendmail/cf/cf")


def asked(*arguments: str | Path) -> str:
    """What sendmail prints, asked by a user without rights and without a network where root can arrange it.

    A host whose name is unqualified makes sendmail wait a minute, so it gets another one as well.
    """
    command: list[str | Path] = ["/usr/sbin/sendmail", *arguments]
    if os.geteuid() == 0:
        name = "hostname mx.example.org; exec setpriv --reuid=65534 --regid=65534 --clear-groups"
        command = ["unshare", "-n", "-u", "sh", "-c", f'{name} "$0" "$@"', *command]
    return run(*command)


def made(mc: Path, cf_tree: Path, m4: str, room: Path) -> bytes | None:
    """The .cf that m4 makes of a .mc; None where the file could do more than that, or needs files that are not here."""
    data = mc.read_bytes()
    if RISKY_M4.search(data):
        return None
    includes = [path for path in INCLUDE.findall(data) if not CF_M4.fullmatch(path)]
    if any(Path(os.fsdecode(path)).exists() for path in includes):
        return None
    data = re.sub(rb"(\bs?include\([ \t`']*)[^`'()\s]*cf\.m4", rb"\1" + os.fsencode(cf_tree / "m4" / "cf.m4"), data)
    copy = room / "made.mc"
    copy.write_bytes(data)
    first = [] if CF_M4.search(data) else [cf_tree / "m4" / "cf.m4"]
    return run(m4, *first, copy, cwd=cf_tree / "cf", errors=False).encode("latin-1")


def sites() -> list[Path]:
    """The files of real sites, where a directory of them is named."""
    named = os.environ.get("MAILAUDIT_CORPUS")
    return sorted(path for path in Path(named).rglob("*") if path.is_file()) if named else []


def sources(cf_tree: Path) -> list[Path]:
    """The .mc files there are: those of the cf tree, and those of real sites."""
    return [*sorted((cf_tree / "cf").glob("*.mc")), *(path for path in sites() if ".mc" in path.name)]


def files(cf_tree: Path, m4: str, room: Path) -> Iterator[tuple[str, bytes]]:
    """Every .cf there is to compare: those of real sites, and those m4 makes."""
    for path in sites():
        if ".cf" in path.name:
            yield str(path), path.read_bytes()
    for path in sources(cf_tree):
        text = made(path, cf_tree, m4, room)
        if text is not None:
            yield str(path), text


def shown(value: str) -> str:
    """A value as sendmail prints it in its trace."""
    value = re.sub(r"\$\{(.)\}", r"$\1", value).replace("$$", "$")
    return value.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def ours(view: CfView, absent: frozenset[str]) -> list[tuple[str, str | None, str]]:
    """The stream of settings as this project reads them, without options that the build at hand does not have."""
    return [
        (line.option.name, line.part, shown(line.value))
        for line in view.options
        if line.option is not None and line.option.needs not in absent
    ]


def theirs(trace: str) -> list[tuple[str, str | None, str]]:
    """The stream of settings that sendmail traced, without the two that test mode adds."""
    found = [each for line in trace.split("\n") if (each := SETOPTION.match(line)) is not None]
    return [(each["name"], each["part"], each["value"]) for each in found[:-2]]


def effective(stream: list[tuple[str, str | None, str]]) -> dict[str, list[str]]:
    """The values that count in the end."""
    table = {option.name: option for option in options()}
    found: dict[str, list[str]] = {}
    for name, part, value in stream:
        option: Option | None = table.get(name)
        adds = option is not None and option.accumulates
        key = f"{name}.{part}".lower()
        found[key] = [*found.get(key, []), value] if adds else [value]
    return found


def our_classes(view: CfView) -> list[tuple[str, str | None]]:
    """The words of C and T lines in order; None for a word that depends on the host."""
    return [(name, word.text) for name, word in all_class_words(view)]


def their_classes(trace: str) -> list[tuple[str, str]]:
    """The words sendmail put into classes between the two marks."""
    found = [(each["name"], each["word"]) for each in SETCLASS.finditer(trace)]
    names = [name for name, _ in found]
    return found[names.index("mailauditBegin") + 1 : names.index("mailauditEnd")]


def refused(lines: tuple[OptionLine, ...], absent: frozenset[str]) -> int:
    """How many O lines this project says sendmail does not take."""
    return sum(line.option is None or line.option.needs in absent for line in lines)


def without_files(data: bytes) -> bytes:
    """A .cf without its class files, whose words could not be told from those of C lines, and with marks."""
    document = read_cf(Source("x.cf", data))
    kept = "".join(node.text for node in document.nodes if node.kind != "class file")
    return BEGIN + kept.encode("latin-1") + END


def test_options_and_classes_are_sendmails(
    program: Callable[[str], str], cf_tree: Path, trusted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """For every file sendmail reads to its end, settings, refused lines and class words are the same, in order."""
    program("sendmail")
    m4 = program("m4")
    build = asked("-d0.14", "-bt")
    absent = frozenset(each.needs for each in options() if each.needs is not None and each.needs not in build)
    equal = total = 0
    differences: list[str] = []
    for name, data in files(cf_tree, m4, trusted):
        if RISKY_CF.search(data):
            continue
        copy = trusted / "asked.cf"
        copy.write_bytes(without_files(data))
        copy.chmod(0o644)
        trace = asked("-C", copy, "-d37.8", "-bt")
        if "ADDRESS TEST MODE" not in trace:
            continue
        total += 1
        found = differences_of(CfView(read_cf(Source(name, copy.read_bytes()))), trace, absent)
        equal += not found
        differences += [f"{name}: {each}" for each in found]
    with capsys.disabled():
        print(f"\nequal {equal}/{total}")  # noqa: T201  # The count is what a reader of the run wants to see.
    assert total >= 20
    assert not differences, "\n".join(differences[:40])


def differences_of(view: CfView, trace: str, absent: frozenset[str]) -> list[str]:
    """Where sendmail's trace of a file and this project's reading of it part, in words."""
    mine, its = ours(view, absent), theirs(trace)
    found = [f"setting: ours {a}, sendmail's {b}" for a, b in zip_longest(mine, its) if a != b][:3]
    if effective(mine) != effective(its):
        found.append("the settings that count in the end differ")
    if refused(view.options, absent) != len(UNKNOWN.findall(trace)):
        found.append(f"refused: ours {refused(view.options, absent)}, sendmail's {len(UNKNOWN.findall(trace))}")
    words = [pair for pair in our_classes(view) if not pair[0].startswith("mailaudit")]
    for a, b in zip_longest(words, their_classes(trace)):
        if a is None or b is None or a[0] != b[0] or a[1] not in (None, b[1]):
            found.append(f"class: ours {a}, sendmail's {b}")
            break
    return found


def test_every_option_of_this_build_is_in_the_table(program: Callable[[str], str], trusted: Path) -> None:
    """Sendmail knows each option of the table that its build has, under the same name and letter, no other."""
    program("sendmail")
    build = asked("-d0.14", "-bt")
    fit = {"EightBitMode": "p", "DeliveryMode": "b", "ErrorMode": "p"}
    copy = trusted / "one.cf"
    for option in options():
        copy.write_text(f"V10\nO {option.name}={fit.get(option.name, 'T')}\n")
        copy.chmod(0o644)
        trace = asked("-C", copy, "-d37.8", "-bt")
        if option.needs is None or option.needs in build:
            code = option.letter or "0x"
            assert f"setoption {option.name} ({code}" in trace, trace[-400:]
        else:
            assert f"unknown option name {option.name}" in trace


def test_completion_of_names_is_sendmails(program: Callable[[str], str], trusted: Path) -> None:
    """Beginnings of option names are completed, ambiguous or unknown for sendmail where the table says so."""
    from auditor.sendmail.options import named  # noqa: PLC0415  # Beside its only use.

    program("sendmail")
    build = asked("-d0.14", "-bt")
    beginnings = sorted({option.name[:size] for option in options() for size in (2, 4, 6, 9, 13)})
    copy = trusted / "names.cf"
    copy.write_text("V10\n" + "".join(f"O {each}=p\n" for each in beginnings if each[:5].lower() != "deliv"))
    copy.chmod(0o644)
    trace = asked("-C", copy, "-d37.8", "-bt")
    for each in beginnings:
        meant = named(each)
        special = [option for option in options() if option.name.lower().startswith(each.lower()) and option.needs]
        if special or each[:5].lower() == "deliv":
            continue
        assert (f"ambiguous option name {each} " in trace) == (len(meant.matches) > 1), each
        assert (f"Option {each} used as abbreviation" in trace) == meant.abbreviated, each
    assert build
