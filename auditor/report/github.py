"""GitHub's annotations, worst first, as many as a step may have of each kind.

Source: GitHub Docs, "Workflow commands for GitHub Actions" and the toolkit's own escaping; the limit is ten errors, ten
warnings and ten notices of one step.
"""

from __future__ import annotations

from collections import Counter

from auditor.model.finding import Severity
from auditor.model.report import Report, Reported
from auditor.report.clean import clean
from auditor.report.where import Places, sentence

LIMIT = 10
_COMMANDS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.INFO: "notice",
}


def render(report: Report) -> str:
    """The whole report; what is over the limit is counted in a line of the log.

    What a reader of the report has to know comes first, since a gate that was loosened matters more than what it let
    through.
    """
    places = Places(report)
    found = [("warning", _told(notice)) for notice in report.notices]
    for item in sorted(report.reported, key=lambda item: -item.severity):
        command = _COMMANDS[item.severity]
        found.append((command, _annotation(command, item, places)))
    room = Counter(dict.fromkeys(_COMMANDS.values(), LIMIT))
    lines = []
    for command, line in found:
        room[command] -= 1
        if room[command] >= 0:
            lines.append(line)
    if over := len(found) - len(lines):
        lines.append(f"mailaudit: GitHub annotates no more in one step; the other reports have {over} more")
    return "".join(f"{line}\n" for line in lines)


def _told(notice: str) -> str:
    return f"::warning title=mailaudit::{_data(clean(notice))}"


def _annotation(command: str, item: Reported, places: Places) -> str:
    known: dict[str, object] = {}
    # An endpoint that no file names is nowhere in the repository.
    if item.place is not None or places.named(item) is not None:
        place = places.of(item)
        one_line = place.line == place.end_line
        known = {
            "file": place.path,
            "line": place.line,
            "endLine": place.end_line,
            # GitHub takes columns for a place within one line only.
            "col": place.column if one_line else None,
            "endColumn": place.end_column if one_line else None,
        }
    known["title"] = f"{item.rule.id} {item.rule.title}"
    properties = ",".join(f"{key}={_property(str(value))}" for key, value in known.items() if value is not None)
    told = sentence(item) if known.get("file") else f"{clean(item.subject)}: {sentence(item)}"
    return f"::{command} {properties}::{_data(told)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(clean(text)).replace(":", "%3A").replace(",", "%2C")
