"""``--since REV``: set aside the findings that no changed line is the cause of.

A finding counts where one of its lines changed: at its place, at a related one, or where its fix would edit. It also
counts where it was not there before, whichever lines it is on; to tell that, an install with any change at all is
audited a second time, with its files as they were.
"""

from __future__ import annotations

import os
import posixpath
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from auditor.cli.git import work_tree
from auditor.cli.since import Blob, Revision
from auditor.engine.audit import Target
from auditor.engine.sift import Sieve, sifted
from auditor.facts.given import Tree
from auditor.model.finding import Finding
from auditor.model.report import Reported, TargetReport, Why
from auditor.model.text import Span
from auditor.model.value import replaced
from auditor.sendmail.cf_directory import CfDirectory, is_cf_directory
from auditor.trees import locate
from auditor.trees.local import LocalTree

#: Audits a target with the rules of this run.
Audit = Callable[[Target], TargetReport]
_ASIDE = (Why.UNCHANGED, "")


def since(found: TargetReport, target: Target, rev: str, again: Audit) -> TargetReport:
    """A target's report without the findings that were there in a revision already, on lines that did not change.

    Args:
        found: the report.
        target: what was audited.
        rev: the revision's name.
        again: audits the target as it was.

    Raises:
        Stop: the target lies in no work tree, or the revision is not there.

    """
    revision = revision_of(target, rev)
    return sifted(found, [_sieve(target, revision, again)]) if found.reported else found


def revision_of(target: Target, rev: str) -> Revision:
    """The revision that a target is compared with; the repository's files in it are listed once.

    Raises:
        Stop: the target lies in no work tree, or the revision is not there.

    """
    tree = _tree(target)
    # Of a running host it may be /etc alone that is kept in git.
    places = (tree.disk(inside) for inside in ("/etc/mail", "/etc", "/"))
    place = next((Path(place) for place in places if place is not None and Path(place).is_dir()), Path(tree.root))
    top = work_tree(place)
    return Revision.open(place, rev) if top is None else _opened(top, rev)


@cache
def _opened(top: str, rev: str) -> Revision:
    return Revision.open(Path(top), rev)


def _tree(target: Target) -> LocalTree:
    tree = target.tree
    assert isinstance(tree, LocalTree)  # noqa: S101  # Whatever a command line names lies on the disk.
    return tree


def _sieve(target: Target, revision: Revision, again: Audit) -> Sieve:
    changes = _Changes(target, revision)
    prefix = revision.inside(_tree(target).root)
    known = _known(target, revision, prefix, again) if prefix is not None else None

    def verdict(item: Reported) -> tuple[Why, str] | None:
        if changes.touch(item.finding):
            return None
        if known is None or item.fingerprint in known.fingerprints:
            return _ASIDE
        was = changes.former(item.finding)
        return _ASIDE if was is not None and _told(item, was) in known.told else None

    return verdict


class _Known:
    """What was found in the revision: its fingerprints, and what it said of which file."""

    def __init__(self, report: TargetReport | None) -> None:
        items = report.reported if report is not None else ()
        self.fingerprints = {item.fingerprint for item in items}
        self.told = {_told(item, _path(item.finding)) for item in items}


def _told(item: Reported, path: str | None) -> tuple[str, str, str, str | None]:
    return item.rule.id, item.subject, item.finding.message, path


def _path(finding: Finding) -> str | None:
    return finding.at.path if isinstance(finding.at, Span) else finding.at


def _known(target: Target, revision: Revision, prefix: str, again: Audit) -> _Known | None:
    now = revision.present(Path(revision.top, prefix))
    then = _below(revision.entries, prefix)
    old: str | None = prefix
    if not then:
        old = _old_root(revision, now, prefix)
        then = _below(revision.entries, old) if old is not None else {}
    if not then:
        return _Known(None)
    if {path: blob.name for path, blob in then.items()} == {_inside(path, prefix): name for path, name in now.items()}:
        # Nothing at all is changed, so everything was there before.
        return None
    with _files(revision, then, Path(revision.top, prefix)) as folder:
        return _Known(again(_as_it_was(target, folder)))


def _below(entries: Mapping[str, Blob], prefix: str) -> dict[str, Blob]:
    above = f"{prefix}/" if prefix else ""
    return {path[len(above) :]: blob for path, blob in entries.items() if path.startswith(above)}


def _inside(path: str, prefix: str) -> str:
    return path.removeprefix(f"{prefix}/") if prefix else path


def _old_root(revision: Revision, now: Mapping[str, str], prefix: str) -> str | None:
    """Where an install lay that is new where it is: most of its files that are gone elsewhere were there."""
    roots: Counter[str] = Counter()
    for path in now:
        was = revision.former(path)
        below = _inside(path, prefix)
        if was is not None and was.endswith(f"/{below}"):
            roots[was.removesuffix(f"/{below}")] += 1
    return max(roots, key=lambda root: roots[root], default=None)


def _as_it_was(target: Target, folder: Path) -> Target:
    from auditor.cli.targets import with_records  # noqa: PLC0415  # It imports most of the machine.

    then = with_records(locate.placed(_tree(target), folder))
    given = dict(target.given) | {Tree: then}
    cf = given.get(CfDirectory)
    if isinstance(cf, CfDirectory) and cf.own and is_cf_directory(then, cf.path):
        given[CfDirectory] = replaced(cf, tree=then)
    return Target(target.name, given, target.focus)


@contextmanager
def _files(revision: Revision, entries: Mapping[str, Blob], now: Path) -> Iterator[Path]:
    """A folder with files of a revision; modes and times are those that the files have now."""
    with tempfile.TemporaryDirectory(prefix="mailaudit-") as folder:
        top = Path(folder)
        texts = revision.blobs(entries.values())
        safe = {path: blob for path, blob in entries.items() if _is_safe(path) and blob.name in texts}
        # Links come last, so that nothing is ever written through one.
        for path in sorted(safe, key=lambda path: (safe[path].is_link, path)):
            _put(Path(top, path), safe[path], texts[safe[path].name], Path(now, path))
        yield top


def _put(place: Path, blob: Blob, data: bytes, now: Path) -> None:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if blob.is_link:
            place.symlink_to(os.fsdecode(data))
            return
        with place.open("xb") as out:
            out.write(data)
        info = now.lstat()
        place.chmod(info.st_mode & 0o777)
        os.utime(place, (info.st_atime, info.st_mtime))
    except (OSError, ValueError):
        # A tree that no git would make, or a file that is gone today.
        return


def _is_safe(path: str) -> bool:
    # git refuses such names, but a hostile repository may hold them.
    return not any(part in ("", ".", "..") or part.lower() == ".git" for part in path.split("/"))


class _Changes:
    """Which lines of a target's files changed; each file is compared once."""

    def __init__(self, target: Target, revision: Revision) -> None:
        self._tree = _tree(target)
        self._revision = revision
        self._lines: dict[str, set[int] | None] = {}

    def touch(self, finding: Finding) -> bool:
        """Whether one of a finding's lines changed."""
        edits = finding.fix.edits if finding.fix is not None else ()
        places = (finding.at, *(at for at, _ in finding.related), *(edit.span for edit in edits))
        return any(isinstance(at, Span) and self._changed(at) for at in places)

    def former(self, finding: Finding) -> str | None:
        """The path inside the root that the file of a finding had before, where it had another one."""
        path = _path(finding)
        place = self._tree.disk(path) if path is not None else None
        inside = self._revision.inside(place) if place is not None else None
        if path is None or inside is None or inside in self._revision.entries:
            return None
        was = self._revision.former(inside)
        if was is None:
            return None
        # Only the file's own name or directory differs, so the way from one to the other holds inside the root too.
        return posixpath.normpath(posixpath.join(path, posixpath.relpath(was, inside)))

    def _changed(self, at: Span) -> bool:
        if at.path not in self._lines:
            place = self._tree.disk(at.path)
            data = at.source.data
            # What m4 would make is in no file; what it is made of is compared by itself.
            self._lines[at.path] = self._revision.changed_lines(place, data) if place is not None else None
        lines = self._lines[at.path]
        if not lines:
            return False
        last = at.source.position(max(at.start, at.end - 1)).line
        return any(line in lines for line in range(at.line, last + 1))
