"""The report for people: findings by file with a code frame, the howto's steps, the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from io import StringIO
from itertools import groupby, islice
from textwrap import wrap
from typing import TextIO

from auditor.model.finding import Fix, Severity
from auditor.model.report import NO_CHECK, Grade, Outcome, Place, Report, Reported, Result, Row, Step, TargetReport, Why
from auditor.report import styled
from auditor.report.clean import clean, cleaned_lines, expanded
from auditor.report.styled import Line

_STYLES = {
    Severity.CRITICAL: "bold white on red",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
    Severity.INFO: "dim",
}
_STEP_STYLES = {"ok": "green", "problems": "red", "not looked at": "yellow"}
_GRADE_STYLES = {Grade.GOOD: "green", Grade.WEAK: "yellow", Grade.BAD: "red", Grade.UNKNOWN: "dim", Grade.PLAIN: ""}
#: How the counts tell of findings that do not count.
_ASIDE = {
    Why.SUPPRESSED: "suppressed",
    Why.IGNORED: "ignored",
    Why.BASELINE: "in the baseline",
    Why.UNCHANGED: "not of this change",
}
_WIDTH = 100
_FRAME = 110
#: How many lines of an edit are shown; one may be of the whole file.
_EDITED = 8


def render(report: Report) -> str:
    """The whole report without colour."""
    out = StringIO()
    write(report, out, colour=False)
    return out.getvalue()


def write(report: Report, out: TextIO, *, colour: bool) -> None:
    """Write the report; colour is for a terminal only."""
    styled.write(lines(report), out, colour=colour)


def lines(report: Report) -> Iterable[Line]:
    """The report line by line, styled."""
    for target in report.targets:
        yield from target_lines(target, report.minimum)
    yield from end_lines(report)


def end_lines(report: Report) -> Iterable[Line]:
    """What stands below all targets: a table where there are several, the counts, and what to know of the run."""
    installs = [target for target in report.targets if target.kind == "install"]
    if len(installs) > 1:
        yield from _table(installs)
    yield summary_line(report)
    yield from (Line(f"note: {clean(notice)}", "yellow") for notice in report.notices)


def _table(targets: Sequence[TargetReport]) -> Iterable[Line]:
    """A line for each target: its worst finding, and how many there are of each severity."""
    shown = [severity for severity in reversed(Severity) if any(_counted(target)[severity] for target in targets)]
    width = max(len(clean(target.name)) for target in targets)
    yield Line("In short", "bold")
    yield Line(f"  {'':<{width}}  {'worst':<8}" + "".join(f"  {severity.word:>8}" for severity in shown))
    for target in targets:
        counts = _counted(target)
        worst = max(counts, default=None)
        line = Line(f"  {clean(target.name):<{width}}  ")
        crashed = any(result.outcome is Outcome.CRASHED for result in target.results)
        word = "crashed" if crashed else worst.word if worst else "-"
        line.append(f"{word:<8}", "bold magenta" if crashed else _STYLES[worst] if worst else "green")
        line.append("".join(f"  {counts[severity] or '-':>8}" for severity in shown))
        yield line
    yield Line()


def _counted(target: TargetReport) -> Counter[Severity]:
    return Counter(item.severity for item in target.reported)


def target_lines(target: TargetReport, minimum: Severity) -> Iterable[Line]:
    """The part of one target, which can be shown before others are done."""
    shown = [item for item in target.reported if item.severity >= minimum]
    yield Line(f"mailaudit: {clean(target.name)}", "bold")
    yield Line()
    if target.overview:
        width = max(len(row.label) for row in target.overview)
        yield from (line for row in target.overview for line in _row(row, width))
        yield Line()
    for path, items in groupby(shown, key=lambda item: item.place.path if item.place else None):
        if path or target.kind == "install":
            yield Line(clean(path) if path else "the host", "bold underline")
            yield Line()
        for item in items:
            yield from _finding(item)
    yield from _crashes(target.results)
    if target.kind == "endpoint":
        # Why there was no conversation at all stands above.
        yield from _untold(result for result in target.results if result.reason != target.no_verdict)
    steps = [step for step in target.steps if step.reason != NO_CHECK]
    if steps:
        # A step fares as the install does; what is set aside is still there.
        yield Line(f"The howto, step by step{', what is set aside included' * bool(target.set_aside)}", "bold")
        yield from (_step(step) for step in steps)
        yield Line()


def _untold(results: Iterable[Result]) -> Iterable[Line]:
    """What gave no verdict, by its reason; an install's steps say that for it."""
    by_reason: dict[str, list[str]] = {}
    for result in results:
        if result.outcome in (Outcome.SKIPPED, Outcome.INCONCLUSIVE):
            by_reason.setdefault(result.reason, []).append(result.rule.id)
    if by_reason:
        yield Line("Not told", "bold")
        for reason, ids in by_reason.items():
            yield from (Line(line.plain, "dim") for line in _prose(f"{', '.join(ids)}: {reason}", "    ", "  "))
        yield Line()


def _row(row: Row, width: int) -> Iterable[Line]:
    style = _GRADE_STYLES[row.grade]
    for number, text in enumerate(wrap(clean(row.value), _WIDTH - width, break_on_hyphens=False) or [""]):
        yield Line(f"  {'' if number else row.label:<{width}}  ", "bold").append(text, style)


def _finding(item: Reported) -> Iterable[Line]:
    head = Line(f"{item.severity.word:<8} ", _STYLES[item.severity])
    head.append(f"{item.rule.id}  ", "bold")
    head.append(clean(item.finding.message), "bold")
    if item.subject not in (item.target, "sendmail.cf"):
        head.append(f"  ({clean(item.subject)})", "dim")
    yield head
    if item.place is not None and item.place.line is not None:
        yield from _frame(item.place, _STYLES[item.severity])
    for place, note in item.related:
        where = f"{place.path}:{place.line}" if place.line else place.path
        yield Line(f"         {clean(where)}: {clean(note)}", "dim")
    for line in item.finding.evidence:
        # A dialogue says itself who spoke.
        mark = "" if line.startswith(("> ", "< ", "* ")) else "> "
        yield Line(f"         {mark}{clean(line)}", "dim")
    yield from _prose(item.finding.consequence, "         ")
    if item.finding.fix is not None:
        yield from _fix(item, item.finding.fix)
    yield Line()


def _frame(place: Place, style: str) -> Iterable[Line]:
    source, line, column = place.source, place.line, place.column
    if source is None or line is None or column is None:
        return
    original = source.line(line)
    text, before = expanded(original, column)
    last = place.end_column if place.end_line == line and place.end_column else len(original) + 1
    width = max(1, expanded(original, last)[1] - before)
    # A long line is shown from a little before the place, so that the caret always stands under something.
    skip = max(0, before - _FRAME // 2) if before + width > _FRAME else 0
    text = ("…" if skip else "") + text[skip : skip + _FRAME] + ("…" if len(text) > skip + _FRAME else "")
    caret = before - skip + bool(skip)
    margin = Line(f"  {line:>6} | ", "blue")
    margin.append(text)
    yield margin
    under = Line("         | ", "blue")
    under.append(" " * caret + "^" * min(width, max(1, len(text) - caret)), style.replace(" on red", ""))
    yield under


def _prose(text: str, indent: str, first: str | None = None) -> Iterable[Line]:
    for number, line in enumerate(
        wrap(clean(text), _WIDTH - len(indent), break_long_words=False, break_on_hyphens=False)
    ):
        yield Line((indent if number or first is None else first) + line)


def _fix(item: Reported, fix: Fix) -> Iterable[Line]:
    yield from (Line(line.plain, "green") for line in _prose(fix.title, "         ", "    fix: "))
    for line in cleaned_lines(fix.command) if fix.command else ():
        yield Line(f"           # {line}", "bold green")
    made = [pair for place, text in item.edits[: _EDITED + 1] for pair in islice(_edited(place, text), _EDITED + 1)]
    for number, line in made[:_EDITED]:
        yield Line(f"  {number:>6} + ", "green").append(line, "bold green")
    if len(made) > _EDITED:
        yield Line("         ... and more; --diff shows all of it", "green")


def _edited(place: Place, text: str) -> Iterable[tuple[int, str]]:
    """The lines of a file as they read after an edit of one place of it."""
    if place.source is None or place.line is None or place.column is None or place.end_line is None:
        return
    if not text and place.column == 1 and place.end_column == 1:
        return  # Whole lines go; there is none to type.
    if (place.line, place.column) == (1, 1) and text == place.source.text.replace("\r\n", "\n"):
        return  # Only the line ends change.
    before = place.source.line(place.line)[: place.column - 1]
    after = place.source.line(place.end_line)[(place.end_column or 1) - 1 :]
    for number, line in enumerate((before + text + after).rstrip("\n").split("\n"), place.line):
        yield number, clean(line)


def _crashes(results: Iterable[Result]) -> Iterable[Line]:
    for result in results:
        if result.outcome is Outcome.CRASHED:
            yield Line(f"crashed  {result.rule.id}  {clean(result.reason)}", "bold magenta")
            yield Line("         This is a defect of mailaudit; every other check ran. Please report it.")
            yield Line()


def _step(step: Step) -> Line:
    line = Line(f"  {step.number:>2}  ", "bold")
    line.append(f"{step.outcome:<14}", _STEP_STYLES[step.outcome])
    line.append(clean(step.title))
    if step.reason:
        line.append(f" ({clean(step.reason)})", "dim")
    return line


def summary_line(report: Report) -> Line:
    """The counts over all targets."""
    counts = report.counts()
    hidden = sum(len(target.reported) for target in report.targets) - len(report.reported)
    found = ", ".join(f"{counts[s.word]} {s.word}" for s in reversed(Severity) if counts[s.word]) or "no findings"
    line = Line(found, "bold")
    if hidden:
        line.append(f" ({hidden} below {report.minimum.word} not shown)")
    aside = ", ".join(f"{counts[why.value]} {_ASIDE[why]}" for why in Why if counts[why.value])
    if aside:
        line.append(f" ({aside})")
    rest = (("passed", "passed"), ("skipped", "skipped"), ("not_applicable", "not applicable"))
    more = (*rest, ("inconclusive", "inconclusive"), ("crashed", "crashed"))
    line.append(
        "; checks: " + ", ".join(f"{counts[key]} {word}" for key, word in more if counts[key] or key == "passed")
    )
    return line
