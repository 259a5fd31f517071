"""The state of a run of m4, and what its builtins may do to it."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from auditor.sendmail.m4.diversions import Diversions
from auditor.sendmail.m4.places import NOWHERE, Place, Source
from auditor.sendmail.m4.results import Asked, Limits, Message, Open, Stopped
from auditor.sendmail.m4.stack import Block, Stack
from auditor.sendmail.m4.symbols import Macro, Table, Text
from auditor.sendmail.m4.tokens import syntax

_LINE = re.compile(r"[^\n]*\n").match
#: The clock is looked at once in so many calls, and for an expansion of so many characters.
_CLOCK = 512


class Exit(Exception):  # noqa: N818  # It ends a run; it is no error of this program.
    """m4 exits at once."""

    def __init__(self, status: int) -> None:
        self.status = status


class Halt(Exception):  # noqa: N818  # It ends a run; it is no error of this program.
    """A limit is reached."""

    def __init__(self, stopped: Stopped) -> None:
        self.stopped = stopped


class Machine(Stack):
    """One run of m4.

    Attributes:
        table: the macros.
        diversions: the output.
        place: the call that is being carried out.
        limits: what the run may cost.
        wrapped: texts that ``m4wrap`` keeps for the end, with the calls that gave them.
        status: the exit code so far.

    """

    def __init__(self, open_: Open, limits: Limits, search: Sequence[str]) -> None:
        super().__init__()
        self.table = Table()
        self.diversions = Diversions()
        self.place = Place(NOWHERE, 0)
        self.limits = limits
        self.wrapped: list[Block] = []
        self.status = 0
        self.messages: list[Message] = []
        self.asked: list[Asked] = []
        self.banner: Source | None = None
        self.flags = ""
        self.told: set[str] = set()
        self._open = open_
        self._search = search
        self._steps = 0
        self._characters = 0
        self._deadline = time.monotonic() + limits.seconds

    def warn(self, text: str) -> None:
        """Say something in m4's way, at the call that is being carried out."""
        self.messages.append(Message(text, self.place))

    def fail(self, text: str) -> None:
        """Say something, and exit with 1 in the end."""
        self.warn(text)
        self.status = 1

    def quoted(self, words: Sequence[str]) -> str:
        """Words in quotes, between commas."""
        left, right = self.syntax.left, self.syntax.right
        return ",".join([f"{left}{word}{right}" for word in words])

    def spend(self, characters: int) -> None:
        """Count characters that are to be read again."""
        self._characters += characters
        if characters > _CLOCK:
            self.look_at_clock()
        if self._characters > self.limits.characters:
            self.halt("characters", f"more than {self.limits.characters} characters of expansions")

    def look_at_clock(self) -> None:
        """Give up if the time is over."""
        if time.monotonic() > self._deadline:
            self.halt("seconds", f"more than {self.limits.seconds:g} seconds")

    def halt(self, limit: str, text: str) -> None:
        """Give up."""
        raise Halt(Stopped(limit, text, self.place))

    def set_syntax(self, left: str, right: str, begin: str, finish: str) -> None:
        """Change quotes and comment marks."""
        self.syntax = syntax(left, right, begin, finish)

    def read(self, name: str) -> Source | OSError:
        """A file by the name an ``include`` gives it, or the reason why there is none."""
        if self.banner is not None and name == self.banner.name:
            return self.banner
        names = [name]
        if not name.startswith("/"):
            names += [f"{folder.rstrip('/')}/{name}" for folder in self._search]
        reason: OSError = FileNotFoundError(2, "No such file or directory")
        for path in names if name else []:
            try:
                text = self._open(path, self.place)
            except OSError as error:
                reason = error
                continue
            if text is not None:
                self.spend(len(text))
                return Source(path, text)
        return reason

    def include(self, source: Source) -> None:
        """Read a file next."""
        self.push(Block(source.text, source, -1, self.place))

    def place_in(self, source: Source) -> Place:
        """The beginning of a file that the call being carried out brings in."""
        return Place(source, 0, "", self.place)

    def skip_line(self) -> None:
        """Read over the rest of the line."""
        while (match := _LINE(self.text, self.at)) is None:
            self.at = len(self.text)
            if self.block.builtin is not None or not self.pop():
                self.warn("Warning: end of file treated as newline")
                return
        self.at = match.end()

    def carry_out(self, macro: Macro, place: Place, arguments: list[str]) -> None:
        """Call a macro and read next what it expands to."""
        self.place = place
        self._steps += 1
        if self._steps > self.limits.steps:
            self.halt("steps", f"more than {self.limits.steps} calls")
        if self._steps % _CLOCK == 0:
            self.look_at_clock()
        expansion = macro.call(self, arguments)
        if expansion:
            self.spend(len(expansion))
            if isinstance(macro, Text) and macro.grown and expansion == macro.text:
                self._push_grown(macro, place)
            else:
                self.push(Block(expansion, place.source, place.offset, place))

    def _push_grown(self, macro: Text, place: Place) -> None:
        """Lay each addition to a macro's text on the input by itself, so that it keeps its own origin."""
        end = len(macro.text)
        for start, definition in reversed(macro.grown):
            origin = Place(place.source, place.offset, place.macro, place.caller)
            origin.definition = definition
            self.push(Block(macro.text[start:end], place.source, place.offset, origin))
            end = start
