"""JSON, version 1: fields may be added, none is renamed or removed.

``report-v1.schema.json`` beside this file describes it.
"""

from __future__ import annotations

import json
from typing import Any

from auditor import __version__
from auditor.model.finding import Fix
from auditor.model.pattern import lazy
from auditor.model.report import Place, Report, Reported, Result, Step, TargetReport
from auditor.report.clean import clean

SCHEMA = "mailaudit/report/v1"
_LONE = lazy("[\\ud800-\\udfff]")


def render(report: Report) -> str:
    """The whole report; every character outside ASCII is escaped, so that no terminal is steered by it."""
    data = as_data(report)
    text = json.dumps(data, indent=2)
    # Half a surrogate pair stands for an odd byte of a file name. Python reads it back, many a JSON parser does not.
    return (text if "\\ud" not in text else json.dumps(_sound(data), indent=2)) + "\n"


def _sound(data: Any) -> Any:  # noqa: ANN401  # Whatever JSON has.
    if isinstance(data, str):
        return data if data.isascii() else _LONE.sub(lambda match: clean(match[0]), data)
    if isinstance(data, list):
        return [_sound(each) for each in data]
    return {key: _sound(value) for key, value in data.items()} if isinstance(data, dict) else data


def as_data(report: Report) -> dict[str, Any]:
    """The report as plain lists and dictionaries."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "mailaudit", "version": __version__},
        "targets": [_target(target) for target in report.targets],
        "findings": [_finding(item) for item in report.reported],
        "set_aside": [
            {**_finding(each.item), "why": each.why.value, "reason": each.reason} for each in report.set_aside
        ],
        "notices": list(report.notices),
        "checks": [_check(target, result) for target in report.targets for result in target.results],
        "steps": [_step(target, step) for target in report.targets for step in target.steps],
        "summary": report.counts(),
    }


def _target(target: TargetReport) -> dict[str, Any]:
    found: dict[str, Any] = {"name": target.name, "kind": target.kind}
    if target.overview:
        found["overview"] = [{"label": r.label, "value": r.value, "grade": r.grade.value} for r in target.overview]
    if target.no_verdict:
        found["no_verdict"] = target.no_verdict
    return found


def _finding(item: Reported) -> dict[str, Any]:
    place = item.place or Place("")
    return {
        "id": item.rule.id,
        "slug": item.rule.slug,
        "severity": item.severity.word,
        "confidence": item.confidence.value,
        "target": item.target,
        "subject": item.subject,
        "message": item.finding.message,
        "consequence": item.finding.consequence,
        "path": place.path or None,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "related": [{"path": at.path, "line": at.line, "message": note} for at, note in item.related],
        "evidence": list(item.finding.evidence),
        "fix": _fix(item, item.finding.fix),
        "howto": item.rule.howto,
        "fingerprint": item.fingerprint,
    }


def _fix(item: Reported, fix: Fix | None) -> dict[str, Any] | None:
    if fix is None:
        return None
    if fix.command is not None:
        return {"title": fix.title, "command": fix.command}
    edits = [
        {
            "path": at.path,
            "line": at.line,
            "column": at.column,
            "end_line": at.end_line,
            "end_column": at.end_column,
            "text": text,
        }
        for at, text in item.edits
    ]
    return {"title": fix.title, "edits": edits} | ({"safe": fix.safe} if edits else {})


def _check(target: TargetReport, result: Result) -> dict[str, Any]:
    return {
        "id": result.rule.id,
        "slug": result.rule.slug,
        "target": target.name,
        "subject": result.subject.name,
        "outcome": result.outcome.value,
        "reason": result.reason or None,
    }


def _step(target: TargetReport, step: Step) -> dict[str, Any]:
    return {
        "target": target.name,
        "step": step.number,
        "title": step.title,
        "outcome": step.outcome,
        "reason": step.reason or None,
    }
