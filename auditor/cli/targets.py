"""The installs that a command line names, each with the facts the engine is given."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from auditor.cli.cf_found import NONE, directory
from auditor.cli.exits import NOTHING, Stop
from auditor.engine.audit import Target
from auditor.engine.host import closed, running
from auditor.facts.given import Clock, Host, Profile, Tree
from auditor.model.unknown import Unknown
from auditor.model.value import frozen
from auditor.sendmail.cf_directory import CfDirectory
from auditor.trees import locate
from auditor.trees.base import SIZE_LIMIT
from auditor.trees.local import LocalTree, contents
from auditor.trees.templates import is_open, unknown


def given_targets(  # noqa: PLR0913  # One parameter for each option that says what is audited.
    paths: Iterable[Path], root: Path | None, cf_dir: Path | None, profile: Profile, moment: datetime, *, offline: bool
) -> list[Target]:
    """The installs to audit.

    Args:
        paths: what the command line names; nothing for the running host.
        root: a whole filesystem that the paths are inside of.
        cf_dir: the cf directory to expand a .mc with, where it is not to be looked for.
        profile: what is asked of an install.
        moment: as of when it is judged.
        offline: whether the running host and its network are left alone.

    Raises:
        Stop: a path does not exist, or nothing of sendmail's is there.

    """
    found = [target for path in _or_none(paths) for target in _located(path, root)]
    clock = Clock(moment)
    if cf_dir is not None and found:
        # A wrong one is told before anything else is done.
        directory(found[0].tree, cf_dir)
    return [
        Target(each.name, Given(each, cf_dir, {Clock: clock, Profile: profile}, offline=offline), each.focus)
        for each in found
    ]


class Given(Mapping[type, object]):
    """The facts an install is audited with; those that need a look at its files are made when they are first asked for.

    Of hundreds of installs each is looked at when its turn comes, by the process whose turn it is.

    Args:
        target: the install.
        cf_dir: the cf directory that was named.
        known: the other facts.
        offline: whether the running host is left alone.

    """

    def __init__(
        self, target: locate.Target, cf_dir: Path | None, known: Mapping[type, object], *, offline: bool
    ) -> None:
        self._target = target
        self._cf_dir = cf_dir
        self._facts = dict(known)
        self._facts[Host] = _host(target, offline=offline)

    def __getitem__(self, kind: type) -> object:
        if kind not in self._facts and kind is Tree:
            self._facts[kind] = with_records(self._target)
        if kind not in self._facts and kind is CfDirectory:
            self._facts[kind] = self._cf()
        return self._facts[kind]

    def forget(self) -> None:
        """Let go of what was read of the install."""
        self._facts.pop(Tree, None)
        self._facts.pop(CfDirectory, None)
        if isinstance(self._target.tree, LocalTree):
            self._target.tree.forget()

    def _cf(self) -> CfDirectory | Unknown:
        tree = self[Tree]
        for note in notes(tree) if isinstance(tree, LocalTree) else ():
            if note.path.endswith((".mc", ".m4")):
                # m4 would take a directive for text of the file.
                return Unknown(note.said)
        return directory(self._target.tree, self._cf_dir) or Unknown(NONE)

    def __iter__(self) -> Iterator[type]:
        return iter({*self._facts, Tree, CfDirectory})

    def __len__(self) -> int:
        return len({*self._facts, Tree, CfDirectory})


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


def with_records(target: locate.Target) -> Tree:
    """An install's tree, with the owners that a file of it records."""
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


@frozen
class Note:
    """What is to be said of one template: the path it stands for inside the root, and the sentence."""

    path: str
    said: str


def notes(tree: LocalTree) -> tuple[Note, ...]:
    """What is to be said of the templates of an install that hold directives."""
    found = []
    for inside in sorted(tree.templates):
        place = tree.disk(inside)
        shown = tree.shown(inside)
        try:
            # A name of the tree is a text, and need not be what a Path makes of it.
            above, name = os.path.split(place) if place else ("", "")
            data = contents(above, [name], SIZE_LIMIT) if place else b""
        except OSError:
            continue
        if is_open(data):
            found.append(Note(inside, unknown(shown)))
    return tuple(found)


def templates_of(target: Target) -> tuple[str, ...]:
    """What is to be said of the templates among a target's files."""
    tree = target.given.get(Tree)
    return tuple(note.said for note in notes(tree)) if isinstance(tree, LocalTree) else ()
