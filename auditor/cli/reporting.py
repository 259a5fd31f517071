"""What commands that report have in common: their options' words, the formats, where reports go, the exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli import exits
from auditor.cli.exits import Stop, nearest
from auditor.engine import profiles
from auditor.facts.given import Profile
from auditor.model.finding import Severity
from auditor.model.report import Outcome, Report
from auditor.report import FORMATS, renderer

ProfileName = Annotated[str, typer.Option("--profile", help="modern, howto or strict")]
Select = Annotated[str | None, typer.Option("--select", metavar="IDS", help="only these ids, id prefixes or slugs")]
Ignore = Annotated[str | None, typer.Option("--ignore", metavar="IDS", help="not these ids, id prefixes or slugs")]
Format = Annotated[str, typer.Option("--format", help="text, concise or json, on standard output")]
Output = Annotated[
    list[str] | None,
    typer.Option("--output", metavar="FORMAT=FILE", help="a report into a file as well; repeatable"),
]
FailOn = Annotated[
    str,
    typer.Option("--fail-on", metavar="SEVERITY", help="exit 1 from here on: critical, high, medium, low, info, never"),
]
MinSeverity = Annotated[str, typer.Option("--min-severity", metavar="SEVERITY", help="show nothing below")]
At = Annotated[str | None, typer.Option("--at", metavar="DATE", help="judge expiry and freshness as of DATE")]


class Reporting:
    """Where a report goes and what of it counts, checked before anything is audited.

    Raises:
        Stop: a word among the options is not known.

    """

    def __init__(self, name: str, outputs: Sequence[str] | None, fail_on: str, min_severity: str) -> None:
        self.minimum = severity(min_severity)
        self._threshold = None if fail_on == "never" else severity(fail_on)
        _known_format(name)
        self.format = name
        self._outputs = [_output(word) for word in outputs or []]

    def print(self, report: Report) -> None:
        """Print the report, and write it wherever else it is wanted."""
        if self.format == "text":
            from auditor.report.text import write  # noqa: PLC0415  # The other formats do without.

            write(report, sys.stdout, colour=colour())
        else:
            sys.stdout.write(renderer(self.format)(report))
        self.write(report)

    def write(self, report: Report) -> None:
        """Write the report into the files of ``--output``."""
        for name, path in self._outputs:
            _write(report, name, path)

    def code(self, report: Report) -> int:
        """The exit code that the report asks for."""
        worst = report.worst()
        crashed = any(result.outcome is Outcome.CRASHED for target in report.targets for result in target.results)
        failed = self._threshold is not None and worst is not None and worst >= self._threshold
        silent = any(target.no_verdict for target in report.targets)
        return exits.worst([exits.INTERNAL] * crashed + [exits.FINDINGS] * failed + [exits.NO_VERDICT] * silent)


def colour() -> bool:
    """Whether standard output takes colours."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _write(report: Report, name: str, path: Path) -> None:
    try:
        path.write_text(renderer(name)(report), encoding="utf-8")
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}"
        raise Stop(message) from error


def _known_format(name: str) -> None:
    if name not in FORMATS:
        message = f"no format is called {name!r}{nearest(name, FORMATS)} (there are {', '.join(FORMATS)})"
        raise Stop(message)


def _output(word: str) -> tuple[str, Path]:
    name, equals, path = word.partition("=")
    if not equals or not path:
        message = f"--output takes FORMAT=FILE, not {word!r}"
        raise Stop(message)
    _known_format(name)
    return name, Path(path)


def severity(word: str) -> Severity:
    """A severity by its word.

    Raises:
        Stop: there is none.

    """
    try:
        return Severity[word.upper()]
    except KeyError:
        names = [each.word for each in reversed(Severity)]
        message = f"no severity is called {word!r}{nearest(word, names)}"
        raise Stop(message) from None


def profile(name: str) -> Profile:
    """A profile by its name.

    Raises:
        Stop: there is none.

    """
    try:
        return profiles.load(name)
    except KeyError:
        known = ", ".join(profiles.NAMES)
        message = f"no profile is called {name!r}{nearest(name, profiles.NAMES)} (there are {known})"
        raise Stop(message) from None


def moment(word: str | None) -> datetime:
    """The moment that ``--at`` names, now without it.

    Raises:
        Stop: it is no date.

    """
    if word is None:
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(word)
    except ValueError:
        message = f"--at takes a date such as 2026-11-22, not {word!r}"
        raise Stop(message) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
