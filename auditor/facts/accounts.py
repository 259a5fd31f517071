"""Who has an account on the host, as far as its files tell; of passwords nothing but whether one is locked."""

from dataclasses import dataclass
from functools import cached_property

from auditor.facts.given import Tree
from auditor.facts.network import Nsswitch
from auditor.model.facts import fact, provider
from auditor.model.subjects import Install
from auditor.model.text import Source
from auditor.model.unknown import Missing, Unknowable, Unknown, known
from auditor.readers.accounts import Account, AccountText, Group, ShadowEntry, read_group, read_passwd, read_shadow

__all__ = ["Account", "Accounts", "Group"]

#: Sources of accounts in nsswitch.conf beside which nobody has an account who is not in a file.
_FILES = frozenset({"files", "compat", "systemd", "db"})


@fact(Install)
@dataclass(frozen=True)
class Accounts:
    """Users and groups of /etc/passwd and /etc/group.

    Attributes:
        passwd: the lines of /etc/passwd.
        group: the lines of /etc/group, or why they are unknown.
        shadow: the lines of /etc/shadow without any hash, or why they are unknown; ``Missing`` on the BSDs.
        elsewhere: why there may be accounts that no file has, or None.

    """

    passwd: AccountText
    group: AccountText | Unknown
    shadow: AccountText | Missing | Unknown
    elsewhere: str | None = None

    @cached_property
    def users(self) -> dict[str, Account]:
        """The users by name; of lines with the same name the first, as the C library takes it."""
        found: dict[str, Account] = {}
        for node in self.passwd.nodes:
            if isinstance(node, Account) and node.name[:1] not in ("+", "-"):
                found.setdefault(node.name, node)
        return found

    @cached_property
    def groups(self) -> dict[str, Group]:
        """The groups by name.

        Raises:
            Unknowable: /etc/group is unknown.

        """
        found: dict[str, Group] = {}
        for node in known(self.group).nodes:
            if isinstance(node, Group) and node.name[:1] not in ("+", "-"):
                found.setdefault(node.name, node)
        return found

    def user(self, name: str) -> Account | None:
        """The account of a user, or None where there is none.

        Raises:
            Unknowable: no file has it, but something else than files may.

        """
        found = self.users.get(name)
        if found is None:
            self._sure(name)
        return found

    def user_of(self, uid: int) -> Account | None:
        """The first account with a number, or None where there is none.

        Raises:
            Unknowable: no file has it, but something else than files may.

        """
        found = next((user for user in self.users.values() if user.uid == uid), None)
        if found is None:
            self._sure(str(uid))
        return found

    def group_named(self, name: str) -> Group | None:
        """A group, or None where there is none.

        Raises:
            Unknowable: /etc/group is unknown, or something else than files may have the group.

        """
        found = self.groups.get(name)
        if found is None:
            self._sure(name)
        return found

    def groups_of(self, name: str) -> frozenset[int]:
        """The numbers of every group a user is in, by passwd and by group.

        Raises:
            Unknowable: no file has the user, or /etc/group is unknown.

        """
        user = self.user(name)
        own = set() if user is None or user.gid is None else {user.gid}
        listed = {group.gid for group in self.groups.values() if name in group.members and group.gid is not None}
        return frozenset(own | listed)

    def is_locked(self, name: str) -> bool:
        """Whether no password lets a user in.

        Raises:
            Unknowable: /etc/shadow cannot be read, or has no line for the user.

        """
        if isinstance(self.shadow, Missing):
            reason = f"{self.shadow.path} is not there"
            raise Unknowable(reason)
        for node in known(self.shadow).nodes:
            if isinstance(node, ShadowEntry) and node.name == name:
                return node.is_locked
        reason = f"{name} is not in /etc/shadow"
        raise Unknowable(reason)

    def _sure(self, name: str) -> None:
        if self.elsewhere is not None:
            reason = f"{name} is in no file, and {self.elsewhere}"
            raise Unknowable(reason)


@provider
def accounts(tree: Tree, nsswitch: Nsswitch | Unknown) -> Accounts | Unknown:
    """Read passwd, group and shadow; the hashes of shadow do not leave the reader."""
    passwd = tree.read("/etc/passwd")
    if not isinstance(passwd, Source):
        return passwd if isinstance(passwd, Unknown) else Unknown("there is no /etc/passwd")
    group = tree.read("/etc/group")
    if isinstance(group, Missing):
        group = Source(group.path, b"")
    shadow = tree.read("/etc/shadow")
    return Accounts(
        read_passwd(passwd),
        group if isinstance(group, Unknown) else read_group(group),
        read_shadow(shadow) if isinstance(shadow, Source) else shadow,
        _elsewhere(nsswitch),
    )


def _elsewhere(nsswitch: Nsswitch | Unknown) -> str | None:
    if isinstance(nsswitch, Unknown):
        return None
    others = [source for source in nsswitch.sources("passwd") or () if source not in _FILES]
    return f"nsswitch.conf also asks {others[0]}" if others else None
