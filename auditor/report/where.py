"""Places as other programs want them: a line that is always there, a path from the repository's top, a URI."""

from __future__ import annotations

import os
import posixpath
from functools import cache
from pathlib import Path
from urllib.parse import quote

from auditor.model.report import Place, Report, Reported, TargetReport
from auditor.model.value import replaced
from auditor.report.clean import clean


def uri(path: str) -> str:
    """A path as a URI reference: one with the scheme ``file`` for an absolute path, else a relative one.

    Bytes of a file name that are no UTF-8 are written as they are, in per cent.
    """
    try:
        quoted = quote(path, "/", errors="surrogateescape")
    except UnicodeEncodeError:
        quoted = quote(path, "/", errors="surrogatepass")
    return f"file://{quoted}" if path.startswith("/") else quoted


def tracked(path: str, root: str = "") -> str:
    """A path as the programs that read reports know it: from the top of the git work tree around the working directory.

    Without a work tree it is relative to the working directory. What lies elsewhere keeps its absolute path.

    Args:
        path: a path as reports show it.
        root: the directory that an absolute path is inside of, where it is not the disk's own.

    """
    if root and path.startswith("/"):
        path = root + path
    here = str(Path.cwd())
    place = posixpath.normpath(posixpath.join(here, path))
    top = _top(here)
    return posixpath.relpath(place, top) if place == top or place.startswith(top.rstrip("/") + "/") else place


@cache
def _top(directory: str) -> str:
    """The top of the work tree that a directory is in, or the directory itself; nothing of git's is read."""
    above = directory
    while not os.path.lexists(posixpath.join(above, ".git")):
        if above == posixpath.dirname(above):
            return directory
        above = posixpath.dirname(above)
    return above


class Places:
    """The places of a report's findings, for programs that show nothing without a file."""

    def __init__(self, report: Report) -> None:
        self._targets = {target.name: target for target in report.targets}

    def of(self, item: Reported) -> Place:
        """Where to show a finding, from the repository's top.

        A finding about the host, or about an endpoint, stands at what its target was named by: a line of a file that
        lists targets, or else the target itself.
        """
        return self.tracked(item.place or self.named(item) or Place(item.target), item)

    def named(self, item: Reported) -> Place | None:
        """The line of a file that names the finding's target, where one does."""
        target = self._targets.get(item.target)
        return target.named if target is not None else None

    def tracked(self, place: Place, item: Reported) -> Place:
        """A place of the finding from the repository's top."""
        target = self._targets.get(item.target)
        return replaced(place, path=tracked(place.path, target.root if target is not None else ""))


def at(place: Place | None) -> str:
    """``path:line`` for people, as far as there is a path and a line."""
    if place is None:
        return ""
    return clean(place.path) + (f":{place.line}" if place.line else "")


def place_or_named(item: Reported, target: TargetReport) -> Place | None:
    """Where a finding is, or else the line that names its target."""
    return item.place or target.named


def sentence(item: Reported) -> str:
    """What is wrong, what it leads to, and what mends it, in a few lines of plain text."""
    fix = item.finding.fix
    lines = [clean(item.finding.message), clean(item.finding.consequence)]
    if fix is not None:
        lines.append(f"Fix: {clean(fix.title)}")
        lines += [f"    {clean(line)}" for line in (fix.command or "").splitlines()]
    return "\n".join(lines)
