"""passwd, group and shadow: who has an account, and nothing of anybody's password.

A password's hash is overwritten before a document is made: spans, nodes and the document's source hold stars of the
same length in its place, so offsets and columns are the file's own. Of shadow only the user and whether the entry is
locked survive (passwd(5), group(5), shadow(5)).
"""

from __future__ import annotations

import re

from auditor.model.pattern import lazy_bytes
from auditor.model.text import Document, Node, Source, Span
from auditor.readers.flat import as_node, lines

# Every line of an account file counts, also one that begins with a number sign: no comment is known there.
_LINES = r"(?P<blank>[\t\v\f\r\ ]*+\n|[\t\v\f\r\ ]++\Z) | (?P<line>[^\n]++\n?)"
_NAME = lazy_bytes(rb"[A-Za-z0-9_.+-]{1,64}\$?")
_LINE = lazy_bytes(rb"[^\n]+")
#: What stands in the password field of passwd and group where the hash is elsewhere or there is none.
_PLACEHOLDERS = frozenset({b"", b"x", b"*", b"!", b"!!", b"*NP*", b"*LK*"})
_ACCOUNT_FIELDS = 7
_GROUP_FIELDS = 4


class Account(Node):
    """A line of passwd; a field that is no number there gives None."""

    __slots__ = ("fields", "has_hash")

    def __init__(self, span: Span, fields: tuple[Span, ...]) -> None:
        super().__init__(span.source, span.start, span.end, "account")
        self.fields = fields
        self.has_hash = set(fields[1].text) == {_STAR} and len(fields[1].text) > 1

    @property
    def name(self) -> str:
        """The user's name."""
        return self.fields[0].text

    @property
    def uid(self) -> int | None:
        """The user's number."""
        return number(self.fields[2].text)

    @property
    def gid(self) -> int | None:
        """The number of the user's own group."""
        return number(self.fields[3].text)

    @property
    def home(self) -> str:
        """The home directory."""
        return self.fields[5].text

    @property
    def shell(self) -> Span:
        """The login shell; empty means /bin/sh."""
        return self.fields[6]


class Group(Node):
    """A line of group."""

    __slots__ = ("fields",)

    def __init__(self, span: Span, fields: tuple[Span, ...]) -> None:
        super().__init__(span.source, span.start, span.end, "group")
        self.fields = fields

    @property
    def name(self) -> str:
        """The group's name."""
        return self.fields[0].text

    @property
    def gid(self) -> int | None:
        """The group's number."""
        return number(self.fields[2].text)

    @property
    def members(self) -> tuple[str, ...]:
        """The users that are listed as members."""
        return tuple(name for name in self.fields[3].text.split(",") if name)


class ShadowEntry(Node):
    """A line of shadow: the user, and whether no password lets that user in. Everything else is stars."""

    __slots__ = ("is_locked", "name")

    def __init__(self, span: Span, name: str, *, is_locked: bool) -> None:
        super().__init__(span.source, span.start, span.end, "shadow")
        self.name = name
        self.is_locked = is_locked


class AccountText(Document):
    """passwd, group or shadow: nodes of kind ``account``, ``group`` or ``shadow``, ``blank``, and ``malformed``."""

    __slots__ = ()


_STAR = "*"


def read_passwd(source: Source) -> AccountText:
    """The lines of passwd; a hash in a line's second field is overwritten, and remembered as ``has_hash``."""

    def make(span: Span) -> Node:
        fields = _fields(span)
        return Account(span, fields) if len(fields) == _ACCOUNT_FIELDS else as_node(span, "malformed")

    hidden = _hidden(source)
    return AccountText(hidden, lines(hidden, make, _LINES))


def read_group(source: Source) -> AccountText:
    """The lines of group; a hash in a line's second field is overwritten."""

    def make(span: Span) -> Node:
        fields = _fields(span)
        return Group(span, fields) if len(fields) == _GROUP_FIELDS else as_node(span, "malformed")

    hidden = _hidden(source)
    return AccountText(hidden, lines(hidden, make, _LINES))


def read_shadow(source: Source) -> AccountText:
    """The users of shadow, each with whether the entry is locked; all else is overwritten."""
    locked: dict[int, bool] = {}

    def hide(match: re.Match[bytes]) -> bytes:
        name, colon, rest = match[0].partition(b":")
        if not colon or not _NAME.fullmatch(name):
            return re.sub(rb"[^\s]", b"*", match[0])
        # A first sign that no hash begins with, or a word that is none, lets no password in; an empty field lets all
        # in.
        field = rest.split(b":", 1)[0].strip()
        locked[match.start()] = field[:1] in (b"!", b"*") or field in (b"x", b"NP", b"LK")
        return name + colon + re.sub(rb"[^\s:]", b"*", rest)

    hidden = Source(source.path, _LINE.sub(hide, source.data))

    def make(span: Span) -> Node:
        if span.start not in locked:
            return as_node(span, "malformed")
        return ShadowEntry(span, span.text.partition(":")[0], is_locked=locked[span.start])

    return AccountText(hidden, lines(hidden, make, _LINES))


def number(text: str) -> int | None:
    """A field that is a number, or None."""
    return int(text) if text.isascii() and text.isdigit() else None


def _hidden(source: Source) -> Source:
    """The same file with stars in every second field that may be a hash, and in lines that have no second field."""

    def hide(match: re.Match[bytes]) -> bytes:
        fields = match[0].split(b":")
        if len(fields) == 1 or not _NAME.fullmatch(fields[0]):
            return re.sub(rb"[^\s:+]", b"*", match[0])
        if fields[1] not in _PLACEHOLDERS:
            fields[1] = b"*" * len(fields[1])
        return b":".join(fields)

    return Source(source.path, _LINE.sub(hide, source.data))


def _fields(span: Span) -> tuple[Span, ...]:
    text = span.text.rstrip("\r\n")
    found = []
    at = 0
    for field in text.split(":"):
        found.append(span.part(at, at + len(field)))
        at += len(field) + 1
    return tuple(found)
