"""The content of a Berkeley DB file as makemap and newaliases write it, read without the library and only for looking.

Understood are the access methods hash (versions 7 to 10) and btree (versions 8 to 10) of Berkeley DB 4.0 to 18, in
either byte order. The layout is that of the library's own ``dbinc/db_page.h``: a page of metadata, then pages of one
size, each with a header of 26 bytes and a table of the offsets of its items. Whatever the bytes, a value comes back:
what cannot be read is named in ``problem``.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from auditor.model.value import frozen

_MAGIC = {0x061561: "hash", 0x053162: "btree", 0x042253: "queue", 0x074582: "heap"}
_VERSIONS = {"hash": range(7, 11), "btree": range(8, 11)}
_LEAVES = {"hash": (2, 13), "btree": (5,)}
_OVERFLOW = 7
_META = 72
_HEADER = 26
_PAGE_SIZES = tuple(512 << n for n in range(8))
#: Other files that end in .db, by what they begin with, or hold at a place near the beginning.
_OTHERS = (
    (0, b"SQLite format 3\0", "an SQLite file"),
    (0, b"\xce\x9a\x57\x13", "a GNU dbm file"),
    (0, b"\x13\x57\x9a\xce", "a GNU dbm file"),
    (0, b"\xcf\x9a\x57\x13", "a GNU dbm file"),
    (16, b"\xde\xc0\xef\xbe", "an LMDB file"),
    (0, b"\x61\x15\x06\0", "a file of Berkeley DB 1.85"),
    (0, b"\0\x06\x15\x61", "a file of Berkeley DB 1.85"),
    (0, b"\x62\x31\x05\0", "a file of Berkeley DB 1.85"),
    (0, b"\0\x05\x31\x62", "a file of Berkeley DB 1.85"),
)
_SAMPLE = 4096


@frozen
class Database:
    """A database file.

    Attributes:
        method: ``hash``, ``btree``, ``queue`` or ``heap``; None where the file is no Berkeley DB file.
        version: the version of the access method's layout, 0 where there is none.
        pairs: keys with their values, in the order of the pages; incomplete where there is a problem.
        problem: what keeps the file from being read, as a clause with "it" for the file, or None.

    """

    method: str | None
    version: int = 0
    pairs: tuple[tuple[bytes, bytes], ...] = ()
    problem: str | None = None

    @property
    def index(self) -> dict[str, str]:
        """The values by key as latin-1 text, without the NUL that ends strings of newaliases and ``makemap -N``."""
        return {_text(key): _text(value) for key, value in self.pairs}


class _Broken(Exception):  # noqa: N818  # It never leaves this module.
    """The bytes are not laid out as they should be."""


def method_of(data: bytes) -> str | None:
    """The access method of a Berkeley DB file, or None for any other file."""
    if len(data) < _META:
        return None
    return next(
        (_MAGIC[n] for n in struct.unpack("<I", data[12:16]) + struct.unpack(">I", data[12:16]) if n in _MAGIC), None
    )


def described(data: bytes) -> str:
    """What a file is, in a few words: ``a Berkeley DB hash``, ``empty``, ``plain text``."""
    method = method_of(data)
    if method is not None:
        return f"a Berkeley DB {method}"
    if not data:
        return "empty"
    for at, magic, name in _OTHERS:
        if data[at : at + len(magic)] == magic:
            return name
    if all(byte >= 0x20 or byte in b"\t\n\r\f" for byte in data[:_SAMPLE]):  # noqa: PLR2004  # The control characters.
        return "plain text"
    return "no Berkeley DB file"


def read_berkeley(data: bytes) -> Database:
    """Read a database; the work is linear in the file's size."""
    method = method_of(data)
    if method is None:
        return Database(None, problem=f"it is {described(data)}")
    order = "<" if struct.unpack("<I", data[12:16])[0] in _MAGIC else ">"
    version, size, encrypted, _, flags = struct.unpack(f"{order}IIBBB", data[16:27])
    if version not in _VERSIONS.get(method, ()):
        return Database(method, version, problem=f"it is a {method} of version {version}, which is not understood here")
    if encrypted or flags & 1 or size not in _PAGE_SIZES:
        return Database(method, version, problem="its pages are encrypted or of a kind not understood here")
    pages = _Pages(data, order, size)
    pairs: list[tuple[bytes, bytes]] = []
    try:
        for page in pages.of_type(_LEAVES[method]):
            items = (pages.hash_items if method == "hash" else pages.btree_items)(page)
            pairs.extend(zip(items[::2], items[1::2], strict=True))
    except (_Broken, struct.error, ValueError):
        return Database(method, version, tuple(pairs), "its pages are damaged, or of a kind not understood here")
    return Database(method, version, tuple(pairs))


class _Pages:
    """The pages of one file."""

    def __init__(self, data: bytes, order: str, size: int) -> None:
        self._data = data
        self._order = order
        self._size = size
        self._followed: set[int] = set()

    def of_type(self, types: tuple[int, ...]) -> Iterator[int]:
        """The offsets of all whole pages of some types; what is left of deleted ones has another type."""
        for at in range(self._size, len(self._data) - self._size + 1, self._size):
            if self._data[at + 25] in types:
                yield at

    def hash_items(self, page: int) -> list[bytes]:
        """Keys and values in turn. An item ends where the one before it begins; its first byte is its type."""
        items = []
        end = self._size
        for start in self._offsets(page):
            if not _HEADER <= start < end:
                raise _Broken
            item = self._data[page + start : page + end]
            end = start
            if item[0] == 1:
                items.append(item[1:])
            elif item[0] == 3:  # noqa: PLR2004  # H_OFFPAGE.
                items.append(self._overflow(*self._unpack("II", page + start + 4)))
            else:
                raise _Broken
        return items

    def btree_items(self, page: int) -> list[bytes]:
        """Keys and values in turn: a length and a type, then the bytes, or the page where they are."""
        items: list[bytes] = []
        dead: list[bool] = []
        for start in self._offsets(page):
            length, kind = self._unpack("HB", page + start)
            dead.append(bool(kind & 0x80))
            if kind & 0x7F == 1 and start + 3 + length <= self._size:
                items.append(self._data[page + start + 3 : page + start + 3 + length])
            elif kind & 0x7F == 3:  # noqa: PLR2004  # B_OVERFLOW.
                items.append(self._overflow(*self._unpack("II", page + start + 4)))
            else:
                raise _Broken
        # A deleted pair is marked on its value, on its key, or on both.
        return [item for at, item in enumerate(items) if not any(dead[at & ~1 : (at & ~1) + 2])]

    def _offsets(self, page: int) -> tuple[int, ...]:
        count = self._unpack("H", page + 20)[0]
        if count % 2 or _HEADER + 2 * count > self._size:
            raise _Broken
        return self._unpack(f"{count}H", page + _HEADER)

    def _overflow(self, number: int, total: int) -> bytes:
        # Every page belongs to one item only, so that one met again shows a loop, and the work stays linear.
        parts = []
        length = 0
        while number and length < total:
            at = number * self._size
            if number in self._followed or at + self._size > len(self._data) or self._data[at + 25] != _OVERFLOW:
                raise _Broken
            self._followed.add(number)
            used = min(self._unpack("H", at + 22)[0], self._size - _HEADER)
            parts.append(self._data[at + _HEADER : at + _HEADER + used])
            length += used
            number = self._unpack("I", at + 16)[0]
        if length != total:
            raise _Broken
        return b"".join(parts)

    def _unpack(self, layout: str, at: int) -> tuple[int, ...]:
        return struct.unpack_from(self._order + layout, self._data, at)


def _text(data: bytes) -> str:
    return data.removesuffix(b"\0").decode("latin-1")
