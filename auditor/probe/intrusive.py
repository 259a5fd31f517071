"""The tests that only run on demand: each leaves the path of the protocol to see how a server takes that.

None of them harms the server. The heartbeat asks for sixteen bytes at most and drops what comes; the early
ChangeCipherSpec, the renegotiation and the injected command leave a connection that is closed at once, and the commands
that do not exist are few.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

from auditor.model.unknown import Inconclusive, NotApplicable
from auditor.model.value import frozen
from auditor.probe.answers import Answer, Heard, answer
from auditor.probe.bad_commands import Asking, Patience, bad_commands
from auditor.probe.errors import Closed, TimedOut, WireError
from auditor.probe.half_handshake import GOODBYE, HEARTBEAT, HEARTBEAT_EXTENSION, Alerted, HalfHandshake
from auditor.probe.handshake import HandshakeFailed
from auditor.probe.renegotiation import renegotiates
from auditor.probe.smtp import ReplyParser
from auditor.probe.tls import numbers
from auditor.probe.tls.asking import Stream
from auditor.probe.tls.lists import usual
from auditor.probe.tls.messages import alert
from auditor.probe.tls.records import record
from auditor.probe.transactions import Talk, checked

if TYPE_CHECKING:
    import ssl

T = TypeVar("T")

#: The bytes a heartbeat request claims to hold, and does not.
CLAIMED = 16
_REQUEST, _RESPONSE = 1, 2
_UNEXPECTED_MESSAGE = 10
# What a server says of a record that it tried to decipher with keys that were never agreed.
_DECIPHERED = frozenset({20, 21})
_READY = 220
_CLOSING = 221
# Replies that are awaited within TLS: those to NOOP and QUIT, and a few that nobody has asked for.
_MOST_REPLIES = 4


@frozen
class Exposure:
    """What a test found.

    Attributes:
        verdict: ``exposed`` or ``safe``.
        detail: what the server did, a clause.

    """

    verdict: Literal["exposed", "safe"]
    detail: str


#: What became of a test.
Outcome = Exposure | Inconclusive | NotApplicable
_NO_TLS = NotApplicable("there is no TLS")


class Securable(Talk, Protocol):
    """A conversation that can be put under TLS after a 220 to a STARTTLS; a session is one."""

    def secure(self, context: ssl.SSLContext) -> None:
        """Start TLS; raises a WireError."""

    def close(self) -> None:
        """End the conversation."""


@frozen
class Intrusive:
    """What the tests found, each by itself.

    Attributes:
        injection: a command behind STARTTLS in the same packet, answered within TLS (CVE-2011-0411).
        renegotiation: a second handshake that the client asks for, which costs the server far more than the client.
        heartbleed: a heartbeat answered with memory that it did not hold (CVE-2014-0160).
        early_ccs: a ChangeCipherSpec taken before keys were agreed (CVE-2014-0224).
        early_talk: the greeting to a client that does not wait for it; refused where greet_pause watches.
        bad_commands: how many commands that do not exist are answered.

    """

    injection: Outcome
    renegotiation: Outcome
    heartbleed: Outcome
    early_ccs: Outcome
    early_talk: Heard | NotApplicable
    bad_commands: Patience | Inconclusive


@frozen
class Ways:
    """How the tests get to the server; each call opens a connection of its own, or raises a WireError.

    Attributes:
        talk: to a conversation after EHLO, within TLS where the port begins with it.
        start: to a conversation after EHLO in which STARTTLS may be said; None where TLS is implicit or not offered.
        tls: to where TLS may start at once; None where there is no TLS.
        plain: to a connection and nothing more; None where TLS is implicit.

    """

    talk: Callable[[], Asking]
    start: Callable[[], Securable] | None
    tls: Callable[[], Stream] | None
    plain: Callable[[], Stream] | None


def intrude(ways: Ways, context: ssl.SSLContext, name: str) -> Intrusive:
    """Run all of the tests, one after the other.

    Args:
        ways: how to get to the server.
        context: for TLS behind STARTTLS; it should take any server.
        name: the server's name.

    """
    # What is likeliest to make a server distrust us comes last.
    injection: Outcome = NotApplicable("there is no STARTTLS on this port")
    if ways.start is not None:
        injection = _tried(ways.start, lambda talk: starttls_injection(talk, context))
    renegotiation = _tried(ways.tls, lambda stream: renegotiation_by_client(stream, name))
    bleeding = _tried(ways.tls, lambda stream: heartbleed(stream, name))
    early = _tried(ways.tls, lambda stream: early_change_cipher_spec(stream, name))
    talk: Heard | NotApplicable = NotApplicable("TLS is implicit on this port")
    if ways.plain is not None:
        try:
            talk = early_talker(ways.plain())
        except WireError as error:
            talk = Inconclusive(str(error))
    patience: Patience | Inconclusive
    try:
        patience = bad_commands(ways.talk())
    except WireError as error:
        patience = Inconclusive(str(error))
    return Intrusive(injection, renegotiation, bleeding, early, talk, patience)


def starttls_injection(talk: Securable, context: ssl.SSLContext) -> Outcome:
    """Send NOOP behind STARTTLS in one packet, and see whether it is answered within TLS.

    Args:
        talk: a conversation after EHLO, in clear; it is closed.
        context: for the handshake.

    """
    try:
        return _injected(talk, context)
    except HandshakeFailed as error:
        # The command was read as a part of the handshake, or the handshake would have failed anyhow.
        return Inconclusive(f"with a command behind STARTTLS there is no handshake: {error}")
    except WireError as error:
        return Inconclusive(str(error))
    finally:
        talk.close()


def _injected(talk: Securable, context: ssl.SSLContext) -> Outcome:
    talk.send_raw(b"STARTTLS\r\nNOOP\r\n")
    reply = checked(talk.read_reply())
    if reply.refused:
        return Exposure("safe", f"STARTTLS with a command behind it is answered {reply}")
    if reply.code != _READY:
        return Inconclusive(f"STARTTLS is answered {reply}")
    talk.secure(context)
    # The reply to QUIT cannot be taken for that to NOOP, and the server sends it at once.
    talk.send_raw(b"QUIT\r\n")
    replies = []
    for _ in range(_MOST_REPLIES):
        replies.append(checked(talk.read_reply()))
        if replies[-1].code == _CLOSING:
            break
    else:
        return Inconclusive(f"QUIT within TLS is answered {replies[-1]}")
    if len(replies) == 1:
        return Exposure("safe", "a command behind STARTTLS is dropped")
    return Exposure("exposed", f"a command sent in clear behind STARTTLS is answered within TLS: {replies[0]}")


def renegotiation_by_client(stream: Stream, name: str) -> Outcome:
    """Ask for a second handshake within a first one of TLS 1.2."""
    try:
        is_done, words = renegotiates(stream, name)
    except Alerted as error:
        return _without_old_tls(error, "renegotiation")
    except WireError as error:
        return Inconclusive(str(error))
    finally:
        stream.close()
    if is_done:
        return Exposure("exposed", "the server starts another handshake whenever the client asks for one")
    return Exposure("safe", f"asked for another handshake, {words}")


def heartbleed(stream: Stream, name: str) -> Outcome:
    """Send a heartbeat that claims sixteen bytes and holds none, and see whether it is answered."""
    try:
        half = HalfHandshake(stream, name, usual(), heartbeats=True)
        if HEARTBEAT_EXTENSION not in half.hello.extensions:
            return Exposure("safe", "the server takes no heartbeats")
        version = half.hello.version
        request = bytes((_REQUEST,)) + CLAIMED.to_bytes(2)
        stream.send(record(HEARTBEAT, version, request) + record(numbers.ALERT, version, GOODBYE))
        return _heartbeat(half)
    except Alerted as error:
        return _without_old_tls(error, "heartbeats")
    except WireError as error:
        return Inconclusive(str(error))
    finally:
        stream.close()


def _heartbeat(half: HalfHandshake) -> Outcome:
    with suppress(Closed):
        for kind, content in half.records:
            if kind == HEARTBEAT and content[:1] == bytes((_RESPONSE,)):
                return Exposure("exposed", "a heartbeat that claims more than it holds is answered")
            if kind == numbers.ALERT:
                break
    return Exposure("safe", "a heartbeat that claims more than it holds is dropped")


def early_change_cipher_spec(stream: Stream, name: str) -> Outcome:
    """Send ChangeCipherSpec twice before any key is agreed, and see how the second is refused.

    A sound server refuses the first as unexpected. A vulnerable one takes it, deciphers what follows with keys made of
    nothing, and says that this failed.
    """
    try:
        half = HalfHandshake(stream, name, usual())
        stream.send(2 * record(numbers.CHANGE_CIPHER_SPEC, half.hello.version, b"\1"))
        for kind, content in half.records:
            if kind == numbers.ALERT:
                return _ccs(alert(content)[1])
    except Alerted as error:
        return _without_old_tls(error, "ChangeCipherSpec of that kind")
    except Closed:
        return Inconclusive("the server closed the connection without saying why")
    except TimedOut as error:
        return Inconclusive(f"the server did not refuse an early ChangeCipherSpec: {error}")
    except WireError as error:
        return Inconclusive(str(error))
    finally:
        stream.close()
    return Inconclusive("the server did not answer")


def _ccs(number: int) -> Outcome:
    name = numbers.alert_name(number)
    if number in _DECIPHERED:
        return Exposure("exposed", f"an early ChangeCipherSpec is taken, and what follows it is answered {name}")
    if number == _UNEXPECTED_MESSAGE:
        return Exposure("safe", f"an early ChangeCipherSpec is answered {name}")
    return Inconclusive(f"an early ChangeCipherSpec is answered {name}")


def early_talker(stream: Stream, ehlo: str = "probe.invalid") -> Heard:
    """Say EHLO before the greeting has come, and tell what that is.

    Where greet_pause watches, sendmail greets such a client with 554; without a pause there is nothing to see.

    Args:
        stream: a connection on which nothing was said or read.
        ehlo: what we call ourselves.

    """
    command = f"EHLO {ehlo}"
    parser = ReplyParser()
    try:
        stream.send(f"{command}\r\n".encode("ascii"))
        while (reply := parser.take()) is None:
            data = stream.receive(1 << 16)
            if not data:
                return Answer(command, "dropped", None)
            parser.feed(data)
    except Closed:
        return Answer(command, "dropped", None)
    except WireError as error:
        return Inconclusive(str(error))
    finally:
        stream.close()
    return answer(command, reply)


def _without_old_tls(error: Alerted, what: str) -> Outcome:
    if error.number == numbers.PROTOCOL_VERSION:
        return Exposure("safe", f"the server speaks only TLS 1.3, which has no {what}")
    return Inconclusive(str(error))


def _tried(opened: Callable[[], T] | None, test: Callable[[T], Outcome]) -> Outcome:
    if opened is None:
        return _NO_TLS
    try:
        return test(opened())
    except WireError as error:
        return Inconclusive(str(error))
