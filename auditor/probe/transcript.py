"""What was said on the wire, as evidence for a report; credentials never reach it."""

from __future__ import annotations

from typing import NamedTuple

#: Lines that a transcript holds at most.
LONGEST = 4000
#: Characters of a line that are kept.
WIDEST = 500
#: What stands in the place of a secret.
HIDDEN = "***"
# A shorter secret is found in any text, and hiding it would show where; such a line is redacted as a whole when sent.
_SHORTEST = 4

SENT = ">"
RECEIVED = "<"
NOTED = "*"


class Line(NamedTuple):
    """One line: ``>`` sent, ``<`` received or ``*`` noted by us, and its text.

    The text is foreign, one character a byte: whoever prints it cleans it.
    """

    direction: str
    text: str

    def __str__(self) -> str:
        return f"{self.direction} {self.text}"


class Transcript:
    """The lines of one or more conversations with one target, bounded in number and width."""

    __slots__ = ("_hidden", "lines")

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._hidden: tuple[str, ...] = ()

    def sent(self, text: str) -> None:
        """Keep what we said."""
        self._keep(SENT, text)

    def received(self, text: str) -> None:
        """Keep what the peer said."""
        self._keep(RECEIVED, text)

    def noted(self, text: str) -> None:
        """Keep what happened that nobody said."""
        self._keep(NOTED, text)

    def hide(self, secret: str) -> None:
        """From now on write stars wherever this text would stand; a server may well repeat what it was sent."""
        if len(secret) >= _SHORTEST and secret not in self._hidden:
            # The longest first, so that no part of one secret stands because another was replaced within it.
            self._hidden = tuple(sorted((*self._hidden, secret), key=len, reverse=True))

    def masked(self, text: str) -> str:
        """The text without any of the hidden secrets, for use in a sentence."""
        for secret in self._hidden:
            text = text.replace(secret, HIDDEN)
        return text

    def __str__(self) -> str:
        return "\n".join(map(str, self.lines))

    def _keep(self, direction: str, text: str) -> None:
        if len(self.lines) < LONGEST:
            shown = self.masked(text)
            self.lines.append(Line(direction, shown if len(shown) <= WIDEST else shown[:WIDEST] + "…"))
        elif len(self.lines) == LONGEST:
            self.lines.append(Line(NOTED, "the rest is left out"))
