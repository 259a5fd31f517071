"""Which call of the administrator's files a part of m4's output comes from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.text import Source
from auditor.readers.mc import includes_cf_m4, read_mc
from auditor.sendmail.m4 import Expansion, Input, expand
from auditor.sendmail.mc_calls import written_at
from auditor.sendmail.provenance import own_origin

#: A cf tree of a few lines: what it writes at the end, what it adds to a list, and a call that calls others.
CF = """\
define(`_OPTION', `ifdef(`$2', `O $1=$2
')')dnl
define(`ADD', `define(`_LIST_', ifdef(`_LIST_', `defn(`_LIST_')')`K$1
')')dnl
define(`FEATURE', `include(`feature.m4')')dnl
define(`LOCAL_DOMAIN', `PUSH(6)Cw{$1}
POP()')dnl
define(`PUSH', `pushdef(`__D__', divnum)divert($1)')define(`POP', `divert(__D__)popdef(`__D__')')dnl
m4wrap(`_OPTION(`LogLevel', `confLOG_LEVEL')_OPTION(`Alias', `ALIAS_FILE')ifdef(`_LIST_', `_LIST_')
undivert(6)')dnl
"""
FEATURE = "divert(6)Kmap hash\ndivert(0)dnl\n"
NAME = "sendmail.mc"


def made(text: str) -> Expansion:
    """The text behind the cf tree."""
    files = {"feature.m4": FEATURE, "m4/cf.m4": CF, "site.m4": "define(`confLOG_LEVEL', `7')dnl\n"}
    return expand([Input(NAME, text)], lambda name, _: files.get(name))


def origin(text: str, line: str, part: str | None = None) -> str | None:
    """What is written at the place to mend for a line of the output, or for a part of that line."""
    expansion = made(text)
    start = expansion.output.index(line) + (line.index(part) if part is not None else 0)
    size = len(line if part is None else part)
    place = own_origin(expansion, start, start + size, {NAME, "site.m4"})
    if place is None:
        return None
    return written_at(read_mc(Source(place.file, place.source.text.encode())), place.offset, place.macro).text


INCLUDE = "include(`m4/cf.m4')dnl\n"


@pytest.mark.parametrize(
    ("text", "line", "wanted"),
    [
        ("define(`confLOG_LEVEL', `12')dnl\n", "O LogLevel=12", "12"),
        ("define(`confLOG_LEVEL', 1)define(`confLOG_LEVEL', `12')dnl\n", "O LogLevel=12", "12"),
        ("define(`confLOG_LEVEL', `12 ')define(`confLOG_LEVEL',`12 ')dnl\n", "O LogLevel=12", "12 "),
        ("pushdef(`confLOG_LEVEL', `1')pushdef(`confLOG_LEVEL', `2')popdef(`confLOG_LEVEL')", "O LogLevel=1", "1"),
        ("define(`D', `/etc')define(`ALIAS_FILE', `D/al')dnl\n", "O Alias=/etc/al", "D/al"),
        ("define(`L', `define(`confLOG_LEVEL', `$1')')L(5)dnl\n", "O LogLevel=5", "L(5)"),
        ("include(`site.m4')", "O LogLevel=7", "7"),
        ("ADD(`a')ADD(`b')dnl\n", "Ka", "ADD(`a')"),
        ("ADD(`a')ADD(`b')dnl\n", "Kb", "ADD(`b')"),
        ("FEATURE(`x')dnl\n", "Kmap hash", "FEATURE(`x')"),
        ("LOCAL_DOMAIN(`a')LOCAL_DOMAIN(`b')", "Cw{b}", "LOCAL_DOMAIN(`b')"),
        ("one line\nR$*\t$: x\n", "R$*\t$: x", "R$*\t$: x"),
        ("Kword regex x\n", "Kword regex x", "Kword regex x"),
        ("define(`confLOG_LEVEL', `')dnl\n", "O LogLevel=", ""),
    ],
)
def test_the_call_to_mend(text: str, line: str, wanted: str) -> None:
    """Each line leads to the value, the call or the text that made it, the last one in force."""
    assert origin(INCLUDE + text, line) == wanted


def test_a_part_leads_to_its_own_definition() -> None:
    """In a text that definitions made longer each part leads to its own, the whole to the last."""
    text = INCLUDE + "define(`confLOG_LEVEL', `a')define(`confLOG_LEVEL', defn(`confLOG_LEVEL')`,b')dnl\n"
    assert origin(text, "O LogLevel=a,b", "a") == "a"
    assert origin(text, "O LogLevel=a,b", "b") == "defn(`confLOG_LEVEL')`,b'"
    assert origin(text, "O LogLevel=a,b") == "defn(`confLOG_LEVEL')`,b'"


def test_what_the_cf_tree_alone_adds() -> None:
    """Text of the cf tree has no place to mend, though the file that includes cf.m4 stands above all of it."""
    expansion = expand(
        [Input(NAME, "include(`m4/cf.m4')dnl\n")], lambda name, _: "V10/Berkeley\n" if name == "m4/cf.m4" else None
    )
    assert own_origin(expansion, 0, 5, {NAME}) is None


@given(
    st.lists(
        st.sampled_from(
            ["include(`/x/cf.m4')", "dnl", " ", "\n", "`", "'", "#", "<% ' %>", "{{ ` }}", "@A@", "a1", "("]
        )
    ).map("".join)
)
def test_the_include_of_cf_m4(text: str) -> None:
    """Whether a file includes cf.m4 is told alike with and without its nodes."""
    assert includes_cf_m4(text) == (read_mc(Source("x.mc", text.encode())).include is not None)
