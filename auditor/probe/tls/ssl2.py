"""The hellos of SSLv2 (Hickman, "The SSL Protocol", 1995), which no library speaks any more."""

from __future__ import annotations

from auditor.model.value import frozen
from auditor.probe.errors import Garbled
from auditor.probe.tls.cursor import Cursor

_CLIENT_HELLO = 1
_SERVER_HELLO = 4
_ERROR = 0
_VERSION = 2
_CHALLENGE_SIZE = 16
_LONG_HEADER = 0x7FFF
_SHORT_HEADER = 0x3FFF
_NO_CIPHER = 1


@frozen
class ServerHello2:
    """A server's hello.

    Attributes:
        suites: the numbers of all suites it has in common with the client.
        certificate: its certificate in DER, of which it has one.

    """

    suites: tuple[int, ...]
    certificate: bytes


def client_hello(suites: tuple[int, ...], challenge: bytes) -> bytes:
    """A client's hello as it is sent, for suites whose numbers have three bytes."""
    offered = b"".join(number.to_bytes(3) for number in suites)
    body = bytes((_CLIENT_HELLO,)) + _VERSION.to_bytes(2) + len(offered).to_bytes(2) + bytes(2)
    body += _CHALLENGE_SIZE.to_bytes(2) + offered + challenge[:_CHALLENGE_SIZE].rjust(_CHALLENGE_SIZE, b"\0")
    return (0x8000 | len(body)).to_bytes(2) + body


def is_record(data: bytes) -> bool | None:
    """Whether an answer is one of SSLv2 rather than a record of its successors; None where too little is there."""
    if len(data) < 4:  # noqa: PLR2004  # The longer header and the type of the message.
        return None
    return data[2 if data[0] & 0x80 else 3] in {_SERVER_HELLO, _ERROR} and not data.startswith((b"\x15\3", b"\x16\3"))


def message(data: bytes) -> bytes | None:
    """The first message; None where it is not whole yet.

    Raises:
        Garbled: it is no record of SSLv2; likewise below.

    """
    cursor = Cursor(data, "record")
    if cursor.left < 3:  # noqa: PLR2004
        return None
    head = cursor.number(2)
    size, padding = (head & _LONG_HEADER, 0) if head & 0x8000 else (head & _SHORT_HEADER, cursor.number(1))
    if padding > size or not size:
        text = "it sends a record that holds nothing"
        raise Garbled(text)
    return cursor.take(size)[: size - padding] if cursor.left >= size else None


def server_hello(body: bytes) -> ServerHello2 | None:
    """A server's hello; None for its word that there is no suite in common."""
    cursor = Cursor(body, "hello")
    kind = cursor.number(1)
    if kind == _ERROR and cursor.number(2) == _NO_CIPHER:
        return None
    if kind != _SERVER_HELLO:
        text = f"it answers with a message of type {kind}"
        raise Garbled(text)
    cursor.take(2)
    version = cursor.number(2)
    certificate_size, suites_size = cursor.number(2), cursor.number(2)
    cursor.number(2)
    certificate = cursor.take(certificate_size)
    offered = cursor.take(suites_size)
    if version != _VERSION or suites_size % 3:
        text = "its hello is not one of SSLv2"
        raise Garbled(text)
    return ServerHello2(tuple(int.from_bytes(offered[at : at + 3]) for at in range(0, suites_size, 3)), certificate)
