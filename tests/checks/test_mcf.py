"""The rules on the .mc beyond their examples: their fixes mend, odd input breaks none, one rule speaks of a line."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.engine.audit import Target, audit
from auditor.engine.profiles import load
from auditor.facts.given import Clock, Host, Profile, Tree
from auditor.model.check import Rule
from auditor.model.finding import Edit
from auditor.model.manual import ExampleFile, parse
from auditor.model.report import Outcome, TargetReport
from auditor.model.text import Span
from auditor.trees.memory import MemoryFile, MemoryTree
from checks import rules
from tests.examples import MC, NOW, audit_example, closed_host

RULES = [rule for rule in rules() if rule.family == "MCF"]
HEAD = "include(`/usr/share/sendmail/cf/m4/cf.m4')dnl\nVERSIONID(`x')\nOSTYPE(`linux')dnl\n"
TAIL = "MAILER(`local')dnl\nMAILER(`smtp')dnl\n"
#: What rules about single lines of text say between them.
TEXT = {"MCF004", "MCF005", "MCF009", "MCF010", "MCF011", "MCF012"}
PIECES = st.lists(
    st.sampled_from(
        [
            *"`'(),# \n\t\r\0\xa0",
            *"dnl define FEATURE MAILER LOCAL_CONFIG confLOG_LEVEL CipherList= changequote access_db".split(),
            *("R$*", "@@X@@", "&lt;"),
            *("LOCAL CONFIG", "O ", "See the words here", "include(`x')", "divert(-1)", "a.b:587", "VERSIONID(`x')"),
            *("define(`confX', `y')", "<%= x %>", "{% if x %}", "SMART_HOST"),
        ],
    ),
    max_size=40,
).map("".join)


def audited(mc: str) -> TargetReport:
    """The report on a .mc of which nothing else is known."""
    tree = MemoryTree({MC: MemoryFile(mc.encode("latin-1"))}, complete=False)
    given_ = {Tree: tree, Clock: Clock(NOW), Profile: load("modern"), Host: closed_host()}
    return audit(Target("x", given_), RULES)


def ids(mc: str) -> list[str]:
    """The ids of what is found in a .mc."""
    return sorted(item.rule.id for item in audited(mc).reported)


def mended(edits: tuple[Edit, ...]) -> ExampleFile:
    """The file that edits are for, after them."""
    source = edits[0].span.source
    text = source.text
    for edit in sorted(edits, key=lambda edit: edit.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return ExampleFile(source.path, text)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_fixes_mend(rule: Rule) -> None:
    """Where a finding of a Bad example has edits, the file is without that finding after them."""
    for example in parse(rule.manual).examples("Bad"):
        before = audit_example(rule, example, [rule]).reported
        for item in before:
            if item.finding.fix is None or not item.finding.fix.edits:
                continue
            file = mended(item.finding.fix.edits)
            others = [each for each in example if (each.path or f"+{MC}").removeprefix("+") != file.path]
            after = audit_example(rule, (file, *others), [rule]).reported
            messages = Counter(each.finding.message for each in after)
            assert (
                messages[item.finding.message] < Counter(each.finding.message for each in before)[item.finding.message]
            )


@settings(max_examples=200, deadline=None)
@given(PIECES)
def test_nothing_crashes(text: str) -> None:
    """Whatever the text, every rule comes to an end."""
    for mc in (text, HEAD + text + TAIL):
        assert not [(r.rule.id, r.cause) for r in audited(mc).results if r.outcome is Outcome.CRASHED]


@settings(max_examples=200, deadline=None)
@given(PIECES)
def test_one_rule_speaks_of_a_line(text: str) -> None:
    """No line of text is judged by two of the rules that divide such lines among them."""
    speakers: dict[int, set[str]] = {}
    for item in audited(HEAD + text + "\n" + TAIL).reported:
        if item.rule.id in TEXT and isinstance(item.finding.at, Span):
            speakers.setdefault(item.finding.at.line, set()).add(item.rule.id)
    assert not {line: ids for line, ids in speakers.items() if len(ids) > 1}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# a comment for the .cf\n", []),
        ("dnl define (`confLOG_LEVEL', `14')\n", []),
        ("VERSIONID(`John's own')\n", []),
        ("changequote([, ])dnl\nSee [this]\ndefine('x', y)\n", ["MCF037"]),
        ("define(`confLOG_LEVEL', `14)\nSee this and that\n", ["MCF002"]),
        ("FEATURE(`redirect'\nSee this and that\n", ["MCF003"]),
        ("See this\n", ["MCF010"]),
        ("Cwlocalhost.doe.org\n", ["MCF010"]),
        ("divert(0)dnl\n", []),
        ("sinclude(`/etc/mail/local.m4')\n", []),
        ("DOMAIN(`site')dnl\n", []),
        ("FEATURE(`our_own_thing')dnl\n", ["MCF015"]),
        ("{% if x %}\nSee this and that\n{% endif %}\n", []),
        ("<%= @lines %>\n", []),
        ("ifdef(`confX', `See this', `and that')\n", []),
        ("FEATURE(`enhdnsbl', `a.example', `\"550 \" $&{client_addr}', `t')dnl\n", []),
        ("define(`confFROM_HEADER', `a,b')dnl\n", []),
        ("MAIL_FILTER(`f', `S=local:/run/f, F=T')dnl\n", []),
    ],
)
def test_speaks_or_keeps_silent(text: str, expected: list[str]) -> None:
    """Only what is certain is told, and what an open quote or parenthesis takes in is left alone."""
    assert ids(HEAD + text + TAIL) == expected


def test_mailers_called_by_features() -> None:
    """The features nullclient and msp call MAILER themselves, so none is missing."""
    assert ids(HEAD + "FEATURE(`nullclient', `mail.doe.org')dnl\n") == []
    assert ids(HEAD + "FEATURE(`msp')dnl\n") == []


def test_cf_m4_on_the_command_line() -> None:
    """A Makefile beside the .mc that gives m4 the file cf.m4 makes an include needless."""
    mc = MemoryFile((HEAD.partition("\n")[2] + TAIL).encode())
    tree = {MC: mc, "/etc/mail/Makefile": MemoryFile(b"%.cf: %.mc\n\tm4 ${CF}/m4/cf.m4 $*.mc > $@\n")}
    given_ = {Tree: MemoryTree(tree), Clock: Clock(NOW), Profile: load("modern"), Host: closed_host()}
    assert "MCF004" not in {item.rule.id for item in audit(Target("x", given_), RULES).reported}


def test_old_name_before_its_change() -> None:
    """blacklist_recipients is right where the installed sendmail knows no other name."""
    rule = next(rule for rule in RULES if rule.id == "MCF030")
    example = parse(rule.manual).examples("Bad")[0]
    version = ExampleFile("$ sendmail -d0.13 -bt", "Version 8.15.2\n Compiled with: LOG\n")
    assert audit_example(rule, (example[0], version), [rule]).reported == ()
