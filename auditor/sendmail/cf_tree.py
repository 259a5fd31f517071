"""What m4 makes of a ``.mc`` with a cf directory, with nothing run: where files come from, and what may be read.

Files come from the audited tree and from the cf directory, from nowhere else.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from auditor.model.text import Source
from auditor.model.value import frozen
from auditor.readers.mc import read_mc
from auditor.sendmail.m4 import Expansion, Input, Place, expand
from auditor.trees.base import Entry, Kind, Tree

#: Where the cf directory is: on Debian, FreeBSD and Slackware, Red Hat, from ports, on Solaris, in FreeBSD's sources.
PLACES = (
    "/usr/share/sendmail/cf",
    "/usr/share/sendmail-cf",
    "/usr/local/share/sendmail/cf",
    "/usr/lib/mail",
    "/etc/mail/cf",
    "/usr/src/contrib/sendmail/cf",
)
_CF_M4 = "m4/cf.m4"
#: Bytes of a file that m4 is given; those of the cf directory have 100 kB at most.
_LIMIT = 4 * 1024 * 1024


@frozen
class CfDirectory:
    """A cf directory: the tree it lies in, and its path there.

    ``path`` is absolute inside that tree, without a slash at its end.
    """

    tree: Tree
    path: str


def cf_directory(*trees: Tree) -> CfDirectory | None:
    """The first of the usual places that holds one, in the first tree that has any; None where there is none."""
    for tree in trees:
        for place in PLACES:
            if is_cf_directory(tree, place):
                return CfDirectory(tree, place)
    return None


def is_cf_directory(tree: Tree, path: str) -> bool:
    """Whether a directory holds ``m4/cf.m4``."""
    entry = tree.entry(posixpath.join(path, _CF_M4))
    return isinstance(entry, Entry) and entry.kind is Kind.FILE


def expand_mc(
    tree: Tree, path: str, cf: CfDirectory, *, name: str = "", definitions: Mapping[str, str] | None = None
) -> Expansion | None:
    """What ``m4`` would print for a ``.mc``, with ``cf.m4`` before it where it does not include that itself.

    Args:
        tree: where the ``.mc`` lies.
        path: its path there.
        cf: the cf directory.
        name: what messages call the file; its path unless given.
        definitions: further macros, as by ``-D``.

    Returns:
        The expansion, or None where the file cannot be read.

    """
    source = tree.read(path, _LIMIT)
    if not isinstance(source, Source):
        return None
    opener = _Opener(tree, posixpath.dirname(path), cf)
    files = [Input(name or path, source.text)]
    defined = dict(definitions or {})
    if read_mc(source).include is None:
        place = f"{cf.path}/{_CF_M4}"
        files.insert(0, Input(place, opener.text(cf.tree, place)))
        defined.setdefault("_CF_DIR_", f"{cf.path}/")
    return expand(files, opener, definitions=defined)


class _Opener:
    """Answers the includes of one expansion."""

    def __init__(self, tree: Tree, directory: str, cf: CfDirectory) -> None:
        self._tree = tree
        self._directory = directory
        self._cf = cf

    def __call__(self, name: str, _place: Place) -> str | None:
        if not name.startswith("/"):
            own = self.text(self._tree, posixpath.normpath(posixpath.join(self._directory, name)))
            # A .mc that is built in the cf directory's own folder cf names its files from there.
            return self._of_cf(posixpath.join(self._cf.path, "cf", name)) if own is None else own
        path = posixpath.normpath(name)
        for place in PLACES:
            if path.startswith(f"{place}/"):
                # Wherever the host keeps its cf directory, what is named there is in the one that is used.
                return self._of_cf(self._cf.path + path.removeprefix(place))
        return self._of_cf(path) if path.startswith(f"{self._cf.path}/") else self.text(self._tree, path)

    def _of_cf(self, path: str) -> str | None:
        path = posixpath.normpath(path)
        return self.text(self._cf.tree, path) if path.startswith(f"{self._cf.path}/") else None

    def text(self, tree: Tree, path: str) -> str | None:
        """The text of a regular file, one character per byte; None where it is none or may not be read."""
        source = tree.read(path, _LIMIT)
        return source.text if isinstance(source, Source) else None
