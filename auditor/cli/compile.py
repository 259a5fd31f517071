"""``mailaudit compile``: the .cf that m4 makes of a .mc, with nothing executed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.cf_dir import CfDir
from auditor.cli.compiling import Asked, compiled


def compile_mc(
    file: Annotated[Path, typer.Argument(metavar="FILE.mc", help="the .mc")],
    cf_dir: CfDir = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="write there, and only if there was no error")
    ] = None,
    *,
    explain: Annotated[bool, typer.Option("--explain", help="each line with the place it is from")] = False,
) -> None:
    """Print the .cf that m4 would make of a .mc; nothing that the .mc asks for is ever run."""
    raise typer.Exit(compiled(Asked(file, cf_dir, output, explain)))
