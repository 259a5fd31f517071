"""Audit one target: from its tree and the given facts to a report's data."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import cast

from auditor.engine.relocate import relocated
from auditor.engine.resolve import Facts
from auditor.engine.run import run, subject_kind
from auditor.engine.sift import sifted
from auditor.engine.steps import steps
from auditor.engine.suppressions import Comments, EveryRule, is_about_comments
from auditor.facts.given import Ignores, Profile, Suppressions, Tree
from auditor.facts.wire import Endpoints, Observed
from auditor.model.check import Rule
from auditor.model.finding import Finding
from auditor.model.pattern import lazy
from auditor.model.report import Commented, Place, Reported, Result, TargetReport, line_of
from auditor.model.subjects import Credential, Endpoint, Install
from auditor.model.suppression import Suppression
from auditor.model.text import Position, Span
from auditor.model.unknown import Inconclusive
from auditor.model.value import frozen, replaced

_DAYS = lazy(r"\b[0-9]+ (?:day|hour)s?\b")


@frozen
class Target:
    """An install or an endpoint to audit.

    Attributes:
        name: what reports call it.
        given: the facts that come from outside: ``Profile``, and ``Tree`` or ``Observed``, among them.
        focus: a path inside the root; only findings that touch this file are reported. None reports all.

    """

    name: str
    given: Mapping[type, object]
    focus: str | None = None

    @property
    def tree(self) -> Tree:
        """The files of an install.

        Raises:
            KeyError: it is an endpoint.

        """
        return cast("Tree", self.given[Tree])

    @property
    def subject(self) -> Install | Endpoint:
        """What the facts are about."""
        return Endpoint(self.name) if Observed in self.given else Install(self.name)


def audit(
    target: Target,
    rules: Sequence[Rule],
    progress: Callable[[int], None] | None = None,
    every: EveryRule | None = None,
) -> TargetReport:
    """Run the rules over the target and locate what they find, worst first within each file.

    Args:
        target: what is audited.
        rules: the rules to run.
        progress: told how many rules are done.
        every: gives all installed rules; asked where a comment in a file names none of those to run.

    """
    profile = target.given[Profile]
    assert isinstance(profile, Profile)  # noqa: S101  # The mapping is keyed by type; this tells the type checker so.
    subject = target.subject
    if isinstance(subject, Endpoint) or Endpoints in target.given:
        from auditor.engine.overview import overview  # noqa: PLC0415  # Most scans probe nothing.
    facts = Facts(subject, target.given)
    asked = _about(rules, subject, target.given)
    first = [rule for rule in asked if not is_about_comments(rule)]
    results = tuple(relocated(result, facts) for result in run(first, facts, profile, progress))
    if Endpoints in target.given:
        from auditor.engine.counterparts import tied  # noqa: PLC0415  # Likewise.

        results = tied(results)
    reported = _reported(target, results)
    if isinstance(subject, Endpoint):
        met: Observed = target.given[Observed]  # type: ignore[assignment]
        rows = overview(met, profile)
        silence = met.conversation.reason if isinstance(met.conversation, Inconclusive) else ""
        return TargetReport(target.name, "endpoint", reported, results, (), rows, silence)
    if Ignores in target.given:
        return TargetReport(target.name, "settings", reported, results, ())
    beside: Endpoints | None = target.given.get(Endpoints)  # type: ignore[assignment]
    rows = tuple(row for met in beside.observed.values() for row in overview(met, profile)) if beside else ()
    report = TargetReport(target.name, "install", reported, results, steps(results), rows, root=_root(target))
    return _suppressed(target, report, [rule for rule in asked if is_about_comments(rule)], every)


def _suppressed(target: Target, report: TargetReport, last: Sequence[Rule], every: EveryRule | None) -> TargetReport:
    """The report without what comments suppress, and with what the last rules say of these comments."""
    tree: Tree | None = target.given.get(Tree)  # type: ignore[assignment]
    profile: Profile = target.given[Profile]  # type: ignore[assignment]
    if tree is None:
        return report
    ran = [*{result.rule.id: result.rule for result in report.results}.values(), *last]
    comments = Comments(tree, ran, every, target.focus)
    report = sifted(report, [comments.sieve])
    given = {**target.given, Suppressions: comments.judged(report.results)}
    results = tuple(run(last, Facts(target.subject, given), profile))
    told = tuple(sorted((*report.reported, *_reported(target, results)), key=_order))
    found = tuple(_commented(tree, each) for each in comments.all)
    return replaced(report, reported=told, results=(*report.results, *results), suppressions=found)


def _root(target: Target) -> str:
    tree: Tree | None = target.given.get(Tree)  # type: ignore[assignment]
    # A tree that names its files by their place on the disk has one for this directory.
    inside = tree is not None and not tree.is_live and tree.shown("/etc/mail") == "/etc/mail"
    return target.name if inside else ""


def _commented(tree: Tree, each: Suppression) -> Commented:
    return Commented(_place(tree, each.at), tuple(word.span.shown for word in each.words), each.reason, each.at.path)


def _about(rules: Sequence[Rule], subject: Install | Endpoint, given: Mapping[type, object]) -> Sequence[Rule]:
    # An endpoint has no files, and nobody wants to read of each rule about files that it does not apply.
    if isinstance(subject, Install):
        # The settings are looked at when all installs are done, and by the rules about them alone.
        return [rule for rule in rules if any(need.type is Ignores for need in rule.needs) == (Ignores in given)]
    return [rule for rule in rules if subject_kind(rule.needs, Endpoint) in (Endpoint, Credential)]


def _reported(target: Target, results: Iterable[Result]) -> tuple[Reported, ...]:
    seen: Counter[str] = Counter()
    found = []
    for result in results:
        for finding in result.findings:
            if target.focus is not None and target.focus not in _paths(finding):
                continue
            key = _key(result, finding)
            seen[key] += 1
            found.append(_report_one(target, result, finding, f"{key}:{seen[key]}"))
    return tuple(sorted(found, key=_order))


def _report_one(target: Target, result: Result, finding: Finding, key: str) -> Reported:
    rule = result.rule
    tree: Tree | None = target.given.get(Tree)  # type: ignore[assignment]
    profile: Profile = target.given[Profile]  # type: ignore[assignment]
    return Reported(
        rule=rule,
        finding=finding,
        severity=profile.severities.get(rule.id) or finding.severity or rule.severity,
        confidence=finding.confidence or rule.confidence,
        target=target.name,
        subject=result.subject.name,
        place=None if finding.at is None or tree is None else _place(tree, finding.at),
        related=tuple((_place(tree, at), note) for at, note in finding.related) if tree is not None else (),
        edits=_edits(tree, finding) if tree is not None else (),
        fingerprint=hashlib.sha256(key.encode()).hexdigest()[:32],
    )


def _edits(tree: Tree, finding: Finding) -> tuple[tuple[Place, str], ...]:
    # A .cf is generated: what is edited there is lost with the next build, so only the fix's title speaks of it.
    edits = finding.fix.edits if finding.fix is not None else ()
    return tuple((_place(tree, edit.span), edit.text) for edit in edits if not edit.span.path.endswith(".cf"))


def _order(item: Reported) -> tuple[object, ...]:
    place = item.place
    if place is None:
        return (1, "", 0, 0, -item.severity, item.rule.id)
    return (0, place.path, place.line or 0, place.column or 0, -item.severity, item.rule.id)


def _place(tree: Tree, at: Span | str) -> Place:
    if isinstance(at, str):
        return Place(tree.shown(at))
    start: Position = at.source.position(at.start)
    end: Position = at.source.position(at.end)
    return Place(tree.shown(at.path), start.line, start.column, end.line, end.column, at.source)


def _paths(finding: Finding) -> set[str]:
    places = [finding.at, *(at for at, _ in finding.related)]
    return {at.path if isinstance(at, Span) else at for at in places if at is not None}


def _key(result: Result, finding: Finding) -> str:
    # A fingerprint must outlive moved lines, so it is made of what a line says and not of where it stands.
    at = finding.at
    # How many days are left is another number tomorrow.
    said = _DAYS.sub("", finding.message)
    where = f"{at.path}\0{line_of(at).strip()}\0{at.text}" if isinstance(at, Span) else f"{at}\0{said}"
    return f"{result.rule.id}\0{result.subject.name}\0{where}"
