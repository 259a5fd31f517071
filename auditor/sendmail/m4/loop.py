"""m4's loop: take a token, call what is a macro, lay its expansion on the input, ship the rest.

Arguments in the making lie on a stack of their own instead of on Python's, so that nesting is bounded by a limit and
not by the interpreter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NoReturn

from auditor.sendmail.m4.machine import Exit, Machine
from auditor.sendmail.m4.places import NOWHERE, Place, Source
from auditor.sendmail.m4.results import Input, Limits, Message, Open
from auditor.sendmail.m4.stack import Block
from auditor.sendmail.m4.symbols import Handle, Macro
from auditor.sendmail.m4.tokens import COMMENT, COMMENT_OPEN, ODD, PUNCTUATION, QUOTE_OPEN, QUOTED, WORD

#: The clock is looked at once in so many quotes of a string.
_CLOCK = 4096
_BLANKS = re.compile(r"[ \t\n\v\f\r]*+").match


class Call:
    """A call whose arguments are being collected.

    Attributes:
        macro: what is called.
        place: where.
        arguments: its name and the arguments that are complete.
        parts: the pieces of the argument in the making.
        handle: the builtin that this argument is.
        depth: parentheses open in it.
        block: the text in which it began, for a message.
        at: where it began.

    """

    __slots__ = ("arguments", "at", "block", "depth", "handle", "macro", "parts", "place")

    def __init__(self, macro: Macro, name: str, place: Place) -> None:
        self.macro = macro
        self.place = place
        self.arguments = [name]
        self.parts: list[str] = []
        self.handle: Handle | None = None
        self.depth = 0
        self.block: Block | None = None
        self.at = 0


class Loop(Machine):
    """A run of m4 over its files."""

    def __init__(self, open_: Open, limits: Limits, search: Sequence[str]) -> None:
        super().__init__(open_, limits, search)
        self._calls: list[Call] = []
        self._call: Call | None = None

    def file(self, given: Input) -> None:
        """Expand a file of the command line."""
        if given.text is None:
            self.place = Place(NOWHERE, 0)
            self.fail(f"cannot open `{given.name}': No such file or directory")
            return
        self.push(Block(given.text, Source(given.name, given.text), -1, None))
        self._run()

    def wrap_up(self) -> None:
        """Expand what ``m4wrap`` kept, until there is no more."""
        while self.wrapped:
            blocks, self.wrapped = self.wrapped, []
            for block in blocks:
                self.push(block)
            self._run()

    def _run(self) -> None:
        while True:
            if self.at >= len(self.text):
                if self.block.builtin is not None:
                    self._take_builtin()
                elif not self.pop():
                    break
                continue
            self._token()
        self.block = Block("", NOWHERE, 0, None)
        if self._call is not None:
            block = self._call.block or self.block
            place = Place(block.source, self._call.at if block.offset < 0 else block.offset, "", block.place)
            self._fatal("ERROR: end of file in argument list", place)

    def _token(self) -> None:  # noqa: C901  # The one hot loop: calls would cost more than what they do.
        """Take tokens up to one that is more than text, ship the text and deal with that one."""
        text, start = self.text, self.at
        at, size = start, len(text)
        call = self._call
        scan = self.syntax.outer if call is None else self.syntax.inner
        macros = self.table.top
        opens = self.syntax.opens
        while (match := scan(text, at)) is not None:
            at = match.end()
            kind = match.lastindex
            if kind == WORD:
                macro = macros.get(match[WORD])
                if at < size and (macro is None or (macro.blind and not opens(text, at))):
                    continue
            elif kind == PUNCTUATION and call is not None:
                mark = text[at - 1]
                if mark == "(":
                    call.depth += 1
                    continue
                if call.depth:
                    call.depth -= mark == ")"
                    continue
            break
        if match is None:
            self._ship(text[start:], start)
            self.at = size
            return
        kind = match.lastindex or ODD
        begin = match.start(kind) - (kind == QUOTED)
        if begin > start:
            self._ship(text[start:begin], start)
        self.at = at
        self._deal(kind, match[kind], begin)

    def _deal(self, kind: int, word: str, begin: int) -> None:
        if kind == WORD:
            self._word(word, begin)
        elif kind in {QUOTED, COMMENT}:
            self._ship(word.partition("\0")[0], begin)
        elif kind == PUNCTUATION:
            self._end_argument(last=word == ")")
        elif kind == QUOTE_OPEN:
            self._quoted(begin)
        elif kind == COMMENT_OPEN:
            self._comment(begin)
        else:
            self._odd(word, begin)

    def _ship(self, text: str, begin: int) -> None:
        """Hand on text: to the argument in the making, or to the output."""
        call = self._call
        if "\0" in text:
            # For m4 a character of value 0 is the end of a string.
            text = text.replace("\0", "")
        if call is not None:
            if text:
                call.parts.append(text)
        elif self.diversions.current is not None and text:
            self.diversions.current.add(text, self.origin(begin))

    def _word(self, name: str, begin: int) -> None:
        if self.at >= len(self.text) and self.below:
            more = self.rest_of_word()
            if more:
                name += more
                begin = self.at - 1
        macro = self.table.top.get(name)
        follows = macro is not None and self.argument_follows()
        if macro is None or (macro.blind and not follows):
            self._ship(name, begin)
            return
        place = self.here(begin, name)
        place.definition = macro.place
        if not follows:
            self.carry_out(macro, place, [name])
            return
        if self._call is not None:
            self._calls.append(self._call)
            if len(self._calls) >= self.limits.depth:
                self._too_deep(place)
        self._call = Call(macro, name, place)
        self.open_arguments()
        self._begin_argument()

    def _begin_argument(self) -> None:
        call = self._call
        assert call is not None  # noqa: S101  # Who calls this has seen one.
        call.block, call.at = self.block, self.at - 1
        while True:
            match = _BLANKS(self.text, self.at)
            self.at = match.end() if match else self.at
            if self.at < len(self.text) or self.block.builtin is not None or not self.pop():
                return

    def _end_argument(self, *, last: bool) -> None:
        call = self._call
        assert call is not None  # noqa: S101  # Who calls this has seen one.
        parts = call.parts
        text = parts[0] if len(parts) == 1 else "".join(parts)
        call.arguments.append(text if call.handle is None else call.handle)
        call.parts, call.handle = [], None
        if not last:
            self._begin_argument()
            return
        self._call = self._calls.pop() if self._calls else None
        self.carry_out(call.macro, call.place, call.arguments)

    def _quoted(self, begin: int) -> None:
        """Read a quoted string by counting its quotes, through as many texts as it takes."""
        place, origin = self.here(begin), (self.block, begin)
        parts: list[str] = []
        depth = 1
        count = 0
        while depth:
            count += 1
            if count % _CLOCK == 0:
                self.look_at_clock()
            match = self.syntax.quotes(self.text, self.at)
            if match is None:
                self._past(parts, "ERROR: end of file in string", place)
                continue
            depth += -1 if match[1] is not None else 1
            parts.append(self.text[self.at : match.end() if depth else match.start()])
            self.at = match.end()
        self._ship_from("".join(parts).partition("\0")[0], *origin)

    def _comment(self, begin: int) -> None:
        """Read a comment whose end lies in another text."""
        place, origin = self.here(begin), (self.block, begin)
        parts = [self.syntax.begin]
        finish = self.syntax.finish
        while (end := self.text.find(finish, self.at)) < 0:
            self._past(parts, "ERROR: end of file in comment", place)
        parts.append(self.text[self.at : end + len(finish)])
        self.at = end + len(finish)
        self._ship_from("".join(parts).partition("\0")[0], *origin)

    def _past(self, parts: list[str], lacking: str, place: Place) -> None:
        """Take the rest of the text on top and go on in the one below."""
        reach = self.syntax.reach - 1
        keep = max(self.at, len(self.text) - reach) if reach else len(self.text)
        parts.append(self.text[self.at : keep])
        self.at = keep
        if reach and self.borrow():
            return
        parts.append(self.text[self.at :])
        self.at = len(self.text)
        while self.at >= len(self.text):
            if self.block.builtin is not None or not self.pop():
                self._fatal(lacking, place)

    def _ship_from(self, text: str, block: Block, begin: int) -> None:
        """Hand on text that began in a text that may have been left since."""
        now = self.block
        self.block = block
        self._ship(text, begin)
        self.block = now

    def _odd(self, token: str, begin: int) -> None:
        """What looks like the beginning of a long mark may become one with the characters of the texts below."""
        if len(self.text) - begin < self.syntax.reach and self.below:
            self.at = begin
            if self.borrow():
                return
            self.at = begin + 1
        self._ship(token, begin)

    def _take_builtin(self) -> None:
        """A builtin as ``defn`` gives it: the argument in the making, if nothing came before it."""
        builtin, call = self.block.builtin, self._call
        if builtin is not None and call is not None and not call.parts:
            call.handle = Handle(builtin)
        if not self.pop():
            self.block = Block("", NOWHERE, 0, None)
            self.text, self.at = "", 0

    def _fatal(self, text: str, place: Place) -> NoReturn:
        self.messages.append(Message(text, place))
        raise Exit(1)

    def _too_deep(self, place: Place) -> None:
        self.place = place
        self.halt("depth", f"calls within calls more than {self.limits.depth} deep")
