"""The block lists as the facts read them from a .mc against those they read from what m4 makes of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.engine.resolve import Facts
from auditor.facts.blocklists import Blocklists
from auditor.facts.given import Tree
from auditor.model.subjects import Configuration, Install
from auditor.trees.memory import MemoryFile, MemoryTree
from tests.lab.conftest import run

pytestmark = pytest.mark.lab

LISTS = [
    "FEATURE(`dnsbl', `bl.example.net')",
    "FEATURE(`dnsbl', `bl.example.net', `\"550 Refused\"')",
    "FEATURE(`dnsbl', `bl.example.net', `discard')",
    "FEATURE(`dnsbl', `bl.example.net', `quarantine', `t')",
    "FEATURE(`dnsbl', `bl.example.net', `', `t')",
    "FEATURE(`enhdnsbl', `bl.example.net')",
    "FEATURE(`enhdnsbl', `bl.example.net', `', `', `127.0.0.2.', `127.0.0.3.')",
    "FEATURE(`enhdnsbl', `bl.example.net', `\"550 Refused\"', `t', `127.0.0.2')",
    "FEATURE(`dnsbl', `a.example.net')dnl\nFEATURE(`enhdnsbl', `b.example.net', `', `t')",
]
MC = """include(`{tree}/m4/cf.m4')dnl
OSTYPE(`linux')dnl
{lists}dnl
MAILER(`smtp')dnl
"""
INSTALL = Install("host")


def read(files: dict[str, str]) -> list[tuple[str, bool, bool, tuple[str, ...]]]:
    """What the facts say of each list."""
    tree = MemoryTree({path: MemoryFile(text.encode("latin-1")) for path, text in files.items()})
    found = Facts(INSTALL, {Tree: tree}).get(Blocklists, Configuration("sendmail.cf", INSTALL))
    assert isinstance(found, Blocklists)
    return [(each.zone, each.enhanced, each.defers, each.answers) for each in found]


@pytest.mark.parametrize("lists", LISTS)
def test_rules_say_what_the_features_say(
    lists: str, cf_tree: Path, tmp_path: Path, program: Callable[[str], str]
) -> None:
    """Zone, third argument and answers are the same from the FEATURE and from the rules it makes."""
    mc = MC.format(tree=cf_tree, lists=lists)
    (tmp_path / "x.mc").write_text(mc)
    made = run(program("m4"), tmp_path / "x.mc", errors=False)
    assert read({"/etc/mail/sendmail.mc": mc}) == read({"/etc/mail/sendmail.cf": made})


@pytest.mark.parametrize("commas", [1, 2])
@pytest.mark.parametrize("feature", ["dnsbl", "enhdnsbl"])
def test_comma_in_message_breaks_the_rule(
    feature: str, commas: int, cf_tree: Path, tmp_path: Path, program: Callable[[str], str]
) -> None:
    """With a comma in the message no rule is left that refuses a listed client; a second pair of quotes keeps it."""
    message = f'"550 Refused{", see us" * commas}"'
    for quoted, works in ((f"`{message}'", False), (f"``{message}''", True)):
        (tmp_path / "x.mc").write_text(
            MC.format(tree=cf_tree, lists=f"FEATURE(`{feature}', `bl.example.net', {quoted})")
        )
        made = run(program("m4"), tmp_path / "x.mc", errors=False)
        assert (f"$#error $@ 5.7.1 $: {message}" in made) is works
