"""The static view of .mc files against what m4 makes of the same files."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.facts.features import Defines, defines_of, features_from_cf, features_of
from auditor.model.text import Source
from auditor.model.unknown import Unknowable
from auditor.readers.cf import read_cf
from auditor.readers.mc import McDocument, read_mc
from auditor.sendmail.macros import OPTION_OF
from auditor.sendmail.mc import McView, static_view
from auditor.sendmail.mc_expand import expand
from auditor.sendmail.mc_words import Words
from auditor.sendmail.signatures import SIGNATURES

pytestmark = pytest.mark.lab

CF = Path("/usr/share/sendmail/cf")
RUNS = re.compile(rb"\b(?:syscmd|esyscmd|mkstemp|maketemp|TEMPFILE|builtin|indir|debugfile|_CF_DIR_)\b")
READS = re.compile(rb"\b(?:s?include|undivert)\([\s`']*([^`'()\s]*)")
OF_CF = re.compile(rb"[^`'\"()\s]*cf\.m4")
#: Files that Debian's packages make, and that its configurations include.
DEBIANS = (b"/etc/mail/m4/", b"/etc/mail/tls/", b"/etc/mail/sasl/", b"/usr/share/sendmail/cf/debian/")
SECONDS = 20
#: Macros whose option proto.m4 writes by other means than the rest, or only where a milter is defined.
APART = {"confTIME_ZONE", "HELP_FILE", "QUEUE_DIR"}


def needed(program: str) -> str:
    """The path of a program; without it the test is skipped, or fails where CI=true."""
    found = shutil.which(program)
    if found is None or not (CF / "m4/cf.m4").exists():
        message = f"{program} or sendmail's cf tree is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return found


def configurations() -> Iterator[Path]:
    """The .mc files of the cf tree, and those of a directory of real files where one is named."""
    yield from sorted((CF / "cf").glob("*.mc"))
    named = os.environ.get("MAILAUDIT_CORPUS")
    if named:
        yield from (path for path in sorted(Path(named).rglob("*")) if path.is_file() and is_mc(path))


def is_mc(path: Path) -> bool:
    """Whether a file's name or its text says that it is meant for m4."""
    return ".mc" in path.name or re.search(rb"(?m)^(?:OSTYPE|FEATURE|MAILER)\(", path.read_bytes()[:65536]) is not None


def harmless(data: bytes) -> bool:
    """Whether m4 may run on a file: it runs no command and reads nothing but the cf tree."""
    if RUNS.search(data):
        return False
    return all(
        OF_CF.fullmatch(path)
        or path.isdigit()
        or path.startswith(DEBIANS)
        or not path
        or not Path(os.fsdecode(path)).exists()
        for path in READS.findall(data)
    )


def fed(data: bytes) -> bytes:
    """The file with its include of cf.m4 led to the cf tree that is here; one that has none comes after cf.m4."""
    target = bytes(CF / "m4/cf.m4")
    document = read_mc(Source("x.mc", data))
    if document.include is None:
        return data
    start = document.include.start
    return data[:start] + re.sub(
        rb"[^`'\"()\s]*cf\.m4|\{\{.*?\}\}|<%=.*?%>", target.replace(b"\\", b""), data[start:], count=1
    )


def generated(m4: str, data: bytes, directory: Path) -> str | None:
    """What m4 writes, or None where it fails."""
    path = directory / "x.mc"
    path.write_bytes(data)
    first = [] if read_mc(Source("x.mc", data)).include is not None else [str(CF / "m4/cf.m4")]
    try:
        ran = subprocess.run(  # The file was searched for what would do harm.
            [m4, *first, str(path)], cwd=CF / "cf", capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    output = ran.stdout.decode("latin-1")
    # A file that cannot be included makes m4 fail, yet it goes on to the end.
    return output if ran.returncode == 0 or "\nS3\n" in output else None


def included(path: str) -> McDocument | None:
    """The files that m4 would find as well."""
    if not path.startswith(tuple(os.fsdecode(each) for each in DEBIANS)) or not Path(path).exists():
        return None
    return read_mc(Source(path, Path(path).read_bytes()))


def compared(defines: Defines, output: str) -> Iterator[tuple[str, bool, str]]:
    """For each option that the static view claims to know: its macro, whether m4 agrees, and the line expected."""
    for macro, option in OPTION_OF.items():
        if macro in APART or option.startswith("Milter."):
            continue
        try:
            value = defines.value(macro)
        except Unknowable:
            continue
        if value is None:
            line = f"O {option}"
            yield macro, not re.search(rf"(?m)^O {re.escape(option)}(?:=|$)", output), f"no {line}"
            continue
        line = f"O {option}={value}" if value else f"O {option}"
        yield macro, f"\n{line}\n" in output, line


def overruled(view: McView) -> set[str]:
    """The options that lines of the file's own text set."""
    return {found[1] for line in view.lines for found in [re.match(r"O +([\w.-]+)", line.text)] if found}


def outputs(directory: Path) -> Iterator[tuple[Path, McView, str]]:
    """Each file that m4 takes, with its static view and with what m4 writes."""
    m4 = needed("m4")
    for path in configurations():
        data = path.read_bytes()
        if not harmless(data):
            continue
        data = fed(data)
        output = generated(m4, data, directory)
        if output is not None and "\nO " in output:
            yield path, static_view(read_mc(Source(str(path), data)), included), output


def test_defines_agree_with_what_m4_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every option the static view claims to know is written by m4 with that value, or not at all."""
    total = files = 0
    wrong = []
    for path, view, output in outputs(tmp_path):
        files += 1
        told = overruled(view)
        for macro, agrees, line in compared(defines_of(view), output):
            total += 1
            if not agrees and OPTION_OF[macro] not in told:
                wrong.append(f"{path}: {macro}: {line}")
    with capsys.disabled():
        sys.stdout.write(f"agree {total - len(wrong)}/{total} in {files} files\n")
    assert not wrong, "\n".join(wrong)


def test_lines_of_text_reach_the_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every line of text that the static view is sure of stands in what m4 writes."""
    wrong = []
    total = 0
    for path, view, output in outputs(tmp_path):
        written = set(output.split("\n"))
        for line in view.lines:
            if line.conditional or line.partial or line.diversion is None or line.text.startswith("#"):
                continue
            total += 1
            if expand(line.text, Words(view.defines).look_up) == line.text and line.text not in written:
                wrong.append(f"{path}: {line.span.line}: {line.text!r}")
    with capsys.disabled():
        sys.stdout.write(f"agree {total - len(wrong)}/{total}\n")
    assert not wrong, "\n".join(wrong)


def test_features_agree_between_mc_and_cf(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A feature that shows in a .cf is used in the .mc, and one that is used in the .mc shows in the .cf."""
    wrong = []
    total = 0
    for path, view, output in outputs(tmp_path):
        source = Source("x.cf", output.encode("latin-1"))
        shown = features_from_cf([(node.text, node) for node in read_cf(source).nodes])
        used = features_of(view)
        for name in SIGNATURES:
            try:
                there = used.get(name)
            except Unknowable:
                continue
            total += 1
            if (there is None) != (shown.get(name) is None):
                wrong.append(f"{path}: {name}: .mc {there}, .cf {shown.get(name)}")
    with capsys.disabled():
        sys.stdout.write(f"agree {total - len(wrong)}/{total}\n")
    assert not wrong, "\n".join(wrong)
