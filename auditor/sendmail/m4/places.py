"""Where text came from: files, and the calls of macros that made text out of text.

A place is immutable and shared: every run of output that one call made refers to the same object, and the calls above
it are reached through its caller. A line is worked out when somebody asks for it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator


class Source:
    """A file that m4 read: its name as m4 says it, and its text.

    Attributes:
        name: what ``__file__`` and messages call it.
        text: one character per byte (latin-1).
        banner: it is not a file, but stands for what the cf tree's ``makeinfo.sh`` would have written.

    """

    __slots__ = ("_newlines", "banner", "name", "text")

    def __init__(self, name: str, text: str, *, banner: bool = False) -> None:
        self.name = name
        self.text = text
        self.banner = banner
        self._newlines: list[int] | None = None

    def line(self, offset: int) -> int:
        """The line of a character, from 1; a newline belongs to the line it ends."""
        if self._newlines is None:
            self._newlines = [at for at, character in enumerate(self.text) if character == "\n"]
        return bisect_left(self._newlines, offset) + 1


#: Where m4 is when there is no input: before the first file and after the last.
NOWHERE = Source("", "")


class Place:
    """A place in a file, and the macro that is called there.

    Attributes:
        source: the file.
        offset: characters from the file's beginning, from 0.
        macro: the macro called there; empty for the file's own text.
        caller: the call whose expansion contained this one, or the call that included the file; None at the outside.
        definition: the call that gave the macro its text; None for what is built in or comes from the command line.

    """

    __slots__ = ("caller", "definition", "macro", "offset", "source")

    def __init__(self, source: Source, offset: int, macro: str = "", caller: Place | None = None) -> None:
        self.source = source
        self.offset = offset
        self.macro = macro
        self.caller = caller
        self.definition: Place | None = None

    @property
    def file(self) -> str:
        """The file's name as m4 says it; empty outside of all files."""
        return self.source.name

    @property
    def line(self) -> int:
        """The line, from 1; 0 outside of all files."""
        return 0 if self.source is NOWHERE else self.source.line(self.offset)

    def stack(self) -> Iterator[Place]:
        """The place itself and the calls above it, from the innermost outwards."""
        place: Place | None = self
        while place is not None:
            yield place
            place = place.caller

    def outermost(self) -> Place:
        """The call from which all of it came: the one in the file that m4 was given."""
        place = self
        while place.caller is not None:
            place = place.caller
        return place

    def __repr__(self) -> str:
        return f"Place({self.file}:{self.line}, {self.macro!r})"
