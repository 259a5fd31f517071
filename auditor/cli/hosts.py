"""Audit many installs: in several processes where that is wanted, the reports in the order of the installs."""

from __future__ import annotations

import gc
import os
import pickle
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count

from auditor.cli.exits import Stop
from auditor.cli.progress import Progress
from auditor.engine.audit import Target
from auditor.model.check import Rule, Verdicts
from auditor.model.finding import Confidence, Severity
from auditor.model.report import Outcome, Result, TargetReport
from auditor.model.subjects import Install
from auditor.report.clean import clean

#: Audits one target and settles what of it counts; tells how many checks are done.
AuditOne = Callable[[Target, Callable[[int], None]], TargetReport]
#: After so many installs what they left is collected.
_COLLECTED = 8
_SEEN = count(1)
_REPORT, _STOP, _FAILED = b"R", b"S", b"F"


def _every_check() -> Verdicts:
    yield from ()


#: Stands for all of them where none came to an end.
EVERY_CHECK = Rule("AUDIT", Severity.INFO, Confidence.HIGH, None, _every_check)


def cores() -> int:
    """How many processes can run at the same moment."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def audited(
    targets: Sequence[Target], rules: Sequence[Rule], one: AuditOne, jobs: int, progress: Progress
) -> Iterator[TargetReport]:
    """The reports on targets, in their order, each as soon as those before it are there.

    Where there are several, one that cannot be audited has a report that says so, and the others are audited.

    Args:
        targets: what is audited.
        rules: the checks.
        one: audits one target.
        jobs: how many processes do so.
        progress: is told how far it is.

    Raises:
        Stop: what is wrong with a target can be mended by the user.

    """
    if len(targets) == 1:
        yield one(targets[0], progress.at)
        return
    reports = _forked(targets, rules, one, jobs) if jobs > 1 and hasattr(os, "fork") else _in_turn(targets, rules, one)
    for number, report in enumerate(reports, 1):
        progress.at(number * len(rules))
        yield report


def noted(reports: Iterable[TargetReport]) -> tuple[str, ...]:
    """What is to be known of each of the targets, with the target's name before it."""
    return tuple(f"{report.name}: {note}" for report in reports for note in report.notes)


def _in_turn(targets: Sequence[Target], rules: Sequence[Rule], one: AuditOne) -> Iterator[TargetReport]:
    from auditor.cli.parcel import Opener, packed  # noqa: PLC0415  # One install needs none of this.

    # What many reports have in common is kept once, as where other processes make them.
    opener = Opener(rules)
    left = list(targets)[::-1]
    gc.freeze()
    while left:
        # What an install's tree read is freed with it.
        target = left.pop()
        try:
            yield opener.opened(packed(one(target, lambda _: None)))
            forget(target)
        except Stop:
            raise
        except Exception as error:
            if os.environ.get("MAILAUDIT_DEBUG"):
                raise
            yield _failed(target, _words(error))


def _forked(targets: Sequence[Target], rules: Sequence[Rule], one: AuditOne, jobs: int) -> Iterator[TargetReport]:
    from auditor.cli import workers  # noqa: PLC0415  # One install needs none of this.
    from auditor.cli.parcel import Opener, packed  # noqa: PLC0415  # Likewise.

    left: list[Target | None] = list(targets)

    def work(number: int) -> bytes:
        target = left[number]
        left[number] = None
        assert target is not None  # noqa: S101  # Each number comes once.
        try:
            found = packed(one(target, lambda _: None))
            forget(target)
            return _REPORT + found
        except Stop as stop:
            return _STOP + pickle.dumps((stop.message, stop.code))
        except Exception as error:  # noqa: BLE001  # It is one install's, whatever it is; the others are audited.
            if os.environ.get("MAILAUDIT_DEBUG"):
                sys.excepthook(type(error), error, error.__traceback__)
            return _FAILED + _words(error).encode("utf-8", "replace")

    opener = Opener(rules)
    for target, outcome in zip(targets, workers.run(work, len(targets), jobs), strict=True):
        said = str(outcome).encode() if isinstance(outcome, workers.Died) else outcome[1:]
        kind = _FAILED if isinstance(outcome, workers.Died) else outcome[:1]
        if kind == _STOP:
            raise Stop(*pickle.loads(said))  # noqa: S301  # A process of our own wrote it.
        yield opener.opened(said) if kind == _REPORT else _failed(target, said.decode("utf-8", "replace"))


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _failed(target: Target, reason: str) -> TargetReport:
    said = f"the audit of {target.name} did not come to its end: {reason}"
    sys.stderr.write(f"mailaudit: internal error: {clean(said)}\n")
    return TargetReport(
        target.name, "install", (), (Result(EVERY_CHECK, Install(target.name), Outcome.CRASHED, said),), ()
    )


def forget(target: Target) -> None:
    """Let go of what was read of a target; it is read again where somebody asks."""
    given = target.given
    if next(_SEEN) % _COLLECTED == 0:
        # Facts refer to one another in circles, and this program lets the collector run seldom.
        gc.collect()
    for each in getattr(given, "maps", (given,)):
        if hasattr(each, "forget"):
            each.forget()
