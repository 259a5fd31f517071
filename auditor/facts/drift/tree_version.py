"""Which release the cf tree is of that is at hand."""

import posixpath
import re

from auditor.facts.given import Tree
from auditor.facts.version import Version
from auditor.model.facts import fact, provider
from auditor.model.pattern import lazy
from auditor.model.subjects import Install
from auditor.model.text import Source
from auditor.model.unknown import Unknown
from auditor.model.value import frozen
from auditor.sendmail.cf_directory import CfDirectory, cf_directory

_VERSION_M4 = "m4/version.m4"
_LINE = lazy(r"^DZ([^\s`'/]+)", re.MULTILINE)


@fact(Install)
@frozen
class CfTreeVersion:
    """The release of a cf tree, as it writes it on the DZ line.

    Attributes:
        text: the release, ``8.17.1.9``; what a .mc adds to it is behind a slash and not here.
        path: the file that says so.
        own: whether the audited install builds with this tree.

    """

    text: str
    path: str
    own: bool

    def made(self, version: Version) -> bool:
        """Whether a .cf was made by a tree of this release."""
        return version.text is not None and version.text.partition("/")[0] == self.text


@provider
def cf_tree_version(tree: Tree, given: CfDirectory | Unknown) -> CfTreeVersion | Unknown:
    """Read it in the install's own cf directory, or else in the one that is used for it."""
    own = given if isinstance(given, CfDirectory) and given.own else cf_directory(tree, tree)
    directory = own or given
    if isinstance(directory, Unknown):
        return directory
    path = posixpath.join(directory.path, _VERSION_M4)
    source = directory.tree.read(path)
    found = _LINE.search(source.text) if isinstance(source, Source) else None
    if found is None:
        return Unknown(f"{path} does not tell the release of the cf tree")
    return CfTreeVersion(found[1], path, directory.own)
