"""A mail server that exists only as a function from a command to its reply."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from auditor.probe.errors import Closed, WireError
from auditor.probe.smtp import Reply, ReplyParser

#: From a command to the reply's lines, or what the wire does instead.
Server = Callable[[str], str | WireError]


def reply(text: str) -> Reply:
    """The reply that one or more lines make."""
    [found] = ReplyParser().feed("".join(f"{line}\r\n" for line in text.split("\n")).encode("latin-1"))
    return found


class Scripted:
    """A conversation with such a server.

    Attributes:
        said: every command that was sent, in order.
        trips: how often somebody had to wait for the server.

    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._waiting: deque[str] = deque()
        self._is_fresh = False
        self.said: list[str] = []
        self.trips = 0

    def command(self, line: str) -> Reply:
        """Send a command and take its reply."""
        self.send_raw(f"{line}\r\n".encode())
        return self.read_reply()

    def send_raw(self, data: bytes) -> None:
        """Take commands."""
        self._waiting += data.decode().split("\r\n")[:-1]
        self._is_fresh = True

    def read_reply(self) -> Reply:
        """Answer the oldest of them."""
        self.trips += self._is_fresh
        self._is_fresh = False
        if not self._waiting:
            message = "nothing was asked"
            raise Closed(message)
        line = self._waiting.popleft()
        self.said.append(line)
        answer = self._server(line)
        if isinstance(answer, WireError):
            raise answer
        return reply(answer)


def ordinary(line: str) -> str:
    """A server as sendmail is installed: example.com is its own, nothing is relayed."""
    verb, _, rest = line.partition(" ")
    address = rest.partition(":")[2].strip("<>") if verb in {"MAIL", "RCPT"} else ""
    if verb == "RCPT":
        return _recipient(address)
    fixed = {
        "VRFY": "252 2.5.2 Cannot VRFY user; try RCPT to attempt delivery (or try finger)",
        "EXPN": "502 5.7.0 Sorry, we do not allow this operation",
        "VERB": "502 5.7.0 Verbose unavailable",
        "ETRN": "458 4.7.0 Cannot start",
        "HELP": "214-2.0.0 This is sendmail version 8.17.1.9\n214 2.0.0 End of HELP info",
    }
    if verb == "MAIL" and address.endswith(".invalid"):
        return f"553 5.1.8 <{address}>... Domain of sender address {address} does not exist"
    if verb == "MAIL" and address and "@" not in address:
        return f"553 5.5.4 <{address}>... Domain name required for sender address {address}"
    return fixed.get(verb, "250 2.0.0 OK")


def _recipient(address: str) -> str:
    if address.partition("@")[0] in {"postmaster", "abuse"} and "%" not in address:
        return f"250 2.1.5 <{address}>... Recipient ok"
    if address == "mailaudit-no-such-user@mx.example.com":
        return f"550 5.1.1 <{address}>... User unknown"
    return f"550 5.7.1 <{address}>... Relaying denied"
