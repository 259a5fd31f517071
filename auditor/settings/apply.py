"""Apply settings: what each install is asked, which of its findings count, and which entries no longer hold."""

from __future__ import annotations

import posixpath
from collections import ChainMap
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from auditor.engine import profiles
from auditor.engine.audit import Target
from auditor.engine.sift import sifted
from auditor.engine.suppressions import EveryRule, looked_everywhere
from auditor.facts.given import Assumed, Clock, Ignores, Profile, Tree
from auditor.model.check import Rule
from auditor.model.finding import Severity
from auditor.model.report import Reported, TargetReport, Why
from auditor.model.rule_names import NoSuchRule, matching, one
from auditor.model.text import Span
from auditor.model.value import replaced
from auditor.settings.globs import literal
from auditor.settings.model import COMMAND_LINE, Ignore, Override, Settings, SettingsError


class Applied:
    """Settings at work in one run.

    Args:
        settings: what holds.
        every: gives all installed rules; asked where the settings name some.
        moment: the moment as of which entries expire.

    Raises:
        SettingsError: they name a rule that there is not.

    """

    def __init__(self, settings: Settings, every: EveryRule, moment: datetime) -> None:
        self.settings = settings
        self._moment = moment
        self._every = every
        self._rules: Sequence[Rule] | None = None
        self._severity = self._severities(settings.severity, "severity")
        self._ignores = [(each, self._one(each.id, settings.said(each.at))) for each in settings.ignores]
        self._overrides = [(each, self._override(each)) for each in settings.overrides]
        self._used: set[Span] = set()

    def profile(self, place: str | None = None) -> Profile:
        """What is asked of an install in a directory, an absolute path; of an endpoint without one."""
        settings = self.settings
        name, thresholds = settings.profile, dict(settings.thresholds)
        for each in settings.overrides:
            if place is None or not settings.covers(each.paths, place):
                continue
            if each.profile is not None and settings.origin("profile") != COMMAND_LINE:
                name = each.profile
            thresholds |= each.thresholds
        found = profiles.load(name)
        if not thresholds and not self._severity:
            return found
        severities = {**found.severities, **self._severity}
        return replaced(found, thresholds={**found.thresholds, **thresholds}, severities=severities)

    def target(self, target: Target) -> Target:
        """An install with what these settings ask of it and assume of its programs."""
        given: dict[type, object] = {}
        if any(each.profile is not None or each.thresholds for each in self.settings.overrides):
            given[Profile] = self.profile(_on_disk(target.name))
        if self.settings.assume_version is not None:
            flags = self.settings.assume_flags
            given[Assumed] = Assumed(self.settings.assume_version, None if flags is None else frozenset(flags))
        # What is given to the target may be made when it is first asked for, so it is not asked for here.
        return replaced(target, given=ChainMap(given, target.given)) if given else target  # type: ignore[arg-type]  # It changes neither.

    def report(self, report: TargetReport) -> TargetReport:
        """A target's report with the severities of its place, and without what the settings ignore."""
        if not self._ignores and not self._overrides:
            return report
        for each in report.set_aside:
            # What a comment suppresses already is nevertheless something that an entry could ignore.
            self._ignored(each.item, report)
        judged = tuple(self._judged(item, report) for item in report.reported)
        return sifted(replaced(report, reported=judged), [lambda item: self._verdict(item, report)])

    def outdated(self, reports: Sequence[TargetReport], looked: Sequence[str]) -> Target | None:
        """The settings as a target of their own, where entries of theirs no longer hold.

        Args:
            reports: those of all targets of the run, which ``report`` has seen.
            looked: what was audited, as absolute paths on the disk: directories, or single files.

        """
        expired = tuple((each.at, rule, str(each.expires)) for each, rule in self._ignores if not self._holds(each))
        everywhere = looked_everywhere(result for report in reports for result in report.results)
        idle = tuple(
            (each.at, rule)
            for each, rule in self._ignores
            if self._holds(each) and each.at not in self._used and rule in everywhere
            if self._was_seen(each, rule, reports, looked)
        )
        if not expired and not idle:
            return None
        from auditor.trees.memory import MemoryTree  # noqa: PLC0415  # Seldom needed.

        given: dict[type, object] = {
            Tree: MemoryTree({}),
            Profile: self.profile(),
            Clock: Clock(self._moment),
            Ignores: Ignores(expired, idle),
        }
        return Target(self.settings.shown, given)

    def _holds(self, each: Ignore) -> bool:
        return each.expires is None or self._moment.date() <= each.expires

    def _was_seen(self, each: Ignore, rule: str, reports: Sequence[TargetReport], looked: Sequence[str]) -> bool:
        """Whether all that an entry is about was audited."""
        if each.subject is not None:
            subjects = {r.subject.name for report in reports for r in report.results if r.rule.id == rule}
            if each.subject not in subjects | {report.name for report in reports}:
                return False
        place = self.settings.base
        if each.path is not None and not each.path.startswith("/"):
            place = posixpath.normpath(f"{place}/{literal(each.path)}")
        return any(place == path or place.startswith(path.rstrip("/") + "/") for path in looked)

    def _verdict(self, item: Reported, report: TargetReport) -> tuple[Why, str] | None:
        ignored = self._ignored(item, report)
        if ignored is not None:
            return Why.IGNORED, ignored.reason
        chosen: tuple[str, bool] | None = None
        for each, (select, ignore, severity) in self._overriding(item, report):
            where = self.settings.said(each.at)
            if item.rule.id in ignore or severity.get(item.rule.id, item.severity) is None:
                return Why.IGNORED, f"{where} ignores it here"
            if select is not None:
                chosen = (where, item.rule.id in select)
        return None if chosen is None or chosen[1] else (Why.IGNORED, f"{chosen[0]} does not select it here")

    def _ignored(self, item: Reported, report: TargetReport) -> Ignore | None:
        """The first entry that ignores a finding; each that does is remembered."""
        found = [
            each
            for each, rule in self._ignores
            if rule == item.rule.id and self._holds(each)
            if each.subject in (None, item.subject, item.target)
            if each.path is None or self.settings.covers((each.path,), *_places(item, report))
        ]
        self._used.update(each.at for each in found)
        return found[0] if found else None

    def _judged(self, item: Reported, report: TargetReport) -> Reported:
        found = [severity.get(item.rule.id) for _, (_, _, severity) in self._overriding(item, report)]
        wanted = [severity for severity in found if severity is not None]
        return replaced(item, severity=wanted[-1]) if wanted else item

    def _overriding(self, item: Reported, report: TargetReport) -> Iterator[tuple[Override, _Chosen]]:
        for each, chosen in self._overrides:
            if self.settings.covers(each.paths, *_places(item, report)):
                yield each, chosen

    def _override(self, each: Override) -> _Chosen:
        where = self.settings.said(each.at)
        select = None if each.select is None else self._all(each.select, where)
        return select, self._all(each.ignore, where), self._severities(each.severity, None, where)

    def _severities(self, given: object, name: str | None, where: str = "") -> dict[str, Severity | None]:
        assert isinstance(given, dict)  # noqa: S101  # As the settings' reader made it.
        return {self._one(key, where or self.settings.origin(f"{name}.{key}")): word for key, word in given.items()}

    def _one(self, word: str, where: str) -> str:
        try:
            return one(self._known(), word).id
        except NoSuchRule as error:
            message = f"{where}: {error}"
            raise SettingsError(message) from None

    def _all(self, words: Sequence[str], where: str) -> frozenset[str]:
        # Nothing is loaded for an override that names no rule.
        if not words:
            return frozenset()
        try:
            return frozenset(matching(self._known(), words))
        except NoSuchRule as error:
            message = f"{where}: {error}"
            raise SettingsError(message) from None

    def _known(self) -> Sequence[Rule]:
        if self._rules is None:
            self._rules = self._every()
        return self._rules


#: The ids that alone count at an override's paths, those that do not, and severities by id.
_Chosen = tuple[frozenset[str] | None, frozenset[str], dict[str, Severity | None]]


def _places(item: Reported, report: TargetReport) -> tuple[str, str | None]:
    """Where a finding is on the disk and inside the audited root; one without a place is at its target."""
    if report.kind == "endpoint":
        return "", None
    at = item.finding.at
    if item.place is None or at is None:
        return _on_disk(report.name), None
    inside = at.path if isinstance(at, Span) else at
    if item.place.path == inside and inside.startswith("/") and report.name != "/":
        # Below --root, and outside what was given, reports name files as the audited host does.
        return posixpath.normpath(f"{_on_disk(report.name)}/{inside}"), inside
    return _on_disk(item.place.path), inside


def _on_disk(shown: str) -> str:
    try:
        return posixpath.normpath(str(Path.cwd() / shown))
    except OSError:
        return posixpath.normpath(shown)
