"""Which installs a path on the command line means, and where the root of each is."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from enum import StrEnum
from fnmatch import fnmatch
from pathlib import Path

from auditor.model.pattern import lazy_bytes
from auditor.model.text import Source
from auditor.model.value import frozen
from auditor.trees.base import Entry, Kind, Tree
from auditor.trees.local import LocalTree, contents
from auditor.trees.templates import plain_name

#: Where sendmail's files are unless a path says otherwise.
USUAL = Path("/etc/mail")
#: How far below a path installs are searched for, how many are taken, and how many directories are looked into.
DEPTH_LIMIT, INSTALL_LIMIT, DIRECTORY_LIMIT = 8, 10_000, 200_000
#: Names that only sendmail's files have.
_OWN_NAMES = frozenset(
    {
        "sendmail.cf", "sendmail.mc", "submit.cf", "submit.mc", "local-host-names", "relay-domains", "trusted-users",
        "mailertable", "virtusertable", "genericstable", "genericsdomain", "domaintable", "access.db", "statistics",
    }
)  # fmt: skip
#: Names they share with other mail programs; they count only in a directory that was named.
_SHARED_NAMES = frozenset({"access", "aliases", "authinfo", "helpfile", "userdb", "Sendmail.conf"})
_PATTERNS = ("*.mc", "*.cf")
_NOT_SENDMAIL = frozenset({"main.cf", "master.cf"})
#: A line that only a file for sendmail's m4 macros or a configuration of sendmail's has.
_SENDMAIL_TEXT = lazy_bytes(
    rb"^\s*(?:include\(.*cf\.m4|(?:OSTYPE|MAILER|FEATURE|VERSIONID|DAEMON_OPTIONS|DOMAIN)\s*\(|define\s*\(`conf)"
    rb"|^V[0-9]+(?:/[A-Za-z]+)?[ \t]*$|^O [A-Z][A-Za-z]+=",
    re.MULTILINE,
)
_HEAD = 64 * 1024
_RECORD_LIMIT = 4 * 1024 * 1024
_VERSION_CONTROL = frozenset({".git", ".hg", ".svn", ".bzr", "CVS"})
#: How many directories above a file are asked whether they hold sendmail's files.
_CLIMB = 3
#: A file below one of these belongs to the running host where nothing nearer claims it.
_SYSTEM = ("/etc/", "/usr/", "/var/", "/lib/", "/run/")


class Origin(StrEnum):
    """What the root of a target is."""

    LIVE = "live"
    ROOT = "root"
    CHECKOUT = "checkout"
    DIRECTORY = "directory"


@frozen
class Target:
    """One install to audit.

    Attributes:
        tree: its files.
        name: what a report calls it: its root, or the directory of sendmail's files where there is no root.
        focus: the path inside the root of the one file whose findings are wanted, or None for all.
        kind: what the root is.
        records: the nearest file that records owners for a tree without them, and the directory inside the root that
            the names in it are relative to; the caller parses it and gives the tree's ``recording`` what it says. Empty
            for a tree that carries owners.

    """

    tree: Tree
    name: str
    focus: str | None
    kind: Origin
    records: tuple[tuple[Source, str], ...] = ()


class NotFound(Exception):  # noqa: N818  # It reads as what the user is told.
    """The path that was named does not exist or cannot be looked into: a usage error, exit code 2."""


class NothingHere(Exception):  # noqa: N818  # It reads as what the user is told.
    """There is no install below the path: nothing to audit, exit code 3. The message lists what was looked for."""


def locate(
    path: Path | None = None,
    root: Path | None = None,
    warn: Callable[[str], None] = lambda _: None,
) -> list[Target]:
    """The installs that a path means, by the rules that ``scan`` documents.

    Args:
        path: a directory or file on the disk, ``/etc/mail`` if None; with ``root``, also a path inside that root.
        root: a directory that is a whole filesystem.
        warn: told one sentence when a search was cut short.

    Raises:
        NotFound: the path or the root does not exist.
        NothingHere: nothing of sendmail's is there.

    """
    if root is not None:
        return [_whole(root, path)]
    if path is None and not USUAL.is_dir():
        raise NothingHere(_looked_for(USUAL))
    place = _absolute(path or USUAL)
    try:
        mode = place.stat().st_mode
    except (OSError, ValueError) as error:
        message = f"{path}: {getattr(error, 'strerror', None) or 'no such file'}"
        raise NotFound(message) from None
    if not stat.S_ISDIR(mode):
        return [_of_file(place)]
    return _of_directory(place, warn)


def _whole(root: Path, path: Path | None) -> Target:
    if not root.is_dir():
        message = f"{root}: no such directory"
        raise NotFound(message)
    is_live = _is_same(root, Path("/"))
    tree = LocalTree(root, live=is_live, complete=True, inside=True)
    focus = None if path is None else _focus(tree, root, path)
    if focus is None and not any(isinstance(tree.entry(place), Entry) for place in (str(USUAL), "/etc/sendmail.cf")):
        message = f"{root}: neither etc/mail nor etc/sendmail.cf is there"
        raise NothingHere(message)
    return Target(tree, "/" if is_live else str(root), focus, Origin.LIVE if is_live else Origin.ROOT)


def _focus(tree: LocalTree, root: Path, path: Path) -> str | None:
    """The path of a file inside the root, given as such or by its place on the disk; None for a directory."""
    top = _absolute(root)
    place = _absolute(path)
    inside = "/" + str(place.relative_to(top)) if place.is_relative_to(top) else "/"
    for candidate in (inside, "/" + str(path).lstrip("/")):
        entry = tree.entry(os.path.normpath(candidate))
        if isinstance(entry, Entry) and candidate != "/":
            return None if entry.kind is Kind.DIRECTORY else entry.path
    if place == top or str(path) == "/":
        return None
    message = f"{path}: not found below {root}"
    raise NotFound(message)


def _of_directory(place: Path, warn: Callable[[str], None]) -> list[Target]:
    if place == Path("/") and not USUAL.is_dir():
        raise NothingHere(_looked_for(place))
    if (above := _root_of(place)) is not None:
        return [_rooted(above, None)]
    if _holds(place, _OWN_NAMES, _PATTERNS):
        return [_lone(place, None)]
    found = [_target_of(directory) for directory in _apart(_search(place, warn))]
    if found:
        return found
    if _holds(place, _SHARED_NAMES):
        return [_lone(place, None)]
    raise NothingHere(_looked_for(place))


def _of_file(place: Path) -> Target:
    above = _root_above(place.parent)
    if above is None:
        above = next((directory for directory in _near(place) if (directory / "etc/mail").is_dir()), None)
    if above is None and str(place).startswith(_SYSTEM) and USUAL.is_dir():
        above = Path("/")
    if above is not None:
        return _rooted(above, "/" + str(place.relative_to(above)))
    holders = (directory for directory in _near(place)[:_CLIMB] if _holds(directory, _OWN_NAMES, _PATTERNS))
    holder = next(holders, None)
    if holder is None and not _is_sendmails(place):
        message = f"{place}: neither its name nor what it holds is sendmail's, and no install is around it"
        raise NothingHere(message)
    return _lone(holder or place.parent, place)


def _is_sendmails(place: Path) -> bool:
    """Whether a file that was named is one of sendmail's, by its name or by its first lines."""
    name = plain_name(place.name)
    if name in _OWN_NAMES | _SHARED_NAMES or any(fnmatch(name, pattern) for pattern in _PATTERNS):
        return True
    try:
        with place.open("rb") as file:
            return _SENDMAIL_TEXT.search(file.read(_HEAD)) is not None
    except OSError:
        return False


def _apart(directories: list[Path]) -> list[Path]:
    """The directories without those that lie inside the root of another: an install's own cf tree is no second one."""
    roots = {above for directory in directories if (above := _root_above(directory)) is not None}
    return [each for each in directories if _root_above(each) is not None or not roots.intersection(each.parents)]


def _near(place: Path) -> list[Path]:
    """The directories above a file, nearest first, up to the top of its repository and never the host's root."""
    found = []
    for directory in place.parents[:-1]:
        found.append(directory)
        if any((directory / name).exists() for name in _VERSION_CONTROL):
            break
    return found


def _target_of(directory: Path) -> Target:
    above = _root_above(directory)
    return _lone(directory, None) if above is None else _rooted(above, None)


def _root_of(place: Path) -> Path | None:
    """The root that a directory points to: one it names by ``etc/mail``, or the host's."""
    if place == Path("/") or _is_same(place, USUAL):
        return Path("/")
    if place.name == USUAL.parent.name and (place / USUAL.name).is_dir():
        return place.parent
    return _root_above(place)


def _rooted(root: Path, focus: str | None) -> Target:
    """The install whose root is two levels above its ``etc/mail``."""
    if _is_same(root, Path("/")):
        return Target(LocalTree(root, live=True, complete=True), "/", focus, Origin.LIVE)
    records = tuple(found for inside in (str(USUAL), "/etc", "/") for found in _record(root, inside, inside))
    return Target(LocalTree(root), _named(root), focus, Origin.CHECKOUT, records)


def _lone(directory: Path, file: Path | None) -> Target:
    """A directory that stands for ``/etc/mail`` with nothing around it, or, under etckeeper, with all of ``/etc``."""
    top, mount = directory, USUAL
    if directory.name == USUAL.name and _record(directory.parent, "/", "/etc"):
        # Only the top of what etckeeper keeps has this file, and what it keeps is /etc.
        top, mount = directory.parent, USUAL.parent
    records = tuple(
        found for place in dict.fromkeys((directory, top)) for found in _record(place, "/", _inside(place, top, mount))
    )
    focus = None if file is None else _inside(file, top, mount)
    return Target(LocalTree(top, mount=str(mount)), _named(directory), focus, Origin.DIRECTORY, records)


def placed(tree: LocalTree, directory: Path) -> Target:
    """An install of the same kind as that of a tree, whose files lie in another directory of the disk."""
    mount = Path(tree.mount)
    places = [place for place in (USUAL, USUAL.parent, Path("/")) if place.is_relative_to(mount)]
    records = tuple(
        found for place in places for found in _record(directory, str(Path("/", place.relative_to(mount))), str(place))
    )
    kind = Origin.DIRECTORY if mount != Path("/") else Origin.ROOT if tree.tells_absence else Origin.CHECKOUT
    made = LocalTree(directory, complete=tree.tells_absence, mount=tree.mount)
    return Target(made, str(directory), None, kind, () if tree.tells_absence else records)


def _inside(place: Path, top: Path, mount: Path) -> str:
    return str(mount / place.relative_to(top))


def _record(root: Path, below: str, inside: str) -> tuple[tuple[Source, str], ...]:
    """The ``.etckeeper`` of a directory below a root, with the directory inside the audited root that it speaks for."""
    try:
        data = contents(str(root), [*Path(below).parts[1:], ".etckeeper"], _RECORD_LIMIT)
    except OSError:
        return ()
    return ((Source(f"{inside.rstrip('/')}/.etckeeper", data), inside),)


def _root_above(place: Path) -> Path | None:
    """The directory two levels above the nearest ``etc/mail`` that the path ends in or lies below."""
    for directory in (place, *place.parents):
        if directory.parts[-2:] == USUAL.parts[-2:]:
            return directory.parent.parent
    return None


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100  # Links stay, for where a path says it is decides.


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _named(place: Path) -> str:
    try:
        return str(place.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(place)


def _holds(directory: Path, own: frozenset[str], patterns: tuple[str, ...] = ()) -> bool:
    """Whether a directory that was named holds sendmail's files, by their names alone."""
    try:
        names = set(map(plain_name, os.listdir(directory)))  # noqa: PTH208  # Names are wanted, not paths.
    except OSError:
        return False
    if names & own:
        return True
    return not names & _NOT_SENDMAIL and any(fnmatch(name, pattern) for name in names for pattern in patterns)


def _search(top: Path, warn: Callable[[str], None]) -> list[Path]:
    found: list[Path] = []
    for directory, names in _walk(top, warn):
        if directory.parts[-2:] == USUAL.parts[-2:] or _recognised(directory, names):
            found.append(directory)
            if len(found) == INSTALL_LIMIT:
                warn(f"{top}: only the first {INSTALL_LIMIT} installs are looked at")
                break
    return found


def _walk(top: Path, warn: Callable[[str], None]) -> Iterator[tuple[Path, list[str]]]:
    """Directories with the names of their regular files, in order of their paths; none below an ``etc/mail``."""
    todo = [(top, 0)]
    seen = 0
    while todo:
        directory, depth = todo.pop()
        seen += 1
        if seen > DIRECTORY_LIMIT:
            warn(f"{top}: only the first {DIRECTORY_LIMIT} directories are searched for installs")
            return
        files, below = _listed(directory, warn)
        yield directory, files
        if directory.parts[-2:] == USUAL.parts[-2:]:
            continue
        if depth == DEPTH_LIMIT and below:
            warn(f"{directory}: directories below it lie too deep to be searched")
            continue
        todo += [(directory / name, depth + 1) for name in reversed(below)]


def _listed(directory: Path, warn: Callable[[str], None]) -> tuple[list[str], list[str]]:
    files, below = [], []
    try:
        with os.scandir(directory) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    below.append(entry.name)
                elif entry.is_file(follow_symlinks=False):
                    files.append(entry.name)
    except OSError as error:
        warn(f"{directory}: {error.strerror}")
    return sorted(files), sorted(set(below) - _VERSION_CONTROL)


def _recognised(directory: Path, names: list[str]) -> bool:
    """Whether files found by searching are sendmail's: by a name of its own, or by what the text says."""
    if _OWN_NAMES & set(map(plain_name, names)):
        return True
    likely = [name for name in names if any(fnmatch(plain_name(name), pattern) for pattern in _PATTERNS)]
    return any(_speaks_sendmail(directory, name) for name in likely)


def _speaks_sendmail(directory: Path, name: str) -> bool:
    try:
        return bool(_SENDMAIL_TEXT.search(contents(str(directory), [name], _HEAD, head=True)))
    except OSError:
        return False


def _looked_for(place: Path) -> str:
    kinds = ", ".join((*_PATTERNS, *sorted(_OWN_NAMES | _SHARED_NAMES)))
    return f"{place}: none of sendmail's files is there or below ({kinds}, or a directory etc/mail)"
