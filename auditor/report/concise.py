"""``path:line:col: id message``, one line for each finding: for editors, grep and cut."""

from __future__ import annotations

from auditor.model.report import Place, Report
from auditor.report.clean import clean


def render(report: Report) -> str:
    """The whole report."""
    return "".join(
        f"{_where(item.place, item.target)}: {item.rule.id} {clean(item.finding.message)} [{item.severity.word}]\n"
        for item in report.reported
    )


def _where(place: Place | None, target: str) -> str:
    if place is None:
        return clean(target)
    path = clean(place.path)
    return path if place.line is None else f"{path}:{place.line}:{place.column}"
