"""The option that names a cf directory."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

CfDir = Annotated[
    Path | None, typer.Option("--cf-dir", metavar="DIR", help="sendmail's cf directory, by default the host's own")
]
