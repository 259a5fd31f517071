"""The command line: a module per command, thin."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn

from auditor import __version__


def main() -> None:
    """Run the command line and end the process.

    The version is answered before anything is imported: scripts ask for it often and it must cost nothing.
    """
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"mailaudit {__version__}\n")
        return
    # A scan makes many objects and few circles; collecting less often takes a tenth off its time.
    gc.set_threshold(100_000, 50, 100)
    if sys.argv[1:2] == ["compile"]:
        _compile(sys.argv[2:])
    from auditor.cli.app import run  # noqa: PLC0415  # typer costs a tenth of a second.

    _end(run())


def _compile(words: list[str]) -> None:
    """Compile and end, unless the command line is one for typer."""
    from auditor.cli import compiling, exits  # noqa: PLC0415  # Nothing else needs them.

    request = compiling.asked(words)
    if request is not None:
        _end(exits.ended(lambda: compiling.compiled(request)))


def _end(code: int) -> NoReturn:
    # Freeing hundreds of modules and every line of an install one by one takes a tenth of a scan's time, and the
    # process's end frees them anyhow. Nothing here relies on what Python does on its way out but the flushing.
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        pass  # Whoever reads the report may stop early, as head does; that is no failure of ours.
    os._exit(code)
