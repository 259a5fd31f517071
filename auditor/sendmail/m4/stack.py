"""m4's input: a stack of texts, each read from where it stands, none copied.

What a macro expands to is laid on top and read next; an included file likewise. A word, a quoted string or a comment
may begin in one text and go on in those below.
"""

from __future__ import annotations

import re

from auditor.sendmail.m4.places import NOWHERE, Place, Source
from auditor.sendmail.m4.symbols import Builtin
from auditor.sendmail.m4.tokens import Syntax, syntax

_MORE_WORD = re.compile("[A-Za-z0-9_]*").match


class Block:
    """A text on the stack.

    Attributes:
        text: the text.
        at: how far it has been read, while another text lies above it.
        source: the file it is, or the file with the call it came from.
        offset: where in the file that call is; -1 for the file itself.
        place: the call it came from; None for a file of the command line.
        builtin: the macro that this block is instead of a text.

    """

    __slots__ = ("at", "builtin", "offset", "place", "source", "text")

    def __init__(self, text: str, source: Source, offset: int, place: Place | None) -> None:
        self.text, self.source, self.offset, self.place = text, source, offset, place
        self.at = 0
        self.builtin: Builtin | None = None


class Stack:
    """The input, with the marks by which it is cut.

    Attributes:
        block: the text on top.
        text: its characters.
        at: the next one to be read.
        below: the texts under it.
        syntax: quotes and comment marks.

    """

    def __init__(self) -> None:
        self.syntax: Syntax = syntax("`", "'", "#", "\n")
        self.below: list[Block] = []
        self.block = Block("", NOWHERE, 0, None)
        self.text = ""
        self.at = 0

    def push(self, block: Block) -> None:
        """Lay a text on top; one below it that has been read is taken away."""
        if self.at < len(self.text) or self.block.builtin is not None:
            self.block.at = self.at
            self.below.append(self.block)
        self.block, self.text, self.at = block, block.text, 0

    def pop(self) -> bool:
        """Go on with the text below; gives whether there is one."""
        if not self.below:
            return False
        self.block = self.below.pop()
        self.text, self.at = self.block.text, self.block.at
        return True

    def here(self, at: int, macro: str = "") -> Place:
        """The place of a character of the text on top."""
        block = self.block
        return Place(block.source, at if block.offset < 0 else block.offset, macro, block.place)

    def origin(self, at: int) -> Place:
        """Where a run of characters of the text on top came from."""
        block = self.block
        if block.offset < 0:
            return Place(block.source, at, "", block.place)
        return block.place or Place(block.source, block.offset)

    def argument_follows(self) -> bool:
        """Whether the next character begins an argument list; nothing is read."""
        if self.at < len(self.text):
            return self.syntax.opens(self.text, self.at)
        for block in reversed(self.below):
            if block.builtin is not None:
                return False
            if block.at < len(block.text):
                return self.syntax.opens(block.text, block.at)
        return False

    def open_arguments(self) -> None:
        """Read the parenthesis that begins an argument list."""
        while self.at >= len(self.text):
            self.pop()
        self.at += 1

    def rest_of_word(self) -> str:
        """Read on a word that reaches the end of the text on top."""
        parts: list[str] = []
        while self.at >= len(self.text):
            block = next((block for block in reversed(self.below) if block.builtin or block.at < len(block.text)), None)
            if block is None or block.builtin is not None:
                break
            match = _MORE_WORD(block.text, block.at)
            if match is None or not match[0]:
                break
            while self.block is not block:
                self.pop()
            parts.append(match[0])
            self.at = match.end()
        return "".join(parts)

    def borrow(self) -> bool:
        """Complete what may begin a long mark with characters of the texts below; gives whether it did."""
        wanted = self.syntax.reach - 1
        tail = self.text[self.at :]
        parts: list[str] = []
        while wanted > 0 and self.below and self.below[-1].builtin is None:
            block = self.below[-1]
            part = block.text[block.at : block.at + wanted]
            block.at += len(part)
            wanted -= len(part)
            parts.append(part)
            if wanted > 0:
                self.below.pop()
        more = "".join(parts)
        if not more:
            return False
        lent = Block(tail + more, self.block.source, self.here(self.at).offset, self.origin(self.at))
        self.block, self.text, self.at = lent, lent.text, 0
        return True
