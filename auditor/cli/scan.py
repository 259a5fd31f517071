"""``mailaudit scan``: audit an install."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli import reporting
from auditor.cli.cf_dir import CfDir
from auditor.cli.configured import Config, InForce, looked_at, settings_for, words
from auditor.cli.exits import worst
from auditor.cli.fixing import Diff, Fix, Fixing, FixScript, UnsafeFixes
from auditor.cli.gate import BaselineFile, Gate, Jobs, Since, WriteBaseline
from auditor.cli.hosts import audited, cores, noted
from auditor.cli.progress import Progress
from auditor.cli.reporting import At, FailOn, Format, Ignore, MinSeverity, Output, ProfileName, Reporting, Select
from auditor.cli.rules_chosen import installed
from auditor.cli.targets import given_targets
from auditor.cli.wire_options import CAFile, Name, ProbeConfigured, Source, Wanted
from auditor.engine.audit import Target, audit
from auditor.model.report import Report, TargetReport


def scan(  # noqa: PLR0913  # One parameter for each option of the command.
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", help="/etc/mail, a checkout's copy of it, or one file")
    ] = None,
    root: Annotated[
        Path | None, typer.Option("--root", metavar="DIR", help="a whole filesystem; owners and modes count")
    ] = None,
    cf_dir: CfDir = None,
    profile: ProfileName = None,
    select: Select = None,
    ignore: Ignore = None,
    format: Format = "text",  # noqa: A002  # The option's name.
    output: Output = None,
    fail_on: FailOn = None,
    min_severity: MinSeverity = None,
    at: At = None,
    probe: Annotated[
        list[str] | None,
        typer.Option("--probe", metavar="HOST:PORT", help="compare with what answers there; repeatable"),
    ] = None,
    config: Config = None,
    since: Since = None,
    baseline: BaselineFile = None,
    write_baseline: WriteBaseline = None,
    jobs: Jobs = None,
    fix_script: FixScript = None,
    name: Name = None,
    ca: CAFile = None,
    source: Source = None,
    *,
    diff: Diff = False,
    fix: Fix = False,
    unsafe_fixes: UnsafeFixes = False,
    probe_configured: ProbeConfigured = False,
    offline: Annotated[bool, typer.Option("--offline", help="ask neither DNS nor programs nor sockets")] = False,
) -> None:
    """Audit an install: by default this host's own, /etc/mail and what lies around it."""
    named = paths or []
    settings = settings_for(named, root, config).commanded(
        profile=profile, select=words(select), ignore=words(ignore), fail_on=fail_on, min_severity=min_severity
    )
    where = Reporting(format, output, settings.fail_on, settings.min_severity)
    fixes = Fixing(diff=diff, fix=fix, unsafe=unsafe_fixes, script=fix_script)
    reporting.profile(settings.profile)
    moment = reporting.moment(at)
    force = InForce(settings, moment)
    # Rules about the wire are loaded where something is probed, and where somebody may mean one of them.
    rules = force.rules(wire=bool(probe) or probe_configured)
    asked = force.applied.profile()

    def located() -> list[Target]:
        given = given_targets(named, root, force.cf_dir(cf_dir), asked, moment, offline=offline)
        return [force.applied.target(each) for each in given]

    if fixes.is_wanted:
        targets = located()
        first = Gate(rules, since, baseline, None, inside=root is not None)
        first.look(targets)
        fixes.make(targets, rules, first, InForce(settings, moment), jobs or cores())
        if diff:
            raise typer.Exit(fixes.code)
    targets = located()
    if probe or probe_configured:
        from auditor.cli.live import Live  # noqa: PLC0415  # Most scans probe nothing.

        wanted = Wanted(name=name, ca=ca, source=source, offline=offline, at=None if at is None else moment)
        targets = force.beside(targets, probe or [], wanted, Live(where.format), configured=probe_configured)
    gate = Gate(rules, since, baseline, write_baseline, inside=root is not None)
    gate.look(targets)

    def one(target: Target, told: Callable[[int], None]) -> TargetReport:
        return gate.changed(audit(target, rules, told, installed), target)

    found: list[TargetReport] = []
    with Progress(len(rules) * len(targets)) as progress:
        for target, each in zip(targets, audited(targets, rules, one, jobs or cores(), progress), strict=True):
            found.append(gate.known(force.met(each), target))
            if len(targets) > 1:
                where.show(found[-1], progress)
    found += force.outdated(found, rules, looked_at(named, root))
    fixes.write_script(found)
    report = Report(
        tuple(found),
        where.minimum,
        (*fixes.notices(found, where.format), *noted(found), *gate.end(), *gate.news(force, found)),
    )
    where.print(report)
    raise typer.Exit(worst([where.code(report), fixes.code]))
