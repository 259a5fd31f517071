"""The m4 evaluator against GNU m4: real configurations, and small programs made up."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.sendmail.m4 import Expansion, Input, Limits, Place, expand
from tests.lab.conftest import configurations

pytestmark = pytest.mark.lab

SECONDS = 20
#: What the shell would be asked for beside the banner; such a file is not given to GNU m4 as it is.
RUNS = re.compile(rb"\b(?:e?syscmd|mkstemp|maketemp|debugfile)\b")
BANNER = re.compile(rb"(##### built by ).*(\n##### in ).*(\n##### using .* as configuration include directory)")
TEMPORARY = re.compile(rb"/tmp/cf\w{6}")
OF_CF = re.compile(rb"[^`'\"()\s]*/cf\.m4")


def read(path: Path) -> str:
    """A file's bytes, a character each."""
    return path.read_bytes().decode("latin-1")


def given_m4(program: str, folder: Path, *words: str) -> tuple[bytes, bytes, int]:
    """What GNU m4 prints, says and exits with."""
    done = subprocess.run(
        [program, *words],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        timeout=SECONDS,
        check=False,
    )
    return done.stdout, done.stderr, done.returncode


def expanded(folder: Path, *names: str) -> Expansion:
    """What the evaluator makes of the same files, read in the same folder."""

    def open_(name: str, _: Place) -> str:
        return read(folder / name)

    inputs = [Input(name, read(folder / name) if (folder / name).is_file() else None) for name in names]
    return expand(inputs, open_, limits=Limits(steps=200_000, seconds=5))


def neutral(output: bytes) -> bytes:
    """Output without who built it, where and when."""
    return BANNER.sub(rb"\1\2\3", output)


def differences(program: str, folder: Path, *names: str) -> list[str]:
    """In what the two differ, in words."""
    output, errors, status = given_m4(program, folder, *names)
    ours = expanded(folder, *names)
    told = [str(ours.stopped)] if ours.stopped else []
    if neutral(ours.output.encode("latin-1")) != neutral(output):
        told.append("output")
    said = ours.stderr(program).encode("latin-1")
    if TEMPORARY.sub(b"", said) != TEMPORARY.sub(b"", errors):
        told.append(f"messages {said!r} instead of {errors!r}")
    if ours.status != status:
        told.append(f"status {ours.status} instead of {status}")
    return told


def test_real_configurations(
    program: Callable[[str], str], cf_tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every .mc gives GNU m4's output but for the banner, GNU m4's messages and its exit code."""
    m4 = program("m4")
    tree = tmp_path / "cf"
    shutil.copytree(cf_tree, tree)
    differ: dict[str, list[str]] = {}
    count = 0
    for path in configurations(cf_tree):
        text = path.read_bytes()
        if RUNS.search(text):
            continue
        text = OF_CF.sub(str(tree / "m4/cf.m4").encode(), text)
        (tree / "cf" / "tried.mc").write_bytes(text)
        before = [] if b"cf.m4" in text else ["../m4/cf.m4"]
        told = differences(m4, tree / "cf", *before, "tried.mc")
        count += 1
        if told:
            differ[str(path)] = told
    with capsys.disabled():
        print(f"\nidentical {count - len(differ)}/{count}")  # noqa: T201
    assert not differ


NAMES = st.sampled_from("a b c foo bar _x define len a1".split())
NUMBERS = st.sampled_from(["0", "1", "2", "-1", "3", "10", "", " 4", "x", "010", "0x1F", "2147483648", "99"])
#: What an expression may stand on, and what it is made of.
OPERATORS = st.sampled_from("+ - * / % ** == != < <= > >= << >> & | ^ && || = ! ~ ( ) ++ @".split())
EXPRESSIONS = st.lists(st.one_of(NUMBERS, OPERATORS), max_size=7).map(" ".join)
REGEXPS = st.lists(
    st.sampled_from(
        [*"abc.*+?^$", "\\(", "\\)", "\\|", "[ab]", "[^a]", "\\w", "\\b", "\\<", "b*", "\\(a\\|ab\\)", "\\1"]
    ),
    max_size=5,
).map("".join)
VICTIMS = st.text("abc \n", max_size=8)
FORMATS = st.lists(
    st.sampled_from(
        [
            "%d",
            "%s",
            "%5d",
            "%-4sx",
            "%05.2f",
            "%x",
            "%#o",
            "%c",
            "%%",
            "%*d",
            "%.2s",
            "%ld",
            "%hhd",
            "%+i",
            "%y",
            "%",
            "%e",
            "t",
        ]
    ),
    max_size=4,
).map("".join)
ODD_TEXT = st.sampled_from(
    [
        "`",
        "'",
        "(",
        ")",
        ",",
        "#",
        "\n",
        " ",
        "\t",
        "dnl",
        "$1",
        "$@",
        "$*",
        "$#",
        "$0",
        "a",
        "foo",
        "b(",
        "`c'",
        "x1",
        "``",
        "''",
        "# n\n",
        "dnl x\n",
        "\n",
    ]
)


def quoted(words: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Words in quotes."""
    return words.map(lambda word: f"`{word}'")


def call(name: str, *arguments: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Calls of a macro with such arguments, and sometimes with one more or one less."""
    full = st.tuples(*arguments)
    return st.builds(
        lambda words, less, more: f"{name}({','.join([*words[: len(words) - less], *more])})",
        full,
        st.sampled_from([0, 0, 0, 0, 0, 1]),
        st.sampled_from([[], [], [], [], ["7"]]),
    )


def nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Calls whose arguments are programs."""
    arguments = st.one_of(inner, quoted(inner), quoted(quoted(inner)))
    return st.one_of(
        call("define", quoted(NAMES), arguments),
        call("pushdef", quoted(NAMES), arguments),
        call("ifelse", arguments, arguments, arguments, arguments),
        call("ifelse", arguments, arguments, arguments, arguments, arguments, arguments, arguments),
        call("ifdef", quoted(NAMES), arguments, arguments),
        call("shift", arguments, arguments),
        call("indir", quoted(NAMES), arguments),
        call("builtin", st.sampled_from(["len", "`define'", "eval", "nosuch"]), arguments),
        call("len", arguments),
        call("m4wrap", arguments),
        call(
            "translit",
            arguments,
            st.sampled_from(["a-c", "z-a", "ab", "-a", "a-", "`'"]),
            st.sampled_from(["A-C", "x", "", "a-z"]),
        ),
        call("substr", arguments, NUMBERS, NUMBERS),
        call("index", arguments, arguments),
        call("errprint", arguments, arguments),
        call("a", arguments, arguments),
        call("foo", arguments),
        st.lists(inner, max_size=4).map("".join),
    )


SMALL = st.one_of(
    ODD_TEXT,
    ODD_TEXT,
    NAMES,
    NUMBERS,
    call("eval", quoted(EXPRESSIONS), NUMBERS, NUMBERS),
    call("eval", quoted(EXPRESSIONS)),
    call("incr", NUMBERS),
    call("decr", NUMBERS),
    call("undefine", quoted(NAMES)),
    call("popdef", quoted(NAMES), quoted(NAMES)),
    call("defn", quoted(NAMES)),
    call("define", quoted(NAMES), call("defn", quoted(NAMES))),
    call("divert", NUMBERS),
    call("undivert", NUMBERS),
    call("regexp", quoted(VICTIMS), quoted(REGEXPS), st.sampled_from(["`<\\&\\1>'", "`\\0\\2'", "`x\\'"])),
    call("patsubst", quoted(VICTIMS), quoted(REGEXPS), st.sampled_from(["`<\\&>'", "`'", "`\\1'"])),
    call("regexp", quoted(VICTIMS), quoted(REGEXPS)),
    call("format", quoted(FORMATS), NUMBERS, NUMBERS, NUMBERS),
    call("dumpdef", quoted(NAMES)),
    call("include", st.sampled_from(["nosuch", "other.m4", "`other.m4'", ""])),
    call("sinclude", st.sampled_from(["nosuch", "other.m4"])),
    call("m4exit", NUMBERS),
    st.sampled_from(
        [
            "divnum",
            "undivert",
            "__file__",
            "__line__",
            "changecom",
            "changecom(`//')",
            "changecom(`/*', `*/')",
            "changequote([,])",
            "changequote(`<<', `>>')",
            "changequote([,])changequote",
            "changequote",
            "divert",
            "changequote(`|', `|')",
            "changequote(`', `')",
            "changecom(`#')",
            "define(`a', `$1-$2$#`'$@ ')",
            "/*",
            "*/",
            "<<",
            ">>",
            "[",
            "]",
            "|",
        ]
    ),
)
PROGRAMS = st.lists(st.recursive(SMALL, nested, max_leaves=6), max_size=7).map("".join)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a file to include."""
    made = tmp_path_factory.mktemp("programs")
    (made / "other.m4").write_text("other `a' b\n__line__ define(`b', `B$1')dnl\nlast")
    return made


@settings(
    max_examples=int(os.environ.get("MAILAUDIT_EXAMPLES", "150")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(text=PROGRAMS)
def test_made_up_programs(program: Callable[[str], str], folder: Path, text: str) -> None:
    """Any small program prints, says and exits as with GNU m4."""
    (folder / "tried.m4").write_text(text)
    # A program without an end is no question for GNU m4, which has no bounds.
    if expanded(folder, "tried.m4").stopped is None:
        assert not differences(program("m4"), folder, "tried.m4")
