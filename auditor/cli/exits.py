"""The exit codes, and errors that end in one of them with one line on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable

from auditor.model.nearest import nearest

__all__ = ["CLEAN", "FINDINGS", "INTERNAL", "NOTHING", "NO_VERDICT", "USAGE", "Stop", "ended", "nearest", "worst"]

CLEAN = 0
FINDINGS = 1
USAGE = 2
NOTHING = 3
NO_VERDICT = 4
INTERNAL = 70

#: Where several hold, the first of these wins.
_PRECEDENCE = (INTERNAL, USAGE, FINDINGS, NO_VERDICT, NOTHING, CLEAN)


class Stop(Exception):  # noqa: N818  # It ends the run in an orderly way.
    """Ends the run with a message on standard error and an exit code."""

    def __init__(self, message: str, code: int = USAGE) -> None:
        self.message = message
        self.code = code
        super().__init__(message)


def worst(codes: Iterable[int]) -> int:
    """The code to exit with where several hold."""
    return min(codes, key=_PRECEDENCE.index, default=CLEAN)


def ended(work: Callable[[], int]) -> int:
    """Do the work and give its exit code; errors a user can mend end in one line on standard error."""
    try:
        return work()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else CLEAN
    except Stop as stop:
        sys.stderr.write(f"mailaudit: {stop.message}\n")
        return stop.code
    except BrokenPipeError:
        # Whoever reads the report may stop early, as head does; that is no failure of ours.
        return CLEAN
    except Exception as error:
        if os.environ.get("MAILAUDIT_DEBUG"):
            raise
        sys.stderr.write(
            f"mailaudit: internal error: {type(error).__name__}: {error}\n"
            "mailaudit: please report it, with the traceback that MAILAUDIT_DEBUG=1 shows\n"
        )
        return INTERNAL
