"""Keeps what is said within AUTH out of the transcript.

Not only what we send: a SCRAM or DIGEST-MD5 challenge lets whoever reads it try passwords at leisure, and a server may
repeat in its reply what it was sent.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from auditor.model.pattern import lazy
from auditor.probe.smtp import Reply
from auditor.probe.transcript import HIDDEN, Transcript

_CHALLENGE = 334
# What separates the parts of PLAIN's and XOAUTH2's messages.
_SEPARATORS = lazy("[\x00\x01]")


class AuthExchange:
    """Where a conversation stands in AUTH (RFC 4954, section 4), and what of it may be shown."""

    __slots__ = ("_asked", "_sent", "_transcript", "_within")

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        # Whether an AUTH has been sent whose reply has not come, and whether the last reply asked for more.
        self._asked = False
        self._within = False
        # What the lines of this exchange say once they are decoded.
        self._sent: list[str] = []

    def shown(self, line: str, note: str = "") -> str:
        """How a line that is about to be sent is to be kept; with a note it is a secret whatever it looks like."""
        words = line.split(maxsplit=2)
        begins = bool(words) and words[0].upper() == "AUTH"
        if self._within or (self._asked and not begins):
            return self._hidden(line)
        self._sent.clear()
        if begins:
            self._asked = True
            return " ".join([*words[:2], *map(self._hidden, words[2:])])
        return self._hidden(line, note) if note else line

    def shown_lines(self, data: bytes) -> list[str]:
        """The same for bytes that may be several lines; nothing is shown of what follows an AUTH."""
        return [self.shown(line) for line in data.decode("latin-1").splitlines()]

    def heard(self, reply: Reply) -> Iterator[str]:
        """The lines of a reply as they are to be kept."""
        self._asked = False
        self._within = reply.code == _CHALLENGE
        last = len(reply.lines) - 1
        for index, text in enumerate(reply.lines):
            kept = HIDDEN if self._within else self.masked(text)
            yield f"{reply.code}{' ' if index == last else '-'}{kept}".rstrip()

    def _hidden(self, line: str, note: str = HIDDEN) -> str:
        self._transcript.hide(line.strip())
        self._sent += _SEPARATORS.split(_decoded(line))
        return note

    def masked(self, text: str) -> str:
        """Foreign words without what was sent in secret, encoded or not."""
        for part in sorted(filter(None, self._sent), key=len, reverse=True):
            text = text.replace(part, HIDDEN)
        return self._transcript.masked(text)


def _decoded(line: str) -> str:
    try:
        return base64.b64decode(line, validate=True).decode("latin-1")
    except (binascii.Error, ValueError):
        return ""
