"""Trees held in memory behave as those on the disk do."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from auditor.model.text import Source
from auditor.model.unknown import Missing, Unknown
from auditor.trees.base import Entry, Kind
from auditor.trees.local import LocalTree
from auditor.trees.memory import MemoryFile, MemoryTree


def test_the_directories_above_a_file_exist() -> None:
    """A file brings its directories with it, root's and 0755, down from the root."""
    tree = MemoryTree({"/etc/mail/access": MemoryFile(b"x")})
    entry = tree.entry("/etc")
    assert isinstance(entry, Entry)
    assert entry.kind is Kind.DIRECTORY
    assert tree.names("/") == ("etc",)
    assert tree.names("/etc/mail") == ("access",)


def test_absence_is_unknown_in_a_checkout_and_in_unknown_places() -> None:
    """Only a complete tree tells absence, and not for the places it says it does not know."""
    assert MemoryTree({}).entry("/a") == Missing("/a")
    assert isinstance(MemoryTree({}, complete=False).entry("/a"), Unknown)
    assert isinstance(MemoryTree({}, unknown=["/usr"]).entry("/usr/lib/x"), Unknown)


def test_only_files_within_the_limit_are_read() -> None:
    """A directory and a file over the limit give a reason; a file gives its bytes, the same object each time."""
    tree = MemoryTree({"/a/b": MemoryFile(b"four")})
    assert isinstance(tree.read("/a"), Unknown)
    assert isinstance(tree.read("/a/b", 3), Unknown)
    source = tree.read("/a/b")
    assert isinstance(source, Source)
    assert source.data == b"four"
    assert tree.read("/a/b") is source


@given(
    st.dictionaries(
        st.sampled_from("abc"), st.sampled_from(["a", "b", "../c", "/d", "/d/f", "d", "..", "/"]), max_size=3
    ),
    st.lists(st.sampled_from(["a", "b", "c", "d", "f", ".", ".."]), min_size=1, max_size=4),
)
def test_links_lead_where_they_lead_on_the_disk(links: dict[str, str], parts: list[str]) -> None:
    """For any links, a tree in memory and a directory with the same content name the same file by the same way."""
    path = "/" + "/".join(parts)
    held = {f"/{name}": MemoryFile(target=target) for name, target in links.items()} | {"/d/f": MemoryFile(b"text")}
    ours = MemoryTree(held).entry(path)
    with TemporaryDirectory() as place:
        root = Path(place)
        (root / "d").mkdir()
        (root / "d/f").write_text("text")
        for name, target in links.items():
            (root / name).symlink_to(target)
        theirs = LocalTree(root, complete=True).entry(path)
    if isinstance(theirs, Missing):
        # In memory a path may go through a file and back again with two dots, which nothing asks for.
        assert isinstance(ours, Missing) or ".." in path or any(".." in target for target in links.values())
    else:
        assert isinstance(ours, Entry)
        assert isinstance(theirs, Entry)
        assert (ours.real, ours.links, ours.targets, ours.kind) == (
            theirs.real,
            theirs.links,
            theirs.targets,
            theirs.kind,
        )
