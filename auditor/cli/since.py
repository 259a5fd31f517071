"""A git revision to compare with: its files, and which lines of the files at hand are not as they were in it.

git is asked for names and contents of objects only. It never looks at the files at hand, since there it would run the
filters that a repository's configuration names; they are read and compared here.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from auditor.cli.differing import differing, likeness, nearness
from auditor.cli.exits import Stop
from auditor.cli.git import printed, run, work_tree
from auditor.model.value import frozen
from auditor.report.clean import clean
from auditor.trees.base import SIZE_LIMIT
from auditor.trees.local import contents

_FILES = ("100644", "100755")
_LINK = "120000"
#: Hexadecimal digits of an object name made with SHA-1.
_SHA1 = 40
#: Files that are gone and may be what a new file was; more are not compared.
_CANDIDATES = 200
#: The part of its lines that a renamed file has kept at least.
_ALIKE = 0.5


@frozen
class Blob:
    """A file or a symbolic link of a revision.

    Attributes:
        mode: as git writes it: ``100644``, ``100755``, or ``120000`` for a link.
        name: the object's name.

    """

    mode: str
    name: str

    @property
    def is_link(self) -> bool:
        """Whether it is a symbolic link; its content is what the link says."""
        return self.mode == _LINK


class Revision:
    """A revision of the repository whose work tree a path lies in.

    Attributes:
        top: the top of the work tree, absolute, links followed.
        name: the revision as it was named.
        commit: the commit's object name.

    """

    def __init__(self, top: str, name: str, commit: str) -> None:
        self.top = top
        self.name = name
        self.commit = commit
        self._algorithm = "sha1" if len(commit) == _SHA1 else "sha256"

    @classmethod
    def open(cls, path: Path, rev: str) -> Revision:
        """The revision ``rev`` of the repository that a path lies in.

        Raises:
            Stop: the path is in no work tree of git's, the revision is not there, or there is no git.

        """
        top = work_tree(path)
        if top is None:
            message = f"{rev}: {path} lies in no work tree of git"
            raise Stop(message)
        commit = "" if rev.startswith("-") else _commit(top, rev)
        if not commit:
            raise Stop(_no_such(top, rev))
        return cls(top, rev, commit)

    @cached_property
    def entries(self) -> Mapping[str, Blob]:
        """The files and links of the revision, by their path from the top.

        Raises:
            Stop: git fails.

        """
        listed = printed(self.top, "ls-tree", "-r", "-z", "--full-tree", self.commit)
        found = {}
        for record in filter(None, listed.split(b"\0")):
            head, _, path = record.partition(b"\t")
            mode, _, name = head.decode("ascii").split(" ")
            if mode in (*_FILES, _LINK):
                found[os.fsdecode(path)] = Blob(mode, name)
        return found

    def inside(self, path: Path | str) -> str | None:
        """A path on the disk as one from the top, the links of the directories above it followed; None outside."""
        place = Path(path)
        real = os.path.join(os.path.realpath(place.parent), place.name)  # noqa: PTH118  # A name may be "..".
        real = os.path.normpath(real)
        if real == self.top:
            return ""
        above = self.top.rstrip("/") + "/"
        return real.removeprefix(above) if real.startswith(above) else None

    def show(self, path: Path | str) -> bytes | None:
        """The content that a file on the disk had in the revision; None where it was not there.

        Raises:
            Stop: git fails.

        """
        inside = self.inside(path)
        blob = self.entries.get(inside) if inside is not None else None
        return None if blob is None else self.blobs([blob]).get(blob.name)

    def blobs(self, wanted: Iterable[Blob]) -> dict[str, bytes]:
        """The contents of objects, by their names; those larger than any file that is read are left out.

        Raises:
            Stop: git fails, or an object is not there.

        """
        names = list(dict.fromkeys(blob.name for blob in wanted))
        if not names:
            return {}
        sizes = printed(self.top, "cat-file", "--batch-check", given=names).decode("ascii", "replace").splitlines()
        small = []
        for line in sizes:
            name, kind, size = (*line.split(" "), "", "")[:3]
            if kind != "blob":
                message = f"git has no object {name}: a partial clone lacks some, a fetch without --filter has them all"
                raise Stop(message)
            if int(size) <= SIZE_LIMIT:
                small.append(name)
        return dict(_batch(printed(self.top, "cat-file", "--batch", given=small))) if small else {}

    def object_name(self, data: bytes) -> str:
        """The name that git gives to a content."""
        return hashlib.new(self._algorithm, b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()

    def changed_files(self, below: Path | str) -> dict[str, str | None]:
        """The files on the disk below a directory that are not in the revision as they are.

        Returns:
            Paths from the top; each with the path it had in the revision, or None where it is new.

        """
        now = self.present(below)
        found: dict[str, str | None] = {}
        for path, name in now.items():
            blob = self.entries.get(path)
            if blob is None:
                found[path] = self.former(path)
            elif blob.name != name:
                found[path] = path
        return found

    def present(self, below: Path | str) -> dict[str, str]:
        """The files and links on the disk below a directory, by their path from the top, with git's names for them."""
        found: dict[str, str] = {}
        for place in _walk(Path(below)):
            inside = self.inside(place)
            data = _data(place)
            if inside is not None:
                found[inside] = "" if data is None else self.object_name(data)
        return found

    def former(self, path: str, data: bytes | None = None) -> str | None:
        """What a file that is not in the revision was called in it: one that is gone, and is the same or much alike.

        Args:
            path: from the top.
            data: its content, where it is known already.

        """
        data = _data(Path(self.top, path)) if data is None else data
        if not data:
            return None
        name = self.object_name(data)
        same = [old for old, blob in self._gone.items() if blob.name == name]
        if same:
            return max(same, key=lambda old: nearness(old, path))
        folder, own = posixpath.split(path)
        near = [old for old in self._gone if posixpath.dirname(old) == folder or posixpath.basename(old) == own]
        near = near[:_CANDIDATES]
        texts = self.blobs(self._gone[old] for old in near)
        alike = {old: likeness(texts.get(self._gone[old].name, b""), data) for old in near}
        best = max(near, key=lambda old: (alike[old], nearness(old, path)), default=None)
        return best if best is not None and alike[best] >= _ALIKE else None

    def changed_lines(self, path: Path | str, data: bytes | None = None) -> set[int]:
        """The lines of a file on the disk, from 1, that the revision does not have; after a deletion, the next line.

        All lines of a new file; those of a renamed one are compared with what it was.

        Args:
            path: the file.
            data: its content, where it is known already.

        """
        data = _data(Path(path)) if data is None else data
        if data is None:
            return set()
        inside = self.inside(path)
        was = inside if inside is None or inside in self.entries else self.former(inside, data)
        blob = self.entries.get(was) if was is not None else None
        return differing(self.blobs([blob]).get(blob.name) if blob is not None else None, data)

    @cached_property
    def _gone(self) -> dict[str, Blob]:
        return {path: blob for path, blob in self.entries.items() if not os.path.lexists(os.path.join(self.top, path))}  # noqa: PTH118  # A name may be odd.


def given_file(word: str) -> tuple[bytes, str, Path]:
    """The content of a file that an option names, ``FILE`` or ``REV:FILE``.

    Returns:
        The content, what messages call it, and the directory it lies in, or would lie in.

    Raises:
        Stop: it cannot be read.

    """
    rev, colon, rest = word.partition(":")
    # A file of that very name in the tree must not stand in for the revision's: who wants one writes ./REV:FILE.
    if colon and rev and rest and not word.startswith(("/", "./", "../")):
        place = Path.cwd() / rest
        found = Revision.open(_existing(place), rev).show(place)
        if found is None:
            message = f"{rest} is not in {rev}"
            raise Stop(message)
        return found, word, place.parent
    place = Path(word)
    try:
        data = place.read_bytes()
    except (OSError, ValueError) as error:
        message = f"cannot read {clean(word)}: {getattr(error, 'strerror', None) or error}"
        raise Stop(message) from None
    return data, word, place.absolute().parent


def _walk(top: Path) -> Iterator[Path]:
    if not top.is_dir():
        if os.path.lexists(top):
            yield top
        return
    for place, below, names in os.walk(top):
        links = [name for name in below if Path(place, name).is_symlink()]
        below[:] = [name for name in below if name != ".git" and name not in links]
        yield from (Path(place, name) for name in (*names, *links))


def _data(place: Path) -> bytes | None:
    """The content of a regular file, or what a link says; None where there is neither."""
    try:
        if place.is_symlink():
            return os.readlink(os.fsencode(place))  # noqa: PTH115  # Bytes are wanted.
        return contents(str(place.parent), [place.name], SIZE_LIMIT)
    except (OSError, ValueError):
        return None


def _existing(place: Path) -> Path:
    return next(above for above in place.parents if above.is_dir())


def _commit(top: str, rev: str) -> str:
    done = run(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{rev}^{{commit}}")
    return done.stdout.decode("ascii", "replace").strip() if done.returncode == 0 else ""


def _no_such(top: str, rev: str) -> str:
    shown = clean(rev)
    if run(top, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true":
        return (
            f"{shown}: this clone is shallow and does not have it; check out with `fetch-depth: 0`, "
            "or run git fetch --unshallow, or git fetch --depth=N with enough of the history"
        )
    return f"{shown}: the repository {top} has no such revision"


def _batch(told: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while at < len(told):
        end = told.index(b"\n", at)
        name, _, size = told[at:end].decode("ascii").split(" ")
        at = end + 1
        yield name, told[at : at + int(size)]
        at += int(size) + 1
