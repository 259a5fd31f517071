"""The formats for other programs: valid by those programs' own rules, whatever the audited files and names say."""

from __future__ import annotations

import csv
import json
import re
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree
from markdown_it import MarkdownIt

from auditor.model.finding import Severity
from auditor.model.report import Report
from auditor.model.value import replaced
from auditor.report import FORMATS, renderer
from auditor.report.csv import COLUMNS
from auditor.report.where import tracked, uri
from tests.report.sample import sample

SCHEMAS = Path(__file__).parent / "schemas"
#: Words that break one format or another.
EVIL = (
    "a\nb\r\nc",
    "::error::x\n::stop-commands::y",
    "##[add-mask]x",
    "\"'`|</td><script>alert(1)</script>",
    "%0A%25 ]]> &amp; <!--",
    "[click](https://evil.example) ![x](y) @you #1 !2 ~bug www.evil.example http://evil.example",
    "\x00\x1b[2J\x9b31m\u202e\u2028\u2029\x85\ufeff",
    "\udcff\ud800\udfff \ufffe\uffff \U0001f600 \U0001fffe",
    "=1+1",
    "@SUM(A1)",
    "\\",
    "\\|",
    "|||",
    " ",
)
words = st.one_of(
    st.sampled_from(EVIL),
    st.text(st.characters(exclude_categories=())),
    st.lists(st.sampled_from([*EVIL, "a", "/"])).map("".join),
)


@cache
def schema(name: str) -> Any:  # noqa: ANN401  # A validator has no common type.
    """The validator of one of the schemas."""
    found = json.loads((SCHEMAS / name).read_text())
    kind = jsonschema.validators.validator_for(found)
    kind.check_schema(found)
    return kind(found)


@cache
def xsd() -> etree.XMLSchema:
    """The schema of Jenkins's xUnit plugin."""
    return etree.XMLSchema(etree.parse(SCHEMAS / "junit-10.xsd"))


def sarif(report: Report) -> dict[str, Any]:
    """The one run of a report as SARIF, which OASIS's schema has to take."""
    data = json.loads(renderer("sarif")(report))
    schema("sarif-2.1.0.json").validate(data)
    [found] = data["runs"]
    assert isinstance(found, dict)
    return found


def commands(report: Report) -> list[tuple[str, str]]:
    """The kinds and texts of the annotations."""
    lines = renderer("github")(report).split("\n")
    assert lines.pop() == ""
    return [(match[1], match[2]) for line in lines if (match := re.fullmatch(r"::(\w+) [^:]*::(.*)", line))]


@given(words, words.filter(bool), words.filter(bool))
@example(EVIL[7], EVIL[7], EVIL[7])
def test_no_word_breaks_a_format(word: str, path: str, host: str) -> None:
    """Whatever a file says and is called, each format stays one: other people's parsers read back what it holds."""
    report = sample(word, path, host)
    texts = {name: renderer(name)(report) for name in FORMATS}
    for text in texts.values():
        text.encode()
        assert not set(text) & set("\x1b\x07\x9b\u202e\u2028\ufffe")
    for name in ("json", "sarif", "gitlab"):
        json.dumps(json.loads(texts[name]), ensure_ascii=False).encode()
    _check_tables(texts)
    _check_trees(texts)
    lines = texts["github"].rstrip("\n").split("\n")
    assert [line.startswith("::") for line in lines] == [True] * 5


def _check_tables(texts: dict[str, str]) -> None:
    rows = list(csv.reader(StringIO(texts["csv"], newline="")))
    assert [len(row) for row in rows] == [len(COLUMNS)] * 8
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(texts["markdown"])
    kinds = [token.type for token in tokens]
    assert (kinds.count("tr_open"), kinds.count("td_open")) == (3 + 4, 4 * 4)
    inside = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in inside} <= {"text", "text_special", "html_inline", "strong_open", "strong_close"}
    assert {child.content for child in inside if child.type == "html_inline"} <= {"<span>", "</span>", "<br>"}


def _check_trees(texts: dict[str, str]) -> None:
    suites = ET.fromstring(texts["junit"].encode())
    assert [len(suite) for suite in suites] == [7, 1, 1, 1]
    assert (suites.get("tests"), suites.get("failures"), suites.get("errors")) == ("9", "4", "1")
    xsd().assertValid(etree.fromstring(texts["junit"].encode()))
    schema("gitlab-code-quality.json").validate(issues := json.loads(texts["gitlab"]))
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == 5
    data = json.loads(texts["sarif"])
    assert len(data["runs"][0]["results"]) == 6
    for result in data["runs"][0]["results"]:
        [location] = result["locations"]
        urlsplit(place := location["physicalLocation"]["artifactLocation"]["uri"])
        assert place.isascii()
        assert place.isprintable()
        assert "](" not in result["message"]["text"]


@pytest.mark.parametrize("word", EVIL)
def test_sarif_is_valid(word: str) -> None:
    """OASIS's schema takes the sample, whatever word and path are in it."""
    sarif(sample(word, word, word))


def test_an_empty_report_is_valid() -> None:
    """A report about nothing, and one without findings, satisfy every schema."""
    for report in (Report(()), replaced(sample(), targets=(replaced(sample().targets[0], reported=(), results=()),))):
        sarif(report)
        schema("gitlab-code-quality.json").validate(json.loads(renderer("gitlab")(report)))
        xsd().assertValid(etree.fromstring(renderer("junit")(report).encode()))


def test_sarif_places() -> None:
    """A result is at its line; a probe's at the line that names the target, with a logical place; edits have theirs."""
    results = sarif(sample())["results"]
    at = {
        "uri": "hosts/mx1/etc/mail/access",
        "region": {"startLine": 2, "startColumn": 9, "endLine": 2, "endColumn": 13},
    }
    [location] = results[0]["locations"]
    assert location["physicalLocation"] == {"artifactLocation": {"uri": at["uri"]}, "region": at["region"]}
    [change] = results[0]["fixes"][0]["artifactChanges"]
    assert change["replacements"] == [{"deletedRegion": at["region"], "insertedContent": {"text": "REJECT"}}]
    [location] = results[2]["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "targets.txt"
    assert location["physicalLocation"]["region"]["startLine"] == 3
    assert location["logicalLocations"][0]["name"] == "mx1.example.org:25"
    [location] = results[3]["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "mx2%3A25"


def test_sarif_suppressions() -> None:
    """What somebody decided not to count is there with the reason; what no changed line causes is not there."""
    results = sarif(sample())["results"]
    found = [each["suppressions"] for each in results if "suppressions" in each]
    assert [each["kind"] for [each] in found] == ["inSource", "external"]
    assert found[0][0]["justification"] == "behind DENY"
    assert not [each for each in results if "untouched" in each["message"]["text"]]


def test_sarif_rules() -> None:
    """Every result's rule is there with help, a severity as a number and a precision; a crash is a notification."""
    run = sarif(sample())
    rules = run["tool"]["driver"]["rules"]
    assert {rules[each["ruleIndex"]]["id"] for each in run["results"]} == {"TST010", "TST011", "TST012"}
    assert all(rule["help"]["markdown"] and 0 < float(rule["properties"]["security-severity"]) <= 10 for rule in rules)
    [invocation] = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert [each["level"] for each in invocation["toolExecutionNotifications"]] == ["warning", "error"]


def test_github_shows_the_worst_first_and_no_more_than_ten_of_a_kind() -> None:
    """Of many findings ten errors, ten warnings and ten notices are annotated, worst first, and the rest is counted."""
    [first, *_] = sample().targets
    [high, _] = first.reported
    many = [
        replaced(high, severity=severity, fingerprint=f"{number}")
        for number in range(15)
        for severity in (Severity.LOW, Severity.HIGH, Severity.CRITICAL, Severity.INFO, Severity.MEDIUM)
    ]
    report = Report((replaced(first, reported=tuple(many)),))
    kinds = [kind for kind, _ in commands(report)]
    assert kinds == ["error"] * 10 + ["warning"] * 10 + ["notice"] * 10
    assert renderer("github")(report).endswith("have 45 more\n")


def test_below_the_minimum_is_in_no_format() -> None:
    """What is not shown is in none of the formats for programs, and its check counts as passed."""
    report = replaced(sample(), minimum=Severity.HIGH)
    for name in ("sarif", "github", "gitlab", "junit", "markdown", "csv"):
        assert "no resolver" not in renderer(name)(report)
        assert "no resolver" in renderer(name)(sample())
    assert '<testcase name="TST012 small" classname="hosts/mx1"/>' in renderer("junit")(report)


def test_notices_are_in_every_format() -> None:
    """What a reader of the report has to know is in each form of it."""
    for name in FORMATS:
        assert "new since main" in renderer(name)(sample()), name


def test_paths_are_from_the_top_of_the_work_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below a git work tree paths are from its top, elsewhere from the working directory; others stay absolute."""
    (tmp_path / "repository" / "hosts").mkdir(parents=True)
    (tmp_path / "repository" / ".git").write_text("gitdir: elsewhere\n")
    (tmp_path / "plain").mkdir()
    monkeypatch.chdir(tmp_path / "repository" / "hosts")
    assert tracked("mx1/access") == "hosts/mx1/access"
    assert tracked(str(tmp_path / "repository" / "targets")) == "targets"
    assert tracked("/etc/mail/access", "mx1") == "hosts/mx1/etc/mail/access"
    assert tracked("/etc/mail/access", str(tmp_path / "other")) == f"{tmp_path}/other/etc/mail/access"
    monkeypatch.chdir(tmp_path / "plain")
    assert tracked("mx1/access") == "mx1/access"
    assert tracked("/etc/mail/access") == "/etc/mail/access"


@given(st.binary(min_size=1).map(lambda name: name.replace(b"\0", b"").decode(errors="surrogateescape")))
def test_a_uri_holds_every_byte_of_a_file_name(name: str) -> None:
    """A URI is read back to the bytes of the file name it was made of, and has a scheme for an absolute path alone."""
    made = uri(name)
    parts = urlsplit(made)
    assert parts.scheme == ("file" if name.startswith("/") else "")
    assert unquote_to_bytes(made.removeprefix("file://")) == name.encode(errors="surrogateescape")
