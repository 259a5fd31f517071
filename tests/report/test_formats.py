"""The formats: valid, stable, and safe to print whatever was audited."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest

from auditor.engine.audit import Target, audit
from auditor.engine.host import closed
from auditor.engine.profiles import load
from auditor.facts.given import Clock, Host, Profile, Tree
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity, command, replace
from auditor.model.report import Report
from auditor.model.text import Source
from auditor.report import FORMATS, renderer
from auditor.report.clean import clean, expanded
from auditor.trees.memory import MemoryTree
from tests.examples import NOW

HOSTILE = "a\x1b[31mb\x07c\u202ed\x9be"


@check("TST002", severity=Severity.HIGH, howto="6")
def hostile(tree: Tree) -> Verdicts:
    """Find things whose every word steers a terminal."""
    source = Source("/etc/mail/access", f"x\ty\n\tDENY {HOSTILE} z\n".encode())
    span = source.span(5, 9)
    fix = replace(span, "REJECT", "say it so")
    yield Finding(span, f"wrong {HOSTILE}", HOSTILE, fix, ((span, HOSTILE), ("/x", "y")), (HOSTILE,))
    yield Finding("/etc/mail\x1b[2J", "no text", "It follows.", command(f"rm {HOSTILE}", "do"), severity=Severity.LOW)
    yield Finding(None, "the host", "It follows.")


@check("TST003", severity=Severity.HIGH)
def crashing(tree: Tree) -> Verdicts:
    """Fail with such a word."""
    raise RuntimeError(HOSTILE)
    yield


def _report(minimum: Severity = Severity.INFO) -> Report:
    given = {Tree: MemoryTree({}), Profile: load("modern"), Clock: Clock(NOW), Host: closed("not asked")}
    return Report((audit(Target(f"here{HOSTILE}", given), [hostile, crashing]),), minimum)


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_steers_the_terminal(name: str) -> None:
    """No control character of the audited files, of paths or of a crash reaches the output."""
    text = renderer(name)(_report())
    assert not set(text) & set("\x1b\x07\x9b\u202e")
    assert "TST002" in text


def test_json_is_valid() -> None:
    """The JSON form satisfies the schema that is published with it, and counts what it holds."""
    schema = json.loads(files("auditor.report").joinpath("report-v1.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    data = json.loads(renderer("json")(_report()))
    jsonschema.validate(data, schema)
    assert data["summary"]["high"] == 2
    assert data["summary"]["low"] == 1
    assert data["summary"]["crashed"] == 1
    assert [edit["text"] for each in data["findings"] for edit in (each["fix"] or {}).get("edits", ())] == ["REJECT"]
    assert len({finding["fingerprint"] for finding in data["findings"]}) == 3


def test_below_the_minimum_is_counted_and_not_shown() -> None:
    """A finding below the minimum is missing from the list and present in the summary, and the text says so."""
    data = json.loads(renderer("json")(_report(Severity.HIGH)))
    assert len(data["findings"]) == 2
    assert data["summary"]["low"] == 1
    assert "1 below high not shown" in renderer("text")(_report(Severity.HIGH))


def test_caret_stands_under_the_word() -> None:
    """Tabs and escapes before the place move the caret as they move the text."""
    lines = renderer("text")(_report()).splitlines()
    at = next(number for number, line in enumerate(lines) if "DENY" in line and "|" in line)
    assert lines[at].index("DENY") == lines[at + 1].index("^")
    assert lines[at + 1].count("^") == 4


def test_a_fix_shows_the_line_to_type() -> None:
    """An edit is shown as the whole line after it."""
    assert any("+" in line and "REJECT" in line and " z" in line for line in renderer("text")(_report()).splitlines())


def test_clean_keeps_what_is_harmless() -> None:
    """Letters, accents and tabs stay; every control character becomes an escape that can be read."""
    assert clean("dné\tx") == "dné\tx"
    assert clean("\x1b[0m\r") == "\\x1b[0m\\x0d"
    assert expanded("\tab", 2) == ("    ab", 4)
