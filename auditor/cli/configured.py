"""Settings on the command line's side: which file holds for a run, with what the options say in its place."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.exits import Stop
from auditor.cli.rules_chosen import chosen, installed, split
from auditor.engine.audit import Target, audit
from auditor.model.check import Rule
from auditor.model.report import Commented, Place, TargetReport
from auditor.model.text import Source
from auditor.model.value import replaced
from auditor.report.clean import clean
from auditor.settings.apply import Applied
from auditor.settings.find import PROJECT, TABLE, nearest_settings
from auditor.settings.model import COMMAND_LINE, Probed, Settings, SettingsError

#: What is said where targets of the settings are to be probed and there are none.
NO_TARGET = 'the settings name no target; targets = ["mail.example.org:25"] in mailaudit.toml names one'

if TYPE_CHECKING:
    from auditor.cli.live import Live
    from auditor.cli.since import Revision
    from auditor.cli.wire_options import Wanted

Config = Annotated[
    str | None,
    typer.Option("--config", metavar="FILE", help="settings, or REV:FILE of a git revision; by default the nearest"),
]


def settings_for(paths: Sequence[Path], root: Path | None, config: str | None) -> Settings:
    """The settings that hold for the paths of a command line, or those that ``--config`` names.

    Raises:
        Stop: they cannot be read or used, or the paths have different ones.

    """
    try:
        if config is not None:
            return _named(config)
        found = {each.shown: each for place in looked_at(paths, root) if (each := nearest_settings(place)) is not None}
    except SettingsError as error:
        raise Stop(clean(str(error))) from None
    if len(found) > 1:
        message = f"the paths have different settings, {clean(' and '.join(found))}; --config names one"
        raise Stop(message)
    return next(iter(found.values()), Settings())


def looked_at(paths: Sequence[Path], root: Path | None) -> list[str]:
    """What a command line names, as absolute paths on the disk."""
    named = [root] if root is not None else list(paths) or [Path("/etc/mail")]
    return [os.path.abspath(each) for each in named]  # noqa: PTH100  # Links stay: where a path says it is decides.


def _named(word: str) -> Settings:
    from auditor.cli.since import given_file  # noqa: PLC0415  # Most runs take the nearest file.
    from auditor.settings.read import settings_of  # noqa: PLC0415  # Likewise.

    data, shown, directory = given_file(word)
    source = Source(shown, data)
    found = settings_of(source, str(directory), shown, TABLE if shown.rpartition("/")[2].endswith(PROJECT) else ())
    if found is None:
        message = f"{shown} has no table [tool.mailaudit]"
        raise Stop(message)
    return found


class InForce:
    """The settings of a run, and what follows from them.

    Args:
        settings: with the options' values in them.
        moment: the moment as of which the run judges.

    Raises:
        Stop: they name a rule that there is not.

    """

    def __init__(self, settings: Settings, moment: datetime) -> None:
        self.settings = settings
        self._named: dict[str, Place] = {}
        try:
            self.applied = Applied(settings, installed, moment)
        except SettingsError as error:
            raise Stop(clean(str(error))) from None

    def rules(self, *, wire: bool) -> list[Rule]:
        """The rules to run; those about endpoints where they are wanted or may be meant.

        Raises:
            Stop: a word names none.

        """
        settings = self.settings
        select = None if settings.select is None else ",".join(settings.select)
        ignore = ",".join(settings.ignore) or None
        try:
            return chosen(installed(wire=wire or select is not None or ignore is not None), select, ignore)
        except Stop as stop:
            said = {settings.origin(name) for name in ("select", "ignore")} - {COMMAND_LINE, "default"}
            where = f"{' or '.join(sorted(said))}: " if said else ""
            raise Stop(where + stop.message, stop.code) from None

    def cf_dir(self, given: Path | None) -> Path | None:
        """The cf directory: the one that is given, or the settings' one, which is relative to their file."""
        named = self.settings.cf_dir
        return given if given is not None or named is None else Path(self.settings.base, named)

    def beside(
        self, targets: Sequence[Target], given: Sequence[str], wanted: Wanted, live: Live, *, configured: bool
    ) -> list[Target]:
        """The installs with what their endpoints were met as.

        Args:
            targets: the installs.
            given: the endpoints that the command line names.
            wanted: how to ask them; never with credentials.
            live: shows what is found as it is found.
            configured: whether the settings' targets are asked as well. A settings file may be an attacker's, so this
                is for the command line to say.

        Raises:
            Stop: there is no target, or one cannot be used.

        """
        from auditor.cli.probing import beside  # noqa: PLC0415  # Most scans probe nothing.

        if given and len(targets) != 1:
            return [beside(targets, given, wanted, live)]
        if configured and not self.settings.targets:
            raise Stop(NO_TARGET)
        found = []
        for install in targets:
            named = self._targets_of(install, alone=len(targets) == 1) if configured else []
            if named:
                self._named[install.name] = self.place(named[0])
            asked = [*given, *(each.target for each in named)]
            found.append(beside([install], asked, wanted, live) if asked else install)
        return found

    def targets(self, *, configured: bool) -> list[str]:
        """The targets that the settings name, each as ``HOST:PORT``, where the command line allows them.

        Raises:
            Stop: they are allowed and there is none.

        """
        if not configured:
            return []
        if not self.settings.targets:
            raise Stop(NO_TARGET)
        for each in self.settings.targets:
            self._named[_full(each.target)] = self.place(each)
        return [each.target for each in self.settings.targets]

    def met(self, report: TargetReport) -> TargetReport:
        """The report on a target without what the settings ignore, with the line that names it."""
        return self.applied.report(replaced(report, named=self._named.get(report.name, report.named)))

    def _targets_of(self, target: Target, *, alone: bool) -> list[Probed]:
        """The targets that belong to an install; one without a path belongs to the only install there is."""
        place = os.path.abspath(target.name)  # noqa: PTH100  # Links stay, as in ``looked_at``.
        return [
            each
            for each in self.settings.targets
            if (alone if each.path is None else self.settings.covers([each.path], place))
        ]

    def place(self, each: Probed) -> Place:
        """The line of the settings that names a target."""
        start = each.at.source.position(each.at.start)
        end = each.at.source.position(each.at.end)
        return Place(self.settings.shown, start.line, start.column, end.line, end.column, each.at.source)

    def outdated(
        self, reports: Sequence[TargetReport], rules: Sequence[Rule], looked: Sequence[str]
    ) -> list[TargetReport]:
        """A report about the settings, where entries no longer hold; none where all do.

        Args:
            reports: the targets', which ``met`` has seen.
            rules: those that run.
            looked: what was audited, as ``looked_at`` gives it.

        """
        target = self.applied.outdated(reports, looked)
        own = audit(target, rules) if target is not None else None
        return [own] if own is not None and own.results else []

    def notices(self, revision: Revision, reports: Sequence[TargetReport]) -> tuple[str, ...]:
        """Sentences about what is tolerated now and was not in a revision.

        Raises:
            Stop: git fails.

        """
        from auditor.settings.news import news  # noqa: PLC0415  # Only --since asks.

        now = [each for report in reports for each in report.suppressions]
        said = news(self._before(revision), self.settings, list(_commented(revision, now)), now)
        return tuple(f"new since {revision.name}: {each}" for each in said)

    def _before(self, revision: Revision) -> Settings | None:
        """The settings that the same file held in a revision; those of now where it is not under the revision."""
        settings = self.settings
        place = Path.cwd() / settings.shown
        if settings.source is None or revision.inside(place) is None or not place.exists():
            return settings
        data = revision.show(place)
        if data is None:
            return None
        from auditor.settings.read import settings_of  # noqa: PLC0415  # As above.

        table = TABLE if place.name == PROJECT else ()
        try:
            return settings_of(Source(settings.shown, data), settings.base, settings.shown, table)
        except SettingsError:
            return None  # What could not be used then tolerated nothing.


def _commented(revision: Revision, now: Sequence[Commented]) -> Iterator[Commented]:
    """The comments that the files which have some now had in a revision."""
    from auditor.engine.comments import suppressions  # noqa: PLC0415  # As above.

    for path, inside in dict.fromkeys((each.place.path, each.inside) for each in now):
        for each in suppressions(Source(inside, revision.show(Path.cwd() / path) or b""), lambda _: (None, "")):
            ids = tuple(word.span.shown for word in each.words)
            yield Commented(Place(path, each.at.line), ids, each.reason, inside)


def _full(target: str) -> str:
    """A target as reports name it, with the port that goes without saying."""
    from auditor.probe.targets import full_name  # noqa: PLC0415  # Only probes have targets.
    from auditor.probe.targets import target as parsed  # noqa: PLC0415  # Likewise.

    try:
        return full_name(parsed(target))
    except ValueError:
        return target  # Whoever probes it says what is wrong.


def words(given: str | None) -> tuple[str, ...] | None:
    """The words of an option that takes several, separated by commas; None where it is not given."""
    return None if given is None else split(given)
