"""One hello and the server's answer to it, without I/O: bytes in, bytes out, and what the server said so far."""

from __future__ import annotations

from auditor.model.value import field, frozen, replaced
from auditor.probe.errors import Garbled
from auditor.probe.tls import messages, numbers, ssl2
from auditor.probe.tls.hello import Entropy, Hello, build, sent
from auditor.probe.tls.messages import CertificateRequest, Exchange, ServerHello
from auditor.probe.tls.records import MessageReader, RecordReader
from auditor.probe.tls.schedule import POSSIBLE_SHARES, USUAL_SHARES, KeyShares, RecordOpener, retried
from auditor.readers.cipher_suites import Suite, suites


@frozen
class Flight:
    """What a server says before it wants to hear more.

    Attributes:
        version: the protocol's name.
        suite: the suite it chose.
        hello: its hello; None in SSLv2.
        exchange: how keys are exchanged; None where the server says nothing of it, as with keys of the certificate.
        chain: its certificates in DER, as sent.
        request: its request for a certificate, None where it makes none.
        suites: the suites it accepts of those offered, in SSLv2, where the choice is the client's.
        offered: what it was asked; None in SSLv2.
        whole: whether it was read as far as certificate and request go.

    """

    version: str
    suite: Suite | None
    hello: ServerHello | None = None
    exchange: Exchange | None = None
    chain: tuple[bytes, ...] = ()
    request: CertificateRequest | None = None
    suites: tuple[Suite, ...] = ()
    offered: Hello | None = field(default_factory=lambda: None, repr=False)
    whole: bool = False


class FlightReader:
    """Asks with a hello of SSLv3 to TLS 1.3 and reads the answer.

    Args:
        hello: what to ask for.
        name: the server's name in the form of `hello.server_name`.
        shares: the key pairs for TLS 1.3.

    """

    def __init__(self, hello: Hello, name: bytes, shares: KeyShares) -> None:
        self._hello = hello
        self._name = name
        self._shares = shares
        self._entropy = Entropy.fresh()
        self._records = RecordReader()
        self._messages = MessageReader()
        self._alert = b""
        self._opener: RecordOpener | None = None
        self._reply = b""
        self._retried = False
        self._awaits_hello = True
        self.flight: Flight | None = None
        #: The alert that ended the conversation.
        self.alert: int | None = None
        #: Whether nothing more is to be read.
        self.done = False
        usual = USUAL_SHARES if hello.is_modern and hello.shares else ()
        whole = build(hello, name, [(group, shares.public(group)) for group in usual], self._entropy)
        self._transcript = whole
        #: What to send at first.
        self.first = sent(hello, whole)

    def feed(self, data: bytes) -> bytes:
        """Take what came, and give what is to be sent now, mostly nothing.

        Raises:
            Garbled: it is no answer to this hello.

        """
        self._records.feed(data)
        self._reply = b""
        for kind, header, content in self._records.records():
            if self.done:
                break
            self._take(kind, header, content)
        return self._reply

    def _take(self, kind: int, header: bytes, content: bytes) -> None:
        if self._opener is not None and kind == numbers.APPLICATION_DATA:
            kind, content = self._opener.open(header, content)
        elif self._opener is not None and kind == numbers.HANDSHAKE:
            message = "it goes on in clear where it should be encrypted"
            raise Garbled(message)
        if kind == numbers.ALERT:
            self._alerted(content)
        elif kind == numbers.HANDSHAKE:
            self._handshake(content)
        elif kind != numbers.CHANGE_CIPHER_SPEC:
            message = "it sends data before the handshake is over"
            raise Garbled(message)

    def _alerted(self, content: bytes) -> None:
        self._alert += content
        if len(self._alert) < 2:  # noqa: PLR2004  # Level and description, which two records may hold.
            return
        fatal, number = messages.alert(self._alert)
        self._alert = b""
        if fatal:
            self.alert = number
            self.done = True

    def _handshake(self, content: bytes) -> None:
        self._messages.feed(content)
        for kind, whole in self._messages.messages():
            if self.done:
                return
            if self._awaits_hello:
                self._greeted(kind, whole)
            elif self.flight is not None and kind != numbers.HELLO_REQUEST:
                self.flight = self._continued(self.flight, kind, whole[4:])

    def _greeted(self, kind: int, whole: bytes) -> None:
        if kind == numbers.HELLO_REQUEST:
            return
        if kind != numbers.SERVER_HELLO:
            message = f"it answers a hello with a message of type {kind}"
            raise Garbled(message)
        hello = messages.server_hello(whole[4:])
        suite = self._judged(hello)
        flight = Flight(numbers.VERSION_NAMES[hello.version], suite, hello, offered=self._hello)
        if flight.version == "TLSv1.3":
            flight = replaced(flight, exchange=self._exchange(hello))
        self._awaits_hello = hello.is_retry and self._retry(hello, whole)
        # Even where nothing comes of the retry, it has named protocol, suite and group.
        self.flight = flight
        if self._awaits_hello:
            return
        self.done = hello.is_retry or not self._hello.whole
        if flight.version == "TLSv1.3" and not self.done:
            self._unlock(hello, whole)

    def _judged(self, hello: ServerHello) -> Suite:
        newest = numbers.VERSIONS[self._hello.versions[0]]
        if hello.version not in numbers.VERSION_NAMES or not numbers.VERSIONS["SSLv3"] <= hello.version <= newest:
            message = f"it chooses version {hello.version:#06x}, which was not offered"
            raise Garbled(message)
        if hello.suite not in self._hello.suites:
            message = f"it chooses suite {hello.suite:#06x}, which was not offered"
            raise Garbled(message)
        suite = suites()[hello.suite]
        if (suite.protocol == "TLSv1.3") != (hello.version == numbers.VERSIONS["TLSv1.3"]):
            message = f"it chooses {suite.name}, which its version does not have"
            raise Garbled(message)
        return suite

    @staticmethod
    def _exchange(hello: ServerHello) -> Exchange | None:
        share = hello.share
        if share is None:
            return None
        group, bits = numbers.group_of(share[0])
        return Exchange("DHE" if group.startswith("ffdhe") else "ECDHE", group, bits)

    def _retry(self, hello: ServerHello, whole: bytes) -> bool:
        """Ask again as the server wants it; False where that cannot be, or is of no interest."""
        share = hello.share
        if self._retried:
            message = "it asks for another hello again and again"
            raise Garbled(message)
        if not self._hello.whole or share is None or share[0] not in POSSIBLE_SHARES:
            return False
        self._retried = True
        group = share[0]
        second = build(
            self._hello, self._name, [(group, self._shares.public(group))], self._entropy, cookie=hello.cookie
        )
        self._transcript = retried(hello.suite, self._transcript) + whole + second
        self._reply = sent(self._hello, second)
        return True

    def _unlock(self, hello: ServerHello, whole: bytes) -> None:
        share = hello.share
        if share is None:
            message = "its hello has no key share"
            raise Garbled(message)
        self._opener = RecordOpener(hello.suite, self._shares.shared(*share), self._transcript + whole)

    def _continued(self, flight: Flight, kind: int, body: bytes) -> Flight:
        modern = flight.version == "TLSv1.3"
        if kind == numbers.CERTIFICATE:
            self.done = modern
            return replaced(flight, chain=messages.certificates(body, modern=modern), whole=modern)
        if kind == numbers.CERTIFICATE_REQUEST:
            request = messages.certificate_request(body, numbers.VERSIONS[flight.version])
            return replaced(flight, request=request)
        if kind == numbers.SERVER_KEY_EXCHANGE and flight.suite is not None:
            return replaced(flight, exchange=messages.server_key_exchange(body, flight.suite.exchange))
        if kind in {numbers.SERVER_HELLO_DONE, numbers.FINISHED}:
            self.done = True
            return replaced(flight, whole=True)
        return flight


class FlightReader2:
    """Asks with a hello of SSLv2 and reads the answer; its members are those of `FlightReader`."""

    def __init__(self, offered: tuple[Suite, ...]) -> None:
        self.flight: Flight | None = None
        self.alert: int | None = None
        self.done = False
        self._data = b""
        self._records: RecordReader | None = None
        self.first = ssl2.client_hello(tuple(suite.number for suite in offered), Entropy.fresh().random)

    def feed(self, data: bytes) -> bytes:
        """Take what came; there is never anything to be sent."""
        if self._records is not None:
            self._refused(data)
            return b""
        self._data += data
        is_old = ssl2.is_record(self._data)
        if is_old is None:
            return b""
        if is_old:
            self._greeted()
        else:
            self._records = RecordReader()
            self._refused(self._data)
        return b""

    def _greeted(self) -> None:
        whole = ssl2.message(self._data)
        if whole is None:
            return
        hello = ssl2.server_hello(whole)
        self.done = True
        if hello is None:
            self.alert = numbers.HANDSHAKE_FAILURE
            return
        known = tuple(suites()[number] for number in hello.suites if number in suites())
        chain = (hello.certificate,) if hello.certificate else ()
        self.flight = Flight("SSLv2", known[0] if known else None, chain=chain, suites=known, whole=True)

    def _refused(self, data: bytes) -> None:
        assert self._records is not None  # noqa: S101  # Who calls this has made it.
        self._records.feed(data)
        for kind, _, content in self._records.records():
            if kind != numbers.ALERT:
                message = "it answers a hello of SSLv2 with one of another protocol"
                raise Garbled(message)
            self.alert = messages.alert(content)[1]
            self.done = True
            return
