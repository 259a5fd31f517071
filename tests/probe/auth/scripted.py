"""A server that answers from a script, and SCRAM's other side, computed from the RFC by itself."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable

from auditor.probe.smtp import Reply


def reply(line: str) -> Reply:
    """A reply from its line as it stands on the wire."""
    return Reply(int(line[:3]), (line[4:],), line.encode("latin-1") + b"\r\n")


def prompt(challenge: bytes = b"") -> str:
    """The line of a prompt."""
    return f"334 {b64encode(challenge).decode()}"


class Script:
    """Talks by a script: each line sent is answered by the next reply, an exception is raised.

    Attributes:
        open: the lines that were sent as commands.
        hidden: those that were sent as secrets.
        sent: all of them in order.

    """

    def __init__(self, answers: Iterable[str | Exception]) -> None:
        self._answers = iter(answers)
        self.open: list[str] = []
        self.hidden: list[str] = []
        self.sent: list[str] = []

    def command(self, line: str) -> Reply:
        """Take a command."""
        self.open.append(line)
        return self._next(line)

    def secret(self, line: str) -> Reply:
        """Take a secret line."""
        self.hidden.append(line)
        return self._next(line)

    @property
    def decoded(self) -> list[bytes]:
        """The responses among what was sent."""
        return [b64decode(line.removeprefix("=")) for line in self.sent if not line.startswith(("AUTH", "*"))]

    def _next(self, line: str) -> Reply:
        self.sent.append(line)
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        return reply(answer)


class ScramServer:
    """A SCRAM server for one login, as a conversation."""

    def __init__(self, name: str, word: str, *, bound: bytes = b"n,,", count: int = 4096) -> None:
        self._hash = name
        self._bound = bound
        self._count = count
        self._salt = b"salt of the server"
        self._salted = hashlib.pbkdf2_hmac(name, word.encode(), self._salt, count)
        self._step: Callable[[bytes], str] = self._first
        self.sent: list[str] = []

    def command(self, line: str) -> Reply:
        """Take a command."""
        self.sent.append(line)
        return reply("501 5.0.0 AUTH aborted")

    def secret(self, line: str) -> Reply:
        """Take a response."""
        self.sent.append(line)
        return reply(self._step(b64decode(line.rpartition(" ")[2])))

    def _first(self, message: bytes) -> str:
        self._bare = message[message.index(b"n=") :]
        self._server = b"r=%bserver,s=%b,i=%d" % (
            self._bare.partition(b",r=")[2],
            b64encode(self._salt),
            self._count,
        )
        self._step = self._final
        return prompt(self._server)

    def _final(self, message: bytes) -> str:
        without, _, proof = message.rpartition(b",p=")
        bound = b64decode(without.partition(b",")[0].removeprefix(b"c="))
        text = b",".join((self._bare, self._server, without))
        own = self._keyed(self._salted, b"Client Key")
        stored = hashlib.new(self._hash, own).digest()
        mask = self._keyed(stored, text)
        key = bytes(left ^ right for left, right in zip(b64decode(proof), mask, strict=True))
        if bound != self._bound or hashlib.new(self._hash, key).digest() != stored:
            return "535 5.7.0 authentication failed"
        self._step = lambda _: "235 2.0.0 OK Authenticated"
        return prompt(b"v=" + b64encode(self._keyed(self._keyed(self._salted, b"Server Key"), text)))

    def _keyed(self, key: bytes, data: bytes) -> bytes:
        return hmac.digest(key, data, self._hash)
