"""Comments that suppress findings: where they count, what they say, and what is said of them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.engine.audit import Target, audit
from auditor.engine.comments import suppressions
from auditor.engine.profiles import load
from auditor.facts.given import Clock, Profile, Tree
from auditor.model.check import Rule
from auditor.model.report import TargetReport, Why
from auditor.model.suppression import Suppression
from auditor.model.text import Source
from auditor.trees.memory import MemoryFile, MemoryTree
from checks import rules
from tests.examples import NOW

MC = """\
VERSIONID(`test')dnl
OSTYPE(`linux')dnl
{above}
DAEMON_OPTIONS(`Port=smtps, Name=TLSMTA'){behind}
MAILER(`smtp')dnl
"""
PATH = "/etc/mail/sendmail.mc"


@cache
def every() -> dict[str, Rule]:
    """The rules by their ids."""
    return {rule.id: rule for rule in rules()}


def report(files: Mapping[str, str], *ids: str) -> TargetReport:
    """The report on an install of a few files, by some rules and those about suppressions."""
    asked = [rule for rule in every().values() if rule.id in ids or rule.family == "SUP"]
    tree = MemoryTree({path: MemoryFile(text.encode("latin-1")) for path, text in files.items()}, complete=False)
    given: dict[type, object] = {Tree: tree, Clock: Clock(NOW), Profile: load("modern")}
    return audit(Target("test", given), asked, every=lambda: list(every().values()))


def told(found: TargetReport) -> list[str]:
    """The ids of the findings that count."""
    return sorted(item.rule.id for item in found.reported)


def comments(path: str, text: str) -> tuple[Suppression, ...]:
    """The comments of one file."""
    return suppressions(Source(path, text.encode("latin-1")), lambda word: (word, ""))


@pytest.mark.parametrize(
    ("above", "behind"),
    [
        ("dnl mailaudit: ignore[CFF020] behind stunnel", "dnl"),
        ("# mailaudit: ignore[cff020] behind stunnel", "dnl"),
        ("dnl mailaudit: ignore[smtps-listener-without-tls, CFF021] behind stunnel", "dnl"),
        ("dnl mailaudit: ignore[CFF020] behind stunnel\ndnl and another comment", "dnl"),
        ("dnl", "dnl mailaudit: ignore[CFF020] behind stunnel"),
    ],
)
def test_on_the_line_or_above(above: str, behind: str) -> None:
    """A comment on the finding's line, or in the run of comments above it, suppresses it with its reason."""
    found = report({PATH: MC.format(above=above, behind=behind)}, "CFF020")
    assert told(found) == []
    assert [(each.item.rule.id, each.why, each.reason) for each in found.set_aside] == [
        ("CFF020", Why.SUPPRESSED, "behind stunnel")
    ]
    assert [each.ids[0].upper()[:3] for each in found.suppressions] in (["CFF"], ["SMT"])


@pytest.mark.parametrize(
    ("above", "said"),
    [
        ("dnl mailaudit: ignore[CFF020]", ["SUP002"]),
        ("dnl mailaudit: ignore[CFF020] x\n", ["CFF020", "SUP001"]),
        ("dnl mailaudit: ignore[CFF] x", ["CFF020", "SUP003"]),
        ("dnl mailaudit: ignore[CFF0200] x", ["CFF020", "SUP003"]),
        ("dnl mailaudit: ignore CFF020 x", ["CFF020", "SUP003"]),
        ("dnl mailaudit: ignore[] x", ["CFF020", "SUP003"]),
        ("dnl mailaudit: ignore[CFF020, SUP002]", ["SUP002", "SUP003"]),
        ("dnl mailaudit: ignore[CFF020, LIM001] x", []),
        ("dnl see mailaudit for what this is", ["CFF020"]),
    ],
)
def test_what_is_said_of_comments(above: str, said: list[str]) -> None:
    """A comment that is wrong, idle or without a reason is told; one whose rule did not run is left alone."""
    assert told(report({PATH: MC.format(above=above, behind="dnl")}, "CFF020")) == said


def test_comments_say_what_is_wrong_with_them() -> None:
    """An unknown id is answered with the nearest, a family's letters with what an id looks like."""
    above = "dnl mailaudit: ignore[CFF, SMTPS-LISTENER-WITHOUT-TSL] x"
    said = [item.finding.message for item in report({PATH: MC.format(above=above, behind="dnl")}, "CFF020").reported]
    assert any("whole id" in each for each in said)
    assert any("did you mean smtps-listener-without-tls?" in each for each in said)


def test_a_call_over_several_lines() -> None:
    """A comment above a call means all its lines, and the same above an unfinished call only its first."""
    text = "dnl mailaudit: ignore[X] y\ndefine(`a',\n`b\nc')dnl\nline\n"
    assert [(each.first, each.last) for each in comments("/etc/mail/sendmail.mc", text)] == [(1, 4)]
    text = text.replace("c')", "c'")
    assert [(each.first, each.last) for each in comments("/etc/mail/sendmail.mc", text)] == [(1, 2)]


@pytest.mark.parametrize(
    ("path", "text", "lines", "is_value"),
    [
        ("/etc/mail/access", "# mailaudit: ignore[X] y\nkey\tRELAY\n", (1, 2), False),
        ("/etc/mail/access", "key\tRELAY # mailaudit: ignore[X] y\n", (1, 1), True),
        ("/etc/mail/local-host-names", "doe.org # mailaudit: ignore[X]\n", (1, 1), True),
        ("/etc/mail/sendmail.cf", "# mailaudit: ignore[X] y\nO A=b\n\tc\nO D=e\n", (1, 3), False),
        ("/etc/mail/sendmail.cf", "O A=b # mailaudit: ignore[X] y\n", (1, 1), True),
        ("/etc/mail/aliases", " # mailaudit: ignore[X] y\n", (1, 1), True),
        ("/etc/default/saslauthd", 'MECHANISMS="pam" # mailaudit: ignore[X] y\n', (1, 1), False),
        ("/etc/default/saslauthd", "# mailaudit: ignore[X] y\nA=b \\\n c\n", (1, 3), False),
        ("/etc/sasl2/Sendmail.conf", "mech_list: PLAIN # mailaudit: ignore[X]\n", (1, 1), True),
        ("/etc/hosts", "127.0.0.1 localhost # mailaudit: ignore[X] y\n", (1, 1), False),
    ],
)
def test_each_kind_of_file(path: str, text: str, lines: tuple[int, int], is_value: bool) -> None:  # noqa: FBT001
    """A comment stands where a file has comments; behind the values of maps and the like it is part of them."""
    assert [((each.first, each.last), each.is_value) for each in comments(path, text)] == [(lines, is_value)]


@pytest.mark.parametrize("text", ["key\tmailaudit: ignore[X]\n", "\0# mailaudit: ignore[X]\n", 'a="x#mailaudit: y"\n'])
def test_what_is_no_comment(text: str) -> None:
    """Text that only looks like a comment asks for nothing."""
    assert comments("/etc/default/x" if '"' in text else "/etc/mail/access", text) == ()


def test_a_map_is_suppressed_from_above() -> None:
    """In a map the comment above a line counts, and one behind its value is told and suppresses nothing."""
    files = {PATH: MC.format(above="FEATURE(`access_db')dnl", behind="dnl"), "/etc/mail/access": "Connect:com\tRELAY\n"}
    assert told(report(files, "ACS002")) == ["ACS002"]
    above = {**files, "/etc/mail/access": "# mailaudit: ignore[ACS002] ours\nConnect:com\tRELAY\n"}
    assert told(report(above, "ACS002")) == []
    behind = {**files, "/etc/mail/access": "Connect:com\tRELAY # mailaudit: ignore[ACS002] ours\n"}
    assert "SUP005" in told(report(behind, "ACS002"))


def test_one_file_of_two_names() -> None:
    """A file that is read under two names has each comment once."""
    tree = MemoryTree(
        {
            PATH: MemoryFile(MC.format(above="dnl mailaudit: ignore[CFF] x", behind="dnl").encode()),
            "/etc/mail/sendmail.cf": MemoryFile(b"V10/Berkeley\n"),
            "/usr/x.mc": MemoryFile(target=PATH),
        }
    )
    tree.read(PATH)
    tree.read("/usr/x.mc")
    given: dict[type, object] = {Tree: tree, Clock: Clock(NOW), Profile: load("modern")}
    assert len(audit(Target("test", given), [every()["SUP003"]]).reported) == 1


def test_only_the_file_that_was_asked_for() -> None:
    """Where one file is looked at, comments in others are neither judged nor told."""
    tree = MemoryTree({PATH: MemoryFile(MC.format(above="dnl mailaudit: ignore[CFF] x", behind="dnl").encode())})
    tree.read(PATH)
    given: dict[type, object] = {Tree: tree, Clock: Clock(NOW), Profile: load("modern")}
    assert audit(Target("test", given, "/etc/mail/access"), [every()["SUP003"]]).reported == ()


@settings(max_examples=80)
@given(
    st.lists(st.sampled_from(["dnl ", "# ", "mailaudit:", " ignore", "[", "X", "]", ",", "\n", "a(", "`", "'", "\x80"]))
)
def test_any_text_is_read(parts: list[str]) -> None:
    """Whatever a file holds, reading its comments ends well, and each one is inside the file."""
    text = "".join(parts)
    for path in (PATH, "/etc/mail/access", "/etc/mail/sendmail.cf", "/etc/default/x"):
        for each in comments(path, text):
            assert 1 <= each.first <= each.last <= text.count("\n") + 1
            assert each.at.text.startswith("mailaudit:")


def test_many_comments_take_no_time() -> None:
    """A file of nothing but comments is read in time that grows with its size."""
    began = time.process_time()
    comments("/etc/mail/access", "# mailaudit: ignore[X] y\n# z\n" * 20_000)
    comments("/etc/mail/access", "mailaudit:" * 200_000)
    assert time.process_time() - began < 3


def test_what_was_not_seen_is_not_judged() -> None:
    """A suppression of a rule that could not look at everything is not called idle."""
    found = report({PATH: MC.format(above="dnl mailaudit: ignore[CRT010] x", behind="dnl")}, "CRT010")
    assert told(found) == []
