"""What m4 makes of a ``.mc`` with a cf directory, with nothing run: where files come from, and what may be read.

Files come from the audited tree and from the cf directory, from nowhere else.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from auditor.model.text import Source
from auditor.model.unknown import Unknown
from auditor.model.value import frozen
from auditor.readers.mc import includes_cf_m4
from auditor.sendmail.cf_directory import CF_M4, PLACES, CfDirectory
from auditor.sendmail.m4 import Expansion, Input, Place, expand
from auditor.trees.base import Tree

#: Bytes of a file that m4 is given; those of the cf directory have 100 kB at most.
_LIMIT = 4 * 1024 * 1024


@frozen
class Made:
    """What m4 makes of a ``.mc``.

    Attributes:
        path: the ``.mc``.
        expansion: m4's output, messages and requests.
        own: the files of the audited tree that were read, the ``.mc`` among them, by the name m4 says.
        cf: the cf directory that was used.
        unseen: the files that were asked for and may be there, though they could not be read, by the name m4 says.

    """

    path: str
    expansion: Expansion
    own: Mapping[str, Source]
    cf: CfDirectory
    unseen: tuple[str, ...]


def expand_mc(
    tree: Tree, path: str, cf: CfDirectory, *, name: str = "", definitions: Mapping[str, str] | None = None
) -> Made | None:
    """What ``m4`` would print for a ``.mc``, with ``cf.m4`` before it where it does not include that itself.

    Args:
        tree: where the ``.mc`` lies.
        path: its path there.
        cf: the cf directory.
        name: what messages call the file; its path unless given.
        definitions: further macros, as by ``-D``.

    Returns:
        What became of it, or None where the file cannot be read.

    """
    source = tree.read(path, _LIMIT)
    if not isinstance(source, Source):
        return None
    opener = _Opener(tree, posixpath.dirname(path), cf)
    files = [Input(name or path, source.text)]
    defined = dict(definitions or {})
    if not includes_cf_m4(source.text):
        place = f"{cf.path}/{CF_M4}"
        files.insert(0, Input(place, opener.text(cf.tree, place)))
        defined.setdefault("_CF_DIR_", f"{cf.path}/")
    opener.given[name or path] = source
    opener.forget()
    expansion = _expanded(files, opener, defined)
    return Made(path, expansion, opener.own, cf, tuple(opener.unseen))


def _expanded(files: list[Input], opener: _Opener, definitions: Mapping[str, str]) -> Expansion:
    """The expansion, or one that was made of the very same files: many hosts of a site have the same submit.mc."""
    key = (tuple((each.name, each.text) for each in files), tuple(sorted(definitions.items())))
    kept = _KEPT.get(key)
    if kept is not None and all(opener(name) == text for name, text in kept[0].items()):
        return kept[1]
    opener.forget()
    expansion = expand(files, opener, definitions=definitions)
    if expansion.stopped is None:
        while len(_KEPT) >= _MANY:
            del _KEPT[next(iter(_KEPT))]
        _KEPT[key] = (dict(opener.asked), expansion)
    return expansion


#: Expansions with what the files they include held, by the files that were given; the oldest goes first.
_KEPT: dict[tuple[object, ...], tuple[dict[str, str | None], Expansion]] = {}
_MANY = 8


class _Opener:
    """Answers the includes of one expansion."""

    def __init__(self, tree: Tree, directory: str, cf: CfDirectory) -> None:
        self._tree = tree
        self._directory = directory
        self._cf = cf
        self.given: dict[str, Source] = {}
        self.forget()

    def forget(self) -> None:
        """Begin anew: only what was given has been read."""
        self.own = dict(self.given)
        self.unseen: dict[str, None] = {}
        self.asked: dict[str, str | None] = {}

    def __call__(self, name: str, _place: Place | None = None) -> str | None:
        """The text of a file by the name that an ``include`` gives it."""
        found = self.asked[name] = self._opened(name)
        return found

    def _opened(self, name: str) -> str | None:
        if not name.startswith("/"):
            # A .mc that is built in the cf directory's own folder cf names its files from there.
            beside = self._of_cf(posixpath.join(self._cf.path, "cf", name))
            own = self._of_tree(name, posixpath.join(self._directory, name), or_else=beside)
            return beside if own is None else own
        path = posixpath.normpath(name)
        for place in PLACES:
            if path.startswith(f"{place}/"):
                # Wherever the host keeps its cf directory, what is named there is in the one that is used.
                return self._of_cf(self._cf.path + path.removeprefix(place))
        return self._of_cf(path) if path.startswith(f"{self._cf.path}/") else self._of_tree(name, path)

    def _of_tree(self, name: str, path: str, *, or_else: str | None = None) -> str | None:
        source = self._tree.read(posixpath.normpath(path), _LIMIT)
        if not isinstance(source, Source):
            if isinstance(source, Unknown) and or_else is None:
                self.unseen[name] = None
            return None
        self.own[name] = source
        return source.text

    def _of_cf(self, path: str) -> str | None:
        path = posixpath.normpath(path)
        return self.text(self._cf.tree, path) if path.startswith(f"{self._cf.path}/") else None

    def text(self, tree: Tree, path: str) -> str | None:
        """The text of a regular file, one character per byte; None where it is none or may not be read."""
        source = tree.read(path, _LIMIT)
        return source.text if isinstance(source, Source) else None
