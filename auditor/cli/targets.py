"""The installs that a command line names, each with the facts the engine is given."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from auditor.cli.exits import NOTHING, Stop
from auditor.engine.audit import Target
from auditor.engine.host import closed, running
from auditor.facts.given import Clock, Host, Profile, Tree
from auditor.trees import locate
from auditor.trees.local import LocalTree


def given_targets(
    paths: Iterable[Path], root: Path | None, profile: Profile, moment: datetime, *, offline: bool
) -> list[Target]:
    """The installs to audit.

    Raises:
        Stop: a path does not exist, or nothing of sendmail's is there.

    """
    found = [target for path in _or_none(paths) for target in _located(path, root)]
    clock = Clock(moment)
    return [
        Target(
            target.name,
            {Tree: _with_records(target), Clock: clock, Profile: profile, Host: _host(target, offline=offline)},
            target.focus,
        )
        for target in found
    ]


def _or_none(paths: Iterable[Path]) -> list[Path | None]:
    # No path at all means the usual one, which the tree knows.
    return list(paths) or [None]


def _located(path: Path | None, root: Path | None) -> list[locate.Target]:
    try:
        return locate.locate(path, root, _warn)
    except locate.NotFound as error:
        raise Stop(str(error)) from None
    except locate.NothingHere as error:
        raise Stop(str(error), NOTHING) from None


def _warn(sentence: str) -> None:
    sys.stderr.write(f"mailaudit: {sentence}\n")


def _with_records(target: locate.Target) -> Tree:
    tree = target.tree
    if not target.records or not isinstance(tree, LocalTree):
        return tree
    from auditor.readers.etckeeper import read_etckeeper, records  # noqa: PLC0415  # Few trees carry a record.

    return tree.recording(*(records(read_etckeeper(source), inside) for source, inside in target.records))


def _host(target: locate.Target, *, offline: bool) -> Host:
    if offline:
        return closed("--offline: the running host is not asked")
    if target.kind is not locate.Origin.LIVE:
        return closed("only a scan of the running host asks its programs, processes and resolver")
    return running()
