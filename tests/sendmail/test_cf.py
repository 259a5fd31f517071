"""What sendmail makes of the lines of a .cf."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.text import Source
from auditor.readers.cf import read_cf
from auditor.sendmail.cf import CfView, live, munch
from auditor.sendmail.cf_commands import (
    all_class_words,
    class_file,
    expand,
    macro,
    mailer,
    map_line,
    ruleset,
    scanf,
)
from auditor.sendmail.options import first_letters, named, truth


def view(text: str) -> CfView:
    """A view of a file with this text."""
    return CfView(read_cf(Source("x.cf", text.encode("latin-1"))))


def values(text: str) -> dict[str, list[str]]:
    """The values that count, by option."""
    return {key: [line.taken for line in lines] for key, lines in view("V10\n" + text).effective.items()}


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("O A=1 # remark\n", "O A=1"),
        ("O A=1  \r\n", "O A=1"),
        ("O A=a\\#b\n", "O A=a#b"),
        ("R$* $#error # x\n", "R$* $#error"),
        ("O A=1, # one\n\t2 # two\n", "O A=1,\n\t2"),
        ("O A=1\0 2\n", "O A=1"),
        ("O A=$$# x\n", "O A=$$"),
    ],
)
def test_a_command_is_seen_without_its_remarks(line: str, seen: str) -> None:
    """Remarks, blanks at the end, carriage returns and what follows a NUL are gone before a command is looked at."""
    assert live(line) == seen


def test_remarks_need_a_version() -> None:
    """Before the V line a "#" behind a command is part of it."""
    lines = view("O LogLevel=7 # early\nV10\nO LogLevel=8 # late\n").options
    assert [line.value for line in lines] == ["7 # early", "8"]


def test_the_last_line_counts_except_where_lines_add_up() -> None:
    """A plain option has its last value; options of words, letters and listeners keep every line."""
    assert values("O LogLevel=1\nOL2\nO loglevel = 3\n") == {"loglevel": ["3"]}
    assert values("O PrivacyOptions=goaway\nOppublic\n") == {"privacyoptions": ["goaway", "public"]}
    assert values("O Timeout.ident=0\nO Timeout.Ident=5s\nO Timeout.mail=1m\n") == {
        "timeout.ident": ["5s"],
        "timeout.mail": ["1m"],
    }


def test_one_line_can_set_two_options() -> None:
    """QueueTimeout sets both timeouts of the queue, and a slash in MinFreeBlocks the size of messages."""
    assert values("O QueueTimeout=5d/4h\n") == {"timeout.queuereturn": ["5d"], "timeout.queuewarn": ["4h"]}
    assert values("O MinFreeBlocks=100/2000\n") == {"minfreeblocks": ["100"], "maxmessagesize": ["2000"]}


def test_spans_are_the_values_places() -> None:
    """An option's span is its value as it stands in the file, and the name's span the name."""
    (line,) = view("V10\nO Timeout.ident = 5s # seconds\n").options
    assert (line.span.text, line.name_span.text, line.span.line) == ("5s", "Timeout.ident", 2)


def test_names_are_completed_where_only_one_fits() -> None:
    """Case does not count, a beginning stands for the only option it fits, others are unknown or ambiguous."""
    assert named("logl").option == named("LogLevel").option
    assert named("logl").abbreviated
    assert named("Timeout").abbreviated is False
    assert len(named("Max").matches) > 1
    assert named("Max").option is None
    assert named("Nonsense").matches == ()
    assert view("V10\nO LogLevel 9\nO  LogLevel=9\nO =9\n").effective == {}


def test_letters_are_those_that_begin_words() -> None:
    """Only the first character of each word is read, as in ``Ap``, which does not ask for p."""
    assert first_letters("Ap") == "A"
    assert first_letters("A p,y") == "Apy"
    assert first_letters("A, p, y") == first_letters("A  p") == "A"
    assert [truth(value) for value in ("", "True", "y", "1", "False")] == [True, True, True, False, False]


def test_quotes_of_texts_are_removed() -> None:
    """The greeting loses its quotes and backslashes, other values keep them."""
    assert values('O SmtpGreetingMessage="$j x"\nO PidFile="a"\n') == {
        "smtpgreetingmessage": ["$j x"],
        "pidfile": ['"a"'],
    }
    assert munch('a\\nb"c,d",e', 0, ",") == ("a\nbc,d", 9)


def test_class_words_come_with_their_places() -> None:
    """Words of C and T lines are in order, macros expanded, host names of the running host unknown."""
    text = "V10\nDmexample.org\nCw a $m mail.$m # x\nC{Long}b\nTroot joe\nCw$j\nCx$?m yes $| no $.\n"
    found = [(name, word.text) for name, word in all_class_words(view(text))]
    assert found == [
        ("w", "a"), ("w", "example.org"), ("w", "mail.example.org"), ("Long", "b"), ("t", "root"), ("t", "joe"),
        ("w", None), ("x", "yes"),
    ]  # fmt: skip
    assert [word.span.text for _, word in all_class_words(view(text))][:3] == ["a", "$m", "mail.$m"]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("a$$b", "a$b"),
        ("$x.$y", "1."),
        ("$?x a$?y b$| c$.$| d$.", " a c"),
        ("$?y a$| d$.", " d"),
        ("$w", None),
        ("$?w a$.", None),
        ("$. $| $", "  $"),
    ],
)
def test_conditionals_are_followed(text: str, result: str | None) -> None:
    """Macros and nested conditionals give their text, and nothing where only the running sendmail knows."""
    assert expand(text, {"x": "1"}) == result


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Fw/etc/names", ("w", "file", "/etc/names", False, "%s")),
        ("F{R} -o /etc/relay %[^\\#]", ("R", "file", "/etc/relay", True, "%[^#]")),
        ("Fw|/bin/list x", ("w", "program", "/bin/list", False, "%s")),
        ("Fw@LDAP", ("w", "map", "@LDAP", False, "%s")),
        ('Fw"/a b" %s', ("w", "file", "/a b", False, "%s")),
    ],
)
def test_class_files_are_taken_apart(line: str, expected: tuple[object, ...]) -> None:
    """An F line names a class and a file, with -o and a format where they stand there."""
    found = class_file(view(f"V10\n{line}\n").lines("class file")[0])
    assert found is not None
    assert (found.name, found.kind, found.path, found.optional, found.format) == expected


@pytest.mark.parametrize(
    ("form", "line", "read"),
    [
        ("%s", "  a b\n", "a"),
        ("%[^#]", "a b # c\n", "a b "),
        ("%3s", "abcdef\n", "abc"),
        ("%*s %s", "a b\n", "b"),
        ("x%s", "xab\n", "ab"),
        ("%[]a]", "]a]b\n", "]a]"),
    ],
)
def test_formats_read_what_scanf_reads(form: str, line: str, read: str) -> None:
    """A format reads a word or a run of characters of a line."""
    pattern = scanf(form)
    assert pattern is not None
    found = pattern.match(line)
    assert found is not None
    assert found[1] == read


def test_other_formats_are_not_followed() -> None:
    """A format with another conversion, or with two, is left alone."""
    assert [scanf(form) for form in ("%d", "%s %s", "x", "%")] == [None] * 4


def test_maps_have_flags_and_a_file() -> None:
    """A K line names the map, its class, flags with what belongs to them, and the file."""
    found = map_line(view("V10\nKaccess hash -T<TMPF> -k 2 -o -T<X> /etc/mail/access\n").lines("map")[0])
    assert found is not None
    assert (found.name, found.type, found.file, found.span.text) == (
        "access",
        "hash",
        "/etc/mail/access",
        "/etc/mail/access",
    )
    assert found.flags == ("-T<TMPF>", "-k 2", "-o", "-T<X>")
    assert found.is_optional
    assert found.temporary_failure == "<X>"
    assert map_line(view("V10\nKx\n").lines("map")[0]) is None


def test_mailers_and_filters_have_fields() -> None:
    """M and X lines are fields by letter, quotes removed, over continued lines."""
    lines = view('V10\nMlocal,\tP=/bin/mail, F=lsD FM,\n\t\tT="a,b", A=mail -d $u\nXf, S=inet:1@::1, F=T\nMbad, x\n')
    local, bad = (mailer(line) for line in lines.lines("mailer"))
    assert (local.name, local.path, local.flags, local.arguments) == (
        "local",
        "/bin/mail",
        "lsDFM",
        ("mail", "-d", "$u"),
    )
    assert local.get("T") == "a,b"
    assert local.fields["P"].span.text == "/bin/mail"
    assert bad.problem is not None
    assert mailer(lines.lines("milter")[0]).get("S") == "inet:1@::1"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Sparse", ("parse", None)),
        ("Sx=3 # c", ("x", 3)),
        ("S 4", (None, 4)),
        ("See the README", ("ee", None)),
        ("S", None),
    ],
)
def test_rulesets_have_names_or_numbers(line: str, expected: tuple[str | None, int | None] | None) -> None:
    """An S line gives a name, a number, or both; prose gives a ruleset as well."""
    found = ruleset(view(f"V10\n{line}\n").lines("ruleset")[0])
    assert (None if found is None else (found.name, found.number)) == expected


def test_macros_lose_their_quotes() -> None:
    """A D line gives a name of one or many letters and a value without quotes."""
    found = [macro(line) for line in view('V10\nDZ8.17 # x\nD{long}"a b"\nD\n').lines("macro")]
    assert [(each.name, each.value) if each is not None else None for each in found] == [
        ("Z", "8.17"),
        ("long", "a b"),
        None,
    ]


@given(st.text(st.characters(max_codepoint=255), max_size=60), st.sampled_from("ODCTFKMXSV"))
def test_any_line_is_taken_apart(text: str, letter: str) -> None:
    """No line makes the parts of a command fail, and every place is inside the file."""
    seen = view(f"V10\n{letter}{text}\nDxy\n")
    for line in seen.lines("macro", "map", "mailer", "milter", "ruleset", "class file"):
        for function in (macro, map_line, mailer, ruleset, class_file):
            function(line)
    for option in seen.options:
        assert 0 <= option.span.start <= option.span.end <= len(option.span.source.text)
    assert list(all_class_words(seen)) is not None
    assert seen.effective is not None


@pytest.mark.parametrize(
    "piece",
    ["Cw" + "a " * 40_000 + "\n", "Mx" + ",A=b" * 40_000 + "\n", "Op x\n" * 20_000, "O A=" + " \t" * 40_000 + "b\n",
     "Ka b" + " -o" * 40_000 + "\n", "D{x}" + '"' * 80_000 + "\n", "Cx" + "$?a" * 20_000 + "\n"],
)  # fmt: skip
def test_hostile_lines_take_linear_time(piece: str) -> None:
    """Ten times as long a line, or as many of them, takes about ten times as long to understand."""

    def seconds(text: str) -> float:
        seen = view("V10\n" + text)
        begun = time.process_time()
        assert len(seen.effective) >= 0
        assert sum(1 for _ in all_class_words(seen)) >= 0
        for line in seen.lines("mailer", "map", "macro"):
            for function in (mailer, map_line, macro):
                function(line)
        return time.process_time() - begun

    small = piece[: len(piece) // 10] + "\n"
    once = min(seconds(small) for _ in range(3))
    assert min(seconds(piece) for _ in range(3)) < 50 * once + 0.3
