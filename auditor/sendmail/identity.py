"""As whom sendmail opens files: RunAsUser, TrustedUser and the groups they are in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from auditor.model.text import Source
from auditor.model.unknown import Unknown
from auditor.trees.base import Owners, Tree


@dataclass(frozen=True, slots=True)
class Identity:
    """A user as a process runs as one.

    Attributes:
        uid: the user's number.
        gid: the number of the group the process runs with.
        user: the user's name, or None where only the number is known.
        group: the group's name, or None where only the number is known.
        groups: numbers and names of the groups that list the user as a member.
        trusted: who may own files beside root, from the option TrustedUser; None where it is not set.

    """

    uid: int
    gid: int
    user: str | None = None
    group: str | None = None
    groups: frozenset[int | str] = frozenset()
    trusted: Identity | None = None

    @classmethod
    def root(cls, trusted: Identity | None = None) -> Identity:
        """The superuser."""
        return cls(0, 0, "root", "root", trusted=trusted)

    @property
    def is_root(self) -> bool:
        """Whether this is the superuser."""
        return self.uid == 0

    def in_group(self, owners: Owners) -> bool:
        """Whether a file's group is one of this user's."""
        if owners.gid is not None:
            return owners.gid == self.gid or owners.gid in self.groups
        return owners.group is not None and (owners.group == self.group or owners.group in self.groups)


def owns(owners: Owners, who: Identity) -> bool | None:
    """Whether a user owns a file; None where one is known by number and the other by name only."""
    if owners.uid is not None:
        return owners.uid == who.uid
    if who.uid == 0:
        return owners.is_root
    return None if who.user is None or owners.user is None else owners.user == who.user


def run_as(tree: Tree, run_as_user: str | None, trusted_user: str | None) -> Identity | Unknown:
    """The identity that the options RunAsUser and TrustedUser give a daemon (Operation Guide, 5.6).

    Args:
        tree: where ``/etc/passwd`` and ``/etc/group`` are looked up.
        run_as_user: the value of the option, ``user``, ``user:group`` or numbers; None or empty for root.
        trusted_user: the value of the option; None or empty where it is not set.

    Returns:
        The identity, or unknown where a name cannot be resolved here.

    """
    trusted = _named(tree, trusted_user) if trusted_user else None
    if isinstance(trusted, Unknown):
        return trusted
    if not run_as_user:
        return Identity.root(trusted)
    found = _named(tree, run_as_user)
    if isinstance(found, Unknown):
        return found
    return Identity(found.uid, found.gid, found.user, found.group, found.groups, trusted)


def _named(tree: Tree, value: str) -> Identity | Unknown:
    user, _, group = (part.strip() for part in _split(value))
    account = _row(tree, "/etc/passwd", user)
    if account is None and not user.isdecimal():
        return Unknown(f"who the user {user} is cannot be told here")
    uid = int(user) if account is None else int(account[2])
    gid: int | None = int(account[3]) if account is not None and account[3].isdecimal() else 0
    if group:
        found = _row(tree, "/etc/group", group)
        gid = int(found[2]) if found is not None else _number(group)
        if gid is None:
            return Unknown(f"which group {group} is cannot be told here")
    name = None if account is None else account[0]
    return Identity(uid, gid or 0, name, _group_name(tree, gid), _memberships(tree, name))


def _split(value: str) -> tuple[str, str, str]:
    found = re.search("[:./]", value)
    return (value, "", "") if found is None else (value[: found.start()], found[0], value[found.end() :])


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _row(tree: Tree, path: str, name: str) -> list[str] | None:
    """The fields of the line that has a name or, where no name fits, a number."""
    rows = [row for row in _rows(tree, path) if name in (row[0], row[2])]
    return next((row for row in rows if row[0] == name), rows[0] if rows else None)


def _group_name(tree: Tree, gid: int | None) -> str | None:
    return next((row[0] for row in _rows(tree, "/etc/group") if row[2] == str(gid)), None)


def _memberships(tree: Tree, user: str | None) -> frozenset[int | str]:
    found: set[int | str] = set()
    for row in _rows(tree, "/etc/group"):
        if user is not None and user in row[3].split(","):
            found |= {row[0], int(row[2])}
    return frozenset(found)


def _rows(tree: Tree, path: str) -> Iterator[list[str]]:
    source = tree.read(path)
    if not isinstance(source, Source):
        return
    for line in source.text.splitlines():
        fields = line.split(":")
        if len(fields) > 3 and fields[2].isascii() and fields[2].isdecimal():  # noqa: PLR2004  # Both files have four.
            yield fields
