"""SARIF 2.1.0, for code scanning: findings with rules, fixes, suppressions and fingerprints.

Source: Static Analysis Results Interchange Format 2.1.0, OASIS; GitHub's "SARIF support for code scanning" for
``security-severity`` and what its reader takes: 25,000 results a run, 1,024 characters of a rule's description. Paths
are from the top of the repository, and ``columnKind`` says that columns count characters.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from auditor import __version__
from auditor.model.check import Rule
from auditor.model.finding import Confidence, Fix, Severity
from auditor.model.manual import parse
from auditor.model.report import Outcome, Place, Report, Reported, Result, SetAside, Why
from auditor.report.clean import clean
from auditor.report.where import Places, sentence, uri

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
#: The key under which results carry the fingerprint by which a baseline knows them too.
FINGERPRINT = "mailaudit/v1"
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
#: GitHub reads a number between 0 and 10, as of CVSS: critical from 9, high from 7, medium from 4.
_SECURITY = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "3.0",
    Severity.INFO: "0.5",
}
_PRECISION = {Confidence.HIGH: "very-high", Confidence.MEDIUM: "high", Confidence.LOW: "medium"}
_KINDS = {Why.SUPPRESSED: "inSource", Why.IGNORED: "external", Why.BASELINE: "external"}
_WORDS = {Why.BASELINE: "it is in the baseline"}
#: Characters of a description that GitHub takes.
_LONGEST = 1024


def render(report: Report) -> str:
    """The whole report as one run."""
    return json.dumps(as_data(report), indent=2) + "\n"


def as_data(report: Report) -> dict[str, Any]:
    """The report as plain lists and dictionaries."""
    aside = [each for each in report.set_aside if each.why in _KINDS]
    rules = _rules(report, aside)
    index = {rule.id: number for number, rule in enumerate(rules)}
    places = Places(report)
    results = [_result(item, places, index) for item in report.reported]
    results += [_suppressed(each, places, index) for each in aside]
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(rules, results, report)]}


def _run(rules: list[Rule], results: list[dict[str, Any]], report: Report) -> dict[str, Any]:
    crashed = [result for target in report.targets for result in target.results if result.outcome is Outcome.CRASHED]
    told = [{"level": "warning", "message": _message(clean(notice))} for notice in report.notices]
    told += [_crash(result) for result in crashed]
    return {
        "tool": {"driver": {"name": "mailaudit", "version": __version__, "rules": [_rule(rule) for rule in rules]}},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": not crashed, "toolExecutionNotifications": told}],
        "results": results,
    }


def _rules(report: Report, aside: Iterable[SetAside]) -> list[Rule]:
    found = {item.rule.id: item.rule for item in (*report.reported, *(each.item for each in aside))}
    return [found[id_] for id_ in sorted(found)]


def _rule(rule: Rule) -> dict[str, Any]:
    manual = parse(rule.manual)
    text = f"{manual.title}\n\n{manual.prose}".strip()
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.slug.split("-")),
        "shortDescription": {"text": _short(manual.title)},
        "fullDescription": {"text": _short(text)},
        "help": {"text": f"{text}\n\nmailaudit explain {rule.id}", "markdown": _help(rule, text)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "precision": _PRECISION[rule.confidence],
            "security-severity": _SECURITY[rule.severity],
            "tags": ["security", "sendmail", rule.family],
        },
    }


def _help(rule: Rule, text: str) -> str:
    manual = parse(rule.manual)
    told = [f"**{each.heading}**\n\n```text\n{each.text}\n```" for each in manual.sections if not each.example]
    return "\n\n".join([text, *told, f"`mailaudit explain {rule.id}` shows examples."])


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _message(text: str) -> dict[str, str]:
    # In SARIF's plain text "[words](target)" is a link.
    return {"text": text.replace("](", "] (")}


def _result(item: Reported, places: Places, index: dict[str, int]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "ruleId": item.rule.id,
        "ruleIndex": index[item.rule.id],
        "level": _LEVELS[item.severity],
        "message": _message(sentence(item)),
        "locations": [_location(item, places)],
        "partialFingerprints": {FINGERPRINT: item.fingerprint},
        "properties": {"security-severity": _SECURITY[item.severity], "subject": clean(item.subject)},
    }
    if item.related:
        found["relatedLocations"] = [
            {"id": number, "message": _message(clean(note)), "physicalLocation": _physical(places.tracked(place, item))}
            for number, (place, note) in enumerate(item.related, 1)
        ]
    fix = item.finding.fix
    if fix is not None and item.edits:
        found["fixes"] = [_fix(item, fix, places)]
    return found


def _suppressed(each: SetAside, places: Places, index: dict[str, int]) -> dict[str, Any]:
    suppression = {
        "kind": _KINDS[each.why],
        "status": "accepted",
        "justification": clean(each.reason) or _WORDS.get(each.why, "no reason was given"),
    }
    return {**_result(each.item, places, index), "suppressions": [suppression]}


def _location(item: Reported, places: Places) -> dict[str, Any]:
    found: dict[str, Any] = {"physicalLocation": _physical(places.of(item))}
    if item.place is None:
        whole = item.target if item.subject == item.target else f"{item.target} {item.subject}"
        logical = {"name": clean(item.subject), "fullyQualifiedName": clean(whole), "kind": "resource"}
        found["logicalLocations"] = [logical]
    return found


def _physical(place: Place) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": place.line or 1}
    if place.column is not None:
        region |= {"startColumn": place.column, "endLine": place.end_line, "endColumn": place.end_column}
    return {"artifactLocation": {"uri": uri(place.path)}, "region": region}


def _fix(item: Reported, fix: Fix, places: Places) -> dict[str, Any]:
    changes: dict[str, list[dict[str, Any]]] = {}
    for place, text in item.edits:
        replacement = {"deletedRegion": _physical(place)["region"], "insertedContent": {"text": _sound(text)}}
        changes.setdefault(uri(places.tracked(place, item).path), []).append(replacement)
    return {
        "description": _message(clean(fix.title)),
        "artifactChanges": [
            {"artifactLocation": {"uri": path}, "replacements": replacements} for path, replacements in changes.items()
        ],
    }


def _sound(text: str) -> str:
    """Text that is to be written into a file, without what no UTF-8 file can hold."""
    return text.encode(errors="replace").decode()


def _crash(result: Result) -> dict[str, Any]:
    return {
        "level": "error",
        "message": _message(clean(f"{result.rule.id} crashed: {result.reason}")),
        "associatedRule": {"id": result.rule.id},
    }
