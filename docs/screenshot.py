"""Make docs/demo.svg, the README's screenshot: what ``mailaudit scan fixtures/howto`` shows, its middle left out."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from rich.console import Console

from auditor.cli.rules_chosen import installed
from auditor.cli.targets import given_targets
from auditor.engine.audit import audit
from auditor.engine.profiles import load
from auditor.model.report import Report
from auditor.report.styled import Line
from auditor.report.text import lines
from tests.examples import NOW

ROOT = Path(__file__).parent.parent
_HEAD, _TAIL = 46, 18


def main() -> None:
    """Scan the howto's install and export what a terminal would show."""
    targets = given_targets([ROOT / "fixtures" / "howto"], None, None, load("modern"), NOW, offline=True)
    report = Report(tuple(audit(target, installed()) for target in targets))
    shown = list(lines(report))
    console = Console(record=True, width=132, file=StringIO(), force_terminal=True, markup=False, highlight=False)
    prompt = Line("$ mailaudit scan fixtures/howto", "bold")
    gap = Line(f"  … {len(shown) - _HEAD - _TAIL} lines more …", "dim")
    for line in (prompt, *shown[:_HEAD], gap, *shown[-_TAIL:]):
        console.print(line.as_rich(), overflow="ellipsis", no_wrap=True)
    console.save_svg(str(ROOT / "docs" / "demo.svg"), title="mailaudit")


if __name__ == "__main__":
    main()
