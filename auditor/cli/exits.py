"""The exit codes, and errors that end in one of them with one line on standard error."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

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


def nearest(word: str, names: Iterable[str]) -> str:
    """A clause that names the nearest of the names, or nothing where none is near."""
    close = get_close_matches(word, list(names), 1, 0.5)
    return f"; did you mean {close[0]}?" if close else ""
