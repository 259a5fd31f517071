"""A real directory as a tree: the running host, another root, a checkout, or a lone directory of sendmail's files."""

from __future__ import annotations

import errno
import os
import posixpath
import stat
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from auditor.model.text import Source
from auditor.model.unknown import Missing, Unknown
from auditor.model.value import frozen
from auditor.trees.base import LINK_LIMIT, SIZE_LIMIT, Entry, Kind, Owners
from auditor.trees.templates import readable, templates

#: What these errors of the kernel say is that nothing is there.
_ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP})
_KINDS = {stat.S_IFREG: Kind.FILE, stat.S_IFDIR: Kind.DIRECTORY, stat.S_IFSOCK: Kind.SOCKET}
#: A directory is entered without the right to list it, where the system can do so.
_DIRECTORY = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
#: A FIFO that takes a file's place between two looks does not block, a link in its place is refused.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


@frozen
class Records:
    """Owners and modes that a file of the tree records, such as an ``.etckeeper``.

    Attributes:
        owners: what is recorded, by path inside the root.
        directories: the directories, as paths inside the root, for which the record speaks; of a file below one that is
            not in ``owners`` the mode is not known.
        made: the directories that are recorded because they are empty, which a version control cannot hold.

    """

    owners: Mapping[str, Owners]
    directories: tuple[str, ...]
    made: frozenset[str] = frozenset()


class _OutsideError(Exception):
    """A path leads out of the one directory that was given."""


class LocalTree:
    """Files below a directory of the disk, by their path inside the audited root.

    Args:
        root: the directory.
        live: whether it is the running host's own root.
        complete: whether it is a whole filesystem: owners, modes and times are the host's, what is absent is missing.
        mount: the place inside the audited root that the directory stands for; everything outside it is unknown.
        records: owners that are recorded apart, for a tree that does not carry them itself.
        inside: whether reports name files by their path inside the root rather than by their place on the disk.

    """

    def __init__(  # noqa: PLR0913  # Each is one plain property of a tree.
        self,
        root: Path,
        *,
        live: bool = False,
        complete: bool = False,
        mount: str = "/",
        records: Records | None = None,
        inside: bool = False,
    ) -> None:
        self.root = os.path.realpath(root)
        self.is_live = live
        self.tells_absence = complete
        self.mount = mount
        self._records = records
        self._shows_inside = inside
        self._working_directory = _working_directory()
        self._stats: dict[str, os.stat_result | int] = {}
        self._entries: dict[str, Entry | Missing | Unknown] = {}
        self._contents: dict[str, bytes | Unknown] = {}
        self._sources: dict[str, Source] = {}

    def __repr__(self) -> str:
        return f"LocalTree({self.root!r}, mount={self.mount!r})"

    def recording(self, *records: Records) -> LocalTree:
        """The same tree with owners that were found recorded; the first record that names a file counts."""
        owners: dict[str, Owners] = {}
        for each in reversed(records):
            owners.update(each.owners)
        return LocalTree(
            Path(self.root),
            live=self.is_live,
            complete=self.tells_absence,
            mount=self.mount,
            records=Records(
                owners,
                tuple(top for each in records for top in each.directories),
                frozenset().union(*(each.made for each in records)),
            ),
            inside=self._shows_inside,
        )

    def entry(self, path: str) -> Entry | Missing | Unknown:
        """What is at a path, links followed."""
        found = self._entries.get(path)
        if found is None:
            found = self._entries[path] = self._look(path)
        return found

    def read(self, path: str, limit: int = SIZE_LIMIT, *, keep: bool = True) -> Source | Missing | Unknown:
        """The content of a regular file; each file that is kept is opened once."""
        entry = self.entry(path)
        if not isinstance(entry, Entry):
            return entry
        if entry.kind is not Kind.FILE:
            return Unknown(f"{path} is a {entry.kind.value}")
        if entry.size > limit:
            return Unknown(f"{path} is larger than {limit} bytes")
        data = self._data(entry, limit, keep=keep)
        if isinstance(data, Unknown):
            return data
        if not keep:
            return Source(path, data)
        if path not in self._sources:
            self._sources[path] = Source(path, data)
        return self._sources[path]

    def names(self, path: str) -> tuple[str, ...] | Missing | Unknown:
        """The names in a directory, sorted; a path that is no directory is unknown."""
        entry = self.entry(path)
        if not isinstance(entry, Entry):
            return entry
        if entry.kind is not Kind.DIRECTORY:
            return Unknown(f"{path} is no directory")
        try:
            descriptor = self._open(entry.real, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as error:
            return Unknown(f"{path} cannot be listed: {_reason(error)}")
        above = entry.real.rstrip("/")
        made = [name for place in self.templates if (name := posixpath.basename(place)) and f"{above}/{name}" == place]
        try:
            return tuple(sorted({*os.listdir(descriptor), *made}))  # noqa: PTH208  # A descriptor has no path.
        except OSError as error:
            return Unknown(f"{path} cannot be listed: {_reason(error)}")
        finally:
            os.close(descriptor)

    def forget(self) -> None:
        """Let go of what was looked at and read; it is looked at anew where somebody asks."""
        for kept in (self._stats, self._entries, self._contents, self._sources):
            kept.clear()

    def held(self) -> tuple[Source, ...]:
        """What was read so far and kept."""
        return tuple(self._sources.values())

    def shown(self, path: str) -> str:
        """The path inside the root, or the place on the disk: from the working directory where it lies below that."""
        path = posixpath.normpath(path)
        if self._shows_inside or not self._covers(path):
            return path
        place = self._place(path)
        below = self._working_directory.rstrip("/") + "/"
        return place.removeprefix(below)

    def disk(self, path: str) -> str | None:
        """Where the file that a path leads to lies on the disk; None where there is none."""
        entry = self.entry(path)
        return self._place(entry.real) if isinstance(entry, Entry) else None

    def directory(self, path: str) -> tuple[int, str]:
        """A descriptor of the directory that holds a file, and the file's name in it; no link is followed on the way.

        Args:
            path: the file's real path inside the root.

        Raises:
            OSError: the directory is not there, or may not be opened.

        """
        *above, name = _parts(self._below(path))
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        return _descend(self.root, above, flags), name

    def _covers(self, path: str) -> bool:
        return self.mount in ("/", path) or path.startswith(self.mount + "/")

    @cached_property
    def templates(self) -> Mapping[str, str]:
        """The templates that stand for files, by the path each has on a host; none in a whole filesystem."""
        return {} if self.tells_absence or self.is_live else templates(self.root, self.mount)

    def _place(self, real: str) -> str:
        real = self.templates.get(real, real)
        inside = real if self.mount == "/" else real[len(self.mount) :]
        return (self.root.rstrip("/") + "/" + inside.lstrip("/")).rstrip("/") or "/"

    def _look(self, path: str) -> Entry | Missing | Unknown:
        if "\0" in path:
            return Missing(path)
        try:
            real, links, targets = self._resolve(path)
            info = self._stat(real)
        except _OutsideError:
            return Unknown(f"only {self.mount} was given, {path} lies outside")
        except OSError as error:
            if error.errno == errno.ELOOP:
                return Missing(path)
            found = self._recorded(path) or self._absent(path)
            return found if error.errno in _ABSENT else Unknown(f"{path}: {_reason(error)}")
        kind = _KINDS.get(stat.S_IFMT(info.st_mode), Kind.OTHER)
        mtime = info.st_mtime if self.tells_absence else Unknown("a checkout carries no times")
        return Entry(path, real, kind, info.st_size, mtime, self._owners(real, info), links, targets, info.st_nlink)

    def _resolve(self, path: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        """The path with its links followed inside the root, each link, and what each says."""
        links: list[str] = []
        targets: list[str] = []
        done = "/"
        todo = _parts(path)[::-1]
        while todo:
            part = todo.pop()
            here = posixpath.dirname(done) if part == ".." else posixpath.join(done, part)
            target = self._target(here, is_last=not todo)
            if target is None:
                done = here
                continue
            links.append(here)
            targets.append(target)
            if len(links) > LINK_LIMIT:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
            if target.startswith("/"):
                done = "/"
            todo += _parts(target)[::-1]
        if not self._covers(done):
            raise _OutsideError
        return done, tuple(links), tuple(targets)

    def _target(self, here: str, *, is_last: bool) -> str | None:
        """What the link at a path says; None for what is no link."""
        if (self.mount + "/").startswith(here.rstrip("/") + "/") and self.mount != "/":
            return None
        if not self._covers(here):
            raise _OutsideError
        mode = self._stat(here).st_mode
        if stat.S_ISLNK(mode):
            return os.readlink(self._place(here))  # noqa: PTH115  # The text as it stands, which Path would tidy.
        if not is_last and not stat.S_ISDIR(mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        return None

    def _stat(self, real: str) -> os.stat_result:
        found = self._stats.get(real)
        if found is None:
            try:
                found = os.lstat(self._place(real))
            except OSError as error:
                # The error itself would hold on to all that was being done when it came.
                found = error.errno or errno.EIO
            self._stats[real] = found
        if isinstance(found, int):
            raise OSError(found, os.strerror(found))
        return found

    def _recorded(self, path: str) -> Entry | None:
        """What a record says of a path that is not in the tree: an empty directory, or a file kept out on purpose."""
        real = os.path.normpath(path)
        if self._records is None or real not in {*self._records.owners, *self._records.made}:
            return None
        kind = Kind.DIRECTORY if real in self._records.made else Kind.FILE
        owners = self._records.owners.get(real, Unknown(f"the record of owners does not give the mode of {real}"))
        return Entry(path, real, kind, 0, Unknown("a checkout carries no times"), owners)

    def _absent(self, path: str) -> Missing | Unknown:
        return Missing(path) if self.tells_absence else Unknown(f"a checkout does not tell whether {path} exists")

    def _owners(self, real: str, info: os.stat_result) -> Owners | Unknown:
        if self.tells_absence:
            users, groups = self._accounts
            mode = stat.S_IMODE(info.st_mode)
            return Owners(mode, info.st_uid, info.st_gid, users.get(info.st_uid), groups.get(info.st_gid))
        if self._records is None:
            return Unknown("a checkout carries no owners")
        recorded = self._records.owners.get(real)
        if recorded is not None:
            return recorded
        if any(real == top or real.startswith(top.rstrip("/") + "/") for top in self._records.directories):
            return Unknown(f"the record of owners does not give the mode of {real}")
        return Unknown("a checkout carries no owners")

    @cached_property
    def _accounts(self) -> tuple[dict[int, str], dict[int, str]]:
        # The entries of these two files need names themselves, so their content is taken without asking for an entry.
        return self._numbered("/etc/passwd"), self._numbered("/etc/group")

    def _numbered(self, path: str) -> dict[int, str]:
        try:
            data = contents(self.root, _parts(self._resolve(path)[0]), SIZE_LIMIT)
        except OSError:
            return {}
        names: dict[int, str] = {}
        for line in data.decode("latin-1").splitlines():
            fields = line.split(":")
            if len(fields) > 2 and fields[2].isascii() and fields[2].isdigit():  # noqa: PLR2004  # The third field.
                names.setdefault(int(fields[2]), fields[0])
        return names

    def _data(self, entry: Entry, limit: int, *, keep: bool) -> bytes | Unknown:
        found = self._contents.get(entry.real)
        if found is None:
            try:
                found = contents(self.root, _parts(self._below(entry.real)), limit)
                if entry.real in self.templates:
                    found = readable(self.templates[entry.real], found)
            except OSError as error:
                found = Unknown(f"{entry.path} cannot be read: {_reason(error)}")
            if keep:
                self._contents[entry.real] = found
        return found

    def _below(self, real: str) -> str:
        real = self.templates.get(real, real)
        return real if self.mount == "/" else real[len(self.mount) :]

    def _open(self, real: str, flags: int) -> int:
        return _descend(self.root, _parts(self._below(real)), flags)


def contents(root: str, parts: Sequence[str], limit: int, *, head: bool = False) -> bytes:
    """The bytes of a regular file below a directory, no link followed on the way from there.

    Args:
        root: the directory on the disk.
        parts: the names that lead from it to the file.
        limit: the most bytes a file may have.
        head: whether a longer file gives its first ``limit`` bytes instead of an error.

    Raises:
        OSError: it is not there, may not be read, is no regular file, or is larger than the limit.

    """
    descriptor = _descend(root, parts, _FILE)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        found = bytearray()
        while len(found) <= limit and (piece := os.read(descriptor, min(1 << 20, limit + 1 - len(found)))):
            found += piece
    finally:
        os.close(descriptor)
    if len(found) > limit and not head:
        raise OSError(errno.EFBIG, f"larger than {limit} bytes")
    return bytes(found[:limit])


def _descend(root: str, parts: Sequence[str], flags: int) -> int:
    """A descriptor of what the names lead to; each directory on the way is opened from the one above, never a link."""
    if not parts:
        return os.open(root, flags)
    above = os.open(root, _DIRECTORY & ~os.O_NOFOLLOW)
    try:
        for part in parts[:-1]:
            below = os.open(part, _DIRECTORY, dir_fd=above)
            os.close(above)
            above = below
        if flags == _FILE and not stat.S_ISREG(os.lstat(parts[-1], dir_fd=above).st_mode):
            # Opening alone may already act on a device, so what is no file is not opened at all.
            raise OSError(errno.EINVAL, "not a regular file")
        return os.open(parts[-1], flags, dir_fd=above)
    finally:
        os.close(above)


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in ("", ".")]


def _reason(error: OSError) -> str:
    return (error.strerror or "cannot be opened").lower()


def _working_directory() -> str:
    try:
        return str(Path.cwd())
    except OSError:
        return "/"
