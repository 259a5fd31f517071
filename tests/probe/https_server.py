"""An HTTPS server on loopback that sends given bytes to whoever asks, whatever is asked for."""

from __future__ import annotations

import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests import certificates as made

#: Days for which certificates are valid here, by whatever clock the test runs under.
_LONG = 36500


class HTTPSServer:
    """A running server.

    Attributes:
        port: its port on 127.0.0.1.
        requests: what clients sent it.

    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.requests: list[bytes] = []


def trusting() -> ssl.SSLContext:
    """A client's context that trusts the authority of these servers, and no other."""
    return ssl.create_default_context(cadata=made.authority(until=_LONG).decode())


def page(body: bytes | str, *, status: str = "200 OK", kind: str = "text/plain", more: str = "") -> bytes:
    """The answer with a file."""
    data = body.encode() if isinstance(body, str) else body
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n{more}\r\n"
    return head.encode() + data


@contextmanager
def sending(  # noqa: PLR0913  # The ways in which a server can be odd.
    answer: bytes,
    *,
    names: Sequence[str] = ("mta-sts.doe.org",),
    days: int = _LONG,
    pause: float = 0.0,
    stays: bool = False,
    endless: bytes = b"",
) -> Iterator[HTTPSServer]:
    """A server that sends an answer.

    Args:
        answer: the bytes it sends.
        names: the names in its certificate.
        days: until how many days from now the certificate is valid.
        pause: seconds after each byte.
        stays: whether it keeps the connection open afterwards.
        endless: bytes that it sends after the answer again and again.

    """
    certificate = made.certificate(names=names, days=days, since=-3650, owner="https")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "both")
        path.write_bytes(certificate + made.key(owner="https"))
        context.load_cert_chain(path)
    ended = threading.Event()

    def serve(taken: socket.socket) -> None:
        with suppress(OSError), context.wrap_socket(taken, server_side=True) as client:
            server.requests.append(client.recv(4096))
            for piece in (answer[at : at + 1] for at in range(len(answer))) if pause else (answer,):
                client.sendall(piece)
                time.sleep(pause)
            while endless:
                client.sendall(endless)
            if stays:
                ended.wait(10)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = HTTPSServer(listener.getsockname()[1])
        threading.Thread(target=accept, daemon=True).start()
        try:
            yield server
        finally:
            ended.set()
            # Closing alone would leave the thread waiting for a client.
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
