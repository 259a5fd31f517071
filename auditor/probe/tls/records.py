"""The record layer, and handshake messages put together from records (RFC 6101, RFC 5246, RFC 8446)."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.probe.errors import Garbled
from auditor.probe.tls.cursor import vector
from auditor.probe.tls.numbers import ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE

#: What a record may hold in bytes: 2^14 in clear, up to 2048 more once it is compressed and encrypted.
LONGEST_RECORD = (1 << 14) + 2048
#: What a handshake message may hold, in bytes. Honest chains end far below; OpenSSL takes 100 kB.
LONGEST_MESSAGE = 1 << 19
#: What a server may send in answer to one hello, in bytes.
LONGEST_FLIGHT = 1 << 20
_KINDS = frozenset({CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA})
_HEADER = 5
_MAJOR = 3
_EMPTY_RECORDS = 32


class RecordReader:
    """Cuts what comes in into records.

    Its work and memory are linear in what it is fed, and what it is fed is bounded by `LONGEST_FLIGHT`.
    """

    __slots__ = ("_at", "_buffer", "_empty", "_seen")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._at = 0
        self._seen = 0
        self._empty = 0

    def feed(self, data: bytes) -> None:
        """Take what came.

        Raises:
            Garbled: it is more than any honest answer to a hello.

        """
        self._seen += len(data)
        if self._seen > LONGEST_FLIGHT:
            message = f"it answers a hello with more than {LONGEST_FLIGHT} bytes"
            raise Garbled(message)
        del self._buffer[: self._at]
        self._at = 0
        self._buffer += data

    def records(self) -> Iterator[tuple[int, bytes, bytes]]:
        """The whole records that are there, each once: its kind, its header, its content.

        Raises:
            Garbled: what comes next is no record.

        """
        while len(self._buffer) - self._at >= _HEADER:
            header = bytes(self._buffer[self._at : self._at + _HEADER])
            kind, size = header[0], int.from_bytes(header[3:])
            self._judge(header, size)
            end = self._at + _HEADER + size
            if end > len(self._buffer):
                return
            content = bytes(self._buffer[self._at + _HEADER : end])
            self._at = end
            yield kind, header, content

    def _judge(self, header: bytes, size: int) -> None:
        if header[0] not in _KINDS or header[1] != _MAJOR:
            message = f"what it answers is no TLS record: it begins with {header!r}"
            raise Garbled(message)
        if size > LONGEST_RECORD:
            message = f"it announces a record of {size} bytes"
            raise Garbled(message)
        self._empty = 0 if size else self._empty + 1
        if self._empty > _EMPTY_RECORDS:
            message = "it sends nothing but empty records"
            raise Garbled(message)


class MessageReader:
    """Puts handshake messages together from the contents of records, which may cut them anywhere."""

    __slots__ = ("_at", "_buffer")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._at = 0

    def feed(self, content: bytes) -> None:
        """Take the content of a handshake record."""
        if self._at:
            del self._buffer[: self._at]
            self._at = 0
        self._buffer += content

    def messages(self) -> Iterator[tuple[int, bytes]]:
        """The whole messages that are there, each once: its type, and all of it, with the four bytes before the body.

        Raises:
            Garbled: a message says that it is longer than any honest one.

        """
        while len(self._buffer) - self._at >= 4:  # noqa: PLR2004  # One byte of type, three of length.
            size = int.from_bytes(self._buffer[self._at + 1 : self._at + 4])
            if size > LONGEST_MESSAGE:
                message = f"it announces a handshake message of {size} bytes"
                raise Garbled(message)
            end = self._at + 4 + size
            if end > len(self._buffer):
                return
            whole = bytes(self._buffer[self._at : end])
            self._at = end
            yield whole[0], whole


def record(kind: int, version: int, content: bytes) -> bytes:
    """Content as it is sent, in as many records as it needs."""
    head = bytes((kind,)) + version.to_bytes(2)
    pieces = [content[at : at + (1 << 14)] for at in range(0, len(content), 1 << 14)] or [b""]
    return b"".join(head + vector(2, piece) for piece in pieces)


def message(kind: int, body: bytes) -> bytes:
    """A handshake message as it is sent, without its record."""
    return bytes((kind,)) + vector(3, body)
