"""The owners and modes that etckeeper keeps beside a checkout of ``/etc``, in its file ``.etckeeper``.

The file is a shell script of one command a line: ``maybe chmod 0640 './mail/access'``, ``maybe chown 'bob' …``,
``maybe chgrp 'smmsp' …``, ``mkdir -p './spool'``. It is parsed and never run. etckeeper writes a mode for every file,
but an owner or group only where it is not root's.
"""

from __future__ import annotations

import posixpath
import re

from auditor.model.pattern import lazy
from auditor.model.text import UNPARSED, Document, Node, Source, Span
from auditor.model.value import frozen
from auditor.readers.flat import cut, kind_of
from auditor.trees.base import Owners
from auditor.trees.local import Records

_QUOTED = r"(?:'[^'\n]*'|\\[^\n]|[^\s'\\;&|<>()`$\"\#])+"
_GRAMMAR = rf"""
    (?P<blank>[\t\r\ ]*+\n|[\t\r\ ]++\Z)
  | (?P<comment>\#[^\n]*+\n?)
  | (?P<mkdir>mkdir[\t\ ]+-p[\t\ ]+(?P<made>{_QUOTED})[\t\r\ ]*(?:\n|\Z))
  | (?P<chmod>(?:maybe[\t\ ]+)?chmod[\t\ ]+(?P<mode>[0-7]{{3,5}})[\t\ ]+(?P<moded>{_QUOTED})[\t\r\ ]*(?:\n|\Z))
  | (?P<chown>(?:maybe[\t\ ]+)?chown[\t\ ]+(?P<user>{_QUOTED})[\t\ ]+(?P<owned>{_QUOTED})[\t\r\ ]*(?:\n|\Z))
  | (?P<chgrp>(?:maybe[\t\ ]+)?chgrp[\t\ ]+(?P<group>{_QUOTED})[\t\ ]+(?P<grouped>{_QUOTED})[\t\r\ ]*(?:\n|\Z))
  | (?P<unparsed>[^\n]++\n?)
"""
#: The groups of each command: its argument, if it has one, and the path.
_PARTS = {
    "mkdir": (None, "made"),
    "chmod": ("mode", "moded"),
    "chown": ("user", "owned"),
    "chgrp": ("group", "grouped"),
}
_PIECE = lazy(r"'([^']*)'|\\(.)|([^'\\])", re.DOTALL)


class Command(Node):
    """One command; ``argument`` is the mode, user or group (empty for ``mkdir``), ``path`` the path, both unquoted."""

    __slots__ = ("argument", "at", "path_named")

    def __init__(self, span: Span, kind: str, argument: str, path_named: str, at: Span) -> None:
        super().__init__(span.source, span.start, span.end, kind)
        self.argument = argument
        self.path_named = path_named
        self.at = at


@frozen
class Recorded:
    """What the file says of one path; a part it says nothing of is None."""

    mode: int | None = None
    user: str | None = None
    group: str | None = None


class EtckeeperText(Document):
    """An ``.etckeeper`` file: nodes of kind ``mkdir``, ``chmod``, ``chown``, ``chgrp``, ``comment``, ``blank``."""

    __slots__ = ()

    @property
    def commands(self) -> list[Command]:
        """The commands in the order of the file."""
        return [node for node in self.nodes if isinstance(node, Command)]

    @property
    def recorded(self) -> dict[str, Recorded]:
        """What is recorded, by path relative to the file's own directory, ``.`` for that directory itself."""
        parts: dict[str, dict[str, str]] = {}
        for command in self.commands:
            path = posixpath.normpath(command.path_named)
            # A path that leaves the directory says nothing of this tree.
            if not path.startswith(("/", "../")) and path != "..":
                parts.setdefault(path, {})[command.kind] = command.argument
        return {path: _record(said) for path, said in parts.items()}


def read_etckeeper(source: Source) -> EtckeeperText:
    """The commands of an ``.etckeeper`` file."""
    nodes: list[Node] = []
    for start, end, match in cut(source, _GRAMMAR):
        kind = UNPARSED if match is None else kind_of(match)
        if match is None or kind not in _PARTS:
            nodes.append(Node(source, start, end, kind))
            continue
        argument, path = _PARTS[kind]
        nodes.append(
            Command(
                source.span(start, end),
                kind,
                "" if argument is None else unquoted(match[argument]),
                unquoted(match[path]),
                source.span(*match.span(path)),
            )
        )
    return EtckeeperText(source, tuple(nodes))


def records(document: EtckeeperText, inside: str) -> Records:
    """The owners for a tree.

    Args:
        document: the file.
        inside: the directory that holds it, as a path inside the audited root: ``/etc`` as a rule.

    """
    owners = {
        posixpath.normpath(posixpath.join(inside, path)): _owners(said)
        for path, said in document.recorded.items()
        if said.mode is not None
    }
    made = {posixpath.normpath(posixpath.join(inside, c.path_named)) for c in document.commands if c.kind == "mkdir"}
    return Records(owners, (inside,), frozenset(made))


def unquoted(word: str) -> str:
    """A word as the shell would pass it on, its single quotes and backslashes taken off."""
    return "".join(match[1] or match[2] or match[3] or "" for match in _PIECE.finditer(word))


def _record(said: dict[str, str]) -> Recorded:
    mode = said.get("chmod")
    return Recorded(None if mode is None else int(mode, 8) & 0o7777, said.get("chown"), said.get("chgrp"))


def _owners(said: Recorded) -> Owners:
    user, group = said.user or "root", said.group or "root"
    return Owners(
        said.mode or 0,
        _number(user),
        _number(group),
        None if user.isdecimal() else user,
        None if group.isdecimal() else group,
    )


def _number(name: str) -> int | None:
    if name.isdecimal() and name.isascii():
        return int(name)
    return 0 if name == "root" else None
