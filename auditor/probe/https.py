"""One file over HTTPS from a server that nobody vouches for: bounded in time and size, its certificate checked."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.model.unknown import Unknown
from auditor.model.value import frozen
from auditor.probe.addresses import connected, label
from auditor.probe.channel import Channel
from auditor.probe.errors import Garbled, WireError
from auditor.probe.handshake import UNVERIFIED, HandshakeFailed
from auditor.probe.words import excerpt

if TYPE_CHECKING:
    import ssl
    from http.client import HTTPResponse

#: Addresses of a server that are tried.
_ADDRESSES = 4
#: Bytes that may come before the file and between its pieces.
_HEAD_LIMIT = 32 * 1024


@frozen
class Page:
    """What a server answered.

    Attributes:
        status: the answer's code, None where the certificate or the TLS handshake kept us from asking.
        content_type: what the server says the file is, empty where it does not say.
        text: the file, each byte a character; empty where there is none or it is not whole.
        fault: why nobody gets the file, as a clause; None where all is well.

    """

    status: int | None
    content_type: str
    text: str
    fault: str | None


def fetch(  # noqa: PLR0913  # Where, what, and the three bounds.
    host: str,
    path: str,
    addresses: Sequence[str],
    *,
    port: int = 443,
    context: ssl.SSLContext | None = None,
    limit: int = 64 * 1024,
    seconds: float = 10.0,
) -> Page | Unknown:
    """Fetch a file; redirects are not followed.

    Args:
        host: the name of the server, which its certificate must have.
        path: the file's path.
        addresses: the server's addresses; the first four are tried.
        port: its port.
        context: decides what certificate is trusted; None stands for the authorities that the system trusts.
        limit: how many bytes the file may have.
        seconds: how long it may take in all.

    """
    until = time.monotonic() + seconds
    failure: WireError | None = None
    for address in addresses[:_ADDRESSES]:
        try:
            return _from(host, path, address, port, context or _system(), limit, until)
        except HandshakeFailed as error:
            return _unverified(error, context or _system())
        except WireError as error:
            failure = error
    return Unknown(str(failure) if failure else f"{excerpt(host)} has no address")


def _from(  # noqa: PLR0913
    host: str, path: str, address: str, port: int, context: ssl.SSLContext, limit: int, until: float
) -> Page:
    left = max(until - time.monotonic(), 0.001)
    channel = Channel(connected(address, port, left), label(host, port), left)
    try:
        channel.wrap(context, host)
        channel.send(
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: mailaudit\r\nAccept: text/plain\r\n"
            "Connection: close\r\n\r\n".encode("ascii")
        )
        return _page(channel, limit)
    finally:
        channel.close()


def _page(channel: Channel, limit: int) -> Page:
    from http.client import HTTPException, HTTPResponse  # noqa: PLC0415  # Few probes fetch anything.

    response = HTTPResponse(_Stream(channel, limit + _HEAD_LIMIT))  # type: ignore[arg-type]  # All it needs of a socket.
    try:
        response.begin()
        return _read(response, limit)
    except (HTTPException, ValueError) as error:
        message = f"{channel.name} does not speak HTTP: {excerpt(str(error)) or type(error).__name__}"
        return Page(None, "", "", message)
    except Garbled as error:
        # Until the first line is read the status is a word.
        status: object = response.status
        return Page(status if isinstance(status, int) else None, "", "", str(error))


def _read(response: HTTPResponse, limit: int) -> Page:
    from http.client import IncompleteRead  # noqa: PLC0415

    kind = excerpt(response.headers.get("content-type", ""))
    if response.status != 200:  # noqa: PLR2004  # The code of success.
        place = response.headers.get("location")
        leads = f", which leads to {excerpt(place)}; redirects are not followed" if place else ""
        return Page(response.status, kind, "", f"the server answers {response.status}{leads}")
    text = bytearray()
    try:
        while len(text) <= limit and (piece := response.read(limit + 1 - len(text))):
            text += piece
    except IncompleteRead:
        return Page(response.status, kind, "", "the file is cut short")
    if len(text) > limit:
        return Page(response.status, kind, "", f"the file has more than {limit} bytes")
    if response.length:
        return Page(response.status, kind, "", f"the file is cut short by {response.length} bytes")
    return Page(response.status, kind, text.decode("latin-1"), None)


class _Stream(io.RawIOBase):
    """A channel as the http module reads it; all of it has an end."""

    def __init__(self, channel: Channel, limit: int) -> None:
        super().__init__()
        self._channel = channel
        self._left = limit

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What the http module calls for, of a socket."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """Whether it can be read."""
        return True

    def readinto(self, buffer: Any, /) -> int:  # noqa: ANN401  # Its type has no name before Python 3.12.
        """Some bytes."""
        view = memoryview(buffer)
        data = self._channel.receive(len(view))
        self._left -= len(data)
        if self._left < 0:
            message = f"{self._channel.name} sends more than any honest server"
            raise Garbled(message)
        view[: len(data)] = data
        return len(data)


def _unverified(error: HandshakeFailed, context: ssl.SSLContext) -> Page | Unknown:
    if error.kind == UNVERIFIED and not _has_authorities(context):
        return Unknown(f"this host has no authorities to check certificates with; {error}")
    return Page(None, "", "", str(error))


def _has_authorities(context: ssl.SSLContext) -> bool:
    import ssl  # noqa: PLC0415  # It is loaded by now.

    paths = ssl.get_default_verify_paths()
    # Those of a folder are not counted until one is needed.
    return bool(context.cert_store_stats()["x509"] or (paths.capath and any(Path(paths.capath).iterdir())))


@cache
def _system() -> ssl.SSLContext:
    """A context with the system's authorities, of which loading takes a twentieth of a second."""
    import ssl  # noqa: PLC0415

    return ssl.create_default_context()
