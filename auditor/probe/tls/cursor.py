"""Reading numbers and vectors off bytes that a stranger sent."""

from __future__ import annotations

from auditor.probe.errors import Garbled


class Cursor:
    """A place in a message; whatever is read from it lies within the message.

    Args:
        data: the message's body.
        what: the message's name, for the error's text.

    """

    __slots__ = ("_at", "_data", "_what")

    def __init__(self, data: bytes, what: str) -> None:
        self._data = data
        self._what = what
        self._at = 0

    @property
    def left(self) -> int:
        """How many bytes are not read yet."""
        return len(self._data) - self._at

    def take(self, size: int) -> bytes:
        """The next bytes.

        Raises:
            Garbled: there are fewer than that.

        """
        end = self._at + size
        if end > len(self._data):
            message = f"its {self._what} breaks off"
            raise Garbled(message)
        taken = self._data[self._at : end]
        self._at = end
        return taken

    def number(self, size: int) -> int:
        """The next number, of so many bytes, the most significant first."""
        return int.from_bytes(self.take(size))

    def vector(self, size: int) -> bytes:
        """The next vector, whose length comes first, in so many bytes (RFC 8446 section 3.4)."""
        return self.take(self.number(size))

    def inner(self, size: int) -> Cursor:
        """The next vector, to be read piece by piece."""
        return Cursor(self.vector(size), self._what)


def vector(size: int, content: bytes) -> bytes:
    """A vector as it is sent: its length in so many bytes, then its content."""
    return len(content).to_bytes(size) + content
