"""Connections: which address is taken, how long anything may take, and TLS on top."""

from __future__ import annotations

import socket
import ssl
import time

import pytest

from auditor.probe import addresses
from auditor.probe.addresses import Address
from auditor.probe.channel import Channel
from auditor.probe.errors import Closed, Spent, TimedOut, Unreachable
from auditor.probe.verify import permissive_context
from tests.probe.servers import LOOPBACK, NAME, Server, connected, server_context, taking

#: Seconds in which a step of these tests ends that is to run out of time.
SHORT = 0.3


def echo(connection: socket.socket) -> None:
    """Send back whatever comes."""
    while data := connection.recv(65536):
        connection.sendall(data)


def silent(connection: socket.socket) -> None:
    """Read and say nothing."""
    while connection.recv(65536):
        pass


def free_port() -> int:
    """A port of loopback on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.parametrize("address", LOOPBACK)
def test_bytes_go_both_ways(address: str) -> None:
    """What is sent arrives, over IPv4 and IPv6, and the peer is known by its address."""
    with connected(echo, address=address) as channel:
        channel.send(b"hello")
        assert channel.receive() == b"hello"
        assert channel.local == address
        assert channel.peer == channel.name
        assert (channel.peer.startswith("[")) == (":" in address)
        assert channel.tls is None


def test_the_end_of_the_stream() -> None:
    """A peer that closes ends the stream, with no exception."""
    with connected(lambda connection: connection.sendall(b"bye")) as channel:
        assert channel.receive() == b"bye"
        assert channel.receive() == b""


def test_a_reset() -> None:
    """A peer that resets has closed the connection."""

    def reset(connection: socket.socket) -> None:
        connection.recv(1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    with connected(reset) as channel:
        channel.send(b"x")
        with pytest.raises(Closed, match=r"127\.0\.0\.1:\d+ reset the connection"):
            channel.receive()


def test_nothing_after_closing() -> None:
    """A channel that is closed says so, however often it is closed."""
    with connected(echo) as channel:
        channel.close()
        channel.close()
        for use in (lambda: channel.send(b"x"), channel.receive):
            with pytest.raises(Closed, match="closed already"):
                use()
        assert channel.arrived() == b""


def test_silence_runs_out_of_time() -> None:
    """A silent peer is waited for until the step's end, and a new step has time of its own."""
    with connected(silent, SHORT) as channel:
        for _ in range(2):
            channel.begin()
            with taking(SHORT + 0.5), pytest.raises(TimedOut):
                channel.receive()
        with taking(0.1), pytest.raises(TimedOut):
            channel.receive()


def test_what_came_in_time_is_seen_late() -> None:
    """What waits when we come late ourselves is read all the same: once, and not once the time of all is over."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(b"in time")
        connection.recv(1)
        connection.sendall(b"and more")
        silent(connection)

    with connected(answer) as channel:
        for expected in (b"in time", b"and more"):
            channel.begin(0.05)
            time.sleep(0.2)
            assert channel.receive() == expected
            with taking(0.1), pytest.raises(TimedOut):
                channel.receive()
            channel.begin()
            channel.send(b"x")
        channel.until = time.monotonic()
        channel.begin()
        with pytest.raises(Spent):
            channel.send(b"x")


def test_a_step_ends_however_often_bytes_come() -> None:
    """Bytes that keep coming do not prolong the step they come in."""

    def drip(connection: socket.socket) -> None:
        while True:
            connection.sendall(b"x")
            time.sleep(0.01)

    with connected(drip, SHORT) as channel, taking(SHORT + 0.5), pytest.raises(TimedOut):
        list(iter(channel.receive, b""))


def test_a_peer_that_reads_nothing() -> None:
    """Sending is under the deadline too."""

    def deaf(_: socket.socket) -> None:
        server.closing.wait(10)

    with Server(deaf) as server:
        channel = Channel.connect("127.0.0.1", server.port, SHORT)
        with taking(SHORT + 1), pytest.raises(TimedOut):
            channel.send(bytes(1 << 26))
        channel.close()


def test_what_has_arrived() -> None:
    """One can look without waiting."""
    with connected(echo) as channel:
        assert channel.arrived() == b""
        channel.send(b"x")
        time.sleep(0.1)
        assert channel.arrived() == b"x"


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 70 + ".example.org", "a..b", "mail\0.example.org"])
def test_names_that_do_not_resolve(host: str) -> None:
    """A name without an address is unreachable, and the sentence names it and the port."""
    with pytest.raises(Unreachable, match=":25 cannot be reached: the name does not resolve") as caught:
        Channel.connect(host, 25, 20)
    assert str(caught.value).isprintable()


def test_a_port_that_refuses() -> None:
    """Nobody listening is told with the address that was tried."""
    port = free_port()
    with pytest.raises(Unreachable, match=rf"^127\.0\.0\.1:{port} cannot be reached: connection refused \("):
        Channel.connect("127.0.0.1", port, 5)


def test_no_route(monkeypatch: pytest.MonkeyPatch) -> None:
    """No route is told, an address for which there is none that often."""

    def unroutable(*_: object) -> socket.socket:
        raise OSError(113, "No route to host")

    monkeypatch.setattr(addresses, "_to", unroutable)
    with pytest.raises(Unreachable, match=r"^\[2001:db8::1\]:25 cannot be reached: no route to host \(2001:db8::1\)$"):
        Channel.connect("2001:db8::1", 25, 5)


def test_the_next_address_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name with several addresses is reached if one of them is."""
    with Server(echo) as server:
        places = [("::1", server.port, 0, 0), ("127.0.0.1", server.port)]
        families = (socket.AF_INET6, socket.AF_INET)
        found = [Address(family, place) for family, place in zip(families, places, strict=True)]
        monkeypatch.setattr(addresses, "resolved", lambda *_: found)
        channel = Channel.connect("mail.example.org", server.port, 5)
        assert channel.peer == f"127.0.0.1:{server.port}"
        assert channel.name == f"mail.example.org:{server.port}"
        channel.close()


def test_addresses_share_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that drops packets leaves time for the others; if all do, time is what ran out."""
    shares: list[float] = []

    def dropping(_address: Address, seconds: float, _source: object) -> socket.socket:
        shares.append(seconds)
        raise TimeoutError

    found = [Address(socket.AF_INET, (f"192.0.2.{number}", 25)) for number in range(3)]
    monkeypatch.setattr(addresses, "resolved", lambda *_: found)
    monkeypatch.setattr(addresses, "_to", dropping)
    with pytest.raises(TimedOut, match="did not take a connection within 6 seconds"):
        Channel.connect("mail.example.org", 25, 6)
    assert shares[0] == pytest.approx(2, abs=0.2)


def test_a_resolver_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's resolver is left behind when the time is over."""

    def hanging(host: str, port: int, flags: int) -> list[Address]:
        if flags:
            raise OSError
        time.sleep(2)
        return []

    monkeypatch.setattr(addresses, "_asked", hanging)
    with taking(1.5), pytest.raises(TimedOut, match=r"the resolver did not answer within 0\.3 seconds"):
        Channel.connect("mail.example.org", 25, SHORT)


def test_the_source_address() -> None:
    """The connection comes from the address that was asked for."""
    with Server(echo) as server:
        channel = Channel.connect("localhost", server.port, 5, "127.0.0.2")
        assert channel.local == "127.0.0.2"
        channel.close()


@pytest.mark.parametrize(
    ("source", "why"),
    [("::1", "none of its addresses is of the same kind as the source ::1"), ("192.0.2.77", "annot assign requested")],
)
def test_a_source_address_of_no_use(source: str, why: str) -> None:
    """An address of another family, or of another machine, is told."""
    with Server(echo) as server, pytest.raises(Unreachable, match=why):
        Channel.connect("127.0.0.1", server.port, 5, source)


def test_tls_carries_bytes() -> None:
    """Once TLS is on, bytes go both ways through it, however many."""

    def secured(connection: socket.socket) -> None:
        echo(server_context().wrap_socket(connection, server_side=True))

    with connected(secured) as channel:
        channel.wrap(permissive_context(), NAME)
        assert channel.tls is not None
        assert channel.tls.version() == "TLSv1.3"
        sent = bytes(range(256)) * 1000
        for at in range(0, len(sent), 32000):
            channel.send(sent[at : at + 32000])
            got = b""
            while len(got) < len(sent[at : at + 32000]):
                got += channel.receive(5000)
            assert got == sent[at : at + 32000]
        assert channel.arrived() == b""


@pytest.mark.parametrize("politely", [True, False])
def test_the_end_of_tls(politely: bool) -> None:  # noqa: FBT001
    """A peer that closes ends the stream, whether it says goodbye or not."""

    def secured(connection: socket.socket) -> None:
        inside = server_context().wrap_socket(connection, server_side=True)
        inside.sendall(b"bye")
        if politely:
            inside.unwrap()
        inside.close()

    with connected(secured) as channel:
        channel.wrap(permissive_context(), NAME)
        assert channel.receive() == b"bye"
        assert channel.receive() == b""


def test_goodbye_is_said() -> None:
    """A TLS peer sees that we closed, and not that somebody cut the connection."""
    seen: list[object] = []

    def secured(connection: socket.socket) -> None:
        inside = server_context().wrap_socket(connection, server_side=True, suppress_ragged_eofs=False)
        try:
            seen.append(inside.recv(10))
        except ssl.SSLError as error:
            seen.append(error)

    with connected(secured) as channel:
        channel.wrap(permissive_context(), NAME)
    assert seen == [b""]
