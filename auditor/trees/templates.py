"""Files that configuration management keeps as templates: under which name a host has them, and what can be read.

``sendmail.mc.erb``, ``access.j2`` and ``sendmail.mc.in`` stand for ``sendmail.mc`` and ``access`` where those are not
there themselves. What a directive makes is not known, and so is what a file that holds one lacks.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from auditor.model.pattern import lazy_bytes
from auditor.model.unknown import Unknown

SUFFIXES = (".erb", ".j2", ".in")
#: Directories that hold what is audited, from the root of an install, and how deep they are looked through.
_PLACES = (("etc", 2), ("etc/mail", 3), ("etc/sasl2", 1), ("usr/lib/sasl2", 1), ("usr/lib64/sasl2", 1))
_DIRECTIVE = lazy_bytes(rb"<%.*?%>|\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|@{1,2}[A-Z][A-Z0-9_]*@{1,2}", re.DOTALL)


def plain_name(name: str) -> str:
    """The name a host has a file under: without the ending of a template."""
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return name


def templates(top: str, mount: str) -> dict[str, str]:
    """The templates of an install, by the path inside the root that each stands for.

    Args:
        top: the directory on the disk.
        mount: the place inside the root that it stands for.

    """
    found: dict[str, str] = {}
    for place, depth in (("", 3),) if mount != "/" else _PLACES:
        for folder, names in _below(os.path.join(top, place) if place else top, depth):  # noqa: PTH118  # Odd names.
            inside = "/" + os.path.relpath(folder, top) if folder != top else ""
            for name in names:
                stem = plain_name(name)
                if stem != name and stem not in names:
                    above = f"{mount.rstrip('/')}{inside}"
                    found.setdefault(f"{above}/{stem}", f"{above}/{name}")
    return found


def _below(top: str, depth: int) -> Iterator[tuple[str, set[str]]]:
    for folder, below, names in os.walk(top):
        yield folder, set(names)
        if os.path.relpath(folder, top).count("/") + (folder != top) >= depth - 1:
            below.clear()


def is_open(data: bytes) -> bool:
    """Whether a file holds a directive, so that what a host has is not known from it."""
    return _DIRECTIVE.search(data) is not None


def readable(path: str, data: bytes) -> bytes | Unknown:
    """What can be read of a template.

    A ``.mc`` is read as it is, since its reader tells directives from m4. Of any other file that has directives nobody
    can tell what a host lacks: an entry that seems to be missing may be what a directive makes.
    """
    is_m4 = plain_name(path).endswith((".mc", ".m4"))
    return data if is_m4 or not is_open(data) else Unknown(unknown(path))


def unknown(shown: str) -> str:
    """What is to be said of a template."""
    return f"{shown} is a template: what its directives make is not known"
