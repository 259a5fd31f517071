"""``mailaudit probe``: ask a mail server what it offers to a peer, a mail client and an attacker."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli import reporting
from auditor.cli.configured import Config, InForce, settings_for, words
from auditor.cli.exits import Stop
from auditor.cli.reporting import At, FailOn, Format, Ignore, MinSeverity, Output, ProfileName, Reporting, Select
from auditor.cli.wire_options import (
    AuthAll,
    AuthUser,
    CAFile,
    Configured,
    Depth,
    Ehlo,
    Idle,
    InsecureAuth,
    Intrusive,
    Name,
    PasswordFile,
    RelayFrom,
    RelayTo,
    Source,
    Timeout,
    TLSMode,
    Wanted,
)
from auditor.model.report import Report, TargetReport
from auditor.report.clean import clean


def probe(  # noqa: PLR0913  # One parameter for each option of the command.
    targets: Annotated[
        list[str] | None, typer.Argument(metavar="[HOST[:PORT]]...", help="port 25 where none is named")
    ] = None,
    targets_file: Annotated[
        Path | None, typer.Option("--targets", metavar="FILE", help="more targets, one on a line; - for standard input")
    ] = None,
    mx: Annotated[
        list[str] | None, typer.Option("--mx", metavar="DOMAIN", help="every MX of a domain; repeatable")
    ] = None,
    tls: TLSMode = None,
    name: Name = None,
    ca: CAFile = None,
    ehlo: Ehlo = "",
    timeout: Timeout = 15.0,
    source: Source = None,
    depth: Depth = "default",
    auth_user: AuthUser = None,
    password_file: PasswordFile = None,
    relay_from: RelayFrom = None,
    relay_to: RelayTo = None,
    idle: Idle = 0.0,
    transcript: Annotated[
        Path | None, typer.Option("--transcript", metavar="FILE", help="write what was said, without credentials")
    ] = None,
    config: Config = None,
    profile: ProfileName = None,
    select: Select = None,
    ignore: Ignore = None,
    format: Format = "text",  # noqa: A002  # The option's name.
    output: Output = None,
    fail_on: FailOn = None,
    min_severity: MinSeverity = None,
    at: At = None,
    *,
    configured: Configured = False,
    auth_all: AuthAll = False,
    insecure_auth: InsecureAuth = False,
    intrusive: Intrusive = False,
    offline: Annotated[bool, typer.Option("--offline", help="ask nothing beside the targets")] = False,
) -> None:
    """Ask mail servers over the wire, and judge what they offer; no mail is ever sent."""
    if configured and (auth_user is not None or password_file is not None):
        # Whoever may edit a settings file could have the password sent to a host of theirs.
        message = (
            "--configured probes what a settings file names, and such a target gets no credentials: name it yourself"
        )
        raise Stop(message)
    # An endpoint has no place on the disk, so the settings are those of the working directory.
    settings = settings_for([Path()], None, config).commanded(
        profile=profile, select=words(select), ignore=words(ignore), fail_on=fail_on, min_severity=min_severity
    )
    where = Reporting(format, output, settings.fail_on, settings.min_severity)
    reporting.profile(settings.profile)
    moment = reporting.moment(at)
    force = InForce(settings, moment)
    rules = force.rules(wire=True)
    wanted = Wanted(
        tls=tls, name=name, ca=ca, ehlo=ehlo, timeout=timeout, source=source, depth=depth, user=auth_user,
        password_file=password_file, relay_from=relay_from, relay_to=relay_to, every=auth_all, insecure=insecure_auth,
        intrusive=intrusive, idle=idle, offline=offline,
        at=None if at is None else moment,
    )  # fmt: skip
    from auditor.cli.probing import Prober, destinations  # noqa: PLC0415  # Usage errors need nothing of the wire.

    prober = Prober(rules, force.applied.profile(), moment, where, force.met)
    named = [*(targets or []), *force.targets(configured=configured)]
    places = destinations(named, targets_file, mx or [], wanted)
    if not places:
        message = "no target is named; mailaudit probe mail.example.org:25 asks one, --mx every MX of a domain"
        raise Stop(message)
    found = prober.run(places, wanted)
    report = Report(tuple(found), where.minimum)
    prober.finish(report)
    if transcript is not None:
        prober.write_transcript(transcript)
    for target in found:
        if target.no_verdict and not prober.shows(target):
            sys.stderr.write(f"mailaudit: {_said(target)}\n")
    raise typer.Exit(where.code(report))


def _said(target: TargetReport) -> str:
    return clean(f"{target.name}: {target.no_verdict.removeprefix(f'{target.name} ')}")
