"""The static view reads a .mc as m4 does."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.text import Source
from auditor.readers.mc import McDocument, read_mc
from auditor.sendmail.mc import MacroCall, McView, static_view

words = st.sampled_from(
    [
        *("define(`confLOG_LEVEL',`9')", "FEATURE(`msp')", "ifdef(`x',`", "ifelse(", "`", "'", "(", ")", ",", "dnl\n"),
        *("include(`cf.m4')", "divert(-1)", "LOCAL_CONFIG\n", "Cwx\n", "undefine(`confX')", "OSTYPE(linux)", "defn("),
        *(
            "changequote([,])",
            "{% if x %}",
            "{% endif %}",
            "<%= y %>",
            "MASQUERADE_AS(a)",
            "confLOG_LEVEL",
            "eval(1<2)",
        ),
    ],
)


def document(text: str, path: str = "x.mc") -> McDocument:
    """A document of a text."""
    return read_mc(Source(path, text.encode()))


def view(text: str, **files: str) -> McView:
    """The static view of a text after cf.m4; ``files`` can be included by name."""
    return static_view(document(text), lambda path: document(files[path], path) if path in files else None)


def calls(text: str) -> list[MacroCall]:
    """The calls of a text after cf.m4."""
    return list(view(text).calls)


def call(text: str) -> MacroCall:
    """The only call of a text."""
    (only,) = calls(text)
    return only


def lines(text: str) -> list[str]:
    """The lines of text that reach the .cf."""
    return [line.text for line in view(text).lines]


@given(st.lists(words, max_size=40).map("".join))
def test_no_text_is_too_odd(text: str) -> None:
    """Any mixture of calls, quotes and directives gives a view, and its spans lie in the file."""
    for item in view(text).items:
        assert 0 <= item.span.start <= item.span.end <= len(text.encode())


@given(data=st.data())
def test_damaged_real_files_are_read(data: st.DataObject, corpus: Path) -> None:
    """A real file with a few characters put in or taken out still gives a view whose spans lie in the file."""
    paths = sorted(path for path in corpus.rglob("*.mc*") if path.is_file())
    text = data.draw(st.sampled_from(paths)).read_bytes().decode("latin-1")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        text = text[:at] + data.draw(words) + text[at + data.draw(st.integers(0, 5)) :]
    found = static_view(read_mc(Source("x.mc", text.encode("latin-1"))))
    assert all(item.span.start <= item.span.end <= len(text) for item in found.items)


@pytest.mark.parametrize(
    "piece",
    ["`", "define(", "ifdef(`a',`", "FEATURE(`x',", "RELAY_DOMAIN(a) ", "`'", "ifelse(a,b,", "confLOG_LEVEL(", "((,"],
)
def test_time_is_linear(piece: str) -> None:
    """Four times the text takes about four times the time, even where nothing is ever closed."""

    def seconds(times: int) -> float:
        read = document(piece * times)
        started = time.process_time()
        static_view(read)
        return time.process_time() - started

    seconds(10)
    assert seconds(20_000) < 12 * seconds(5_000) + 0.2


def test_nested_conditions_are_bounded() -> None:
    """Conditions in conditions are followed for a while, then called opaque."""
    deep = view("ifdef(`a',`" * 300 + "FEATURE(`x')" + "')" * 300)
    assert any("nested too deep" in opaque.reason for opaque in deep.opaque)


def test_arguments_lose_one_level_of_quotes() -> None:
    """Leading blanks are skipped, trailing ones kept, one level of quotes removed."""
    found = call("define(`confX',\n  ``a,b'' )")
    assert [argument.value for argument in found.args] == ["confX", "`a,b' "]
    assert found.args[0].quoted
    assert found.args[0].inner.text == "confX"
    assert not found.args[1].quoted


def test_unquoted_commas_split_and_parentheses_do_not() -> None:
    """A comma inside parentheses belongs to its argument."""
    assert [a.value for a in call("define(`confX', a(b,c), d)").args] == ["confX", "a(b,c)", "d"]


def test_a_stray_apostrophe_is_part_of_the_value() -> None:
    """An apostrophe that closes nothing is kept, and noted."""
    found = call("define(`confTLS_SRV_OPTIONS', V')")
    assert found.args[1].value == "V'"
    assert [stray.text for stray in found.args[1].stray] == ["'"]


def test_a_name_that_is_defined_expands_where_it_is_not_quoted() -> None:
    """``define(confLOG_LEVEL, 14)`` defines a macro called 9, since cf.m4 has defined the name."""
    assert call("define(confLOG_LEVEL, 14)").args[0].value == "9"


def test_a_blank_before_the_parenthesis() -> None:
    """``define (`` is text, ``FEATURE (`` a call without arguments."""
    dead = call("define (`a', `b')dnl\n")
    assert not dead.live
    assert dead.gap is not None
    feature = call("FEATURE (`a')dnl\n")
    assert feature.live
    assert feature.gap is not None
    assert feature.args == ()


def test_cf_macros_are_text_above_the_include() -> None:
    """FEATURE means nothing to m4 before cf.m4 has been read; m4's own define does."""
    found = list(view("FEATURE(`a')\ndefine(`b')\ninclude(`/x/cf.m4')\nFEATURE(`c')\n").of("FEATURE", "define"))
    assert [each.value(0) for each in found] == ["b", "c"]


def test_macros_act_in_hash_lines_below_cf_m4() -> None:
    """A # line is no comment once cf.m4 has been read."""
    text = "# FEATURE(`a')\ninclude(`/x/cf.m4')\n# See FEATURE(`promiscuous_relay')\n"
    assert [each.value(0) for each in view(text).of("FEATURE")] == ["promiscuous_relay"]


@pytest.mark.parametrize("word", ["index", "len", "format", "substr", "define"])
def test_words_of_m4_alone_do_nothing(word: str) -> None:
    """Most of m4's own names act only before a parenthesis, and format not at all."""
    assert lines(f"# the {word} of\n") == [f"# the {word} of"]


def test_divert_hides_text_and_not_macros() -> None:
    """Under divert(-1) text is lost and macros act."""
    text = "divert(-1)\nlost\nFEATURE(`a')\ndivert(0)\nkept\n"
    assert lines(text) == ["kept"]
    assert len(list(view(text).of("FEATURE"))) == 1


def test_cf_m4_ends_a_diversion() -> None:
    """Including cf.m4 sends the output to the .cf again."""
    assert [line.text for line in view("divert(-1)\ninclude(`/x/cf.m4')dnl\nkept\n").lines] == ["kept"]


def test_sections_name_the_lines_under_them() -> None:
    """Lines know the keyword they stand under, and FEATURE does not change it."""
    found = list(view("LOCAL_CONFIG\nCwa\nFEATURE(`x')dnl\nCwb\nLOCAL_RULESETS\nSx\n").lines)
    assert [(line.section, line.text) for line in found] == [
        ("LOCAL_CONFIG", "Cwa"),
        ("LOCAL_CONFIG", "Cwb"),
        ("LOCAL_RULESETS", "Sx"),
    ]


def test_class_macros_swallow_the_rest_of_their_line() -> None:
    """What follows RELAY_DOMAIN() on its line is lost."""
    found = view("RELAY_DOMAIN(`a') RELAY_DOMAIN(`b')\n")
    assert [each.value(0) for each in found.of("RELAY_DOMAIN")] == ["a"]
    assert [trouble.span.text for trouble in found.troubles if trouble.kind == "swallowed"] == ["RELAY_DOMAIN(`b')"]


def test_dnl_joins_lines() -> None:
    """Text before a dnl goes on with the next line."""
    assert lines("bare text dnl x\nnext\n") == ["bare text next"]


def test_an_open_quote_hides_the_rest() -> None:
    """A quote that is never closed is a trouble, and everything may be set behind it."""
    found = view("define(`confX', `a)\nFEATURE(`b')\n")
    assert [(t.kind, t.span.start) for t in found.troubles] == [("quote", 16)]
    assert found.unseen("confX") is not None


def test_an_open_parenthesis_is_a_trouble() -> None:
    """A call that is never closed is a trouble at its parenthesis."""
    found = view("define(`confX', `a'\nFEATURE(`b')\n")
    assert [(t.kind, t.span.start) for t in found.troubles] == [("parenthesis", 6)]


def test_changequote_ends_the_reading() -> None:
    """After other quotes nothing is believed; going back to the usual ones changes nothing."""
    assert view("changequote([,])FEATURE([a])").unseen("any") is not None
    assert view("changequote FEATURE(`redirect')").unseen("any") is None


def test_conditions_mark_what_stands_in_them() -> None:
    """Calls in branches that may be taken are conditional, unquoted ones are not."""
    found = view("ifdef(`UNHEARD', `FEATURE(`redirect')', FEATURE(`badmx'))")
    assert {each.value(0): each.conditional for each in found.of("FEATURE")} == {"redirect": True, "badmx": False}


def test_conditions_that_can_be_decided_are() -> None:
    """A condition on what the file itself defines shows only the branch that m4 takes."""
    text = "define(`x', `yes')"
    text += "ifelse(x, `yes', `FEATURE(`redirect')', `FEATURE(`badmx')')"
    text += "ifelse(eval(3 >= 2), 1, `FEATURE(`bcc')')"
    found = {each.value(0): each.conditional for each in view(text).of("FEATURE")}
    assert found == {"redirect": False, "bcc": False}


def test_templates_make_calls_conditional() -> None:
    """Between a template's if and its end nothing is certain."""
    text = "{% if a %}\nFEATURE(`redirect')\n{% endif %}\nFEATURE(`badmx')\n<% if b -%>\nFEATURE(`bcc')\n<% end -%>\n"
    found = {each.value(0): each.conditional for each in view(text).of("FEATURE")}
    assert found == {"redirect": True, "badmx": False, "bcc": True}


def test_a_template_in_an_argument_hides_its_value() -> None:
    """The value of an argument with a directive in it is not known."""
    assert call("define(`SMART_HOST', `{{ host }}')").unknown(1) is not None
    assert call("define(`SMART_HOST', `@HOST@')").unknown(1) is not None


def test_includes_are_read_where_they_can_be_had() -> None:
    """An included file is read in its place; one that is not there is opaque."""
    found = view("include(`site')include(`gone')", site="FEATURE(`redirect')")
    assert [each.value(0) for each in found.of("FEATURE")] == ["redirect"]
    assert next(found.of("FEATURE")).span.path == "site"
    assert [opaque.reason for opaque in found.opaque] == ["an include of gone"]


def test_includes_in_circles_end() -> None:
    """A file that includes itself is read a few times."""
    assert view("include(`a')", a="include(`a')include(`a')").opaque


@pytest.mark.parametrize("text", ["syscmd(`x')", "HACK(`x')", "OSTYPE(`mine')", "FEATURE(`mine')", "DOMAIN(`mine')"])
def test_what_cannot_be_seen_is_named(text: str) -> None:
    """Commands and files of the site's own may define anything."""
    assert view(text).unseen("confX") is not None


def test_the_usual_files_are_known() -> None:
    """What the cf tree's own files define is known, so they hide nothing."""
    assert view("OSTYPE(`linux')DOMAIN(`generic')FEATURE(`access_db')MAILER(`smtp')").unseen("confX") is None
