"""Whether sendmail would open a file: its own test of modes, owners, links and the directories on the way.

sendmail refuses what somebody else could change (Operation Guide, "Security notes"). It is taken to be
started by root, as a daemon is; where an ordinary user starts it, sendmail asks nothing of directories.
"""

from __future__ import annotations

import posixpath
import re
from enum import Enum

from auditor.model.unknown import Missing, Unknown
from auditor.model.value import frozen
from auditor.sendmail.file_demands import BY_ROOT, BY_STARTER, GROUP_DIRECTORY_FLAGS, USES, Demand, Purpose
from auditor.sendmail.identity import Identity
from auditor.trees.base import Entry, Kind, Owners, Tree

#: A link to a link is followed this many times.
_NESTED_LINKS = 20
_READ, _WRITE = 0o400, 0o200
_STICKY = 0o1000
_SEARCH = 0o111

NOT_THERE = "No such file or directory"
NOT_A_DIRECTORY = "Not a directory"
DENIED = "Permission denied"
NO_LINKS = "Symbolic links not allowed"
WORLD_DIRECTORY = "World writable directory"
GROUP_DIRECTORY = "Group writable directory"
#: What sendmail says of a configuration file that others may write, and then goes on with it.
DANGEROUS = "WARNING: dangerous write permissions"


@frozen
class Verdict:
    """What sendmail makes of a file.

    Attributes:
        ok: whether it uses the file.
        reason: why not, in sendmail's words; with ``ok``, what it warns of.
        at: the path of the file or directory at fault.

    """

    ok: bool
    reason: str | None = None
    at: str | None = None


_FINE = Verdict(ok=True)


class _Test(Enum):
    """The bits a file must not have under a demand, with what sendmail says of them, in the order it asks."""

    GROUP_WRITE = (Demand.NO_GROUP_WRITE, 0o020, "Group writable file")
    WORLD_WRITE = (Demand.NO_WORLD_WRITE, 0o002, "World writable file")
    GROUP_READ = (Demand.NO_GROUP_READ, 0o040, "Group readable file")
    WORLD_READ = (Demand.NO_WORLD_READ, 0o004, "World readable file")


def judge(tree: Tree, path: str, purpose: Purpose, who: Identity, relaxed: frozenset[str]) -> Verdict | Unknown:
    """Whether sendmail would use a file for a purpose.

    Args:
        tree: the filesystem.
        path: the file's absolute path.
        purpose: what it is opened for.
        who: RunAsUser, or root where that is not set.
        relaxed: the flags of DontBlameSendmail, in lower case.

    Returns:
        The verdict, or unknown where nothing that is known decides and something is not known.

    """
    demands, access, relaxations = USES[purpose]
    for flag in relaxed & relaxations.keys():
        demands &= ~relaxations[flag]
    tolerated = relaxed | ({"groupwritabledirpathsafe"} if GROUP_DIRECTORY_FLAGS.get(purpose) in relaxed else set())
    opener = Identity.root(who.trusted) if purpose in BY_STARTER else who
    drops = not opener.is_root and purpose not in BY_ROOT
    walk = _Walk(tree, opener, tolerated, drops=drops)
    if purpose is Purpose.QUEUE:
        return walk.conclude(walk.directories(path, demands))
    verdict = walk.conclude(walk.file(path, demands, access))
    if purpose is Purpose.ALIASES and isinstance(verdict, Verdict) and verdict.reason == DENIED:
        # It is opened for writing so that it can be locked, and where that is denied for reading only.
        again = _Walk(tree, opener, tolerated, drops=drops)
        return again.conclude(again.file(path, demands, _READ))
    if purpose is Purpose.CONFIGURATION and verdict == _FINE:
        return _warned(tree, path)
    return verdict


def writable_directories(tree: Tree, path: str, relaxed: frozenset[str]) -> list[Verdict] | Unknown:
    """Every directory on the way to a path, the path itself included if it is one, that others may write.

    sendmail warns of each under ``sendmail -v -bi`` and refuses most files below. Links are followed to their ends.
    """
    walk = _Walk(tree, Identity.root(), relaxed)
    entry = tree.entry(path)
    is_directory = isinstance(entry, Entry) and entry.kind is Kind.DIRECTORY
    walk.directories(path if is_directory else posixpath.dirname(path), Demand.ROOT_OK)
    if walk.writable or walk.unknown is None:
        return walk.writable
    return walk.unknown


def _warned(tree: Tree, path: str) -> Verdict | Unknown:
    entry = tree.entry(path)
    owners = entry.owners if isinstance(entry, Entry) else Unknown(f"{path} cannot be looked at")
    if isinstance(owners, Unknown):
        return owners
    return Verdict(ok=True, reason=DANGEROUS, at=path) if owners.mode & 0o022 else _FINE


class _Walk:
    """One look at a path; what cannot be known is kept, since something else on the way may decide all the same."""

    def __init__(self, tree: Tree, who: Identity, relaxed: frozenset[str], *, drops: bool = False) -> None:
        self.tree = tree
        self.who = who
        self.drops = drops
        self.bits = 0o002 if "groupwritabledirpathsafe" in relaxed else 0o022
        self.trusts_sticky = "truststickybit" in relaxed
        self.unknown: Unknown | None = None
        self.doubt: Unknown | None = None
        self.writable: list[Verdict] = []
        self._seen: set[tuple[str, Demand]] = set()

    def conclude(self, verdict: Verdict) -> Verdict | Unknown:
        """The verdict, unless it rests on what is not known: a doubt about who is who is taken for a no."""
        open_question = self.unknown if verdict.ok else self.doubt if verdict.reason == DENIED else None
        return verdict if open_question is None else open_question

    def file(self, path: str, demands: Demand, access: int) -> Verdict:
        above = posixpath.dirname(path)
        looks_at_links = Demand.NO_SYMLINK in demands
        if Demand.NO_LINK_IN_WRITABLE in demands and Demand.SAFE_DIRECTORIES not in demands:
            if self.directories(above, demands | Demand.SAFE_DIRECTORIES).ok:
                demands |= Demand.NO_PATH_CHECK
            elif self._has_no_name(path):
                return self._barred(path) or self._absent(path, demands)
            else:
                demands |= Demand.NO_SYMLINK | Demand.NO_HARD_LINK
        if Demand.NO_PATH_CHECK not in demands:
            verdict = self.directories(above, demands)
            if not verdict.ok:
                return verdict
        return self._barred(path) or self._final(path, demands, access, looks_at_links=looks_at_links)

    def _has_no_name(self, path: str) -> bool:
        """Whether not even a dangling link is there."""
        names = self.tree.names(posixpath.dirname(path))
        return isinstance(self.tree.entry(path), Missing) and posixpath.basename(path) not in (
            names if isinstance(names, tuple) else ()
        )

    def _final(self, path: str, demands: Demand, access: int, *, looks_at_links: bool) -> Verdict:
        entry = self.tree.entry(path)
        if isinstance(entry, Missing):
            if looks_at_links and not self._has_no_name(path):
                return Verdict(ok=False, reason=NO_LINKS, at=path)
            return self._absent(path, demands)
        if isinstance(entry, Unknown):
            self.unknown = self.unknown or entry
            return _FINE
        return self._present(entry, demands, access)

    def _present(self, entry: Entry, demands: Demand, access: int) -> Verdict:
        if Demand.NO_SYMLINK in demands and self._link(entry) is not None:
            return Verdict(ok=False, reason=NO_LINKS, at=entry.path)
        if Demand.REGULAR in demands and entry.kind is not Kind.FILE:
            return Verdict(ok=False, reason="Regular files only", at=entry.path)
        owners = entry.owners
        if isinstance(owners, Unknown):
            self.unknown = self.unknown or owners
            return _FINE
        reason = self._refusal(owners, demands, access)
        if reason is None and Demand.NO_HARD_LINK in demands and entry.hard_links != 1:
            reason = "Hard links not allowed"
        if reason is None and not self._may_open(owners, demands, access):
            reason = DENIED
        return _FINE if reason is None else Verdict(ok=False, reason=reason, at=entry.real)

    def _refusal(self, owners: Owners, demands: Demand, access: int) -> str | None:
        for test in _Test:
            demand, bits, reason = test.value
            if demand in demands and owners.mode & bits:
                return reason
        if Demand.EXECUTABLE_OK not in demands and access & _WRITE and owners.mode & _SEARCH:
            return "Executable files not allowed"
        return None

    def _may_open(self, owners: Owners, demands: Demand, access: int) -> bool:
        is_owner = self._is(owners, self.who)
        trusted = self.who.trusted is not None and self._is(owners, self.who.trusted)
        if Demand.MUST_OWN in demands and not (is_owner or owners.is_root or trusted):
            return False
        if self.who.is_root and Demand.OPEN_AS_ROOT in demands:
            wanted = access
        elif self.who.is_root and Demand.ROOT_OK not in demands:
            wanted = access >> 6
        elif is_owner or (self.who.is_root and trusted):
            wanted = access
        else:
            wanted = access >> (3 if self._in_group(owners) else 6)
        return owners.mode & wanted == wanted

    def _is(self, owners: Owners, who: Identity) -> bool:
        return self._told(who.owns(owners), f"whether {who.user or who.uid} is the owner cannot be told")

    def _in_group(self, owners: Owners) -> bool:
        who = self.who.user or self.who.uid
        return self._told(self.who.in_group(owners), f"whether {who} is in the file's group cannot be told")

    def _told(self, answer: bool | None, otherwise: str) -> bool:  # noqa: FBT001  # An answer, no switch.
        if answer is None:
            self.doubt = self.doubt or Unknown(otherwise)
        return bool(answer)

    def _absent(self, path: str, demands: Demand) -> Verdict:
        above = self.tree.entry(posixpath.dirname(path))
        if isinstance(above, Entry) and above.kind is not Kind.DIRECTORY:
            return Verdict(ok=False, reason=NOT_A_DIRECTORY, at=path)
        if Demand.MAY_CREATE not in demands or not isinstance(above, Entry):
            return Verdict(ok=False, reason=NOT_THERE, at=path)
        if isinstance(above.owners, Unknown):
            self.unknown = self.unknown or above.owners
            return _FINE
        if self._may_open(above.owners, Demand.ROOT_OK, 0o300):
            return _FINE
        return Verdict(ok=False, reason=DENIED, at=above.real)

    def directories(self, path: str, demands: Demand, level: int = 0) -> Verdict:
        """Each directory of a path from the root down, and where a link is on the way, those of what it says first."""
        if level > _NESTED_LINKS:
            return Verdict(ok=False, reason="Too many levels of symbolic links", at=path)
        here = ""
        for part in ("/", *(part for part in path.split("/") if part not in ("", "."))):
            if here and (barred := self._barred(here)) is not None:
                return barred
            here = posixpath.join(here, part)
            # Where ``..`` leads was looked at on the way down.
            if part == ".." or (here, demands) in self._seen:
                continue
            self._seen.add((here, demands))
            verdict = self._component(here, demands, level)
            if not verdict.ok:
                return verdict
        return _FINE

    def _component(self, path: str, demands: Demand, level: int) -> Verdict:
        entry = self.tree.entry(path)
        if isinstance(entry, Unknown):
            self.unknown = self.unknown or entry
            return _FINE
        if isinstance(entry, Missing):
            above = self.tree.entry(posixpath.dirname(path))
            is_directory = not isinstance(above, Entry) or above.kind is Kind.DIRECTORY
            return Verdict(ok=False, reason=NOT_THERE if is_directory else NOT_A_DIRECTORY, at=path)
        target = self._link(entry)
        if target is not None:
            return self.directories(posixpath.join(posixpath.dirname(path), target), demands, level + 1)
        return self._directory(path, entry.owners, demands)

    def _directory(self, path: str, owners: Owners | Unknown, demands: Demand) -> Verdict:
        if isinstance(owners, Unknown):
            self.unknown = self.unknown or owners
            return _FINE
        if owners.mode & self.bits and not (self.trusts_sticky and owners.mode & _STICKY):
            reason = WORLD_DIRECTORY if owners.mode & 0o002 else GROUP_DIRECTORY
            fault = Verdict(ok=False, reason=reason, at=path)
            self.writable.append(fault)
            if Demand.SAFE_DIRECTORIES in demands:
                return fault
        if self.drops or self._may_search(owners, demands):
            return _FINE
        return Verdict(ok=False, reason=DENIED, at=path)

    def _barred(self, path: str) -> Verdict | None:
        """The first directory the kernel does not let a process through that has dropped root's rights."""
        if not self.drops:
            return None
        entry = self.tree.entry(path)
        while not isinstance(entry, Entry) and path != "/":
            path = posixpath.dirname(path)
            entry = self.tree.entry(path)
        places = [] if not isinstance(entry, Entry) else [*entry.links, posixpath.join(entry.real, ".")]
        for place in places:
            for above in [place[: end.start()] or "/" for end in re.finditer("/", place)]:
                found = self.tree.entry(above)
                if isinstance(found, Entry) and found.kind is Kind.DIRECTORY and not self._passes(found.owners):
                    return Verdict(ok=False, reason=DENIED, at=above)
        return None

    def _passes(self, owners: Owners | Unknown) -> bool:
        if isinstance(owners, Unknown):
            self.unknown = self.unknown or owners
            return True
        if self._is(owners, self.who):
            return bool(owners.mode & 0o100)
        return bool(owners.mode & (0o010 if self._in_group(owners) else 0o001))

    def _may_search(self, owners: Owners, demands: Demand) -> bool:
        if Demand.OPEN_AS_ROOT in demands or owners.mode & 0o001:
            return True
        if self.who.is_root and Demand.ROOT_OK not in demands:
            return False
        if owners.mode & 0o100 and self._is(owners, self.who):
            return True
        return bool(owners.mode & 0o010) and self._in_group(owners)

    def _link(self, entry: Entry) -> str | None:
        """What the path itself says where it is a link; links above it do not count."""
        if entry.path == "/":
            return None
        above = self.tree.entry(posixpath.dirname(entry.path))
        before = len(above.links) if isinstance(above, Entry) else 0
        if len(entry.links) <= before:
            return None
        if before < len(entry.targets):
            return entry.targets[before]
        # A tree that does not keep what links say knows the next link, or the end of the chain.
        return (*entry.links, entry.real)[before + 1]
