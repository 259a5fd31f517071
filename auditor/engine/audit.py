"""Audit one target: from its tree and the given facts to a report's data."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from auditor.engine.resolve import Facts
from auditor.engine.run import run, subject_kind
from auditor.engine.steps import steps
from auditor.facts.given import Profile, Tree
from auditor.facts.wire import Endpoints, Observed
from auditor.model.check import Rule
from auditor.model.finding import Finding
from auditor.model.report import Place, Reported, Result, TargetReport, line_of
from auditor.model.subjects import Credential, Endpoint, Install
from auditor.model.text import Position, Span
from auditor.model.unknown import Inconclusive
from auditor.model.value import frozen


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
    def subject(self) -> Install | Endpoint:
        """What the facts are about."""
        return Endpoint(self.name) if Observed in self.given else Install(self.name)


def audit(target: Target, rules: Sequence[Rule], progress: Callable[[int], None] | None = None) -> TargetReport:
    """Run the rules over the target and locate what they find, worst first within each file."""
    profile = target.given[Profile]
    assert isinstance(profile, Profile)  # noqa: S101  # The mapping is keyed by type; this tells the type checker so.
    subject = target.subject
    if isinstance(subject, Endpoint) or Endpoints in target.given:
        from auditor.engine.overview import overview  # noqa: PLC0415  # Most scans probe nothing.
    results = tuple(run(_about(rules, subject), Facts(subject, target.given), profile, progress))
    reported = _reported(target, results)
    if isinstance(subject, Endpoint):
        met: Observed = target.given[Observed]  # type: ignore[assignment]
        rows = overview(met, profile)
        silence = met.conversation.reason if isinstance(met.conversation, Inconclusive) else ""
        return TargetReport(target.name, "endpoint", reported, results, (), rows, silence)
    beside: Endpoints | None = target.given.get(Endpoints)  # type: ignore[assignment]
    rows = tuple(row for met in beside.observed.values() for row in overview(met, profile)) if beside else ()
    return TargetReport(target.name, "install", reported, results, steps(results), rows)


def _about(rules: Sequence[Rule], subject: Install | Endpoint) -> Sequence[Rule]:
    # An endpoint has no files, and nobody wants to read of each rule about files that it does not apply.
    if isinstance(subject, Install):
        return rules
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
    where = f"{at.path}\0{line_of(at).strip()}\0{at.text}" if isinstance(at, Span) else f"{at}\0{finding.message}"
    return f"{result.rule.id}\0{result.subject.name}\0{where}"
