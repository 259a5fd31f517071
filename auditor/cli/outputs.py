"""The files that reports go into: ``--output FORMAT=FILE``, any number of them, ``-`` for standard output."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from auditor.cli.exits import Stop, nearest
from auditor.model.report import Report
from auditor.model.value import frozen
from auditor.report import FORMATS, renderer


@frozen
class Outputs:
    """What is printed, and what is written where.

    Attributes:
        printed: the format on standard output.
        files: the other formats, each with its file.

    """

    printed: str
    files: tuple[tuple[str, Path], ...]

    def write(self, report: Report) -> None:
        """Write the files, every one that can be.

        Raises:
            Stop: one cannot be written.

        """
        wrong = []
        for name, path in self.files:
            try:
                # Some formats set the ends of their lines themselves.
                path.write_text(renderer(name)(report), encoding="utf-8", newline="")
            except OSError as error:
                wrong.append(f"cannot write {path}: {error.strerror}")
        if wrong:
            raise Stop("; ".join(wrong))


def outputs(printed: str, words: Sequence[str]) -> Outputs:
    """What the options ask for, looked at before anything is audited.

    Args:
        printed: the format on standard output unless one of the words gives it another.
        words: each ``FORMAT=FILE``.

    Raises:
        Stop: a format is not known, a file cannot be written or is named twice.

    """
    _known(printed)
    files: dict[Path, str] = {}
    for name, path in map(_output, words):
        if path in files:
            message = f"two reports would go into {path}" if str(path) != "-" else "two reports would be printed"
            raise Stop(message)
        files[path] = name
    standard = files.pop(Path("-"), printed)
    for path in files:
        _check_writable(path)
    return Outputs(standard, tuple((name, path) for path, name in files.items()))


def _output(word: str) -> tuple[str, Path]:
    name, equals, path = word.partition("=")
    if not equals or not path:
        message = f"--output takes FORMAT=FILE, not {word!r}"
        raise Stop(message)
    _known(name)
    return name, Path(path)


def _known(name: str) -> None:
    if name not in FORMATS:
        message = f"no format is called {name!r}{nearest(name, FORMATS)} (there are {', '.join(FORMATS)})"
        raise Stop(message)


def _check_writable(path: Path) -> None:
    """Look whether a file can be written, without making or emptying it."""
    if path.is_dir():
        reason = "it is a directory"
    elif not path.parent.is_dir():
        reason = f"{path.parent} is no directory"
    elif not os.access(path if path.exists() else path.parent, os.W_OK):
        reason = "permission denied"
    else:
        return
    message = f"cannot write {path}: {reason}"
    raise Stop(message)
