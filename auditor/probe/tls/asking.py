"""Hello after hello to one target, each on a connection of its own, until it has had enough."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from auditor.model.unknown import Inconclusive
from auditor.model.value import frozen, replaced
from auditor.probe.errors import Closed, Garbled, TimedOut, WireError
from auditor.probe.tls import numbers
from auditor.probe.tls.flight import Flight, FlightReader, FlightReader2
from auditor.probe.tls.hello import Hello, server_name
from auditor.probe.tls.schedule import KeyShares
from auditor.readers.cipher_suites import Suite

#: Seconds to wait before the one more attempt that a target gets which puts us off.
BACK_OFF = 1.5
#: After so many hellos in a row without any answer in time, a target is left alone.
_SILENCES = 2
#: Different chains of one target that are kept, the empty one included.
_CHAINS = 8
_CERTAIN = frozenset({numbers.PROTOCOL_VERSION, numbers.HANDSHAKE_FAILURE, numbers.INSUFFICIENT_SECURITY})


class Stream(Protocol):
    """A connection on which TLS may start at once; it keeps its own deadlines."""

    def send(self, data: bytes) -> None:
        """Send all of it."""

    def receive(self, limit: int = 65536) -> bytes:
        """What came, at most that much; nothing at the end of the stream."""

    def close(self) -> None:
        """Close it; nothing more is said."""


@frozen
class Answer:
    """What became of one hello.

    Attributes:
        flight: what the server said, as far as it was read; None where it accepted nothing.
        alert: the number of the alert it sent, None where it sent none.
        failure: why there is no verdict, empty where there is one.

    """

    flight: Flight | None = None
    alert: int | None = None
    failure: str = ""

    @property
    def is_refusal(self) -> bool:
        """Whether it was turned down, by an alert or by closing the connection."""
        return self.flight is None and not self.failure

    @property
    def names_version(self) -> bool:
        """Whether the server says that it was the version that it turned down."""
        return self.is_refusal and self.alert == numbers.PROTOCOL_VERSION


class Asker:
    """Asks one target.

    Args:
        opened: gives a fresh connection.
        name: the target's name, for the hello; an address or nothing leaves it out.
        limit: how many connections it may take.
        sleep: waits for some seconds.

    Attributes:
        connections: how many connections it took, those that failed included.
        flights: all that the target accepted, in the order of asking.
        stopped: why nothing more is asked though it should be; empty where nothing keeps it from asking.

    """

    def __init__(self, opened: Callable[[], Stream], name: str, limit: int, sleep: Callable[[float], object]) -> None:
        self.connections = 0
        self.flights: list[Flight] = []
        self._open = opened
        self._limit = limit
        self._sleep = sleep
        self._name = server_name(name)
        self._shares = KeyShares()
        self.stopped = ""
        self._silences = 0
        self._was_put_off = False
        self._chains: dict[tuple[bytes, ...], tuple[bytes, ...]] = {}

    @property
    def left(self) -> int:
        """How many more connections it may take."""
        return 0 if self.stopped else self._limit - self.connections

    def ask(self, hello: Hello) -> Answer:
        """Send a hello and read the answer."""
        answer = self._asked(FlightReader(hello, self._name, self._shares)) if self._may_ask() else self._unasked()
        if answer.is_refusal and answer.alert == numbers.UNRECOGNISED_NAME and self._name:
            # It turns down whoever names a host that it does not know; without a name it may not.
            self._name = b""
            return self.ask(hello)
        return answer

    def ask_ssl2(self, offered: tuple[Suite, ...]) -> Answer:
        """Send a hello of SSLv2 and read the answer."""
        return self._asked(FlightReader2(offered)) if self._may_ask() else self._unasked()

    def verdict(self, answer: Answer) -> Inconclusive | None:
        """Why an answer that accepts nothing proves nothing; None where it is a refusal.

        A closed connection and most alerts say something about the offer only where the same target took another.
        """
        if answer.failure:
            return Inconclusive(answer.failure)
        if answer.alert in _CERTAIN or self.flights:
            return None
        how = "closes the connection" if answer.alert is None else f"sends the alert {numbers.alert_name(answer.alert)}"
        return Inconclusive(f"it {how} and has taken no hello at all")

    def _may_ask(self) -> bool:
        if not self.stopped and self.connections >= self._limit:
            self.stopped = f"it was not asked, since {self._limit} connections are enough for one target"
        return not self.stopped

    def _unasked(self) -> Answer:
        return Answer(failure=self.stopped)

    def _asked(self, reader: FlightReader | FlightReader2) -> Answer:
        stream = self._connected()
        if stream is None:
            return self._unasked()
        failure = ""
        try:
            _talk(stream, reader)
        except Closed as closed:
            failure = _last_words(reader, closed.received)
        except TimedOut as late:
            failure = str(late) or "it did not answer in time"
            self._note_silence(reader.flight)
        except WireError as error:
            failure = str(error) or "it could not be asked"
        finally:
            stream.close()
        return self._noted(reader, failure)

    def _noted(self, reader: FlightReader | FlightReader2, failure: str) -> Answer:
        if reader.flight is None:
            return Answer(None, reader.alert, "" if reader.alert is not None else failure)
        self._silences = 0
        flight = replaced(reader.flight, chain=self._kept(reader.flight.chain))
        self.flights.append(flight)
        return Answer(flight, reader.alert)

    def _kept(self, chain: tuple[bytes, ...]) -> tuple[bytes, ...]:
        # Equal chains are kept once, and no more than a few of a server that has a new one each time.
        if len(self._chains) < _CHAINS:
            return self._chains.setdefault(chain, chain)
        return self._chains.get(chain, ())

    def _note_silence(self, flight: Flight | None) -> None:
        self._silences = 0 if flight else self._silences + 1
        if self._silences >= _SILENCES:
            self.stopped = "it no longer answers hellos in time"

    def _connected(self) -> Stream | None:
        self.connections += 1
        try:
            return self._open()
        except WireError as error:
            self.stopped = str(error) or type(error).__name__
        if self._was_put_off or self.connections >= self._limit:
            return None
        self._was_put_off = True
        self._sleep(BACK_OFF)
        self.stopped = ""
        return self._connected()


def _talk(stream: Stream, reader: FlightReader | FlightReader2) -> None:
    stream.send(reader.first)
    while not reader.done:
        data = stream.receive(1 << 16)
        if not data:
            return
        reply = reader.feed(data)
        if reply and not reader.done:
            stream.send(reply)


def _last_words(reader: FlightReader | FlightReader2, received: bytes) -> str:
    """Take what came before a connection broke; gives what is wrong with it."""
    try:
        reader.feed(received)
    except Garbled as error:
        return str(error)
    return ""
