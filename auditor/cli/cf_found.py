"""Which cf directory is used: the one that a command line names, or one that a host has."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from auditor.cli.exits import Stop
from auditor.sendmail.cf_directory import CfDirectory, cf_directory, is_cf_directory
from auditor.trees.base import Tree
from auditor.trees.local import LocalTree

#: Why there is none, and what to do about it.
NONE = (
    "there is no cf directory here; install sendmail-cf (Debian, Red Hat), or name one with --cf-dir: "
    "the folder cf of sendmail's sources will do"
)


def directory(tree: Tree, given: Path | None) -> CfDirectory | None:
    """The named cf directory; or else the first of the usual ones, in the audited tree and then on this host.

    Raises:
        Stop: what is named is no cf directory.

    """
    host = _host()
    if given is None:
        return cf_directory(tree, host)
    path = os.path.abspath(given)  # noqa: PTH100  # A link's own name is what messages show.
    if not is_cf_directory(host, path):
        message = f"{given} is no cf directory: it has no m4/cf.m4"
        raise Stop(message)
    return CfDirectory(host, path)


@cache
def _host() -> LocalTree:
    # Whatever is read of a cf directory is read once, for however many installs.
    return LocalTree(Path("/"), complete=True)
