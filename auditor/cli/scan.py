"""``mailaudit scan``: audit an install."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli import exits
from auditor.cli.exits import Stop, nearest
from auditor.cli.progress import Progress
from auditor.cli.rules_chosen import chosen, installed
from auditor.cli.targets import given_targets
from auditor.engine import profiles
from auditor.engine.audit import audit
from auditor.facts.given import Profile
from auditor.model.finding import Severity
from auditor.model.report import Outcome, Report, TargetReport
from auditor.report import FORMATS, renderer


def scan(  # noqa: PLR0913  # One parameter for each option of the command.
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", help="/etc/mail, a checkout's copy of it, or one file")
    ] = None,
    root: Annotated[
        Path | None, typer.Option("--root", metavar="DIR", help="a whole filesystem; owners and modes count")
    ] = None,
    profile: Annotated[str, typer.Option(help="modern, howto or strict")] = "modern",
    select: Annotated[str | None, typer.Option(metavar="IDS", help="only these ids, id prefixes or slugs")] = None,
    ignore: Annotated[str | None, typer.Option(metavar="IDS", help="not these ids, id prefixes or slugs")] = None,
    format: Annotated[str, typer.Option("--format", help="text, concise or json, on standard output")] = "text",  # noqa: A002
    output: Annotated[
        list[str] | None, typer.Option(metavar="FORMAT=FILE", help="a report into a file as well; repeatable")
    ] = None,
    fail_on: Annotated[
        str, typer.Option(metavar="SEVERITY", help="exit 1 from here on: critical, high, medium, low, info, never")
    ] = "medium",
    min_severity: Annotated[str, typer.Option(metavar="SEVERITY", help="show nothing below")] = "info",
    at: Annotated[str | None, typer.Option(metavar="DATE", help="judge expiry and freshness as of DATE")] = None,
    *,
    offline: Annotated[bool, typer.Option("--offline", help="ask neither DNS nor programs nor sockets")] = False,
) -> None:
    """Audit an install: by default this host's own, /etc/mail and what lies around it."""
    minimum = _severity(min_severity)
    threshold = None if fail_on == "never" else _severity(fail_on)
    _known_format(format)
    outputs = [_output(word) for word in output or []]
    rules = chosen(installed(), select, ignore)
    targets = given_targets(paths or [], root, _profile(profile), _moment(at), offline=offline)
    found: list[TargetReport] = []
    with Progress(len(rules) * len(targets)) as progress:
        for number, target in enumerate(targets):
            found.append(audit(target, rules, lambda done, n=number: progress.at(n * len(rules) + done)))  # type: ignore[misc]
    report = Report(tuple(found), minimum)
    _print(report, format)
    for name, path in outputs:
        _write(report, name, path)
    raise typer.Exit(_code(report, threshold))


def _code(report: Report, threshold: Severity | None) -> int:
    worst = report.worst()
    crashed = any(result.outcome is Outcome.CRASHED for target in report.targets for result in target.results)
    failed = threshold is not None and worst is not None and worst >= threshold
    return exits.worst([exits.INTERNAL] * crashed + [exits.FINDINGS] * failed)


def _print(report: Report, name: str) -> None:
    if name == "text":
        from auditor.report.text import write  # noqa: PLC0415  # rich is only needed here.

        write(report, sys.stdout, colour=sys.stdout.isatty() and not os.environ.get("NO_COLOR"))
    else:
        sys.stdout.write(renderer(name)(report))


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


def _severity(word: str) -> Severity:
    try:
        return Severity[word.upper()]
    except KeyError:
        names = [severity.word for severity in reversed(Severity)]
        message = f"no severity is called {word!r}{nearest(word, names)}"
        raise Stop(message) from None


def _profile(name: str) -> Profile:
    try:
        return profiles.load(name)
    except KeyError:
        known = ", ".join(profiles.NAMES)
        message = f"no profile is called {name!r}{nearest(name, profiles.NAMES)} (there are {known})"
        raise Stop(message) from None


def _moment(word: str | None) -> datetime:
    if word is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(word)
    except ValueError:
        message = f"--at takes a date such as 2026-11-22, not {word!r}"
        raise Stop(message) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
