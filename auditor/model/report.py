"""What the engine hands to a report: results, located findings, steps, counts."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

from auditor.model.check import Rule
from auditor.model.finding import Confidence, Finding, Severity
from auditor.model.subjects import Subject
from auditor.model.text import Source, Span
from auditor.model.value import frozen


class Outcome(StrEnum):
    """How a check ended for one subject."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    NOT_APPLICABLE = "not_applicable"
    INCONCLUSIVE = "inconclusive"
    CRASHED = "crashed"


@frozen
class Result:
    """One check, one subject, one outcome.

    Attributes:
        reason: why, where the outcome is neither passed nor failed; of a failed check, what it could not look at.
        cause: the exception of a crashed check.

    """

    rule: Rule
    subject: Subject
    outcome: Outcome
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    cause: BaseException | None = None


@frozen
class Place:
    """Where something is, as a report names it; lines and columns count from 1, columns in characters.

    ``source`` is the file's text for a code frame, None where the place is a path without text.
    """

    path: str
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    source: Source | None = None


@frozen
class Reported:
    """One finding with everything a format prints of it."""

    rule: Rule
    finding: Finding
    severity: Severity
    confidence: Confidence
    target: str
    subject: str
    place: Place | None
    related: tuple[tuple[Place, str], ...]
    edits: tuple[tuple[Place, str], ...]
    fingerprint: str


class Why(StrEnum):
    """Why a finding does not count."""

    SUPPRESSED = "suppressed"
    IGNORED = "ignored"
    BASELINE = "baseline"
    UNCHANGED = "unchanged"


@frozen
class SetAside:
    """A finding that does not count in this run.

    Attributes:
        item: the finding.
        why: a comment in its file suppresses it, the settings ignore it, the baseline has it, or no changed line is
            the cause of it.
        reason: the reason that somebody gave for it; empty where none is asked for.

    """

    item: Reported
    why: Why
    reason: str = ""


@frozen
class Commented:
    """A comment in an audited file that asks for findings to be suppressed.

    Attributes:
        place: where.
        ids: the ids or slugs between its brackets, as they are written.
        reason: the reason that it gives.
        inside: the file's path inside the audited root.

    """

    place: Place
    ids: tuple[str, ...]
    reason: str
    inside: str = ""


#: The reason of a step that none of the checks that ran belongs to.
NO_CHECK = "no check of this step was asked"


@frozen
class Step:
    """One step of the howto: ``ok``, ``problems`` or ``not looked at``, and why."""

    number: str
    title: str
    outcome: str
    reason: str


class Grade(StrEnum):
    """How a line of an overview is to be read."""

    GOOD = "good"
    WEAK = "weak"
    BAD = "bad"
    UNKNOWN = "unknown"
    PLAIN = "plain"


@frozen
class Row:
    """One line of what a probe met: what it is about, what was met, and how that is to be read."""

    label: str
    value: str
    grade: Grade = Grade.PLAIN


@frozen
class TargetReport:
    """Everything about one target.

    Attributes:
        name: what reports call it.
        kind: ``install``, ``endpoint``, or ``settings`` for what is found in the settings themselves.
        reported: the findings that count, located, in the order they are shown.
        results: how every check ended.
        steps: how an install fares at the howto's steps; none for an endpoint.
        overview: what a probe met at an endpoint, or at those probed beside an install, line by line.
        set_aside: the findings that do not count, and why.
        named: the line of a file that names the target, where one does.
        no_verdict: why there was no conversation with an endpoint, of which at most that is told; else empty.
        suppressions: the comments in the install's files that ask for findings to be suppressed.
        root: the directory on the disk that the report's absolute paths are inside of; empty where they are the disk's.
        notes: sentences that a reader of its report has to know, such as which of its files are templates.

    """

    name: str
    kind: str
    reported: tuple[Reported, ...]
    results: tuple[Result, ...]
    steps: tuple[Step, ...]
    overview: tuple[Row, ...] = ()
    no_verdict: str = ""
    set_aside: tuple[SetAside, ...] = ()
    named: Place | None = None
    suppressions: tuple[Commented, ...] = ()
    root: str = ""
    notes: tuple[str, ...] = ()


@frozen
class Report:
    """Everything about one run.

    Attributes:
        targets: what was audited.
        minimum: findings below this severity are counted and not shown.
        notices: sentences that a reader of the report has to know, such as which suppressions are new.

    """

    targets: tuple[TargetReport, ...]
    minimum: Severity = Severity.INFO
    notices: tuple[str, ...] = ()

    @property
    def reported(self) -> tuple[Reported, ...]:
        """The findings that are shown, in the order of the targets."""
        return tuple(item for target in self.targets for item in target.reported if item.severity >= self.minimum)

    @property
    def set_aside(self) -> tuple[SetAside, ...]:
        """The findings that do not count, in the order of the targets."""
        return tuple(each for target in self.targets for each in target.set_aside)

    def counts(self) -> dict[str, int]:
        """How many findings of each severity there are, shown or not, and how many do not count, by why.

        Beside them how many checks ended in each way but failed.
        """
        severities = Counter(item.severity for target in self.targets for item in target.reported)
        outcomes = Counter(result.outcome for target in self.targets for result in target.results)
        counted = {severity.word: severities[severity] for severity in reversed(Severity)}
        counted |= {outcome.value: outcomes[outcome] for outcome in Outcome if outcome is not Outcome.FAILED}
        aside = Counter(each.why for each in self.set_aside)
        return counted | {why.value: aside[why] for why in Why}

    def worst(self) -> Severity | None:
        """The worst severity found, shown or not; None where nothing was found."""
        return max((item.severity for target in self.targets for item in target.reported), default=None)


def line_of(span: Span) -> str:
    """The line a span begins on, as a reader sees it."""
    return span.source.line(span.line)
