"""A tree with other contents in some of its files: what an edit would make of an install."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auditor.model.text import Source
from auditor.model.unknown import Missing, Unknown
from auditor.model.value import replaced
from auditor.trees.base import SIZE_LIMIT, Entry, Kind, Tree


class OverlayTree:
    """Another tree, with other bytes in files that it has; owners, modes, times and links stay as they are.

    Args:
        below: the tree.
        contents: bytes by a file's real path inside the root, its links followed.

    """

    def __init__(self, below: Tree, contents: Mapping[str, bytes]) -> None:
        self._below = below
        self._contents = contents
        self._sources: dict[str, Source] = {}

    @property
    def is_live(self) -> bool:
        """As the tree below."""
        return self._below.is_live

    @property
    def tells_absence(self) -> bool:
        """As the tree below."""
        return self._below.tells_absence

    def entry(self, path: str) -> Entry | Missing | Unknown:
        """What is at a path, with the size of the other content."""
        found = self._below.entry(path)
        if isinstance(found, Entry) and found.kind is Kind.FILE and found.real in self._contents:
            return replaced(found, size=len(self._contents[found.real]))
        return found

    def read(self, path: str, limit: int = SIZE_LIMIT, *, keep: bool = True) -> Source | Missing | Unknown:
        """The other content where there is one."""
        found = self.entry(path)
        if not isinstance(found, Entry) or found.kind is not Kind.FILE or found.real not in self._contents:
            return self._below.read(path, limit, keep=keep)
        if found.size > limit:
            return Unknown(f"{path} is larger than {limit} bytes")
        if path not in self._sources:
            self._sources[path] = Source(path, self._contents[found.real])
        return self._sources[path]

    def names(self, path: str) -> tuple[str, ...] | Missing | Unknown:
        """As the tree below."""
        return self._below.names(path)

    def held(self) -> Iterator[Source]:
        """What was read here, and what the tree below holds that is the same here."""
        yield from self._sources.values()
        for source in self._below.held():
            found = self._below.entry(source.path)
            if not isinstance(found, Entry) or found.real not in self._contents:
                yield source

    def shown(self, path: str) -> str:
        """As the tree below."""
        return self._below.shown(path)
