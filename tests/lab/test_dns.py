"""What gets into class w, and what is lost on the way, held against sendmail itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.engine.audit import Target, audit
from auditor.engine.profiles import load
from auditor.facts.given import Clock, Host, Profile, Tree
from auditor.trees.memory import MemoryFile, MemoryTree
from checks import rules
from tests.examples import NOW, closed_host
from tests.lab.conftest import run

pytestmark = pytest.mark.lab

#: Texts of class files, each with the format it is read with; no word occurs twice.
FILES = (
    ("%s", "one.example two.example\nthree.example\n"),
    ("%s", "four.example # five.example\n  six.example seven.example\n# eight.example\n  # nine.example\n"),
    ("%s", "ten.example\televen.example\r\nTwelve.example\r\n"),
    (
        "%s",
        "thirteen.example,fourteen.example fifteen.example\n@sixteen.example\n*.seventeen.example\neighteen.example.",
    ),
    (r"%[^\#]", "nineteen.example twenty.example # twentyone.example\n  # twentytwo.example\n[192.0.2.10]\n"),
)
_DOMAIN = re.compile(r"[a-z]+\.example", re.IGNORECASE)


def test_what_is_lost_and_what_is_malformed(program: Callable[[str], str], trusted: Path) -> None:
    """DNS021 names exactly the domains that sendmail drops, and DNS022 only words that are in class w."""
    lines = ["V10/Berkeley", "Cwlocalhost"]
    files = {}
    for number, (form, text) in enumerate(FILES):
        path = trusted / f"names{number}"
        path.write_bytes(text.encode())
        files[str(path)] = MemoryFile(text.encode())
        lines.append(f"Fw{path} {form}")
    cf = trusted / "names.cf"
    cf.write_text("\n".join(lines) + "\n")
    # A host that does not know its full name keeps sendmail waiting for a minute.
    said = run(program("sendmail"), "-C", cf, "-d37.8", "-bt", limit=150)
    real = {word.lower() for word in re.findall(r"setclass\(w, (.*)\)", said)}
    assert "one.example" in real

    found = _findings({**files, "/etc/mail/sendmail.cf": MemoryFile(cf.read_bytes())})
    lost = {name.lower() for text in found["DNS021"] for name in _DOMAIN.findall(text)}
    kept = {name for word in real for name in _DOMAIN.findall(word)}
    assert lost == {"two.example", "seven.example", "eleven.example", "fifteen.example"}
    assert not lost & kept
    assert {text.partition(" ")[0].lower() for text in found["DNS022"]} <= real


def _findings(files: dict[str, MemoryFile]) -> dict[str, list[str]]:
    """What DNS021 and DNS022 say of an install."""
    given = {Tree: MemoryTree(files), Clock: Clock(NOW), Profile: load("modern"), Host: closed_host()}
    asked = [rule for rule in rules() if rule.id in ("DNS021", "DNS022")]
    found: dict[str, list[str]] = {rule.id: [] for rule in asked}
    for item in audit(Target("names", given), asked).reported:
        found[item.rule.id].append(item.finding.message)
    return found
