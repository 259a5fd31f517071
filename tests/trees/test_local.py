"""Real directories as trees: nothing leads outside, only regular files are opened, absence is told only if real."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.text import Source
from auditor.model.unknown import Missing, Unknown
from auditor.trees.base import Entry, Kind, Owners
from auditor.trees.local import LocalTree, Records, contents


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small root with sendmail's directory, and a secret beside it that no path inside may reach."""
    mail = tmp_path / "root/etc/mail"
    mail.mkdir(parents=True)
    (mail / "sendmail.mc").write_text("divert(-1)\n")
    (tmp_path / "secret").write_text("outside")
    return tmp_path / "root"


def read(tree: LocalTree, path: str) -> str:
    """The text of a file that is there."""
    found = tree.read(path)
    assert isinstance(found, Source), found
    return found.text


def test_files_are_read_by_their_path_inside_the_root(root: Path) -> None:
    """A file's source carries its path inside the root and its bytes."""
    tree = LocalTree(root)
    source = tree.read("/etc/mail/sendmail.mc")
    assert isinstance(source, Source)
    assert (source.path, source.text) == ("/etc/mail/sendmail.mc", "divert(-1)\n")
    assert tree.names("/etc") == ("mail",)


@pytest.mark.parametrize(
    "target",
    ["../../../secret", "/../../secret", "../../../../../../../../secret", "/etc/../../secret", "../mail/../.."],
)
def test_no_link_leads_out_of_the_root(root: Path, target: str) -> None:
    """A link that climbs above the root stays at the root, as in a chroot."""
    (root / "etc/mail/link").symlink_to(target)
    (root / "secret").write_text("inside")
    tree = LocalTree(root, complete=True)
    entry = tree.entry("/etc/mail/link")
    assert isinstance(entry, Entry)
    assert entry.real in {"/secret", "/"}
    assert entry.targets == (target,)
    if entry.kind is Kind.FILE:
        assert read(tree, "/etc/mail/link") == "inside"


def test_an_absolute_link_to_the_disk_is_looked_up_inside(root: Path, tmp_path: Path) -> None:
    """A link that names a file of the disk by its full path does not reach it."""
    (root / "etc/mail/link").symlink_to(tmp_path / "secret")
    assert isinstance(LocalTree(root, complete=True).entry("/etc/mail/link"), Missing)
    assert isinstance(LocalTree(root).read("/etc/mail/link"), Unknown)


def test_links_are_followed_and_named(root: Path) -> None:
    """Absolute and relative links, one after the other, lead to the file and are all told."""
    (root / "etc/alias").symlink_to("/etc/mail")
    (root / "etc/mail/other").symlink_to("sendmail.mc")
    entry = LocalTree(root).entry("/etc/alias/other")
    assert isinstance(entry, Entry)
    assert entry.real == "/etc/mail/sendmail.mc"
    assert entry.links == ("/etc/alias", "/etc/mail/other")
    assert entry.targets == ("/etc/mail", "sendmail.mc")


def test_loops_of_links_are_refused(root: Path) -> None:
    """A link to itself and a circle of links name nothing."""
    (root / "a").symlink_to("b")
    (root / "b").symlink_to("a")
    assert LocalTree(root).entry("/a") == Missing("/a")
    assert LocalTree(root, complete=True).read("/b/c") == Missing("/b/c")


def test_what_is_no_regular_file_is_never_opened(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A FIFO, a socket and a directory give a reason instead of their content, and no descriptor is made of them."""
    os.mkfifo(root / "fifo")
    with socket.socket(socket.AF_UNIX) as listener:
        monkeypatch.chdir(root)
        listener.bind("socket")
        opened: list[str] = []
        plain = os.open

        def noted(path: str, flags: int, dir_fd: int | None = None) -> int:
            opened.append(path)
            return plain(path, flags, dir_fd=dir_fd)

        monkeypatch.setattr(os, "open", noted)
        tree = LocalTree(root)
        for path, kind in (("/fifo", Kind.OTHER), ("/socket", Kind.SOCKET), ("/etc", Kind.DIRECTORY)):
            entry = tree.entry(path)
            assert isinstance(entry, Entry)
            assert entry.kind is kind
            assert tree.read(path) == Unknown(f"{path} is a {kind.value}")
            with pytest.raises(OSError, match="not a regular file"):
                contents(str(root), [path.lstrip("/")], 10)
        assert not {"fifo", "socket", "etc"} & set(opened)


def test_a_link_that_takes_a_file_s_place_is_not_followed(root: Path, tmp_path: Path) -> None:
    """A file replaced by a link, or its directory by one, after it was looked at is not read through that link."""
    tree = LocalTree(root)
    assert isinstance(tree.entry("/etc/mail/sendmail.mc"), Entry)
    (root / "etc/mail/sendmail.mc").unlink()
    (root / "etc/mail/sendmail.mc").symlink_to(tmp_path / "secret")
    assert isinstance(tree.read("/etc/mail/sendmail.mc"), Unknown)
    (root / "etc/mail/sendmail.mc").unlink()
    (root / "etc/mail").rmdir()
    (tmp_path / "sendmail.mc").write_text("outside")
    (root / "etc/mail").symlink_to(tmp_path)
    with pytest.raises(OSError, match=r".*"):
        contents(str(root), ["etc", "mail", "sendmail.mc"], 100)


def test_large_files_are_refused_with_a_reason(root: Path) -> None:
    """A file over the limit is unknown, one at the limit is read."""
    tree = LocalTree(root)
    assert tree.read("/etc/mail/sendmail.mc", 10) == Unknown("/etc/mail/sendmail.mc is larger than 10 bytes")
    assert isinstance(tree.read("/etc/mail/sendmail.mc", 11), Source)


def test_a_file_that_grows_is_held_to_the_limit(root: Path) -> None:
    """The limit holds for what is read, not only for the length the file had when it was looked at."""
    with pytest.raises(OSError, match="larger than 4 bytes"):
        contents(str(root), ["etc", "mail", "sendmail.mc"], 4)
    assert contents(str(root), ["etc", "mail", "sendmail.mc"], 4, head=True) == b"dive"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_files_give_a_reason(root: Path) -> None:
    """A file that may not be read is unknown, with its path and the reason."""
    (root / "etc/mail/sendmail.mc").chmod(0)
    found = LocalTree(root).read("/etc/mail/sendmail.mc")
    assert found == Unknown("/etc/mail/sendmail.mc cannot be read: permission denied")


def test_absence_counts_only_in_a_complete_tree(root: Path) -> None:
    """What is not there is missing in a whole filesystem and unknown in a checkout."""
    assert LocalTree(root, complete=True).entry("/etc/mail/access") == Missing("/etc/mail/access")
    assert LocalTree(root, complete=True).names("/var") == Missing("/var")
    assert LocalTree(root, complete=True).read("/etc/mail/sendmail.mc/x") == Missing("/etc/mail/sendmail.mc/x")
    assert isinstance(LocalTree(root).entry("/etc/mail/access"), Unknown)
    assert isinstance(LocalTree(root).names("/var"), Unknown)


def test_owners_and_times_belong_to_complete_trees(root: Path) -> None:
    """Owners, named by the root's own accounts, and times are told in a whole filesystem and unknown in a checkout."""
    (root / "etc/passwd").write_text(
        f"broken\nowner:x:{os.getuid()}:0::/:/bin/sh\nlater:x:{os.getuid()}:0::/:/bin/sh\n"
    )
    (root / "etc/group").write_text(f"team:x:{os.getgid()}:\n")
    file = root / "etc/mail/sendmail.mc"
    file.chmod(0o640)
    entry = LocalTree(root, complete=True).entry("/etc/mail/sendmail.mc")
    assert isinstance(entry, Entry)
    assert entry.owners == Owners(0o640, os.getuid(), file.stat().st_gid, "owner", "team")
    assert entry.mtime == file.stat().st_mtime
    checkout = LocalTree(root).entry("/etc/mail/sendmail.mc")
    assert isinstance(checkout, Entry)
    assert checkout.owners == Unknown("a checkout carries no owners")
    assert isinstance(checkout.mtime, Unknown)


def test_recorded_owners_fill_in_for_a_checkout(root: Path) -> None:
    """A record gives owners where it has them, says so where it leaves the mode out, and is silent elsewhere."""
    (root / "etc/mail/access").write_text("")
    (root / "top").write_text("")
    known = Owners(0o600, None, None, "root", "smmsp")
    other = Owners(0o644, None, None, "root", "root")
    near = Records({"/etc/mail/sendmail.mc": known}, ("/etc/mail",))
    far = Records({"/etc/mail/sendmail.mc": other}, ("/etc",))
    tree = LocalTree(root).recording(near, far)

    def owners(path: str) -> Owners | Unknown:
        entry = tree.entry(path)
        assert isinstance(entry, Entry)
        return entry.owners

    assert owners("/etc/mail/sendmail.mc") == known
    assert owners("/etc/mail/access") == Unknown("the record of owners does not give the mode of /etc/mail/access")
    assert owners("/top") == Unknown("a checkout carries no owners")


def test_a_lone_directory_stands_for_etc_mail(root: Path) -> None:
    """Mounted at /etc/mail, a directory's files have their usual paths and everything around them is unknown."""
    (root / "etc/mail/out").symlink_to("../passwd")
    (root / "etc/mail/in").symlink_to("/etc/mail/sendmail.mc")
    (root / "etc/passwd").write_text("root:x:0:0::/:\n")
    tree = LocalTree(root / "etc/mail", mount="/etc/mail")
    assert read(tree, "/etc/mail/in") == "divert(-1)\n"
    assert tree.names("/etc/mail") == ("in", "out", "sendmail.mc")
    for path in ("/etc/passwd", "/etc/mail/out", "/etc/mail/../passwd", "/", "/etc", "/usr/lib/x", "/etc/mail2"):
        assert tree.entry(path) == Unknown(f"only /etc/mail was given, {path} lies outside")
    assert isinstance(tree.entry("/etc/mail/absent"), Unknown)


def test_how_files_are_shown(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below the working directory a path is relative to it, elsewhere absolute; under --root it is the one inside."""
    monkeypatch.chdir(root.parent)
    path = "/etc/mail/sendmail.mc"
    assert LocalTree(root).shown(path) == "root/etc/mail/sendmail.mc"
    assert LocalTree(root / "etc/mail", mount="/etc/mail").shown(path) == "root/etc/mail/sendmail.mc"
    assert LocalTree(root, complete=True, inside=True).shown(path) == path
    monkeypatch.chdir(root / "etc")
    assert LocalTree(root).shown(path) == "mail/sendmail.mc"
    assert LocalTree(root).shown("/var/x") == f"{root.resolve()}/var/x"


def test_each_file_is_opened_once(root: Path) -> None:
    """What was read stays as it was, by whatever path it is asked for again."""
    (root / "etc/link").symlink_to("mail/sendmail.mc")
    tree = LocalTree(root)
    first = tree.read("/etc/mail/sendmail.mc")
    (root / "etc/mail/sendmail.mc").write_text("changed")
    assert tree.read("/etc/mail/sendmail.mc") is first
    assert read(tree, "/etc/link") == "divert(-1)\n"


def test_hard_links_are_counted(root: Path) -> None:
    """An entry tells how many names its file has."""
    os.link(root / "etc/mail/sendmail.mc", root / "second")
    entry = LocalTree(root).entry("/second")
    assert isinstance(entry, Entry)
    assert entry.hard_links == 2


@given(st.text(max_size=40))
def test_no_path_raises(path: str) -> None:
    """Any text at all is a path that can be asked for."""
    tree = LocalTree(Path("/nonexistent"), complete=True)
    assert isinstance(tree.entry(path), Missing | Unknown)
    assert isinstance(tree.read(path), Missing | Unknown)
    assert isinstance(tree.names(path), Missing | Unknown)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["a", "../b", "/c", "..", "/", "b/a", "../../../x"]))),
    st.lists(st.sampled_from(["a", "b", "c", "..", "x"]), max_size=5),
)
def test_nothing_outside_is_ever_reached(
    tmp_path_factory: pytest.TempPathFactory, links: list[tuple[str, str]], parts: list[str]
) -> None:
    """Whatever the links, an entry's real path is inside the root and is what the disk has there."""
    root = tmp_path_factory.mktemp("links")
    for name, target in links:
        if not (root / name).is_symlink():
            (root / name).symlink_to(target)
    (root / "x").write_text("inside")
    entry = LocalTree(root, complete=True).entry("/" + "/".join(parts))
    if isinstance(entry, Entry):
        mode = (root / entry.real.lstrip("/")).lstat().st_mode
        assert not stat.S_ISLNK(mode)
        assert entry.real in {"/", "/x"}


def test_a_key_is_not_kept(tmp_path: Path) -> None:
    """What is read with ``keep`` false is nowhere in the tree afterwards."""
    (tmp_path / "key").write_bytes(b"secret")
    tree = LocalTree(tmp_path, complete=True)
    source = tree.read("/key", keep=False)
    assert isinstance(source, Source)
    assert source.data == b"secret"
    assert not tree._contents
    assert not tree._sources
