"""Markdown, for the summary of a step or a comment on a merge request."""

from __future__ import annotations

import re
from collections.abc import Iterable

from auditor.model.pattern import lazy
from auditor.model.report import Report, Reported, TargetReport, Why
from auditor.report.clean import clean
from auditor.report.text import summary_line
from auditor.report.where import at, place_or_named

#: What begins a markup, a mention, a reference or a link in the Markdown of GitHub and GitLab, and HTML.
_SPECIAL = lazy(r"""[@#!~%](?=[\w"])|www(?=\.)|:(?=//)|[\\`*_\[\]<>&|~$]""")
#: What they look for after all escapes are gone, and an address without brackets.
_SIGILS = ("@", "#", "!", "~", "%", "$", "www", ":")
#: HTML's own characters, and the one that ends a table's cell whatever stands before it.
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;"}
_ASIDE = {
    Why.SUPPRESSED: "suppressed in the files",
    Why.IGNORED: "ignored by the settings",
    Why.BASELINE: "in the baseline",
    Why.UNCHANGED: "not caused by a changed line",
}


def render(report: Report) -> str:
    """The whole report: a table of findings for each target, worst first, and the counts."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterable[str]:
    yield "## mailaudit"
    yield ""
    yield plain(summary_line(report).plain)
    for notice in report.notices:
        yield ""
        yield f"**{plain(notice)}**"
    for target in report.targets:
        found = [item for item in target.reported if item.severity >= report.minimum]
        if not found:
            continue
        yield ""
        yield f"### {plain(target.name)}"
        yield ""
        yield "| severity | check | where | what |"
        yield "| --- | --- | --- | --- |"
        for item in sorted(found, key=lambda item: -item.severity):
            yield _row(item, target)
    yield from _set_aside(report)


def _row(item: Reported, target: TargetReport) -> str:
    fix = f"<br>Fix: {plain(item.finding.fix.title)}" if item.finding.fix is not None else ""
    what = f"{plain(item.finding.message)}. {plain(item.finding.consequence)}{fix}"
    return f"| {item.severity.word} | {item.rule.id} | {plain(at(place_or_named(item, target)))} | {what} |"


def _set_aside(report: Report) -> Iterable[str]:
    if not report.set_aside:
        return
    yield ""
    yield "### Set aside"
    yield ""
    for why, words in _ASIDE.items():
        found = [each for each in report.set_aside if each.why is why]
        if not found:
            continue
        yield f"- {len(found)} {words}"
        if why in (Why.SUPPRESSED, Why.IGNORED):
            for each in found:
                reason = plain(each.reason) or "no reason is given"
                yield f"    - {_what(each.item)}: {reason}"


def _what(item: Reported) -> str:
    where = plain(at(item.place))
    return f"{item.rule.id} {where}" if where else item.rule.id


def plain(text: str) -> str:
    """Foreign text in one line without any meaning in Markdown, HTML, or to what links names and numbers."""
    return _SPECIAL.sub(_harmless, clean(text).strip())


def _harmless(match: re.Match[str]) -> str:
    mark = match[0]
    if mark in _ENTITIES:
        return _ENTITIES[mark]
    # An element of its own keeps it off what stands behind it.
    return f"<span>{mark}</span>" if mark in _SIGILS else f"\\{mark}"
