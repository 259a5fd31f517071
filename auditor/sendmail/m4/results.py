"""What goes into an expansion and what comes out of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping

from auditor.model.value import frozen
from auditor.sendmail.m4.places import Place

#: Gives the text of a file that an ``include`` names, or None where there is none; the second argument is the call.
#: An ``OSError`` is told in m4's message with the reason it carries.
Open = Callable[[str, Place], str | None]


@frozen
class Input:
    """A file of m4's command line.

    Attributes:
        name: as it would stand on the command line; what ``__file__`` gives.
        text: one character per byte (latin-1); None for a file that cannot be opened.

    """

    name: str
    text: str | None


@frozen
class Limits:
    """What an expansion may cost before it is stopped.

    Attributes:
        depth: calls within the arguments of calls; m4 has no limit of its own here but its stack.
        steps: calls of macros in all.
        characters: characters that expansions and included files give to be read again.
        seconds: time by the clock.

    """

    depth: int = 20_000
    steps: int = 2_000_000
    characters: int = 32_000_000
    seconds: float = 10.0


@frozen
class Message:
    """Something m4 says on standard error.

    Attributes:
        text: the message without its prefix; for ``errprint`` and ``dumpdef`` the very text.
        place: what m4 names as its place.
        raw: whether the text stands for itself, as that of ``errprint`` does.

    """

    text: str
    place: Place
    raw: bool = False

    @property
    def file(self) -> str:
        """The file m4 names; empty outside of all files."""
        return self.place.file

    @property
    def line(self) -> int:
        """The line m4 names; 0 outside of all files."""
        return self.place.line

    def formatted(self, program: str = "m4") -> str:
        """The message exactly as GNU m4 writes it, with its newline."""
        if self.raw:
            return self.text
        where = f"{self.file}:{self.line}:" if self.line else ""
        return f"{program}:{where} {self.text}\n"


@frozen
class Asked:
    """Something m4 would have had the operating system do; it was not done.

    Attributes:
        builtin: ``syscmd``, ``esyscmd``, ``sysval``, ``maketemp``, ``mkstemp`` or ``debugfile``.
        command: the command, the template or the file's name.
        place: the call.
        banner: whether it is the cf tree's own asking who builds the configuration, when and where.

    """

    builtin: str
    command: str
    place: Place
    banner: bool = False

    @property
    def file(self) -> str:
        """The file with the call."""
        return self.place.file

    @property
    def line(self) -> int:
        """The call's line."""
        return self.place.line


@frozen
class Stopped:
    """Why an expansion was given up.

    Attributes:
        limit: ``depth``, ``steps``, ``characters``, ``seconds`` or ``pattern`` (a regular expression too costly).
        text: in words.
        place: the call that went too far.

    """

    limit: str
    text: str
    place: Place


@frozen
class Expansion:
    """What m4 makes of its files.

    Attributes:
        output: standard output, one character per byte.
        starts: the offset in the output at which each run of text begins, ascending.
        origins: where each of these runs came from.
        messages: standard error, in order.
        asked: what the operating system was asked for and did not do.
        status: m4's exit code.
        stopped: why the expansion is not complete, or None.
        definitions: the calls that gave the macros their texts, those in force when m4 ended.

    """

    output: str
    starts: tuple[int, ...]
    origins: tuple[Place, ...]
    messages: tuple[Message, ...]
    asked: tuple[Asked, ...]
    status: int
    stopped: Stopped | None
    definitions: Mapping[str, Place]

    def origin(self, offset: int) -> Place:
        """Where the character at an offset of the output came from.

        Raises:
            IndexError: the output has no such character.

        """
        if not 0 <= offset < len(self.output):
            message = f"the output has no character {offset}"
            raise IndexError(message)
        run = bisect_right(self.starts, offset) - 1
        place = self.origins[run]
        # A file's own text goes to the output as it stands, a run of many lines at once.
        return place if place.macro else Place(place.source, place.offset + offset - self.starts[run], "", place.caller)

    def stderr(self, program: str = "m4") -> str:
        """Standard error as GNU m4 writes it."""
        return "".join(message.formatted(program) for message in self.messages)
