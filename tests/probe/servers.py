"""Mail servers to probe: an obedient one that says what a test scripts, and one that does whatever a function does.

Both listen on loopback in threads of their own, as context managers:

    with SMTPServer(replies={"VRFY": "252 2.5.2 Cannot VRFY user"}, tls=server_context()) as server:
        session = Session.open(server.settings())
"""

from __future__ import annotations

import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from auditor.probe.channel import Channel
from auditor.probe.settings import IMPLICIT, NONE, STARTTLS, Settings
from tests import certificates

#: Whom the servers' certificates are for.
NAME = "mail.example.org"
#: Seconds that a probe waits for them unless a test says otherwise.
TIMEOUT = 5.0

#: The addresses of loopback that this machine has; containers often lack IPv6.
LOOPBACK = ["127.0.0.1"]
with suppress(OSError), socket.create_server(("::1", 0), family=socket.AF_INET6):
    LOOPBACK.append("::1")

#: What a server says: a text that gets a line end where it has none, bytes as they are, None to hang up, or a function
#: of the conversation and the line that gives one of these.
Answer = str | bytes | Callable[["Conversation", str], str | bytes | None] | None


Kept = TypeVar("Kept", bound="Connection")


class Connection(Protocol):
    """What servers ask of a socket."""

    def recv(self, bufsize: int, /) -> bytes:
        """What came."""

    def sendall(self, data: bytes, /) -> None:
        """Send all of it."""

    def shutdown(self, how: int, /) -> None:
        """End it, whoever waits for it."""

    def close(self) -> None:
        """Close it."""


class TLS(Protocol):
    """What a server asks of its TLS: a context of the standard library is one."""

    def wrap_socket(self, sock: socket.socket, /, server_side: bool) -> Connection:  # noqa: FBT001  # As the library's.
        """Shake hands; raises OSError where nothing comes of it."""


class Server:
    """Calls a handler for each connection; the handler may wait for ``closing``."""

    def __init__(self, handler: Callable[[socket.socket], None], address: str = "127.0.0.1") -> None:
        self.address = address
        #: How many connections have been taken.
        self.connections = 0
        self.closing = threading.Event()
        self._handler = handler
        self._open: list[Connection] = []
        self._threads: list[threading.Thread] = []
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._listener = socket.create_server((address, 0), family=family, backlog=256)
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.closing.set()
        for each in (self._listener, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive(), "a server's handler does not end"

    def settings(self, **changes: Any) -> Settings:  # noqa: ANN401  # Any field of the settings.
        """How to talk to this server; in clear unless ``tls`` says otherwise."""
        usual: dict[str, Any] = {
            "host": self.address,
            "port": self.port,
            "tls": NONE,
            "name": NAME,
            "ehlo": "client.example.org",
            "timeout": TIMEOUT,
        }
        return Settings(**(usual | changes))

    def keep(self, connection: Kept) -> Kept:
        """Close this socket too when the server ends, whatever its handler waits for then."""
        self._open.append(connection)
        return connection

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._start(self._serve, self.keep(connection))

    def _serve(self, connection: socket.socket) -> None:
        # A probe hangs up whenever it likes, and TLS may be what it does not like.
        with suppress(OSError, ValueError):
            self._handler(connection)
        if not self.closing.is_set():
            connection.close()


class Conversation:
    """One connection to an `SMTPServer`, as its scripted answers see it."""

    def __init__(self, server: SMTPServer, connection: socket.socket) -> None:
        self.server = server
        self.connection: Connection = connection
        self.secured = False
        self._socket = connection
        self._buffer = b""

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.connection.sendall(data)

    def line(self) -> str | None:
        """The next line without its end; None once the client has hung up."""
        while b"\n" not in self._buffer:
            data = self.connection.recv(65536)
            if not data:
                return None
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\n")
        text = line.rstrip(b"\r").decode("latin-1")
        (self.server.secured_lines if self.secured else self.server.clear_lines).append(text)
        return text

    def answer(self, answer: Answer, line: str) -> bool:
        """Give an answer, after the server's latency; False where it is to hang up."""
        time.sleep(self.server.latency)
        said = answer(self, line) if callable(answer) else answer
        if said is None:
            return False
        data = said.encode("latin-1") if isinstance(said, str) else said
        if isinstance(said, str) and not said.endswith("\n"):
            data = data.replace(b"\n", b"\r\n") + b"\r\n"
        self.send(data)
        return True

    def secure(self, context: TLS) -> None:
        """Start TLS, forgetting what the client sent in clear after STARTTLS."""
        self._buffer = b""
        self.connection = self.server.keep(context.wrap_socket(self._socket, server_side=True))
        self.secured = True


class SMTPServer(Server):
    """A server that knows a little SMTP, and says for each verb what a test wants.

    Args:
        greeting: its first words.
        extensions: what it says to EHLO, a keyword with its parameters each; STARTTLS comes by itself.
        secured_extensions: the same after TLS has begun, None for no difference.
        replies: what to say to a verb (upper case) instead of the usual.
        tls: the TLS for STARTTLS, or for all of a connection; None for a server without.
        implicit: whether TLS begins before the greeting.
        latency: seconds that it thinks before each answer, the greeting among them.
        address: where it listens.

    """

    def __init__(  # noqa: PLR0913  # Each is one way in which servers differ.
        self,
        *,
        greeting: Answer = f"220 {NAME} ESMTP",
        extensions: Sequence[str] = ("ENHANCEDSTATUSCODES", "PIPELINING"),
        secured_extensions: Sequence[str] | None = None,
        replies: Mapping[str, Answer] | None = None,
        tls: TLS | None = None,
        implicit: bool = False,
        latency: float = 0.0,
        address: str = "127.0.0.1",
    ) -> None:
        super().__init__(self._converse, address)
        self.greeting = greeting
        self.extensions = extensions
        self.secured_extensions = extensions if secured_extensions is None else secured_extensions
        self.replies = dict(_USUAL) | dict(replies or {})
        self.tls = tls
        self.implicit = implicit
        self.latency = latency
        #: The lines that clients sent in clear, and those they sent through TLS.
        self.clear_lines: list[str] = []
        self.secured_lines: list[str] = []

    def settings(self, **changes: Any) -> Settings:  # noqa: ANN401  # Any field of the settings.
        """How to talk to this server, with its kind of TLS."""
        usual = NONE if self.tls is None else IMPLICIT if self.implicit else STARTTLS
        return super().settings(**({"tls": usual} | changes))

    def _converse(self, connection: socket.socket) -> None:
        talk = Conversation(self, connection)
        if self.implicit and self.tls is not None:
            talk.secure(self.tls)
        going = talk.answer(self.greeting, "")
        while going and (line := talk.line()) is not None:
            verb = line.partition(" ")[0].upper()
            going = talk.answer(self.replies.get(verb, "500 5.5.1 Command unrecognized"), line) and verb != "QUIT"
            if verb == "STARTTLS" and self.tls is not None and self.replies["STARTTLS"] is _starttls:
                talk.secure(self.tls)
        talk.connection.close()


def _ehlo(talk: Conversation, _line: str) -> str:
    server = talk.server
    keywords = list(server.secured_extensions if talk.secured else server.extensions)
    if server.tls is not None and not talk.secured:
        keywords.append("STARTTLS")
    lines = [NAME, *keywords]
    return "\n".join(f"250{' ' if line is lines[-1] else '-'}{line}" for line in lines)


def _starttls(talk: Conversation, _line: str) -> str:
    return "503 5.5.0 TLS not available" if talk.server.tls is None else "220 2.0.0 Ready to start TLS"


_USUAL: dict[str, Answer] = {
    "EHLO": _ehlo,
    "HELO": f"250 {NAME}",
    "MAIL": "250 2.1.0 Sender ok",
    "RCPT": "550 5.7.1 Relaying denied",
    "RSET": "250 2.0.0 Reset state",
    "NOOP": "250 2.0.0 OK",
    "STARTTLS": _starttls,
    "QUIT": "221 2.0.0 closing connection",
}


def current_certificate(**details: Any) -> bytes:  # noqa: ANN401  # As the builder's.
    """A certificate in PEM as `tests.certificates.certificate` makes it, but valid on the day that the test runs."""
    passed = (datetime.now(UTC) - certificates.NOW).days
    return certificates.certificate(**({"since": passed - 30, "days": passed + 90} | details))


@cache
def server_context(
    chain: bytes | None = None, key: bytes | None = None, *, lax: bool = False, small_dh: bool = False
) -> ssl.SSLContext:
    """A server's context, by default with a certificate of `tests.certificates.AUTHORITY` for `NAME`.

    The same arguments give the same context, so it must not be changed.

    Args:
        chain: the certificates to send, in PEM.
        key: the key of the first of them, in PEM.
        lax: whether it speaks every version and cipher the library has, with keys of any size.
        small_dh: whether its Diffie-Hellman parameters have 1024 bits, and TLS 1.2 is the newest version.

    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if lax or small_dh:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with tempfile.TemporaryDirectory() as folder:
        pem = Path(folder, "server.pem")
        pem.write_bytes((chain or current_certificate()) + (key or certificates.key()))
        context.load_cert_chain(pem)
        if small_dh:
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            pem.write_bytes(certificates.dh(1024))
            context.load_dh_params(str(pem))
    return context


@contextmanager
def connected(
    handler: Callable[[socket.socket], None], timeout: float = 5.0, address: str = "127.0.0.1"
) -> Iterator[Channel]:
    """A channel to a server that does what the handler does."""
    with Server(handler, address) as server:
        channel = Channel.connect(address, server.port, timeout)
        yield channel
        channel.close()


@contextmanager
def taking(most: float) -> Iterator[None]:
    """What is inside takes this many seconds at most."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < most


#: What a server does with one connection.
Handler = Callable[[socket.socket], None]


def dripping(data: bytes, pause: float = 0.02) -> Handler:
    """Send a byte at a time, over and over."""

    def handler(connection: socket.socket) -> None:
        while True:
            for byte in data:
                connection.sendall(bytes((byte,)))
                time.sleep(pause)

    return handler


def flooding(*pieces: bytes) -> Handler:
    """Send the pieces as fast as they are taken, the last of them for ever."""

    def handler(connection: socket.socket) -> None:
        for piece in pieces[:-1]:
            connection.sendall(piece)
        while True:
            connection.sendall(pieces[-1])

    return handler
