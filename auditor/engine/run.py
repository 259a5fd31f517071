"""Run checks: each once for each subject it is about, each ending in exactly one outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from auditor.engine.resolve import FactCrash, Facts
from auditor.facts.given import Profile
from auditor.model.check import Rule
from auditor.model.facts import FACT_TYPES, Need
from auditor.model.finding import Finding
from auditor.model.report import Outcome, Result
from auditor.model.subjects import Subject
from auditor.model.unknown import Inconclusive, NotApplicable, Unknowable, Unknown


def run(
    rules: Iterable[Rule], facts: Facts, profile: Profile, progress: Callable[[int], None] | None = None
) -> Iterator[Result]:
    """Run every rule over every subject it is about; a rule that crashes stops no other one."""
    for number, rule in enumerate(rules):
        if progress is not None:
            progress(number)
        if profile.severities.get(rule.id, rule.severity) is None:
            reason = f"the profile {profile.name} does not ask this"
            yield Result(rule, facts.target, Outcome.NOT_APPLICABLE, reason)
            continue
        yield from _over_subjects(rule, facts)


def subject_kind(wanted: Iterable[Need], target: type[Subject]) -> type[Subject]:
    """The kind of subject a function is about: the deepest among its needs."""
    kinds = [FACT_TYPES[need.type].about for need in wanted] or [target]
    return max(kinds, key=_depth)


def _depth(kind: type[Subject]) -> int:
    return 1 + max(map(_depth, kind.PARENTS)) if kind.PARENTS else 0


def _over_subjects(rule: Rule, facts: Facts) -> Iterator[Result]:
    try:
        subjects = facts.subjects(subject_kind(rule.needs, type(facts.target)))
    except FactCrash as crash:
        yield Result(rule, facts.target, Outcome.CRASHED, str(crash), cause=crash)
        return
    if not isinstance(subjects, tuple):
        yield Result(rule, facts.target, _outcome_of(subjects), subjects.reason)
        return
    for subject in subjects:
        yield _judge(rule, facts, subject)


def _judge(rule: Rule, facts: Facts, subject: Subject) -> Result:
    findings: list[Finding] = []
    others: list[Unknown | NotApplicable | Inconclusive] = []
    try:
        arguments = facts.arguments(rule.needs, subject)
        if not isinstance(arguments, dict):
            return Result(rule, subject, _outcome_of(arguments), arguments.reason)
        for verdict in rule.function(**arguments):
            (findings if isinstance(verdict, Finding) else others).append(verdict)  # type: ignore[arg-type]
    except Unknowable as unknowable:
        others.append(unknowable.unknown)
    except FactCrash as crash:
        return Result(rule, subject, Outcome.CRASHED, str(crash), tuple(findings), crash)
    except Exception as error:  # noqa: BLE001  # A crash in one check never hides the others.
        return Result(rule, subject, Outcome.CRASHED, f"{type(error).__name__}: {error}", tuple(findings), error)
    reason = "; ".join(dict.fromkeys(other.reason for other in others))
    if findings:
        return Result(rule, subject, Outcome.FAILED, reason, tuple(findings))
    if not others:
        return Result(rule, subject, Outcome.PASSED)
    # What could not be looked at outweighs what did not apply: the reader must not take silence for a pass.
    return Result(rule, subject, min((_outcome_of(other) for other in others), key=_ORDER.index), reason)


_ORDER = (Outcome.INCONCLUSIVE, Outcome.SKIPPED, Outcome.NOT_APPLICABLE)


def _outcome_of(value: Unknown | NotApplicable | Inconclusive) -> Outcome:
    if isinstance(value, Inconclusive):
        return Outcome.INCONCLUSIVE
    return Outcome.SKIPPED if isinstance(value, Unknown) else Outcome.NOT_APPLICABLE
