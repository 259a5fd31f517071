"""The reader of shell files and what it makes of words: lossless, total, linear, and agreeing with the real shell."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model.text import Source
from auditor.readers.expansion import Expansion, Value
from auditor.readers.shell import ShellText, read_shell
from tests.lossless import grammar, kinds, linear, lossless, mutated

DEFAULT = (
    b"# Settings\nSTART=yes\nMECHANISMS=\"pam\"\nOPTIONS='-c -m /run/saslauthd' # where\nexport A=$START B\nX+=y\n"
)
SCRIPT = (
    b'#!/bin/sh\n. /etc/default/sendmail\ncase "$1" in\nstart)\n\tif [ -x /usr/sbin/sendmail ]; then\n'
    b'\t\t/usr/sbin/sendmail -L sm-mta -bd \\\n\t\t\t-q25m $OPTIONS "${MORE:-a b}" >/dev/null 2>&1 &\n\tfi\n\t;;\n'
    b'stop) kill "$(head -n 1 /run/sendmail.pid)" ;;\nesac\n'
    b"cat <<-'EOF' | wc\n\tit's \"text\n\tEOF\necho `date` a#b # c\n"
)
PIECES = (
    b"A=",
    b"$A",
    b"${A:-b}",
    b"'",
    b'"',
    b"$(a b)",
    b"`",
    b"cmd -x",
    b">",
    b"<<E\n",
    b"E\n",
    b"&&",
    b";",
    b"(",
    b")",
)


def shell(data: bytes) -> ShellText:
    """The shell file of some bytes."""
    return read_shell(Source("script", data))


def variables(document: ShellText) -> dict[str, Value]:
    """What the assignments of a file come to."""
    found: dict[str, Value] = {}
    for each in document.assignments:
        found[each.name] = Value(Expansion(found).value(each.value), each.value)
    return found


@given(st.binary() | grammar(*PIECES) | mutated(DEFAULT, SCRIPT))
def test_any_bytes_are_tiled(data: bytes) -> None:
    """Whatever the bytes, the file is given back, and words can be asked for their value."""
    lossless(read_shell, data)
    document = shell(data)
    known = variables(document)
    for command in document.commands:
        for argument in Expansion(known).arguments(command.plain) or ():
            assert argument.span.source.path == "script"


def test_assignments_have_values() -> None:
    """Quotes, comments and variables are resolved; what an export names alone is no assignment."""
    document = shell(DEFAULT)
    assert {name: value.text for name, value in variables(document).items()} == {
        "START": "yes",
        "MECHANISMS": "pam",
        "OPTIONS": "-c -m /run/saslauthd",
        "A": "yes",
        "X": "y",
    }
    last = document.get("X")
    assert last is not None
    assert last.appends
    assert kinds(document)[0] == "comment"


def test_commands_have_words() -> None:
    """Redirections, keywords, continuations and here documents do not get into a command's words."""
    document = shell(SCRIPT)
    assert not document.unparsed
    daemon = next(each for each in document.commands if each.words and each.words[0].text == "/usr/sbin/sendmail")
    span = Source("x", b"-v -w").span()
    arguments = Expansion({"OPTIONS": Value("-v -w", span)}).arguments(daemon.plain)
    assert arguments is not None
    assert [each.text for each in arguments] == [*"/usr/sbin/sendmail -L sm-mta -bd -q25m -v -w".split(), "a b"]
    assert arguments[5].span == span.part(0, 2)
    assert "heredoc" in kinds(document)
    last = document.commands[-1]
    assert Expansion({}).arguments(last.words) is None
    assert [word.text for word in last.words] == ["echo", "`date`", "a#b"]


@pytest.mark.parametrize(
    "word",
    ["$(x)", "`x`", "$1", "$@", "$$", "${A%b}", "${#A}", "$((1))", '"$(x)"', "${B:?}", "'", '"a', "$GONE", "a\\"],
)
def test_what_only_a_shell_knows_is_unknown(word: str) -> None:
    """Nothing is guessed of substitutions, parameters and patterns."""
    source = Source("x", b"1")
    expansion = Expansion({"GONE": Value(None, source.span())})
    assert expansion.value(Source("w", word.encode()).span()) is None


_SEGMENTS = (
    *("a", "-b", "'c d'", '"e  f"', "$A", '"$A"', "${B}", "${B:-x y}", "${C:-y}", "${C-z}", "\\ ", "$D", '"$D"'),
    *("${A:+q}", '"\\$A"', "''", "\\'", '"\\a"', "#", '${C:-"s t"}'),
)
_WORD = st.lists(st.sampled_from(_SEGMENTS), min_size=1, max_size=4).map("".join)


@settings(max_examples=60)
@given(st.lists(_WORD, min_size=1, max_size=4))
def test_words_are_split_as_the_shell_splits_them(words: list[str]) -> None:
    """The arguments are those that /bin/sh passes on."""
    line = "show x" + " x".join(["", *words])
    setting = "A='1 2'\nB=3\nD=' 4 '\n"
    script = setting + 'show() { for i; do printf "%s\\0" "$i"; done; }\n' + line + "\n"
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=True, text=True)
    document = shell((setting + line + "\n").encode())
    command = document.commands[-1]
    found = Expansion(variables(document)).arguments(command.words[1:])
    assert found is not None
    assert [each.text for each in found] == done.stdout.split("\0")[:-1]


def test_reading_is_linear() -> None:
    """No repetition makes the reader slow, lost quotes and parentheses least of all."""
    linear(
        lambda data: [Expansion({}).arguments(command.words) for command in shell(data).commands],
        *(
            b'"$(',
            b"$(",
            b'"',
            b"'a",
            b"`",
            b"<<E\n",
            b"\\",
            b"a",
            b'"`',
            b"${a",
            b"a ",
            b"> ",
            b"\\\n",
            b"$((",
            b"0",
            b";",
        ),
    )
