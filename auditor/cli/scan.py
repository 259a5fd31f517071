"""``mailaudit scan``: audit an install."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli import reporting
from auditor.cli.progress import Progress
from auditor.cli.reporting import At, FailOn, Format, Ignore, MinSeverity, Output, ProfileName, Reporting, Select
from auditor.cli.rules_chosen import chosen, installed
from auditor.cli.targets import given_targets
from auditor.cli.wire_options import CAFile, Name, Source, Wanted
from auditor.engine.audit import audit
from auditor.model.report import Report, TargetReport


def scan(  # noqa: PLR0913  # One parameter for each option of the command.
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", help="/etc/mail, a checkout's copy of it, or one file")
    ] = None,
    root: Annotated[
        Path | None, typer.Option("--root", metavar="DIR", help="a whole filesystem; owners and modes count")
    ] = None,
    profile: ProfileName = "modern",
    select: Select = None,
    ignore: Ignore = None,
    format: Format = "text",  # noqa: A002  # The option's name.
    output: Output = None,
    fail_on: FailOn = "medium",
    min_severity: MinSeverity = "info",
    at: At = None,
    probe: Annotated[
        list[str] | None,
        typer.Option("--probe", metavar="HOST:PORT", help="compare with what answers there; repeatable"),
    ] = None,
    name: Name = None,
    ca: CAFile = None,
    source: Source = None,
    *,
    offline: Annotated[bool, typer.Option("--offline", help="ask neither DNS nor programs nor sockets")] = False,
) -> None:
    """Audit an install: by default this host's own, /etc/mail and what lies around it."""
    where = Reporting(format, output, fail_on, min_severity)
    # Rules about the wire are loaded where something is probed, and where somebody may mean one of them.
    rules = chosen(installed(wire=bool(probe or select or ignore)), select, ignore)
    asked, moment = reporting.profile(profile), reporting.moment(at)
    targets = given_targets(paths or [], root, asked, moment, offline=offline)
    if probe:
        from auditor.cli.probing import beside  # noqa: PLC0415  # Most scans probe nothing.

        wanted = Wanted(name=name, ca=ca, source=source, offline=offline, at=None if at is None else moment)
        targets = [beside(targets, probe, wanted)]
    found: list[TargetReport] = []
    with Progress(len(rules) * len(targets)) as progress:
        for number, target in enumerate(targets):
            found.append(audit(target, rules, lambda done, n=number: progress.at(n * len(rules) + done)))  # type: ignore[misc]
    report = Report(tuple(found), where.minimum)
    where.print(report)
    raise typer.Exit(where.code(report))
