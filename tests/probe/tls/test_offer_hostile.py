"""Servers that throttle, fall silent, talk nonsense or break off: each ends with a true word, or with none."""

from __future__ import annotations

import pytest

from auditor.model.unknown import Inconclusive
from auditor.probe.errors import Closed, TimedOut, TryLater
from auditor.probe.tls import lists, numbers
from auditor.probe.tls.asking import Stream
from auditor.probe.tls.offer import offer
from auditor.probe.tls.records import message, record
from auditor.readers.cipher_suites import suites
from tests.probe.tls import servers
from tests.probe.tls.servers import Model, ModelStream, asked, never, threaded, unheard

ALL_SUITES = tuple(suites()[number].name for number in lists.usual())


def test_a_new_chain_each_time_fills_no_memory() -> None:
    """Of a server that shows another chain on every connection only a few are kept."""
    count = iter(range(1000))

    def answer(data: bytes) -> bytes:
        flight = Model(("TLSv1.2",), ALL_SUITES).answer(data)
        return flight.replace(servers.RSA_CHAIN[0], b"%-18d" % next(count))

    assert 2 <= len(asked(answer, "full").chains) <= 8


def test_whoever_asks_for_a_user_again_and_again_is_not_asked_for_ever() -> None:
    """A server that knows no user whatever is offered costs no more connections than one that refuses."""
    found = asked(lambda _: servers.alert(numbers.UNKNOWN_PSK_IDENTITY), "full")
    assert found.connections <= 8
    assert not found.speaks_tls


def test_an_unknown_name_is_left_out() -> None:
    """A server that turns down the name it is called by is asked again without one."""
    model = Model()

    def answer(data: bytes) -> bytes:
        named = data[0] == 22 and numbers.SERVER_NAME in servers.parsed(servers.unwrapped(data)).extensions
        return servers.alert(numbers.UNRECOGNISED_NAME) if named else model.answer(data)

    assert asked(answer).version("TLSv1.3").is_offered
    assert model.seen


@pytest.mark.parametrize("answer", [b"", b"220 mail.example.org ESMTP\r\n" * 3, servers.alert(80), b"\x16\3"])
def test_who_takes_no_hello_at_all_is_not_judged(answer: bytes) -> None:
    """Where every hello is met with silence, garbage or an alert that says nothing, no protocol counts as refused."""
    found = asked(lambda _: answer)
    assert all(isinstance(version.state, Inconclusive) for version in found.versions)
    assert all(isinstance(weak.accepted, Inconclusive) for weak in found.weak)
    assert isinstance(found.client_certificate, Inconclusive)
    assert isinstance(found.server_preference, Inconclusive)


@pytest.mark.parametrize("alert", [40, 70, 71])
def test_who_says_what_is_wrong_is_believed(alert: int) -> None:
    """A server that turns down every hello for its version or its suites refuses them."""
    found = asked(lambda _: servers.alert(alert))
    assert all(version.state == "refused" for version in found.versions)
    assert not found.speaks_tls


def test_closing_is_a_refusal_where_another_hello_was_taken() -> None:
    """A server that closes the connection instead of sending an alert refuses, if it takes other hellos."""
    found = asked(Model(no_version=b"", ssl2_answer=b"").answer)
    assert [version.state for version in found.versions] == ["refused"] * 4 + ["offered"] * 2


def test_throttling_is_waited_out_once() -> None:
    """A server that puts us off after some hellos is given one pause, and then left alone."""
    waits: list[float] = []
    left = [3]

    def opened() -> Stream:
        if not left[0]:
            message = "421 4.3.2 too many connections"
            raise TryLater(message)
        left[0] -= 1
        return ModelStream(Model().answer)

    found = offer(opened, "mail", "default", unheard, waits.append)
    assert len(waits) == 1
    assert 1 <= waits[0] <= 2
    assert found.connections == 5
    assert found.version("TLSv1.3").is_offered
    assert found.version("SSLv2").state == Inconclusive("421 4.3.2 too many connections")
    assert all(isinstance(weak.accepted, Inconclusive) for weak in found.weak)
    assert found.stopped == "421 4.3.2 too many connections"


def test_who_falls_silent_is_left_alone() -> None:
    """Two hellos without an answer in time are the last ones."""

    class Silent(ModelStream):
        def receive(self, limit: int = 65536) -> bytes:  # noqa: ARG002  # Nothing is ever received.
            message = "no answer within 10 seconds"
            raise TimedOut(message)

    found = offer(lambda: Silent(Model().answer), "mail", "full", unheard, never)
    assert found.connections == 2
    assert found.version("TLSv1.3").state == Inconclusive("no answer within 10 seconds")
    assert found.version("SSLv2").state == Inconclusive("it no longer answers hellos in time")


def test_last_words_count() -> None:
    """What came before the connection broke is read, and so is what the error still holds."""

    class Breaking(ModelStream):
        def receive(self, limit: int = 65536) -> bytes:
            message = "reset"
            raise Closed(message, received=super().receive(limit))

    streams: list[Breaking] = []

    def opened() -> Stream:
        streams.append(Breaking(Model().answer))
        return streams[-1]

    found = offer(opened, "mail", "default", unheard, never)
    assert found.version("TLSv1.3").is_offered
    assert found.version("TLSv1").state == "refused"
    assert all(stream.closed for stream in streams)


def test_a_flight_in_crumbs_over_a_socket() -> None:
    """Records of one byte each, sent over a real socket, change nothing."""
    model = Model(("TLSv1.2",))

    def crumbs(data: bytes) -> bytes:
        whole = model.answer(data)
        content = servers.unwrapped(whole)
        if whole[:1] != b"\x16":
            return whole
        return b"".join(record(whole[0], 0x0303, content[at : at + 1]) for at in range(len(content)))

    found = offer(threaded(crumbs), "mail", "default", unheard, never)
    assert found.version("TLSv1.2").is_offered
    assert found.chains[0].certificates == servers.RSA_CHAIN


def test_a_marked_answer_leaves_tls13_open() -> None:
    """A server that refuses our TLS 1.3 but marks its answers as one that has it is not said to lack it."""

    def answer(data: bytes) -> bytes:
        if data[0] != 22:
            return servers.alert(70)
        if numbers.SUPPORTED_VERSIONS in servers.parsed(servers.unwrapped(data)).extensions:
            return servers.alert(40)
        marked = servers.server_hello("TLSv1.2", 0xC030, random=bytes(24) + b"DOWNGRD\1")
        return record(22, 0x0303, marked + servers.certificate([b"der"]) + message(14, b""))

    state = asked(answer).version("TLSv1.3").state
    assert isinstance(state, Inconclusive)
    assert "marks its answers" in state.reason
