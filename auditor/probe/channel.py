"""A TCP connection whose every wait is under a deadline, with or without TLS.

A deadline is set once for a whole step of a dialogue, not anew for each wait within it: a peer that sends a byte a
second is out of time as soon as a silent one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from math import inf
from typing import TYPE_CHECKING, NamedTuple, NoReturn, TypeVar

from auditor.probe.addresses import connected, label
from auditor.probe.errors import Closed, Spent, TimedOut
from auditor.probe.handshake import HandshakeFailed, failure
from auditor.probe.words import excerpt

if TYPE_CHECKING:
    import socket
    import ssl

T = TypeVar("T")

_CHUNK = 65536
# Bytes of a handshake; OpenSSL takes a tenth of that for the certificates.
_LONGEST_HANDSHAKE = 1 << 20
# Of these, how many tell what a peer speaks instead of TLS.
_HEAD = 512


class _Layer(NamedTuple):
    """TLS on top of the connection: the ssl module's object, what it reads from, what it writes to."""

    tls: ssl.SSLObject
    incoming: ssl.MemoryBIO
    outgoing: ssl.MemoryBIO


class _Ended(Exception):  # noqa: N818
    """The stream ended while TLS wanted more of it."""


class Channel:
    """A connection; made by `connect`, used by one thread at a time.

    Attributes:
        name: host and port as they were asked for, for sentences.
        peer: the address and port that answered.
        local: our own address.
        opened: the monotonic clock's seconds at which it was connected.
        timeout: seconds that a step may take.
        until: the monotonic clock's seconds at which every step ends, however short a time it had.

    """

    __slots__ = (
        "_closed",
        "_deadline",
        "_layer",
        "_may_look",
        "_socket",
        "local",
        "name",
        "opened",
        "peer",
        "timeout",
        "until",
    )

    def __init__(self, taken: socket.socket, name: str, timeout: float, until: float = inf) -> None:
        self._socket = taken
        self._layer: _Layer | None = None
        self._closed = False
        self.name = name
        self.timeout = timeout
        self.until = until
        self.opened = time.monotonic()
        self.begin()
        self.local = str(taken.getsockname()[0])
        self.peer = label(*taken.getpeername()[:2])

    @classmethod
    def connect(cls, host: str, port: int, timeout: float, source: str | None = None, until: float = inf) -> Channel:
        """Connect to the first address of the host that answers.

        Raises:
            Unreachable: the name does not resolve, or no address takes the connection.
            TimedOut: nothing answered within ``timeout`` seconds.
            Spent: the moment of ``until`` has passed.

        """
        left = until - time.monotonic()
        if left <= 0:
            raise Spent(label(host, port))
        try:
            taken = connected(host, port, min(timeout, left), source)
        except TimedOut:
            if time.monotonic() >= until:
                raise Spent(label(host, port)) from None
            raise
        try:
            return cls(taken, label(host, port), timeout, until)
        except OSError:
            # The peer was gone before it could be asked who it is.
            taken.close()
            message = f"{label(host, port)} closed the connection at once"
            raise Closed(message) from None

    @property
    def elapsed(self) -> float:
        """Seconds since it was connected."""
        return time.monotonic() - self.opened

    @property
    def tls(self) -> ssl.SSLObject | None:
        """What the ssl module knows of the connection's TLS; None while it is in clear."""
        return self._layer.tls if self._layer else None

    def begin(self, seconds: float | None = None) -> None:
        """Begin a step: until the next call, everything ends within the timeout or the seconds given here."""
        now = time.monotonic()
        self._deadline = min(now + (self.timeout if seconds is None else seconds), self.until)
        self._may_look = now < self.until

    def send(self, data: bytes) -> None:
        """Send all of the bytes.

        Raises:
            TimedOut: the peer did not take them within what is left of the step.
            Closed: it closed or reset the connection.

        """
        layer = self._layer
        if layer is None:
            self._send(data)
            return
        try:
            self._driven(layer, lambda: layer.tls.write(data))
        except _Ended:
            self._gone()
        self._send(layer.outgoing.read())

    def receive(self, limit: int = _CHUNK) -> bytes:
        """Some bytes as soon as there are any, ``limit`` at most; none at the end of the stream.

        Raises:
            TimedOut: none came within what is left of the step.
            Closed: the peer reset the connection.
            HandshakeFailed: TLS broke.

        """
        layer = self._layer
        if layer is None:
            return self._receive(limit)
        try:
            return self._driven(layer, lambda: layer.tls.read(limit))
        except _Ended:
            return b""

    def arrived(self) -> bytes:
        """What has come in clear and waits to be read; asking takes no time."""
        if self._closed or self._layer is not None:
            return b""
        self._socket.settimeout(0)
        # Whatever is wrong with the connection shows again when it is used.
        with suppress(OSError):
            return self._socket.recv(_CHUNK)
        return b""

    def wrap(self, context: ssl.SSLContext, name: str) -> None:
        """Start TLS; what came in clear before must have been read.

        Args:
            context: decides on versions, ciphers, and whether a certificate that does not verify ends it.
            name: sent to the server, and looked for in its certificate if the context says so.

        Raises:
            HandshakeFailed: the handshake failed.
            PlainGreeting: the server spoke plain SMTP instead.
            TimedOut: it took longer than what is left of the step.
            Closed: the peer closed or reset the connection.

        """
        layer = self._prepared(context, name)
        head = bytearray()
        try:
            self._driven(layer, layer.tls.do_handshake, head)
        except _Ended:
            message = f"{self.name} closed the connection during the TLS handshake"
            raise Closed(message, bytes(head)) from None
        self._send(layer.outgoing.read())
        self._layer = layer

    def close(self) -> None:
        """Close it; a TLS peer is told so, and its answer not waited for."""
        if self._closed:
            return
        self._closed = True
        with suppress(OSError, ValueError):
            if self._layer is not None:
                # It raises for want of the peer's own goodbye, after ours is written.
                with suppress(OSError):
                    self._layer.tls.unwrap()
                self._socket.settimeout(0)
                self._socket.send(self._layer.outgoing.read())
        self._socket.close()

    def _prepared(self, context: ssl.SSLContext, name: str) -> _Layer:
        import ssl  # noqa: PLC0415  # Many a connection never comes to TLS.

        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        try:
            # Of an empty name the ssl module would say nothing, and check nothing.
            return _Layer(context.wrap_bio(incoming, outgoing, server_hostname=name or "."), incoming, outgoing)
        except (TypeError, ValueError):
            # The name has a label that is empty or too long, or a NUL. Without a check it need not be sent either.
            if context.check_hostname:
                message = f"{self.name}: no certificate can be checked for the name {excerpt(name)!r}"
                raise HandshakeFailed(message) from None
            return _Layer(context.wrap_bio(incoming, outgoing), incoming, outgoing)

    def _driven(self, layer: _Layer, act: Callable[[], T], head: bytearray | None = None) -> T:
        import ssl  # noqa: PLC0415  # It is loaded by now.

        while True:
            try:
                return act()
            except ssl.SSLWantReadError:
                self._send(layer.outgoing.read())
            except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
                raise _Ended from None
            except ssl.SSLError as error:
                # The peer is told by an alert what we dislike, if it still listens.
                with suppress(Closed, TimedOut):
                    self._send(layer.outgoing.read())
                raise failure(self.name, error, bytes((head or b"")[:_HEAD])) from None
            self._fill(layer, head)

    def _fill(self, layer: _Layer, head: bytearray | None) -> None:
        data = self._receive(_CHUNK)
        if not data:
            raise _Ended
        layer.incoming.write(data)
        if head is None:
            return
        head += data
        if len(head) > _LONGEST_HANDSHAKE:
            message = f"{self.name} sent over {_LONGEST_HANDSHAKE} bytes and did not finish the TLS handshake"
            raise HandshakeFailed(message)

    def _send(self, data: bytes) -> None:
        if data:
            self._timed(lambda: self._socket.sendall(data))

    def _receive(self, limit: int) -> bytes:
        self._acknowledge()
        return self._timed(lambda: self._socket.recv(limit))

    def _acknowledge(self) -> None:
        import socket  # noqa: PLC0415  # It is loaded by now.

        # A server that has sent its session tickets keeps its next reply back until they are acknowledged (RFC 896),
        # which this side's system likes to put off by 40 milliseconds. Linux forgets this, so it is said each time.
        if self._layer is not None and hasattr(socket, "TCP_QUICKACK"):
            with suppress(OSError):
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def _timed(self, act: Callable[[], T]) -> T:
        left = max(self._deadline - time.monotonic(), 0)
        if self._closed:
            message = f"the connection to {self.name} is closed already"
            raise Closed(message)
        # On a busy machine it may be we who are late, and what the peer did in time waits to be seen. One look after
        # the deadline takes no time; more of them would let a peer that never stops talking go on for ever.
        if not left and not self._may_look:
            self._late()
        self._may_look = left > 0
        try:
            self._socket.settimeout(left)
            return act()
        except (TimeoutError, BlockingIOError):
            self._late()
        except OSError:
            self._gone()

    def _late(self) -> NoReturn:
        if time.monotonic() >= self.until:
            raise Spent(self.name) from None
        message = f"{self.name} let the time pass"
        raise TimedOut(message) from None

    def _gone(self) -> NoReturn:
        message = f"{self.name} reset the connection"
        raise Closed(message) from None
