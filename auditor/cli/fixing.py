"""Fixes: what ``--diff`` shows, ``--fix`` writes into the files, and ``--fix-script`` leaves to the administrator."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.exits import CLEAN, FINDINGS, Stop
from auditor.facts.given import Tree
from auditor.model.finding import Edit
from auditor.model.report import Reported, TargetReport
from auditor.trees.base import Entry

if TYPE_CHECKING:
    from auditor.cli.configured import InForce
    from auditor.cli.gate import Gate
    from auditor.engine.audit import Target
    from auditor.engine.fixing import Change, Mended
    from auditor.model.check import Rule

Diff = Annotated[bool, typer.Option("--diff", help="show the changes that --fix would make, and no report")]
Fix = Annotated[bool, typer.Option("--fix", help="make the safe changes in the files, then report what is left")]
UnsafeFixes = Annotated[bool, typer.Option("--unsafe-fixes", help="with --fix or --diff: the other changes as well")]
FixScript = Annotated[
    Path | None,
    typer.Option("--fix-script", metavar="FILE", help="write the commands of fixes into a shell script"),
]
_EXECUTABLE = 0o700


class Fixing:
    """What a run is to mend, and what came of it.

    Attributes:
        is_wanted: whether files are to be changed, or the changes shown.
        code: the exit code that the fixes alone ask for.

    Raises:
        Stop: the options do not go together.

    """

    def __init__(
        self, *, diff: bool = False, fix: bool = False, unsafe: bool = False, script: Path | None = None
    ) -> None:
        if unsafe and not (fix or diff):
            message = "--unsafe-fixes goes with --fix or --diff"
            raise Stop(message)
        self.diff = diff
        self.is_wanted = fix or diff
        self.code = CLEAN
        self._unsafe = unsafe
        self._script = script
        self._findings = 0
        self._written: dict[tuple[str, str], bytes] = {}
        self._rebuilds = False
        self._left = 0

    def make(self, targets: Sequence[Target], rules: Sequence[Rule], gate: Gate, force: InForce, jobs: int) -> None:
        """Audit the installs, and show the changes or write them.

        Args:
            targets: the installs.
            rules: the rules to run.
            gate: sets aside what is known or not of a change; where it does, nothing is mended but what is left.
            force: sets aside what the settings ignore.
            jobs: how many processes audit.

        """
        from auditor.cli.hosts import audited  # noqa: PLC0415  # Most runs mend nothing.
        from auditor.cli.progress import Progress  # noqa: PLC0415  # Likewise.
        from auditor.engine.audit import audit  # noqa: PLC0415  # Likewise.
        from auditor.engine.fixing import mended  # noqa: PLC0415  # Likewise.

        def one(target: Target, told: Callable[[int], None]) -> TargetReport:
            return gate.changed(audit(target, rules, told), target)

        with Progress(len(rules) * len(targets)) as progress:
            reports = list(audited(targets, rules, one, jobs, progress))
        for target, each in zip(targets, reports, strict=True):
            report = gate.known(force.met(each), target)
            if not self._unsafe:
                every, safe = (sum(_has_edits(report, unsafe=unsafe)) for unsafe in (True, False))
                self._left += every - safe
            if report.kind == "install" and any(_has_edits(report, unsafe=self._unsafe)):
                found = mended(target, rules, report, unsafe=self._unsafe, only=gate.narrows)
                self._show(found) if self.diff else self._write(target, found)
        if self.diff:
            said = f"would fix {self._count()}" if self._written else "there is nothing to fix"
            said += f"; {self._left} more with --unsafe-fixes" if self._left else ""
            sys.stderr.write(f"mailaudit: {said}\n")

    def notices(self, reports: Iterable[TargetReport], name: str) -> tuple[str, ...]:
        """What was mended, in one line for the end of a report; none where nothing was to be.

        Args:
            reports: what is left.
            name: the report's format; only the one for people ends with such lines, beside the others it is said.

        """
        if not self.is_wanted:
            return ()
        line = f"fixed {self._count()}" if self._written or self.code else "nothing was to be fixed"
        if self._rebuilds:
            line += ", from which the .cf and the maps are to be built anew"
        more = 0 if self._unsafe else sum(1 for report in reports for _ in _has_edits(report, unsafe=True))
        line += f"; {more} more with --unsafe-fixes" if more else ""
        if name != "text":
            sys.stderr.write(f"mailaudit: {line}\n")
        return (line,)

    def _count(self) -> str:
        return f"{_counted(self._findings, 'finding')} in {_counted(len(self._written), 'file')}"

    def write_script(self, reports: Iterable[TargetReport]) -> None:
        """Write the script of ``--fix-script``, for its owner alone to read and run.

        Raises:
            Stop: it cannot be written.

        """
        if self._script is None:
            return
        from auditor.report.fix_script import script  # noqa: PLC0415  # Most runs write none.

        data = script(reports).encode("utf-8", "surrogateescape")
        try:
            descriptor = os.open(self._script, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, _EXECUTABLE)
            with os.fdopen(descriptor, "wb") as file:
                os.fchmod(descriptor, _EXECUTABLE)
                file.truncate()
                file.write(data)
        except OSError as error:
            message = f"cannot write {self._script}: {error.strerror}"
            raise Stop(message) from error

    def _show(self, found: Mended) -> None:
        from auditor.report.clean import cleaned_lines  # noqa: PLC0415  # Only --diff shows something.
        from auditor.report.diff import unified  # noqa: PLC0415  # Likewise.

        out = getattr(sys.stdout, "buffer", None)
        new = [each for each in found.changes if (each.shown, each.path) not in self._written]
        for change in new:
            self._written[change.shown, change.path] = change.after
            text = unified(change.shown, change.before, change.after)
            if out is None or sys.stdout.isatty():
                sys.stdout.writelines(
                    f"{line}\n" for line in cleaned_lines(text.decode("utf-8", "replace").rstrip("\n"))
                )
            else:
                sys.stdout.flush()
                out.write(text)
                out.flush()
        self._findings += len(found.findings)
        if new:
            self.code = FINDINGS

    def _write(self, target: Target, found: Mended) -> None:
        tree = target.tree
        failed = {change.path for change in found.changes if not self._put(tree, change)}
        for item, paths in found.findings:
            if not paths & failed:
                self._findings += 1
                self._rebuilds |= any(_is_source(tree, edit.span.path) for edit in _edits(item))

    def _put(self, tree: Tree, change: Change) -> bool:
        from auditor.report.clean import clean  # noqa: PLC0415  # Needed where something is written only.
        from auditor.trees.local import LocalTree  # noqa: PLC0415  # Likewise.
        from auditor.trees.rewrite import rewrite  # noqa: PLC0415  # Likewise.

        assert isinstance(tree, LocalTree)  # noqa: S101  # What the command line names is on the disk.
        place = (tree.root, change.path)
        if self._written.get(place) == change.after:
            return True  # Two hosts share the file.
        try:
            rewrite(tree, change.path, change.before, change.after)
        except OSError as error:
            sys.stderr.write(f"mailaudit: {clean(change.shown)} is left as it is: {(error.strerror or '').lower()}\n")
            self.code = FINDINGS
            return False
        self._written[place] = change.after
        return True


def _has_edits(report: TargetReport, *, unsafe: bool) -> Iterator[bool]:
    fixes = ((item.finding.fix, item.edits) for item in report.reported)
    return (True for fix, edits in fixes if fix is not None and edits and (fix.safe or unsafe))


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _edits(item: Reported) -> tuple[Edit, ...]:
    return item.finding.fix.edits if item.finding.fix is not None else ()


def _is_source(tree: Tree, path: str) -> bool:
    """Whether m4 or makemap makes another file of this one."""
    return path.endswith(".mc") or isinstance(tree.entry(f"{path}.db"), Entry)
