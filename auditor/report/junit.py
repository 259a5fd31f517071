"""JUnit's XML as Jenkins and GitLab read it: a suite for each target, a case for each check, skipped ones too.

Source: the schema of Jenkins's xUnit plugin, junit-10.xsd.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from auditor.model.report import Outcome, Report, Reported, Result, SetAside, TargetReport, Why
from auditor.report.clean import clean
from auditor.report.where import at, place_or_named, sentence

_END = "  </testsuite>\n"
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
#: How checks ended that say nothing for or against the target.
_UNTOLD = (Outcome.SKIPPED, Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE)


#: Findings that somebody decided not to count; a check with no others is skipped, and its reason is theirs.
_DECIDED = (Why.SUPPRESSED, Why.IGNORED, Why.BASELINE)


def render(report: Report) -> str:
    """The whole report. A check whose findings are below what is shown, or not of this change, counts as passed."""
    suites = [_suite(target, report) for target in report.targets]
    totals = {name: sum(suite[0][name] for suite in suites) for name in ("tests", "failures", "errors")}
    told = "\n".join(clean(notice) for notice in report.notices)
    if told:
        head = _attributes(name="mailaudit", tests=0, failures=0, errors=0)
        suites.append(({}, [f"  <testsuite{head}>\n", f"    <system-out>{escape(told)}</system-out>\n", _END]))
    body = "".join(line for _, lines in suites for line in lines)
    return f"{_HEAD}<testsuites{_attributes(name='mailaudit', **totals)}>\n{body}</testsuites>\n"


def _suite(target: TargetReport, report: Report) -> tuple[dict[str, int], list[str]]:
    shown = {id(item.finding): item for item in target.reported if item.severity >= report.minimum}
    decided = {id(each.item.finding): each for each in target.set_aside if each.why in _DECIDED}
    cases: list[str] = []
    counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for result in target.results:
        found = [shown[id(finding)] for finding in result.findings if id(finding) in shown]
        aside = [decided[id(finding)] for finding in result.findings if id(finding) in decided]
        kind, inside = _outcome(target, result, found, aside)
        counts["tests"] += 1
        if kind:
            counts[kind] += 1
        cases.append(_case(target, result, inside))
    head = f"  <testsuite{_attributes(name=target.name, **counts)}>\n"
    return counts, [head, *cases, _END]


def _case(target: TargetReport, result: Result, inside: str) -> str:
    name = f"{result.rule.id} {result.rule.slug}"
    if result.subject.name != target.name:
        name += f" ({result.subject.name})"
    head = f"    <testcase{_attributes(name=name, classname=target.name)}"
    return f"{head}>\n{inside}    </testcase>\n" if inside else f"{head}/>\n"


def _outcome(target: TargetReport, result: Result, found: list[Reported], aside: list[SetAside]) -> tuple[str, str]:
    if result.outcome is Outcome.CRASHED:
        return "errors", f"      <error{_attributes(message=result.reason)}/>\n"
    if found:
        return "failures", _failure(target, found)
    if aside:
        said = "; ".join(
            dict.fromkeys(f"{each.why.value}: {each.reason}" if each.reason else each.why for each in aside)
        )
        return "skipped", _skipped(said)
    if result.outcome in _UNTOLD:
        return "skipped", _skipped(f"{result.outcome.value.replace('_', ' ')}: {result.reason}")
    return "", ""


def _skipped(why: str) -> str:
    return f"      <skipped{_attributes(message=why)}/>\n"


def _failure(target: TargetReport, found: list[Reported]) -> str:
    worst = max(found, key=lambda item: item.severity)
    attributes = _attributes(message=worst.finding.message, type=worst.severity.word)
    text = "\n\n".join(_told(target, item) for item in found)
    return f"      <failure{attributes}>{escape(text)}</failure>\n"


def _told(target: TargetReport, item: Reported) -> str:
    where = at(place_or_named(item, target))
    return f"{where}: {item.severity.word}: {sentence(item)}" if where else f"{item.severity.word}: {sentence(item)}"


def _attributes(**values: object) -> str:
    return "".join(f" {name}={quoteattr(clean(str(value)))}" for name, value in values.items())
