"""The replies of an SMTP server, cut from the bytes of a connection; nothing here waits, reads or writes.

A reply is one or more lines of a code and a text, each but the last with a hyphen between them (RFC 5321, section 4.2).
The parser also takes what servers send in practice: lines that end in a bare LF, control characters in the text, lines
of one reply that disagree on the code (the last line's counts, as for sendmail's own client).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NoReturn

from auditor.model.pattern import lazy, lazy_bytes
from auditor.model.value import frozen
from auditor.probe.errors import Garbled
from auditor.probe.words import excerpt

#: Bytes of a reply line with its end. RFC 5321 allows 512, sendmail sends up to 2048.
LONGEST_LINE = 8192
#: Bytes of a whole reply.
LONGEST_REPLY = 65536

_LINE = lazy_bytes(rb"([2-5][0-9]{2})(?:([ -])([^\n]*))?")
# What an unfinished line may begin with, so that a peer that never ends its line is recognised by its first bytes.
_BEGINNING = lazy_bytes(rb"(?:[2-5](?:[0-9](?:[0-9][ \r-]?)?)?)?")
_CODE = 4
_ENHANCED = lazy(r"([245]\.[0-9]{1,3}\.[0-9]{1,3})(?![^ \t])")


@frozen
class Reply:
    """One reply.

    Attributes:
        code: its three digits, 200 to 599.
        lines: the texts of its lines, one character a byte, without code and line end; never empty.
        raw: the bytes it came as.

    """

    code: int
    lines: tuple[str, ...]
    raw: bytes

    @property
    def text(self) -> str:
        """The text of its first line."""
        return self.lines[0]

    @property
    def enhanced(self) -> str:
        """The enhanced status code its text begins with (RFC 2034), such as ``5.7.1``; empty where it has none."""
        found = _ENHANCED.match(self.text)
        return found[1] if found and found[1][0] == str(self.code)[0] else ""

    @property
    def ok(self) -> bool:
        """Whether the command succeeded (2xx)."""
        return 200 <= self.code < 300  # noqa: PLR2004  # The codes are the protocol's words.

    @property
    def more(self) -> bool:
        """Whether the server waits for the rest of the command, as within AUTH (3xx)."""
        return 300 <= self.code < 400  # noqa: PLR2004

    @property
    def temporary(self) -> bool:
        """Whether the server may say otherwise later (4xx)."""
        return 400 <= self.code < 500  # noqa: PLR2004

    @property
    def refused(self) -> bool:
        """Whether the command failed for good (5xx)."""
        return self.code >= 500  # noqa: PLR2004

    @property
    def bare_lf(self) -> bool:
        """Whether a line ended in LF without CR, which RFC 5321, section 2.3.8, forbids."""
        return self.raw.count(b"\n") != self.raw.count(b"\r\n")

    def __str__(self) -> str:
        """Code and first line, printable and short, for a sentence."""
        return f"{self.code} {excerpt(self.text)}".rstrip()


class ReplyParser:
    """Cuts replies from bytes that come in any pieces; the pieces make no difference to the replies.

    It holds at most one unfinished reply and what was fed since, and works once on each byte.
    """

    __slots__ = ("_at", "_buffer", "_seen", "_texts", "_wrong")

    def __init__(self) -> None:
        self._buffer = bytearray()
        # Where the line that is being read begins, and up to where no line end was found.
        self._at = 0
        self._seen = 0
        self._texts: list[str] = []
        self._wrong = ""

    def feed(self, data: bytes) -> Iterator[Reply]:
        """Take in more bytes; what is returned yields the replies that are whole by then.

        The bytes are taken in whether the iterator is used or not; `take` gives the same replies.

        Raises:
            Garbled: while iterating, as `take`.

        """
        if not self._wrong:
            self._buffer += data
        return iter(self.take, None)

    def take(self) -> Reply | None:
        """The next whole reply, None where more bytes are needed.

        Raises:
            Garbled: what comes next is no reply, or is longer than a reply may be. It stays so from then on.

        """
        if self._wrong:
            raise Garbled(self._wrong)
        while (end := self._buffer.find(b"\n", self._seen)) >= 0:
            line = bytes(self._buffer[self._at : end + 1])
            self._at = self._seen = end + 1
            reply = self._line(line)
            if reply is not None:
                return reply
        self._seen = len(self._buffer)
        self._unfinished()
        return None

    @property
    def rest(self) -> bytes:
        """All bytes that belong to no reply taken so far."""
        return bytes(self._buffer)

    def _line(self, line: bytes) -> Reply | None:
        found = _LINE.fullmatch(line[:-1].removesuffix(b"\r"))
        if found is None:
            self._no_reply(line)
        if len(line) > LONGEST_LINE or self._at > LONGEST_REPLY:
            self._too_long()
        code, mark, text = found.groups()
        self._texts.append((text or b"").decode("latin-1"))
        if mark == b"-":
            return None
        reply = Reply(int(code), tuple(self._texts), bytes(self._buffer[: self._at]))
        del self._buffer[: self._at]
        self._at = self._seen = 0
        self._texts = []
        return reply

    def _unfinished(self) -> None:
        if not _BEGINNING.fullmatch(self._buffer, self._at, min(self._at + _CODE, len(self._buffer))):
            self._no_reply(bytes(self._buffer[self._at :]))
        if len(self._buffer) - self._at > LONGEST_LINE:
            self._too_long()

    def _no_reply(self, line: bytes) -> NoReturn:
        self._fail(f"this is no SMTP reply: {excerpt(line)}")

    def _too_long(self) -> NoReturn:
        self._fail(f"a reply had a line of over {LONGEST_LINE} bytes or over {LONGEST_REPLY} bytes in all")

    def _fail(self, sentence: str) -> NoReturn:
        self._wrong = sentence
        raise Garbled(sentence)


class Extensions:
    """What a server said to EHLO (RFC 5321, section 4.1.1.1): keywords and their parameters, in upper case.

    ``AUTH=LOGIN PLAIN``, which old clients look for, is no keyword of its own: see `legacy_auth`.
    """

    __slots__ = ("_found", "greeting", "legacy_auth")

    def __init__(self, reply: Reply | None = None) -> None:
        found: dict[str, tuple[str, ...]] = {}
        legacy: tuple[str, ...] = ()
        for line in reply.lines[1:] if reply else ():
            keyword, *parameters = line.upper().split() or [""]
            name, equals, first = keyword.partition("=")
            if equals and name == "AUTH":
                legacy = (*legacy, *filter(None, (first, *parameters)))
            elif keyword:
                # Two AUTH lines are as good as one long one.
                found[keyword] = (*found.get(keyword, ()), *parameters)
        #: What the server calls itself and says in greeting: the text of the reply's first line.
        self.greeting = reply.text if reply else ""
        #: The mechanisms of the legacy form ``AUTH=``.
        self.legacy_auth = legacy
        self._found = found

    def __contains__(self, keyword: str) -> bool:
        return keyword.upper() in self._found

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __repr__(self) -> str:
        return f"Extensions({self._found!r})"

    @property
    def mechanisms(self) -> tuple[str, ...]:
        """The AUTH mechanisms, those of the legacy form among them, each once."""
        return tuple(dict.fromkeys((*self.parameters("AUTH"), *self.legacy_auth)))

    def parameters(self, keyword: str) -> tuple[str, ...]:
        """The parameters of a keyword; none where it was not said."""
        return self._found.get(keyword.upper(), ())
