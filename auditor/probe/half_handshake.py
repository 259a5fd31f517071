"""The first half of a handshake of TLS 1.2 or older, up to the server's ServerHelloDone, for tests that leave its path.

The readers of hellos elsewhere stop at anything unexpected; here the unexpected is what is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from auditor.probe.errors import Closed, Garbled, WireError
from auditor.probe.tls import numbers
from auditor.probe.tls.asking import Stream
from auditor.probe.tls.cursor import vector
from auditor.probe.tls.hello import server_name
from auditor.probe.tls.messages import ServerHello, alert, server_hello
from auditor.probe.tls.records import LONGEST_RECORD, MessageReader, message, record
from auditor.readers.cipher_suites import packed

HEARTBEAT = 24
HEARTBEAT_EXTENSION = 15
TLS12 = numbers.VERSIONS["TLSv1.2"]
#: An alert that says that nothing more will be said; a server that reads it answers everything before it first.
GOODBYE = bytes((1, 0))

_KINDS = range(numbers.CHANGE_CIPHER_SPEC, HEARTBEAT + 1)
_MAJOR = 3
_HEADER = 5
# All that a server may say in one test, in bytes. Chains of certificates that are sent end far below.
_MOST = 1 << 18
# No handshake has more than a dozen messages up to there.
_MOST_MESSAGES = 32
_GROUPS = (29, 23, 24, 25)
_MAY_SEND = b"\1"


class Alerted(WireError):  # noqa: N818  # As its relatives.
    """The server ended the conversation by an alert; ``number`` is the alert's."""

    def __init__(self, number: int) -> None:
        super().__init__(f"the server sent the alert {numbers.alert_name(number)}")
        self.number = number


class Records:
    """The records that come in on a stream, whatever they are, in bounded number and size."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._buffer = bytearray()
        self._seen = 0

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Each record's kind and content.

        Raises:
            Closed: the stream ended.
            Garbled: what came is no record of TLS, or too much of it.
            WireError: as the stream does.

        """
        while True:
            header = self._take(_HEADER)
            size = int.from_bytes(header[3:])
            if header[0] not in _KINDS or header[1] != _MAJOR or size > LONGEST_RECORD:
                text = f"what the server sent is no TLS record: it begins with {header!r}"
                raise Garbled(text)
            yield header[0], self._take(size)

    def _take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            data = self._stream.receive(1 << 16)
            self._seen += len(data)
            if not data:
                text = "the server closed the connection"
                raise Closed(text)
            if self._seen > _MOST:
                text = f"the server sent more than {_MOST} bytes"
                raise Garbled(text)
            self._buffer += data
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken


class HalfHandshake:
    """A conversation up to the server's ServerHelloDone.

    Args:
        stream: a connection on which TLS may start at once.
        name: the server's name; an address or nothing leaves it out of the hello.
        suites: the suites to offer.
        heartbeats: whether to say that the server may send heartbeats, which lets it take them as well (RFC 6520).

    Attributes:
        random: the client's random bytes.
        transcript: every handshake message so far, as it was sent.
        hello: the server's hello.
        server_random: its random bytes.
        bodies: the bodies of the server's messages, by their type.
        records: what the server sends from now on.

    Raises:
        Alerted: the server sent an alert that ends the conversation.
        WireError: the stream failed, or what came is no handshake.

    """

    def __init__(self, stream: Stream, name: str, suites: Sequence[int], *, heartbeats: bool = False) -> None:
        self.random = os.urandom(32)
        self.records = Records(stream)
        self.bodies: dict[int, bytes] = {}
        self.transcript = client_hello(self.random, name, suites, b"", heartbeats=heartbeats)
        stream.send(record(numbers.HANDSHAKE, numbers.VERSIONS["TLSv1"], self.transcript))
        self._read()
        body = self.bodies.get(numbers.SERVER_HELLO)
        if body is None:
            text = "the server's first messages have no hello among them"
            raise Garbled(text)
        self.hello: ServerHello = server_hello(body)
        self.server_random = body[2:34]
        if self.hello.version not in numbers.VERSION_NAMES or self.hello.version > TLS12:
            text = f"the server chose version {self.hello.version:#06x}, which was not offered"
            raise Garbled(text)

    def _read(self) -> None:
        messages = MessageReader()
        count = 0
        for kind, content in self.records:
            if kind == numbers.ALERT:
                raise_if_fatal(content)
                continue
            if kind != numbers.HANDSHAKE:
                text = f"the server sent a record of kind {kind} within its first messages"
                raise Garbled(text)
            messages.feed(content)
            for number, whole in messages.messages():
                count += 1
                if count > _MOST_MESSAGES:
                    text = "the server sent more messages than a handshake has"
                    raise Garbled(text)
                self.bodies[number] = whole[4:]
                self.transcript += whole
                if number == numbers.SERVER_HELLO_DONE:
                    return


def raise_if_fatal(content: bytes) -> None:
    """Raise `Alerted` where an alert ends the conversation; one that only warns is passed over."""
    is_fatal, number = alert(content)
    if is_fatal:
        raise Alerted(number)


def client_hello(
    random: bytes, name: str, suites: Sequence[int], renegotiated: bytes, *, heartbeats: bool = False
) -> bytes:
    """A hello of TLS 1.2 as a handshake message.

    Args:
        random: its 32 random bytes.
        name: the server's name.
        suites: the suites' numbers.
        renegotiated: the client's verify_data of the handshake before, empty for the first (RFC 5746, section 3.5).
        heartbeats: whether to offer the heartbeat extension.

    """
    extensions = {
        numbers.RENEGOTIATION_INFO: vector(1, renegotiated),
        numbers.SUPPORTED_GROUPS: vector(2, packed(_GROUPS)),
        numbers.POINT_FORMATS: b"\1\0",
        numbers.SIGNATURE_ALGORITHMS: vector(2, packed(numbers.SIGNATURES[""])),
    }
    known = server_name(name)
    if known:
        extensions[numbers.SERVER_NAME] = vector(2, b"\0" + vector(2, known))
    if heartbeats:
        extensions[HEARTBEAT_EXTENSION] = _MAY_SEND
    body = TLS12.to_bytes(2) + random + vector(1, b"") + vector(2, packed(suites)) + b"\1\0"
    body += vector(2, b"".join(kind.to_bytes(2) + vector(2, content) for kind, content in extensions.items()))
    return message(numbers.CLIENT_HELLO, body)
