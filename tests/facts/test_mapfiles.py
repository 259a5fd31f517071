"""Facts about the files behind maps: texts, databases, the access map, aliases."""

from __future__ import annotations

import pytest

from auditor.engine.resolve import Facts
from auditor.facts.mapfiles import AccessMap, AliasFiles, MapFiles
from auditor.model.subjects import Configuration, Install
from auditor.model.unknown import Missing, NotApplicable, Unknowable, Unknown
from auditor.readers.maps import MapText
from auditor.trees.base import Entry, Tree
from auditor.trees.memory import MemoryFile, MemoryTree

INSTALL = Install("host")
DAEMON = Configuration("sendmail.cf", INSTALL)
CF = (
    b"V10/Berkeley\nKaccess hash -T<TMPF> /etc/mail/access\nKmailertable btree -o /etc/mail/mailertable.db\n"
    b"Kvirtuser cdb /etc/mail/virtusertable\nKresolve host -a<OKR> -T<TEMP>\nKdnsbl dns -R A\n"
    b"Kplain text /etc/mail/plain\nO AliasFile=/etc/mail/aliases, hash:-o /etc/more, nis:mail.aliases\n"
)
FILES = {
    "/etc/mail/access": MemoryFile(b"Connect:127.0.0.1 RELAY\nexample.org REJECT\n", mtime=20.0),
    "/etc/mail/access.db": MemoryFile(b"x", mtime=10.0),
    "/etc/mail/mailertable.db": MemoryFile(b"x"),
    "/etc/mail/virtusertable": MemoryFile(b"a@b c\n"),
    "/etc/mail/plain": MemoryFile(b"a b\n"),
    "/etc/mail/aliases": MemoryFile(b"root: bob\n", mtime=1.0),
    "/etc/mail/aliases.cdb": MemoryFile(b"x", mtime=2.0),
    "/etc/more": MemoryFile(b"root: eve\nabuse: root\n"),
}


def facts(cf: bytes = CF, files: dict[str, MemoryFile] = FILES, *, complete: bool = True) -> Facts:
    """The facts of an install with this configuration and these files."""
    tree = MemoryTree({"/etc/mail/sendmail.cf": MemoryFile(cf), **files}, complete=complete)
    return Facts(INSTALL, {Tree: tree})


def test_maps_have_texts_and_databases() -> None:
    """Each map that is kept in files is listed with both, a suffix in the K line notwithstanding."""
    found = facts().get(MapFiles, DAEMON)
    assert [(each.name, each.type, each.path, each.database_path) for each in found] == [
        ("access", "hash", "/etc/mail/access", "/etc/mail/access.db"),
        ("mailertable", "btree", "/etc/mail/mailertable", "/etc/mail/mailertable.db"),
        ("virtuser", "cdb", "/etc/mail/virtusertable", "/etc/mail/virtusertable.cdb"),
        ("plain", "text", "/etc/mail/plain", "/etc/mail/plain"),
        ("aliases", "implicit", "/etc/mail/aliases", "/etc/mail/aliases.cdb"),
        ("aliases", "hash", "/etc/more", "/etc/more.db"),
    ]
    mailertable, virtuser = found.get("mailertable"), found.get("virtuser")
    assert isinstance(mailertable.text, Missing)
    assert isinstance(mailertable.database, Entry)
    assert mailertable.is_optional
    assert isinstance(virtuser.text, MapText)
    assert isinstance(virtuser.database, Missing)
    assert found.get("access").span.text == "/etc/mail/access"


def test_a_database_may_be_stale() -> None:
    """A text that is newer than its database was changed without makemap."""
    found = facts().get(MapFiles, DAEMON)
    assert found.get("access").is_stale
    assert not found.get("aliases").is_stale
    with pytest.raises(Unknowable, match="missing"):
        _ = found.get("virtuser").is_stale


def test_the_access_map_has_entries() -> None:
    """Its lines are known with tag, key and value, or why they are not."""
    entries = list(facts().get(AccessMap, DAEMON))
    assert [(entry.tag and entry.tag.text, entry.key.text, entry.value.text) for entry in entries] == [
        ("Connect", "127.0.0.1", "RELAY"),
        (None, "example.org", "REJECT"),
    ]
    assert isinstance(facts(b"V10/Berkeley\n").get(AccessMap, DAEMON), NotApplicable)
    assert isinstance(facts(files={}).get(AccessMap, DAEMON), Unknown)
    assert isinstance(facts(files={}, complete=False).get(AccessMap, DAEMON), Unknown)


def test_aliases_are_asked_in_order() -> None:
    """The first file that has a name counts; one that no file has may be in NIS all the same."""
    found = facts().get(AliasFiles, DAEMON)
    assert [file.path for file in found] == ["/etc/mail/aliases", "/etc/more"]
    root, abuse = found.get("ROOT"), found.get("abuse")
    assert (root.value.text, abuse.value.text) == ("bob", "root")
    with pytest.raises(Unknowable, match=r"nis:mail\.aliases"):
        found.get("postmaster")
    only = facts(b"V10/Berkeley\nO AliasFile=/etc/mail/aliases\n").get(AliasFiles, DAEMON)
    assert only.get("postmaster") is None


def test_no_alias_file_is_told_from_one_not_seen() -> None:
    """Without the option there is none; with it, in a checkout, there may be one."""
    assert isinstance(facts(b"V10/Berkeley\n").get(AliasFiles, DAEMON), NotApplicable)
    assert isinstance(facts(files={}, complete=False).get(AliasFiles, DAEMON), Unknown)
    cf = b"V10/Berkeley\nO AliasFile=/etc/a\n"
    only_database = facts(cf, {"/etc/a.db": MemoryFile(b"x")}).get(AliasFiles, DAEMON)
    assert isinstance(only_database, Unknown)
