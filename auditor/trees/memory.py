"""A tree held in memory: for tests, rule examples and snapshots."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping

from auditor.model.text import Source
from auditor.model.unknown import Missing, Unknown
from auditor.model.value import frozen
from auditor.trees.base import LINK_LIMIT, SIZE_LIMIT, Entry, Kind, Owners

ROOT = Owners(0o644, 0, 0, "root", "root")
ROOT_DIRECTORY = Owners(0o755, 0, 0, "root", "root")
NO_OWNERS = Unknown("a checkout carries no owners")


@frozen
class MemoryFile:
    """One file, directory or link of a tree in memory; a ``target`` makes it a link."""

    data: bytes = b""
    owners: Owners | Unknown = ROOT
    kind: Kind = Kind.FILE
    target: str | None = None
    mtime: float = 0.0


class MemoryTree:
    """Files by absolute path; the directories above each file exist of themselves, root's and mode 0755.

    Args:
        files: what the tree holds.
        complete: whether a path that is not here is missing (a whole filesystem) or unknown (a checkout).
        unknown: paths, with everything below them, of which nothing is known even in a complete tree.

    """

    is_live = False

    def __init__(self, files: Mapping[str, MemoryFile], *, complete: bool = True, unknown: Iterable[str] = ()) -> None:
        self.files = dict(files)
        self.tells_absence = complete
        self._unknown = tuple(unknown)
        self._sources: dict[str, Source] = {}
        for path in list(self.files):
            above = posixpath.dirname(path)
            while above not in self.files:
                owners = ROOT_DIRECTORY if complete else NO_OWNERS
                self.files[above] = MemoryFile(owners=owners, kind=Kind.DIRECTORY)
                above = posixpath.dirname(above)

    def entry(self, path: str) -> Entry | Missing | Unknown:
        """What is at a path, links followed."""
        real, links, targets = self._resolve(path)
        if real is None:
            return Missing(path)
        found = self.files.get(real)
        if found is None:
            return self._absent(path)
        return Entry(path, real, found.kind, len(found.data), found.mtime, found.owners, links, targets)

    def read(self, path: str, limit: int = SIZE_LIMIT, *, keep: bool = True) -> Source | Missing | Unknown:
        """The content of a regular file; this tree holds it anyhow."""
        entry = self.entry(path)
        if not isinstance(entry, Entry):
            return entry
        if entry.kind is not Kind.FILE:
            return Unknown(f"{path} is a {entry.kind.value}")
        if entry.size > limit:
            return Unknown(f"{path} is larger than {limit} bytes")
        if not keep:
            return Source(path, self.files[entry.real].data)
        if path not in self._sources:
            self._sources[path] = Source(path, self.files[entry.real].data)
        return self._sources[path]

    def names(self, path: str) -> tuple[str, ...] | Missing | Unknown:
        """The names in a directory, sorted."""
        entry = self.entry(path)
        if not isinstance(entry, Entry):
            return entry
        below = entry.real.rstrip("/") + "/"
        return tuple(sorted({p[len(below) :].split("/")[0] for p in self.files if p.startswith(below) and p != below}))

    def held(self) -> tuple[Source, ...]:
        """What was read so far and kept."""
        return tuple(self._sources.values())

    def shown(self, path: str) -> str:
        """The path itself."""
        return path

    def _absent(self, path: str) -> Missing | Unknown:
        if any(path == u or path.startswith(u.rstrip("/") + "/") for u in self._unknown):
            return Unknown(f"nothing is known of {path} here")
        return Missing(path) if self.tells_absence else Unknown(f"a checkout does not tell whether {path} exists")

    def _resolve(self, path: str) -> tuple[str | None, tuple[str, ...], tuple[str, ...]]:
        links: list[str] = []
        targets: list[str] = []
        done = "/"
        todo = [part for part in path.split("/") if part not in ("", ".")]
        while todo:
            part = todo.pop(0)
            if part == "..":
                done = posixpath.dirname(done)
                continue
            here = posixpath.join(done, part)
            found = self.files.get(here)
            if found is None or found.target is None:
                done = here
                continue
            links.append(here)
            targets.append(found.target)
            if len(links) > LINK_LIMIT:
                return None, (), ()
            if found.target.startswith("/"):
                done = "/"
            todo = [part for part in found.target.split("/") if part not in ("", ".")] + todo
        return done, tuple(links), tuple(targets)
