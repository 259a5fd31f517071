"""The protocol of a tree: files by their path inside the audited root, with what can be known of each."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Protocol

from auditor.model.facts import fact
from auditor.model.subjects import Install
from auditor.model.text import Source
from auditor.model.unknown import Missing, Unknown
from auditor.model.value import frozen

#: Files larger than this many bytes are refused; sendmail's maps are seldom a tenth of it.
SIZE_LIMIT = 64 * 1024 * 1024
#: A path through more symbolic links than this is refused, as by the kernel.
LINK_LIMIT = 40


class Kind(Enum):
    """What a path names, its links followed."""

    FILE = "file"
    DIRECTORY = "directory"
    SOCKET = "socket"
    OTHER = "device or FIFO"


@frozen
class Owners:
    """Who owns a file and who may do what with it.

    Attributes:
        mode: the permission bits, ``0o7777`` at most.
        uid: the owner's number, or None where only the name is known.
        gid: the group's number, or None where only the name is known.
        user: the owner's name, or None where only the number is known.
        group: the group's name, or None where only the number is known.

    """

    mode: int
    uid: int | None
    gid: int | None
    user: str | None
    group: str | None

    @property
    def is_root(self) -> bool:
        """Whether root owns the file."""
        return self.uid == 0 or (self.uid is None and self.user == "root")

    @property
    def octal(self) -> str:
        """The mode as chmod takes it, ``0640``."""
        return f"0{self.mode:03o}"


@frozen
class Entry:
    """One path of a tree.

    Attributes:
        path: the path asked for, absolute inside the root.
        real: the path after all links are followed inside the root.
        kind: what it is.
        size: its length in bytes.
        mtime: seconds since the epoch, or unknown where the tree does not keep it (a checkout's times are git's).
        owners: owner and mode, or unknown where the tree carries none.
        links: the symbolic links that were followed, as paths inside the root.
        targets: what each of ``links`` says, in the same order; empty where the tree does not keep it.
        hard_links: how many names the file has.

    """

    path: str
    real: str
    kind: Kind
    size: int
    mtime: float | Unknown
    owners: Owners | Unknown
    links: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    hard_links: int = 1


@fact(Install)
class Tree(Protocol):
    """A whole filesystem, or as much of one as is there.

    Every path is absolute inside the audited root; links are followed inside it, as in a chroot. ``Missing`` means that
    the path is truly not there; a tree that cannot tell (a checkout) answers ``Unknown`` instead. No method raises.
    """

    @property
    def is_live(self) -> bool:
        """Whether this is the running host's own filesystem, so that its daemons and network may be asked too."""

    @property
    def tells_absence(self) -> bool:
        """Whether a path that is not in the tree is known to be missing."""

    def entry(self, path: str) -> Entry | Missing | Unknown:
        """What is at a path, links followed."""

    def read(self, path: str, limit: int = SIZE_LIMIT, *, keep: bool = True) -> Source | Missing | Unknown:
        """The content of a regular file; ``Unknown`` where it may not be read, is too large or is no regular file.

        With ``keep`` false the tree does not hold on to what it read, as is right for a file with a private key.
        """

    def names(self, path: str) -> tuple[str, ...] | Missing | Unknown:
        """The names in a directory, sorted, without ``.`` and ``..``."""

    def held(self) -> Iterable[Source]:
        """What was read so far and kept, by the path it was asked for."""

    def shown(self, path: str) -> str:
        """How a report names the file at this path."""
