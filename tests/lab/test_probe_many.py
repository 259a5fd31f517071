"""Many servers at once, each far away: they take hardly longer than one, since all that a probe does there is wait."""

from __future__ import annotations

import asyncio
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

import checks
from auditor.cli.probing import Destination, Prober
from auditor.cli.reporting import Reporting
from auditor.cli.wire_options import Wanted
from auditor.engine import profiles
from auditor.probe.settings import STARTTLS, Settings
from tests import certificates
from tests.probe.servers import NAME, server_context

pytestmark = pytest.mark.lab

#: Seconds that a server thinks before each reply.
LATENCY = 0.1
MANY = 200

_EHLO = b"250-mail.example.org\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n"
_REPLIES = {
    b"MAIL": b"250 2.1.0 Sender ok\r\n",
    b"RCPT": b"550 5.7.1 Relaying denied\r\n",
    b"RSET": b"250 2.0.0 Reset state\r\n",
    b"NOOP": b"250 2.0.0 OK\r\n",
    b"QUIT": b"221 2.0.0 closing connection\r\n",
    b"STARTTLS": b"220 2.0.0 Ready to start TLS\r\n",
}


class _Far:
    """One connection to a server that is far away: all that comes at once is answered together, after the latency."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tls: ssl.SSLContext) -> None:
        self._reader = reader
        self._writer = writer
        # What STARTTLS begins with, None once it has begun.
        self._tls: ssl.SSLContext | None = tls

    async def serve(self) -> None:
        """Talk until the client hangs up."""
        await self._say(f"220 {NAME} ESMTP\r\n".encode())
        while data := await self._reader.read(65536):
            verbs = [line.split(b" ")[0].strip().upper() for line in data.splitlines()]
            await self._say(b"".join(map(self._reply, verbs)))
            if b"STARTTLS" in verbs and self._tls is not None:
                await self._writer.start_tls(self._tls)
                self._tls = None
            if b"QUIT" in verbs:
                return

    def _reply(self, verb: bytes) -> bytes:
        if verb == b"EHLO":
            return _EHLO + (b"250 HELP\r\n" if self._tls is None else b"250 STARTTLS\r\n")
        return _REPLIES.get(verb, b"500 5.5.1 Command unrecognized\r\n")

    async def _say(self, data: bytes) -> None:
        await asyncio.sleep(LATENCY)
        self._writer.write(data)
        await self._writer.drain()


async def simulate(many: int) -> None:
    """Be so many servers until standard input ends; their ports are printed first."""
    context = server_context()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, ssl.SSLError):
            await _Far(reader, writer, context).serve()
        writer.close()

    started = [await asyncio.start_server(serve, "127.0.0.1", 0, backlog=256) for _ in range(many)]
    sys.stdout.write(" ".join(str(each.sockets[0].getsockname()[1]) for each in started) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


@contextmanager
def servers(many: int) -> Iterator[list[int]]:
    """The ports of as many servers, all in one thread of a process of their own, as they cost about what we do."""
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        [sys.executable, __file__, str(many)],
        env=os.environ | {"PYTHONPATH": str(root)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield list(map(int, process.stdout.readline().split()))
        process.kill()


def taken(ports: list[int]) -> float:
    """Seconds that probing and judging the servers takes."""
    places = [
        Destination(f"127.0.0.1:{port}", Settings("127.0.0.1", port, STARTTLS, NAME, "client.example.org"))
        for port in ports
    ]
    prober = Prober(checks.rules(), profiles.load("modern"), certificates.NOW, Reporting("json", [], "never", "info"))
    began = time.monotonic()
    found = prober.run(places, Wanted(offline=True))
    seconds = time.monotonic() - began
    assert [each.name for each in found] == [place.name for place in places]
    assert not [each.no_verdict for each in found if each.no_verdict]
    return seconds


def test_two_hundred_servers() -> None:
    """Two hundred servers take less than five times what one of them takes."""
    with servers(MANY) as ports:
        one = taken(ports[:1])
        many = taken(ports)
    assert many < 5 * one, (one, many)


if __name__ == "__main__":
    asyncio.run(simulate(int(sys.argv[1])))
