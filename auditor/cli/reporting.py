"""What commands that report have in common: their options' words, the formats, where reports go, the exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from io import TextIOWrapper
from typing import Annotated

import typer

from auditor.cli import exits
from auditor.cli.exits import Stop, nearest
from auditor.cli.outputs import outputs as wanted_outputs
from auditor.cli.progress import Progress
from auditor.engine import profiles
from auditor.facts.given import Profile
from auditor.model.finding import Severity
from auditor.model.report import Outcome, Report, TargetReport
from auditor.report import renderer

ProfileName = Annotated[
    str | None,
    typer.Option("--profile", metavar="NAME", help="modern (unless the settings say otherwise), howto or strict"),
]
Select = Annotated[str | None, typer.Option("--select", metavar="IDS", help="only these ids, id prefixes or slugs")]
Ignore = Annotated[str | None, typer.Option("--ignore", metavar="IDS", help="not these ids, id prefixes or slugs")]
Format = Annotated[
    str,
    typer.Option("--format", help="what is printed: text, concise, json, sarif, github, gitlab, junit, markdown, csv"),
]
Output = Annotated[
    list[str] | None,
    typer.Option("--output", metavar="FORMAT=FILE", help="a report into a file as well, - prints it; repeatable"),
]
FailOn = Annotated[
    str | None,
    typer.Option(
        "--fail-on",
        metavar="SEVERITY",
        help="exit 1 from here on: critical, high, medium (the usual), low, info, never",
    ),
]
MinSeverity = Annotated[str | None, typer.Option("--min-severity", metavar="SEVERITY", help="show nothing below")]
At = Annotated[str | None, typer.Option("--at", metavar="DATE", help="judge expiry and freshness as of DATE")]


class Reporting:
    """Where a report goes and what of it counts, checked before anything is audited.

    Raises:
        Stop: a word among the options is not known.

    """

    def __init__(self, name: str, outputs: Sequence[str] | None, fail_on: str, min_severity: str) -> None:
        self.minimum = severity(min_severity)
        self._threshold = None if fail_on == "never" else severity(fail_on)
        self._shown: set[str] = set()
        self._outputs = wanted_outputs(name, outputs or [])
        self.format = self._outputs.printed

    def show(self, target: TargetReport, progress: Progress) -> None:
        """Print the part of one of several targets before the others are done, where the format is for people."""
        if self.format != "text":
            return
        from auditor.report.styled import write  # noqa: PLC0415  # The other formats do without.
        from auditor.report.text import target_lines  # noqa: PLC0415  # Likewise.

        progress.hide()
        write(target_lines(target, self.minimum), sys.stdout, colour=colour())
        sys.stdout.flush()
        self._shown.add(target.name)

    def print(self, report: Report) -> None:
        """Print the report, or what is not shown of it yet, and write it wherever else it is wanted."""
        if self._shown:
            from auditor.report.styled import write as write_lines  # noqa: PLC0415  # As above.
            from auditor.report.text import end_lines, target_lines  # noqa: PLC0415  # Likewise.

            left = [each for each in report.targets if each.name not in self._shown]
            lines = (line for each in left for line in target_lines(each, self.minimum))
            write_lines((*lines, *end_lines(report)), sys.stdout, colour=colour())
        elif self.format == "text":
            from auditor.report.text import write  # noqa: PLC0415  # The other formats do without.

            write(report, sys.stdout, colour=colour())
        else:
            _print(renderer(self.format)(report))
        self.write(report)

    def write(self, report: Report) -> None:
        """Write the report into the files of ``--output``."""
        self._outputs.write(report)

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


def _print(text: str) -> None:
    """Print what a program is to read: in UTF-8, whatever the terminal has, and with the ends of lines as they are."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    sys.stdout.write(text)


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
