"""``mailaudit explain ID``: a rule's manual."""

from __future__ import annotations

from typing import Annotated

import typer

from auditor.cli.rules_chosen import installed, one
from auditor.model.check import Rule
from auditor.model.manual import ExampleFile, Section, parse


def explain(rule_id: Annotated[str, typer.Argument(metavar="ID", help="a rule's id or slug")]) -> None:
    """Tell what a rule means, what it leads to, how to mend it, and when it does not apply."""
    from rich.console import Console  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    rule = one(installed(), rule_id)
    manual = parse(rule.manual)
    console = Console(markup=False, highlight=False, soft_wrap=True)
    console.print(Text(f"{rule.id} {rule.slug}", "bold"))
    console.print(Text(f"{rule.severity.word}, confidence {rule.confidence.value}{_step(rule)}", "dim"))
    console.print()
    console.print(Text(manual.title, "bold"))
    if manual.prose:
        console.print(f"\n{manual.prose}")
    for section in manual.sections:
        console.print()
        console.print(Text(section.heading, "bold"))
        for line in _lines(section):
            console.print(f"    {line}")


def _step(rule: Rule) -> str:
    return f", step {rule.howto} of the howto" if rule.howto else ""


def _lines(section: Section) -> list[str]:
    if not section.example:
        return section.text.splitlines()
    lines = []
    for file in section.example:
        lines += [*_header(file), *section_text(file)]
    return lines


def _header(file: ExampleFile) -> list[str]:
    if file.path is None:
        return []
    rights = f" (mode {file.mode:04o}, owner {file.owner})" if file.mode is not None else ""
    made = f": {file.made}" if file.made else ""
    return [f"{file.path}{rights}{made}"]


def section_text(file: ExampleFile) -> list[str]:
    """An example's lines with what cannot be seen on a screen written out."""
    text = file.text.encode("latin-1").decode("utf-8", "replace")
    shown = text.replace("\r", "\\r").replace("\ufeff", "\\xef\\xbb\\xbf").replace("\u00a0", "\\xc2\\xa0")
    return shown.splitlines()
