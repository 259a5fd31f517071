"""The cf directory, with the files that a ``.mc`` is expanded with: where it may be, and whether one is there."""

from __future__ import annotations

import posixpath

from auditor.model.value import frozen
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
#: The file of it that every ``.mc`` includes.
CF_M4 = "m4/cf.m4"


@frozen
class CfDirectory:
    """A cf directory.

    Attributes:
        tree: the tree it lies in.
        path: its path there, absolute, without a slash at its end.
        own: whether the audited install is built with it. One that merely lies on the host that does the auditing may
            be of another version of sendmail.

    """

    tree: Tree
    path: str
    own: bool = True


def cf_directory(tree: Tree, host: Tree) -> CfDirectory | None:
    """The first of the usual places that holds one, in the audited tree or else on this host; None where none does."""
    for where in (tree, host):
        for place in PLACES:
            if is_cf_directory(where, place):
                return CfDirectory(where, place, own=where is tree)
    return None


def is_cf_directory(tree: Tree, path: str) -> bool:
    """Whether a directory holds ``m4/cf.m4``."""
    entry = tree.entry(posixpath.join(path, CF_M4))
    return isinstance(entry, Entry) and entry.kind is Kind.FILE
