"""The m4 evaluator: its language, its origins, its bounds, and that it runs nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.sendmail.m4 import Expansion, Input, Limits, Place, expand

FILES = {"inner.m4": "one\nX(`two')\n", "loop.m4": "include(`loop.m4')"}


def m4(text: str, limits: Limits | None = None, **definitions: str) -> Expansion:
    """The expansion of one file."""

    def open_(name: str, _: Place) -> str | None:
        return FILES.get(name)

    return expand([Input("t.mc", text)], open_, definitions=definitions, limits=limits or Limits(seconds=5))


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("define(`a', `[$1|$2|$#|$*|$@|`$0']')a(1, `2, 3')", "[1|2, 3|2|1,2, 3|1,2, 3|a]"),
        ("define(`a', `[$1]')a (`a') len (`a')", "[] (a) len (a)"),
        ("define(`a',`x')define(`b',`a')b a`'a `a'", "x xx a"),
        ("pushdef(`a', 1)pushdef(`a', 2)a popdef(`a')a undefine(`a')a", "2 1 a"),
        ("define(`d', defn(`define'))d(`x', `y')x", "y"),
        ("changequote([, ])define([a], [`b'])a", "`b'"),
        ("changequote(<<, >>)<<a <<b>> c>>", "a <<b>> c"),
        ("# define(`a', `b') a\nchangecom()# len(abc)", "# define(`a', `b') a\n# 3"),
        ("divert(2)b\ndivert(1)a\ndivert(-1)lost divert(0)0 divnum\n", "0 0\na\nb\n"),
        ("m4wrap(`last')first dnl gone\n", "first last"),
        ("ifelse(a, b, 1, c, c, 2, 3) ifdef(`zz', `yes', `no')", "2 no"),
        ("eval(2 ** 3 ** 2 % 100 >> 1) eval(-7 / 2, 10, 4) eval(255, 16, 4) eval(`0x1F & 0b11')", "6 -0003 00ff 3"),
        ("translit(`Hello', `a-z', `A-Z') substr(`hello', 1, 3) index(`hello', `lo') len(`hello')", "HELLO ell 3 5"),
        ("regexp(`aXbXc', `X\\(.*\\)X', `<\\1>') patsubst(`a.b.c', `\\.', `-') regexp(`abc', `c')", "<b> a-b-c 2"),
        ("regexp(`xabcd', `a\\|abc', `\\&') patsubst(`ab', `\\(a\\|ab\\)\\(b*\\)', `[\\1,\\2]')", "abc [ab,]"),
        ("format(`%05d|%-4s|%x|%.2f', 42, ab, 255, 1.5)", "00042|ab  |ff|1.50"),
        ("define(`de', `def')define(`fine', `x')de`'fine(`a') indir(`de') builtin(`len', `abc')", "defx def 3"),
        ("shift(1, `a b', 3) incr(4) decr(4) __file__:__line__", "a b,3 5 3 t.mc:1"),
    ],
)
def test_the_language(text: str, output: str) -> None:
    """Each construct expands as in GNU m4."""
    expansion = m4(text)
    assert (expansion.output, expansion.stderr(), expansion.status) == (output, "", 0)


@pytest.mark.parametrize(
    ("text", "said", "status"),
    [
        ("\ninclude(`nosuch')", "m4:t.mc:2: cannot open `nosuch': No such file or directory\n", 1),
        ("\n`a", "m4:t.mc:2: ERROR: end of file in string\n", 1),
        ("define(a,\nb", "m4:t.mc:1: ERROR: end of file in argument list\n", 1),
        ("ifdef(`a')", "m4:t.mc:1: Warning: too few arguments to builtin `ifdef'\n", 0),
        ("define(`a', 1, 2)", "m4:t.mc:1: Warning: excess arguments to builtin `define' ignored\n", 0),
        ("errprint(`__file__:__line__: so'\n)", "__file__:__line__: so\n", 0),
        ("dnl no newline", "m4:t.mc:1: Warning: end of file treated as newline\n", 0),
        ("dumpdef(`a')", "a:\tb\n", 0),
        ("m4exit(3)", "", 3),
    ],
)
def test_messages(text: str, said: str, status: int) -> None:
    """Complaints have GNU m4's words and lines."""
    expansion = m4(text, a="b")
    assert (expansion.stderr(), expansion.status) == (said, status)


def test_nothing_runs() -> None:
    """What would have had the shell at work is written down and expands to nothing."""
    expansion = m4("a\nsyscmd(`touch owned')esyscmd(`id')[maketemp(`/var/xXXXXXX')mkstemp(`y')]\n")
    assert expansion.output == "a\n[]\n"
    assert [(asked.builtin, asked.command, asked.line, asked.banner) for asked in expansion.asked] == [
        ("syscmd", "touch owned", 2, False),
        ("esyscmd", "id", 2, False),
        ("maketemp", "/var/xXXXXXX", 2, False),
        ("mkstemp", "y", 2, False),
    ]


def test_the_banner_is_neutral() -> None:
    """Only the cf tree's own asking, from its own file, is taken for the banner."""
    head = "maketemp(/tmp/cfXXXXXX)syscmd(sh ../sh/makeinfo.sh ../ > /tmp/cfXXXXXX)dnl\ninclude(/tmp/cfXXXXXX)dnl\n"
    own = expand([Input("../m4/cfhead.m4", head)], lambda _, __: None)
    assert "##### using ../ as" in own.output
    assert all(asked.banner for asked in own.asked)
    assert own.origin(own.output.index("#####")).source.banner
    other = expand([Input("evil.m4", head)], lambda _, __: None)
    assert not any(asked.banner for asked in other.asked)
    assert other.status == 1


def test_origins() -> None:
    """Every character knows the file, the line and the calls it came from."""
    expansion = m4("define(`X', `<$1>')define(`Y', `X(`y')')dnl\nplain\nY\ninclude(`inner.m4')dnl\n")
    output = expansion.output
    places = {word: list(expansion.origin(output.index(word)).stack()) for word in ("plain", "<y>", "one", "<two>")}
    assert [(place.file, place.line, place.macro) for place in places["plain"]] == [("t.mc", 2, "")]
    assert [(place.line, place.macro) for place in places["<y>"]] == [(3, "X"), (3, "Y")]
    assert [(place.file, place.line, place.macro) for place in places["one"]] == [
        ("inner.m4", 1, ""),
        ("t.mc", 4, "include"),
    ]
    assert [(place.file, place.line) for place in places["<two>"]] == [("inner.m4", 2), ("t.mc", 4)]
    assert expansion.origin(output.index("<two>")).outermost().line == 4
    with pytest.raises(IndexError):
        expansion.origin(len(output))


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("define(`f', `f(f(x))')f(x)", "depth"),
        ("define(`f', `f')f", "steps"),
        ("define(`f', `m4wrap(`f')')f", "steps"),
        ("include(`loop.m4')", "steps"),
        ("define(`f', `f(`$1$1$1')')f(xyz)", "characters"),
        ("format(`%999999999d', 1)", "characters"),
        ("eval(1, 10, 2000000000)", "characters"),
        (f"regexp(`{'a' * 3000}', `\\(a*\\)*b')", "pattern"),
        (f"regexp(`{'a' * 30000}', `a*a*a*b')", "pattern"),
    ],
)
def test_bombs_end(text: str, limit: str) -> None:
    """A program that would take all time or memory is stopped with a reason."""
    stopped = m4(text, Limits(depth=1_000, steps=20_000, seconds=30)).stopped
    assert stopped is not None
    assert stopped.limit == limit


@given(st.text(st.sampled_from("`'(),#$1@*\nab \\[]<>"), max_size=60))
def test_any_text_ends(text: str) -> None:
    """Every text has an expansion, and its runs tile the output."""
    expansion = m4("define(`a', `$1b`$@')define(`b', `(')" + text)
    assert len(expansion.starts) == len(expansion.origins)
    assert list(expansion.starts) == sorted(set(expansion.starts))
    assert not expansion.output or expansion.starts[0] == 0
