"""Facts about accounts: who there is, who is in which group, whose password is locked."""

from __future__ import annotations

import pytest

from auditor.engine.resolve import Facts
from auditor.facts.accounts import Accounts
from auditor.model.subjects import Install
from auditor.model.unknown import Unknowable, Unknown
from auditor.trees.base import Tree
from auditor.trees.memory import MemoryFile, MemoryTree

INSTALL = Install("host")
HASH = b"$6$salt$abcdefgh"
FILES = {
    "/etc/passwd": (
        b"root:x:0:0::/root:/bin/sh\nsmmsp:x:25:25::/var/spool:/bin/false\nsmmsp:x:1:1::/:/bin/sh\n+::::::\n"
    ),
    "/etc/group": b"root:x:0:\nsmmsp:x:25:\nsasl:x:45:smmsp,bob\n+:::\n",
    "/etc/shadow": b"root:" + HASH + b":1::::::\nsmmsp:!:1::::::\n",
}


def accounts(files: dict[str, bytes], *, unknown: tuple[str, ...] = ()) -> Accounts | Unknown:
    """The accounts of a host with these files."""
    tree = MemoryTree({path: MemoryFile(data) for path, data in files.items()}, unknown=unknown)
    found = Facts(INSTALL, {Tree: tree}).get(Accounts, INSTALL)
    assert isinstance(found, Accounts | Unknown)
    return found


def known(files: dict[str, bytes], *, unknown: tuple[str, ...] = ()) -> Accounts:
    """The same, where they can be told."""
    found = accounts(files, unknown=unknown)
    assert isinstance(found, Accounts)
    return found


def test_users_and_groups_are_found() -> None:
    """Names and numbers lead to accounts, of two lines with one name to the first; NIS marks are no accounts."""
    found = known(FILES)
    user = found.user("smmsp")
    assert user is not None
    assert user.uid == 25
    assert found.user("bob") is None
    assert found.user_of(0) is found.users["root"]
    assert set(found.users) == {"root", "smmsp"}
    assert found.groups_of("smmsp") == {25, 45}
    assert found.group_named("mail") is None


def test_locks_are_known_and_hashes_are_not() -> None:
    """Whether a password can let a user in is all that is left of shadow."""
    found = known(FILES)
    assert found.is_locked("smmsp")
    assert not found.is_locked("root")
    assert HASH.decode() not in repr(found)
    with pytest.raises(Unknowable, match="not in /etc/shadow"):
        found.is_locked("bob")


def test_accounts_may_be_elsewhere() -> None:
    """Where nsswitch.conf asks more than files, somebody who is in no file may exist all the same."""
    found = known({**FILES, "/etc/nsswitch.conf": b"passwd: files sss\n"})
    assert found.user("root") is not None
    with pytest.raises(Unknowable, match="also asks sss"):
        found.user("bob")
    with pytest.raises(Unknowable):
        found.user_of(4711)
    assert known({**FILES, "/etc/nsswitch.conf": b"passwd: files systemd\n"}).user("bob") is None


def test_what_is_not_seen_is_unknown() -> None:
    """A missing passwd, and groups or locks that cannot be read, give no answers."""
    assert isinstance(accounts({"/etc/group": b""}), Unknown)
    found = known({"/etc/passwd": FILES["/etc/passwd"]}, unknown=("/etc/group", "/etc/shadow"))
    for ask in (found.groups_of, found.group_named, found.is_locked):
        with pytest.raises(Unknowable):
            ask("smmsp")
    with pytest.raises(Unknowable, match="not there"):
        known({"/etc/passwd": FILES["/etc/passwd"]}).is_locked("root")
