"""The command line: a module per command, thin."""

from __future__ import annotations

import sys

from auditor import __version__


def main() -> None:
    """Run the command line and exit.

    The version is answered before anything is imported: scripts ask for it often and it must cost nothing.
    """
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"mailaudit {__version__}\n")
        return
    from auditor.cli.app import run  # noqa: PLC0415  # typer costs a tenth of a second.

    run()
