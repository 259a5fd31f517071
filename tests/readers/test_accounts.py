"""The readers of passwd, group and shadow: total, tiling, and without any hash in what they give."""

from __future__ import annotations

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.text import Source
from auditor.readers.accounts import Account, Group, ShadowEntry, read_group, read_passwd, read_shadow
from tests.lossless import grammar, kinds, linear_reading, mutated, tiled

PASSWD = b"root:x:0:0:root:/root:/bin/bash\nsmmsp:x:25:25::/var/spool/clientmqueue:/sbin/nologin\n+::::::\nbroken:x:1\n"
GROUP = b"root:x:0:\nsasl:x:45:smmsp,bob\nbroken\n"
SECRET = b"$6$saltsalt$abcdefghijklmnopqrstuvwxyz0123456789"
SHADOW = b"root:!:19000:0:99999:7:::\nalice:" + SECRET + b":19000:0:::::\nbob:!" + SECRET + b":1::::::\neve::1::::::\n"


@pytest.mark.parametrize("reader", [read_passwd, read_group, read_shadow])
@given(data=st.binary() | grammar(b"root:", b"x:0:", b":", b"0", SECRET) | mutated(PASSWD, GROUP, SHADOW))
def test_any_bytes_are_tiled(reader: type, data: bytes) -> None:
    """Whatever the bytes, every line is one node at its own place; only stars stand where a hash may have been."""
    document = tiled(reader, data)
    assert not document.unparsed
    assert len(document.source.data) == len(data)
    assert all(ours in (theirs, ord("*")) for ours, theirs in zip(document.source.data, data, strict=True))


@given(st.sampled_from((b"alice:%s:1::::::", b"alice:!%s:1", b"%s", b"%s:x", b"alice:x:%s", b":%s", b"\xa0%s:1:")))
def test_no_hash_leaves_the_reader_of_shadow(line: bytes) -> None:
    """Wherever a hash stands in a line of shadow, however broken, nothing of it is reachable from the document."""
    document = read_shadow(Source("/etc/shadow", b"root:*:1::::::\n" + line.replace(b"%s", SECRET) + b"\n"))
    seen: set[int] = set()
    waiting: list[object] = [document]
    while waiting:
        each = waiting.pop()
        if id(each) in seen or isinstance(each, type):
            continue
        seen.add(id(each))
        assert SECRET.decode() not in (each if isinstance(each, str) else "")
        assert SECRET not in (each if isinstance(each, bytes) else b"")
        waiting += gc.get_referents(each)


def test_a_hash_in_passwd_is_hidden_and_remembered() -> None:
    """A hash in passwd, as hosts without shadow have it, is overwritten; that there was one is known."""
    document = read_passwd(Source("/etc/passwd", PASSWD + b"old:" + SECRET + b":7:7::/:/bin/sh\n"))
    accounts = [node for node in document.nodes if isinstance(node, Account)]
    assert [account.has_hash for account in accounts] == [False, False, False, True]
    assert SECRET not in document.source.data
    assert accounts[-1].uid == 7
    assert kinds(document) == ["account", "account", "account", "malformed", "account"]


def test_fields_are_told_apart() -> None:
    """Users have numbers, homes and shells, groups have members."""
    users = [node for node in read_passwd(Source("/etc/passwd", PASSWD)).nodes if isinstance(node, Account)]
    assert (users[1].name, users[1].uid, users[1].gid, users[1].shell.text) == ("smmsp", 25, 25, "/sbin/nologin")
    assert users[2].uid is None
    groups = [node for node in read_group(Source("/etc/group", GROUP)).nodes if isinstance(node, Group)]
    assert [(group.name, group.gid, group.members) for group in groups] == [
        ("root", 0, ()),
        ("sasl", 45, ("smmsp", "bob")),
    ]


@pytest.mark.parametrize(
    ("field", "is_locked"),
    [
        (b"!", True),
        (b"*", True),
        (b"!!", True),
        (b"!" + SECRET, True),
        (b"*LK*", True),
        (b"x", True),
        (b"", False),
        (SECRET, False),
    ],
)
def test_locked_entries_are_known(field: bytes, is_locked: bool) -> None:  # noqa: FBT001  # It is a column of a table.
    """A field that no hash can be lets nobody in, an empty one everybody."""
    document = read_shadow(Source("/etc/shadow", b"alice:" + field + b":19000:0:99999:7:::\n"))
    entries = [node for node in document.nodes if isinstance(node, ShadowEntry)]
    assert [(entry.name, entry.is_locked) for entry in entries] == [("alice", is_locked)]


def test_reading_is_linear() -> None:
    """No repetition makes a reader slow."""
    for reader in (read_passwd, read_group, read_shadow):
        linear_reading(reader, b"a", b":", b"a:", b" ", b"\n", b"*")
