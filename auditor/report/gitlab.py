"""GitLab's Code Quality report.

Source: GitLab Docs, "Code Quality", "Code Quality report format"; it is read as what Code Climate's engines print.
"""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from typing import Any

from auditor.model.finding import Severity
from auditor.model.report import Report, Reported
from auditor.report.clean import clean
from auditor.report.where import Places, sentence

_SEVERITIES = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}


def render(report: Report) -> str:
    """The whole report: an array with an object for each finding, and one for each thing a reader has to know."""
    places = Places(report)
    seen: Counter[str] = Counter()
    found = [_notice(notice) for notice in report.notices]
    found += [_issue(item, places, seen) for item in report.reported]
    return json.dumps(found, indent=2) + "\n"


def _issue(item: Reported, places: Places, seen: Counter[str]) -> dict[str, Any]:
    place = places.of(item)
    # The hosts of one repository may have the same line in the same file, and GitLab marks one of those that share a
    # fingerprint.
    key = f"{clean(place.path)}\0{item.fingerprint}"
    seen[key] += 1
    return {
        "description": f"{item.rule.id}: {sentence(item)}",
        "check_name": item.rule.id,
        "fingerprint": sha256(f"{key}\0{seen[key]}".encode()).hexdigest(),
        "severity": _SEVERITIES[item.severity],
        "location": {"path": clean(place.path), "lines": {"begin": place.line or 1}},
    }


def _notice(notice: str) -> dict[str, Any]:
    return {
        "description": clean(notice),
        "check_name": "mailaudit",
        "fingerprint": sha256(clean(notice).encode()).hexdigest(),
        "severity": "info",
        "location": {"path": ".", "lines": {"begin": 1}},
    }
