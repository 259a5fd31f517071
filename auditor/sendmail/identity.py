"""As whom sendmail opens files: RunAsUser, TrustedUser and the groups they are in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.model.text import Source
from auditor.model.value import frozen, replaced
from auditor.trees.base import Owners, Tree


@frozen
class Identity:
    """A user as a process runs as one.

    Attributes:
        uid: the user's number, or None where only the name is known.
        gid: the number of the group the process runs with, or None where it is not known.
        user: the user's name, or None where only the number is known.
        group: the group's name, or None where it is not known.
        groups: numbers and names of the groups that list the user as a member.
        trusted: who may own files beside root, from the option TrustedUser; None where it is not set.

    """

    uid: int | None
    gid: int | None
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
        return self.uid == 0 or (self.uid is None and self.user == "root")

    def owns(self, owners: Owners) -> bool | None:
        """Whether this user owns a file; None where that cannot be told from what is known of the two."""
        if self.is_root or owners.is_root:
            return self.is_root and owners.is_root
        return _same(self.uid, owners.uid, self.user, owners.user)

    def in_group(self, owners: Owners) -> bool | None:
        """Whether a file's group is one of this user's; None where that cannot be told."""
        if owners.gid in self.groups or owners.group in self.groups:
            return True
        return _same(self.gid, owners.gid, self.group, owners.group)


def _same(number: int | None, other_number: int | None, name: str | None, other_name: str | None) -> bool | None:
    if number is not None and other_number is not None:
        return number == other_number
    return None if name is None or other_name is None else name == other_name


def run_as(tree: Tree, run_as_user: str | None, trusted_user: str | None) -> Identity:
    """The identity that the options RunAsUser and TrustedUser give a daemon (Operation Guide, 5.6).

    Args:
        tree: where ``/etc/passwd`` and ``/etc/group`` are looked up; a name that is not found keeps its number open.
        run_as_user: the value of the option, ``user``, ``user:group`` or numbers; None or empty for root.
        trusted_user: the value of the option; None or empty where it is not set.

    """
    trusted = _named(tree, trusted_user) if trusted_user else None
    found = _named(tree, run_as_user) if run_as_user else Identity.root()
    return replaced(found, trusted=trusted)


def _named(tree: Tree, value: str) -> Identity:
    user, _, group = (part.strip() for part in _split(value))
    account = _row(tree, "/etc/passwd", user)
    uid, gid = _number(user), 0 if user.isdecimal() else None
    if account is not None:
        uid, gid = int(account[2]), _number(account[3])
    if group:
        found = _row(tree, "/etc/group", group)
        gid = int(found[2]) if found is not None else _number(group)
    name = account[0] if account is not None else None if user.isdecimal() else user
    return Identity(uid, gid, name, _group_name(tree, gid) or group or None, _memberships(tree, name))


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
