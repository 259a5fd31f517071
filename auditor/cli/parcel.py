"""What a worker hands over of a target's report: all that reports print, and none of the files it was made from."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Mapping
from io import BytesIO

from auditor.model.check import Rule
from auditor.model.finding import Finding
from auditor.model.report import Outcome, Place, Reported, Result, TargetReport
from auditor.model.subjects import Subject
from auditor.model.text import Source, Span
from auditor.model.value import replaced


class Excerpt(Source):
    """The few lines of a file that a report shows."""

    __slots__ = ("_lines",)

    def __init__(self, path: str, lines: Mapping[int, str]) -> None:
        super().__init__(path, b"")
        self._lines = dict(lines)

    def __reduce__(self) -> tuple[type, tuple[str, dict[int, str]]]:
        return Excerpt, (self.path, self._lines)

    def line(self, number: int) -> str:
        """One of the lines; empty for any other."""
        return self._lines.get(number, "")


class _Slim:
    """Makes what belongs to one report light; what was one object stays one."""

    def __init__(self) -> None:
        self._findings: dict[int, Finding] = {}

    def report(self, report: TargetReport) -> TargetReport:
        return replaced(
            report,
            reported=tuple(self._item(item) for item in report.reported),
            results=tuple(self._result(result) for result in report.results),
            set_aside=tuple(replaced(each, item=self._item(each.item)) for each in report.set_aside),
            suppressions=tuple(replaced(each, place=_place(each.place)) for each in report.suppressions),
        )

    def _item(self, item: Reported) -> Reported:
        return replaced(
            item,
            finding=self._finding(item.finding),
            place=None if item.place is None else _place(item.place),
            related=tuple((_place(place), note) for place, note in item.related),
            edits=tuple((_place(place), text) for place, text in item.edits),
        )

    def _result(self, result: Result) -> Result:
        findings = tuple(self._finding(finding) for finding in result.findings)
        return Result(result.rule, Subject(result.subject.name), result.outcome, result.reason, findings)

    def _finding(self, finding: Finding) -> Finding:
        if id(finding) not in self._findings:
            at = finding.at.path if isinstance(finding.at, Span) else finding.at
            fix = None if finding.fix is None else replaced(finding.fix, edits=())
            self._findings[id(finding)] = replaced(finding, at=at, related=(), fix=fix)
        return self._findings[id(finding)]


def _place(place: Place) -> Place:
    source = place.source
    if source is None or place.line is None or isinstance(source, Excerpt):
        return place
    numbers = {place.line, place.end_line or place.line}
    return replaced(place, source=Excerpt(source.path, {number: source.line(number) for number in numbers}))


def light(report: TargetReport) -> TargetReport:
    """A report without the files it was made from: what is left of them is the lines that are shown."""
    return _Slim().report(report)


class _Pickler(pickle.Pickler):
    def persistent_id(self, obj: object) -> str | None:
        """Rules are known on both sides."""
        return obj.id if isinstance(obj, Rule) else None


def packed(report: TargetReport) -> bytes:
    """A light report as bytes."""
    out = BytesIO()
    slim = light(report)
    results = [
        (result.rule.id, result.subject.name, result.outcome.value, result.reason, result.findings)
        for result in slim.results
    ]
    _Pickler(out, pickle.HIGHEST_PROTOCOL).dump((replaced(slim, results=()), results))
    return out.getvalue()


class Opener:
    """Makes reports of bytes; what is the same in many of them, such as how a check ended, is kept once.

    Args:
        rules: every rule that a report may speak of.

    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = {rule.id: rule for rule in rules}
        self._subjects: dict[str, Subject] = {}
        self._results: dict[tuple[str, str, str, str], Result] = {}
        self._texts: dict[str, str] = {}

    def opened(self, data: bytes) -> TargetReport:
        """The report that ``packed`` made."""
        report, results = _Unpickler(BytesIO(data), self._rules).load()
        made = tuple(self._result(*each) for each in results)
        alone: TargetReport = replaced(report, results=made)
        return alone

    def _result(self, rule: str, subject: str, outcome: str, reason: str, findings: tuple[Finding, ...]) -> Result:
        key = (rule, subject, outcome, reason)
        if not findings and key in self._results:
            return self._results[key]
        about = self._subjects.setdefault(subject, Subject(subject))
        shared = self._texts.setdefault(reason, reason)
        result = Result(self._rules[rule], about, Outcome(outcome), shared, findings)
        if not findings and subject.endswith(".cf"):
            # What is about a host by its name comes once.
            self._results[key] = result
        return result


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: BytesIO, rules: Mapping[str, Rule]) -> None:
        super().__init__(file)
        self._known = rules

    def persistent_load(self, pid: str) -> Rule:
        """The rule of an id."""
        return self._known[pid]
