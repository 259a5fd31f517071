"""``mailaudit rules``: what is checked."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from auditor.cli.exits import Stop
from auditor.cli.rules_chosen import installed
from auditor.model.check import Rule


def rules(
    format: Annotated[str, typer.Option("--format", help="text or json")] = "text",  # noqa: A002
) -> None:
    """List every rule: id, severity, howto step, title."""
    found = installed()
    if format == "json":
        import json  # noqa: PLC0415  # A scan loads this module and prints no JSON.

        sys.stdout.write(json.dumps([_data(rule) for rule in found], indent=2) + "\n")
    elif format == "text":
        _table(found)
    else:
        message = f"no format is called {format!r} here; there are text and json"
        raise Stop(message)


def _data(rule: Rule) -> dict[str, str | None]:
    return {
        "id": rule.id,
        "slug": rule.slug,
        "severity": rule.severity.word,
        "confidence": rule.confidence.value,
        "howto": rule.howto,
        "title": rule.title,
    }


def _table(found: list[Rule]) -> None:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("id", "severity", "step", "title"):
        table.add_column(heading, no_wrap=heading != "title")
    for rule in found:
        table.add_row(rule.id, rule.severity.word, rule.howto or "", rule.title)
    console = Console(markup=False, highlight=False)
    console.print(table)
    console.print(f"{len(found)} rules; mailaudit explain ID tells more of one.")
