"""A file is replaced whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from auditor.trees.local import LocalTree
from auditor.trees.rewrite import rewrite


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A file below a root."""
    file = tmp_path / "etc" / "x"
    file.parent.mkdir()
    file.write_bytes(b"old")
    return file


def test_what_changed_meanwhile_is_left(place: Path, tmp_path: Path) -> None:
    """Somebody else's change is not lost."""
    with pytest.raises(OSError, match="meanwhile"):
        rewrite(LocalTree(tmp_path), "/etc/x", b"what was read", b"new")
    assert place.read_bytes() == b"old"


def test_a_link_that_took_a_files_place_is_refused(place: Path, tmp_path: Path) -> None:
    """Neither a link at the end of a path nor one on the way is followed."""
    outside = tmp_path / "outside"
    place.rename(outside)
    place.symlink_to(outside)
    with pytest.raises(OSError, match=r".*"):
        rewrite(LocalTree(tmp_path), "/etc/x", b"old", b"new")
    place.unlink()
    place.parent.rmdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x").write_bytes(b"old")
    place.parent.symlink_to("elsewhere")
    with pytest.raises(OSError, match=r".*"):
        rewrite(LocalTree(tmp_path), "/etc/x", b"old", b"new")
    assert outside.read_bytes() == b"old"


def test_nothing_stays_behind_a_failure(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the new file cannot take the old one's place, it goes away again."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        rewrite(LocalTree(tmp_path), "/etc/x", b"old", b"new")
    assert os.listdir(place.parent) == ["x"]  # noqa: PTH208  # Hidden names count.
    assert place.read_bytes() == b"old"


def test_attributes_stay(place: Path, tmp_path: Path) -> None:
    """What the system keeps beside a file's content goes with it."""
    try:
        os.setxattr(place, "user.note", b"kept")
    except OSError:
        pytest.skip("the file system has no extended attributes")
    place.chmod(0o4751)
    rewrite(LocalTree(tmp_path), "/etc/x", b"old", b"new")
    assert os.getxattr(place, "user.note") == b"kept"
    assert place.stat().st_mode & 0o7777 == 0o4751
    assert place.read_bytes() == b"new"


def test_below_a_mount(place: Path, tmp_path: Path) -> None:
    """A lone directory stands for its place inside the root."""
    rewrite(LocalTree(place.parent, mount="/etc/mail"), "/etc/mail/x", b"old", b"new")
    assert (tmp_path / "etc" / "x").read_bytes() == b"new"
