"""A progress bar on a terminal, for a scan or a probe that takes more than a second."""

from __future__ import annotations

import sys
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

_PATIENCE = 1.0


class Progress:
    """Counts what is done; draws on standard error once a second has passed, and only where that is a terminal."""

    def __init__(self, total: int, doing: str = "checking") -> None:
        self._total = total
        self._doing = doing
        self._began = monotonic()
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._wanted = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def at(self, done: int) -> None:
        """Say how many are done."""
        if not self._wanted:
            return
        if self._bar is None and monotonic() - self._began > _PATIENCE:
            self._start()
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done)

    def hide(self) -> None:
        """Take the bar away before something is printed; the next count draws it again."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _start(self) -> None:
        from rich.console import Console  # noqa: PLC0415  # Most scans end before a bar is wanted.
        from rich.progress import Progress as Bar  # noqa: PLC0415

        self._bar = Bar(console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task(self._doing, total=self._total)
        self._bar.start()
