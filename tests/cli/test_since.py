"""``--since``: what a change is the cause of, told with real repositories."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.cli.differing import differing
from auditor.cli.exits import Stop
from auditor.cli.since import Revision
from tests.cli.repositories import BROKEN, committed, found, git, host, scan

LINES = st.lists(st.sampled_from([b"a", b"b", b"c", b""]), max_size=8).map(b"\n".join)


@given(LINES, LINES)
def test_lines_that_did_not_change_are_those_of_before(old: bytes, new: bytes) -> None:
    """The lines that are not told as changed stand in the old file in the same order, and nothing changes by itself."""
    changed = differing(old, new)
    lines = new.split(b"\n")
    assert changed <= set(range(1, len(lines) + 1))
    rest = iter(old.split(b"\n"))
    kept = [line for number, line in enumerate(lines, 1) if number not in changed and (line or number < len(lines))]
    assert all(any(line == other for other in rest) for line in kept)
    assert not differing(new, new)
    assert bool(changed) == (old != new)


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        (b"a\nb\nc\n", b"a\nc\n", {2}),
        (b"a\nb\n", b"a\n", {1}),
        (b"a\n", b"a\nb\n", {2}),
        (b"a\nb\n", b"a\nx\n", {2}),
        (b"a", b"a\n", {1}),
        (None, b"a\nb\n", {1, 2}),
    ],
)
def test_changed_lines(old: bytes | None, new: bytes, lines: set[int]) -> None:
    """Added and changed lines count, and after a deletion the line that follows it."""
    assert differing(old, new) == lines


def test_long_files_are_told_apart_in_time() -> None:
    """Two long files that share nothing but blanks are compared without regard to order."""
    old = b"".join(b"old%d\nsame\n" % number for number in range(40_000))
    new = b"".join(b"new%d\nsame\n" % number for number in range(40_000))
    assert differing(old, new) == set(range(1, 80_000, 2))


def test_odd_names_and_renamed_files(tmp_path: Path) -> None:
    """Names with line feeds, quotes, blanks and bytes that are no text are followed, renamed ones too."""
    names = ["new\nline", 'quo"te', " blank ", "-rf", b"\xff\xfe".decode("utf-8", "surrogateescape"), "tab\t"]
    for number, name in enumerate(names):
        (tmp_path / name).write_text(f"one {number}\ntwo\nthree\n")
    committed(tmp_path)
    revision = Revision.open(tmp_path, "HEAD")
    assert set(revision.entries) == set(names)
    assert not revision.changed_files(tmp_path)
    for number, name in enumerate(names):
        assert revision.show(tmp_path / name) == b"one %d\ntwo\nthree\n" % number
        (tmp_path / name).write_text(f"one {number}\ntwo\nthree\nfour\n")
        assert revision.changed_lines(tmp_path / name) == {4}
    (tmp_path / 'quo"te').rename(tmp_path / "moved")
    assert revision.changed_lines(tmp_path / "moved") == {4}
    (tmp_path / "new").write_text("a\nb\n")
    assert revision.changed_lines(tmp_path / "new") == {1, 2}
    assert revision.changed_files(tmp_path)["moved"] == 'quo"te'


def test_only_what_a_change_causes_counts(tmp_path: Path) -> None:
    """An old mistake does not count; a new line's does, also where the mistake is told somewhere else."""
    mc = host(tmp_path / "mx1")
    mc.write_text(mc.read_text() + BROKEN)
    host(tmp_path / "mx2")
    committed(tmp_path)
    assert ("CFF020", "mx1/etc/mail/sendmail.mc", len(mc.read_text().splitlines())) in found(tmp_path, ".")
    assert found(tmp_path, ".", "--since", "HEAD") == []
    mc.write_text("dnl one more line\n" + mc.read_text())
    assert found(tmp_path, ".", "--since", "HEAD") == []
    other = tmp_path / "mx2/etc/mail/sendmail.mc"
    other.write_text(other.read_text() + BROKEN)
    assert {path for _, path, _ in found(tmp_path, ".", "--since", "HEAD")} == {"mx2/etc/mail/sendmail.mc"}
    assert scan(tmp_path, ".", "--since", "HEAD").returncode == 1


def test_what_a_deleted_line_causes(tmp_path: Path) -> None:
    """A finding that is there since a line is gone counts, though no line of its place changed."""
    mc = host(tmp_path / "mx1")
    committed(tmp_path)
    before = {id_ for id_, _, _ in found(tmp_path, "mx1")}
    text = mc.read_text().splitlines(keepends=True)
    mc.write_text("".join(line for line in text if "confPRIVACY_FLAGS" not in line))
    new = {id_ for id_, _, _ in found(tmp_path, "mx1")} - before
    assert new
    assert {id_ for id_, _, _ in found(tmp_path, "mx1", "--since", "HEAD")} >= new


def test_a_renamed_host_is_no_new_one(tmp_path: Path) -> None:
    """Directories that are renamed are followed: old mistakes in them stay old ones."""
    mc = host(tmp_path / "mx1")
    mc.write_text(mc.read_text() + BROKEN)
    host(tmp_path / "mx2")
    committed(tmp_path)
    (tmp_path / "mx1").rename(tmp_path / "mail1")
    assert found(tmp_path, ".", "--since", "HEAD") == []


def test_where_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    """Outside a work tree, and for an unknown revision, the exit code is 2; a shallow clone names the fetch depth."""
    (tmp_path / "bare").mkdir()
    host(tmp_path / "bare")
    done = scan(tmp_path / "bare", ".", "--since", "HEAD")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no work tree" in done.stderr
    repository = tmp_path / "repository"
    host(repository)
    committed(repository)
    for rev in ("nowhere", "--help", "HEAD:etc"):
        done = scan(repository, ".", f"--since={rev}")
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    (repository / "more").write_text("x")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "more")
    git(tmp_path, "clone", "-q", "--depth=1", repository.as_uri(), "shallow")
    done = scan(tmp_path / "shallow", ".", "--since", "HEAD~1")
    assert done.returncode == 2
    assert "fetch-depth: 0" in done.stderr
    assert "--unshallow" in done.stderr


def test_nothing_of_a_repository_is_run(tmp_path: Path) -> None:
    """Hooks, filters and monitors that a repository's configuration names are left alone, and so is its index."""
    host(tmp_path)
    (tmp_path / ".gitattributes").write_text("* filter=evil diff=evil\n")
    committed(tmp_path)
    evil = f"touch {tmp_path}/owned; cat"
    for name in ("core.fsmonitor", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "core.pager"):
        git(tmp_path, "config", name, evil)
    git(tmp_path, "config", "diff.evil.textconv", evil)
    git(tmp_path, "config", "diff.evil.command", evil)
    index = (tmp_path / ".git/index").read_bytes()
    (tmp_path / "etc/mail/sendmail.mc").write_text("dnl\n")
    scan(tmp_path, ".", "--since", "HEAD")
    assert not (tmp_path / "owned").exists()
    assert (tmp_path / ".git/index").read_bytes() == index


def test_links_of_a_revision_lead_nowhere(tmp_path: Path) -> None:
    """What a revision's link names outside is not read, nor is anything written through it."""
    mc = host(tmp_path / "repository")
    outside = tmp_path / "outside"
    outside.write_text("secret\n")
    (mc.parent / "access").unlink()
    (mc.parent / "access").symlink_to(outside)
    committed(tmp_path / "repository")
    mc.write_text(mc.read_text() + BROKEN)
    assert any(id_ == "CFF020" for id_, _, _ in found(tmp_path / "repository", ".", "--since", "HEAD"))
    assert outside.read_text() == "secret\n"


def test_a_missing_object_is_told(tmp_path: Path) -> None:
    """A repository that lacks an object ends in one sentence."""
    (tmp_path / "a").write_text("a\n")
    committed(tmp_path)
    revision = Revision.open(tmp_path, "HEAD")
    name = revision.entries["a"].name
    (tmp_path / ".git/objects" / name[:2] / name[2:]).unlink()
    with pytest.raises(Stop, match="no object"):
        revision.show(tmp_path / "a")
