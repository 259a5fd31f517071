"""CSV with a header (RFC 4180), for spreadsheets: a record for each finding, those set aside too.

The status of a finding that counts is ``open``; of another it says why it does not count. What else a reader has to
know comes first, with the status ``notice``.
"""

from __future__ import annotations

import csv
from io import StringIO

from auditor.model.report import Place, Report, Reported, Why
from auditor.report.clean import cleaned_lines
from auditor.report.where import place_or_named

COLUMNS = (
    "status",
    "id",
    "slug",
    "severity",
    "confidence",
    "target",
    "subject",
    "path",
    "line",
    "column",
    "message",
    "consequence",
    "fix",
    "fingerprint",
    "reason",
)
#: What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(report: Report) -> str:
    """The whole report. What no changed line is the cause of is left out, for it may be everything."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for notice in report.notices:
        writer.writerow(_cells("notice", *[""] * (len(COLUMNS) - 2), notice))
    for target in report.targets:
        found = [("open", item, "") for item in target.reported if item.severity >= report.minimum]
        found += [(e.why.value, e.item, e.reason) for e in target.set_aside if e.why is not Why.UNCHANGED]
        for status, item, reason in found:
            writer.writerow(_cells(status, *_row(item, place_or_named(item, target) or Place("")), reason))
    return out.getvalue()


def _row(item: Reported, place: Place) -> tuple[object, ...]:
    fix = item.finding.fix
    return (
        item.rule.id,
        item.rule.slug,
        item.severity.word,
        item.confidence.value,
        item.target,
        item.subject,
        place.path,
        place.line,
        place.column,
        item.finding.message,
        item.finding.consequence,
        (fix.command or fix.title) if fix is not None else "",
        item.fingerprint,
    )


def _cells(*values: object) -> list[str]:
    return [_cell("" if value is None else str(value)) for value in values]


def _cell(value: str) -> str:
    text = "\n".join(cleaned_lines(value))
    return f"'{text}" if text.startswith(_FORMULA) else text
