"""``mailaudit config``: the settings that are in force, and who said each of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from auditor.cli import reporting
from auditor.cli.configured import Config, InForce, settings_for
from auditor.cli.exits import Stop, nearest
from auditor.model.finding import Severity
from auditor.report.clean import clean
from auditor.settings.model import PLAIN, Override, Settings

_FORMATS = ("text", "json")


def config(
    path: Annotated[Path | None, typer.Argument(metavar="[PATH]", help="what would be audited")] = None,
    root: Annotated[Path | None, typer.Option("--root", metavar="DIR", help="a whole filesystem")] = None,
    config: Config = None,
    format: Annotated[str, typer.Option("--format", help="text or json")] = "text",  # noqa: A002  # The option's name.
) -> None:
    """Show the settings that hold for a path, and the file and line that says each; by default for this directory."""
    if format not in _FORMATS:
        message = f"no format is called {format!r}{nearest(format, _FORMATS)} (there are {', '.join(_FORMATS)})"
        raise Stop(message)
    settings = settings_for([path or Path()], root, config)
    # What names a rule that there is not must not look as if it were in force.
    force = InForce(settings, reporting.moment(None))
    force.rules(wire=True)
    data = as_data(settings, force)
    if format == "json":
        import json  # noqa: PLC0415  # The text does without.

        sys.stdout.write(json.dumps(data, indent=2) + "\n")
    else:
        sys.stdout.writelines(f"{clean(line)}\n" for line in _lines(data))


def as_data(settings: Settings, force: InForce) -> dict[str, Any]:
    """The settings as plain lists and dictionaries; every value with its origin."""

    def said(name: str, value: object) -> dict[str, Any]:
        return {"value": list(value) if isinstance(value, tuple) else value, "from": settings.origin(name)}

    profile = force.applied.profile()
    severities = {rule: said(f"severity.{rule}", _word(severity)) for rule, severity in settings.severity.items()}
    return {
        "file": settings.shown or None,
        **{name: said(name, getattr(settings, name.replace("-", "_"))) for name in PLAIN},
        "thresholds": {
            name: {"value": list(value) if isinstance(value, tuple) else value, "from": _threshold(settings, name)}
            for name, value in profile.thresholds.items()
        },
        "severity": severities,
        "override": [_override(each, settings) for each in settings.overrides],
        "targets": [
            {"target": each.target, "path": each.path, "from": settings.said(each.at)} for each in settings.targets
        ],
        "accepted": [
            {
                "id": each.id,
                "path": each.path,
                "subject": each.subject,
                "reason": each.reason,
                "expires": str(each.expires) if each.expires is not None else None,
                "from": settings.said(each.at),
            }
            for each in settings.ignores
        ],
    }


def _threshold(settings: Settings, name: str) -> str:
    found = settings.origins.get(f"thresholds.{name}")
    return found or f"profile {settings.profile}"


def _word(severity: Severity | None) -> str:
    return "off" if severity is None else severity.word


def _override(each: Override, settings: Settings) -> dict[str, Any]:
    return {
        "path": list(each.paths),
        "select": None if each.select is None else list(each.select),
        "ignore": list(each.ignore),
        "severity": {rule: _word(severity) for rule, severity in each.severity.items()},
        "profile": each.profile,
        "thresholds": {name: list(v) if isinstance(v, tuple) else v for name, v in each.thresholds.items()},
        "from": settings.said(each.at),
    }


def _lines(data: dict[str, Any]) -> Iterator[str]:
    yield f"settings: {data['file'] or 'no file; what holds is what mailaudit comes with'}"
    yield ""
    rows = [(name, data[name]) for name in PLAIN]
    rows += [(f"thresholds.{name}", row) for name, row in data["thresholds"].items()]
    rows += [(f"severity.{rule}", row) for rule, row in data["severity"].items()]
    width = max(len(name) for name, _ in rows)
    for name, row in rows:
        yield f"  {name:<{width}}  {_shown(row['value'])}  ({row['from']})"
    for heading, key in (("for some paths", "override"), ("targets", "targets"), ("accepted findings", "accepted")):
        if data[key]:
            yield ""
            yield f"{heading}:"
            yield from (f"  {_entry(each)}  ({each['from']})" for each in data[key])


def _shown(value: object) -> str:
    if value is None:
        return "-"
    return ", ".join(map(str, value)) or "-" if isinstance(value, list) else str(value)


def _entry(entry: dict[str, Any]) -> str:
    parts = []
    for key, value in entry.items():
        if key == "from" or not value:
            continue
        inner = ", ".join(f"{k} {_shown(v)}" for k, v in value.items()) if isinstance(value, dict) else _shown(value)
        parts.append(f"{key} {inner}")
    return "; ".join(parts)
