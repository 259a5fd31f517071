"""What of an install's findings counts in this run: those that are new to a baseline, those of a change."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.targets import templates_of
from auditor.engine.audit import Target, audit
from auditor.model.check import Rule
from auditor.model.report import TargetReport
from auditor.model.value import replaced

if TYPE_CHECKING:
    from auditor.cli.configured import InForce
    from auditor.cli.since import Revision

Since = Annotated[
    str | None, typer.Option("--since", metavar="REV", help="only what lines changed since a git revision cause")
]
BaselineFile = Annotated[
    str | None, typer.Option("--baseline", metavar="FILE", help="only what is not in it counts; REV:FILE of a revision")
]
WriteBaseline = Annotated[
    Path | None, typer.Option("--write-baseline", metavar="FILE", help="what is found is known from now on")
]
Jobs = Annotated[
    int | None, typer.Option("--jobs", metavar="N", min=1, help="installs at the same moment; the number of cores")
]


class Gate:
    """Judges one target after the other.

    Args:
        rules: the checks that run.
        since: the revision that ``--since`` names.
        baseline: the file of ``--baseline``.
        write: the file of ``--write-baseline``.
        inside: whether reports name files by their path inside an audited root.

    Raises:
        Stop: a baseline cannot be read.

    """

    def __init__(
        self, rules: Sequence[Rule], since: str | None, baseline: str | None, write: Path | None, *, inside: bool
    ) -> None:
        self._rules = rules
        self._since = since
        self._write = write
        self._baseline = None
        self._revision: Revision | None = None
        if baseline is not None or write is not None:
            from auditor.cli.baseline import empty, read  # noqa: PLC0415  # Most scans have none.

            self._baseline = read(baseline, inside=inside) if baseline is not None else None
            if self._baseline is None and write is not None:
                self._baseline = empty(write, inside=inside)

    @property
    def narrows(self) -> bool:
        """Whether some findings do not count here."""
        return self._since is not None or self._baseline is not None

    def look(self, targets: Sequence[Target]) -> None:
        """See whether the revision is there, before anything is audited.

        Raises:
            Stop: it is not, or there is no work tree of git's.

        """
        if self._since is not None and targets:
            from auditor.cli.unchanged import revision_of  # noqa: PLC0415  # Most scans compare nothing.

            # The processes that audit share what is listed here.
            self._revision = revision_of(targets[0], self._since)
            _ = self._revision.entries

    def changed(self, found: TargetReport, target: Target) -> TargetReport:
        """A target's report without what was there in the revision already.

        Raises:
            Stop: the target lies in no work tree, or the revision is not there.

        """
        notes = templates_of(target)
        found = replaced(found, notes=notes) if notes else found
        if self._since is None:
            return found
        from auditor.cli.unchanged import since  # noqa: PLC0415  # As above.

        return since(found, target, self._since, lambda then: audit(then, self._rules))

    def news(self, force: InForce, found: Sequence[TargetReport]) -> tuple[str, ...]:
        """What is tolerated now, by comments and settings, and was not in the revision.

        Raises:
            Stop: git fails.

        """
        return () if self._revision is None else force.notices(self._revision, found)

    def known(self, found: TargetReport, target: Target) -> TargetReport:
        """A target's report without what the baseline has, or will have."""
        if self._baseline is None:
            return found
        return self._baseline.sift(found, whole=target.focus is None, all_known=self._write is not None)

    def end(self) -> tuple[str, ...]:
        """Write the baseline that is wanted, and say what is to be known about the one there is.

        Raises:
            Stop: it cannot be written.

        """
        if self._baseline is None:
            return ()
        ran = [rule.id for rule in self._rules]
        if self._write is not None:
            from auditor.cli.baseline import write  # noqa: PLC0415  # As above.

            entries = self._baseline.after(ran)
            write(self._write, entries)
            count = entries.total()
            return (f"{self._write} holds {count} known finding{'' if count == 1 else 's'}",)
        gone = self._baseline.gone(ran)
        if not gone:
            return ()
        some = f"{gone} entries of the baseline no longer occur; --write-baseline takes them out"
        return ("1 entry of the baseline no longer occurs; --write-baseline takes it out" if gone == 1 else some,)
