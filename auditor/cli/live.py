"""What a probe finds, shown as it is found to whoever waits at a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from auditor.probe.telling import unheard
from auditor.report.clean import clean
from auditor.report.styled import Line, write


class Live:
    """The lines on standard error, where that is a terminal and the report is for people; else nobody is told.

    Logs and pipes hold the report only, so that they do not say everything twice.

    Args:
        form: the report's format; empty where several targets would be told of in turn, which is a muddle.

    Attributes:
        report: is told each line.

    """

    def __init__(self, form: str) -> None:
        self.report: Callable[[str], None] = self._show if form == "text" and sys.stderr.isatty() else unheard
        self._lines = 0

    def end(self) -> None:
        """Set the lines apart from what comes after them."""
        if self._lines:
            sys.stderr.write("\n")
            sys.stderr.flush()
        self._lines = 0

    def _show(self, line: str) -> None:
        self._lines += 1
        write([Line(f"  {clean(line)}", "dim")], sys.stderr, colour=not os.environ.get("NO_COLOR"))
        sys.stderr.flush()
