"""``path:line:col: id message``, one line for each finding: for editors, grep and cut.

What a reader of the report has to know stands below, in lines that begin with the program's name.
"""

from __future__ import annotations

from auditor.model.report import Place, Report
from auditor.report.clean import clean


def render(report: Report) -> str:
    """The whole report."""
    found = "".join(
        f"{_where(item.place, item.target)}: {item.rule.id} {clean(item.finding.message)} [{item.severity.word}]\n"
        for item in report.reported
    )
    return found + "".join(f"mailaudit: {clean(notice)}\n" for notice in report.notices)


def _where(place: Place | None, target: str) -> str:
    if place is None:
        return clean(target)
    path = clean(place.path)
    return path if place.line is None else f"{path}:{place.line}:{place.column}"
