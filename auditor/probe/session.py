"""One SMTP conversation, from the greeting to QUIT, with what was said kept as evidence."""

from __future__ import annotations

import time
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn, Self

from auditor.probe.channel import Channel
from auditor.probe.errors import Closed, Garbled, Spent, TimedOut, TryLater, WireError
from auditor.probe.redaction import AuthExchange
from auditor.probe.secured import TLSState, state
from auditor.probe.settings import IMPLICIT, Settings, connect, own_name
from auditor.probe.smtp import Extensions, Reply, ReplyParser
from auditor.probe.transcript import HIDDEN, Transcript
from auditor.probe.verify import permissive_context
from auditor.probe.words import excerpt

if TYPE_CHECKING:
    import ssl

__all__ = ["PutOff", "Refused", "Session", "Settings", "TLSState", "raw"]

_READY = 220
_CLOSING = 421
# Seconds that saying goodbye may take.
_GOODBYE = 5


class PutOff(TryLater):
    """The server put us off; ``reply`` holds its words."""

    def __init__(self, message: str, reply: Reply) -> None:
        super().__init__(message)
        self.reply = reply


class Refused(WireError):  # noqa: N818  # As its relatives.
    """The server will not go on: no service for us, no EHLO, or no STARTTLS; ``reply`` holds its words."""

    def __init__(self, message: str, reply: Reply) -> None:
        super().__init__(message)
        self.reply = reply


def raw(settings: Settings, transcript: Transcript | None = None) -> Channel:
    """A new connection on which TLS may start at once, for hellos of one's own.

    With implicit TLS that is a fresh connection, otherwise one on which STARTTLS was agreed to, whether EHLO had
    offered it or not. All that is done on it has to end within one timeout, unless its `begin` is called.

    Raises:
        PutOff: the server puts us off.
        Refused: it refuses the connection, EHLO or STARTTLS.
        WireError: as `Session.open` and `Session.command`.

    """
    kept = Transcript() if transcript is None else transcript
    if settings.tls == IMPLICIT:
        return connect(settings, kept)
    session = Session.open(settings, kept)
    try:
        session.ehlo()
        return session.raw_after_starttls()
    except BaseException:
        session.close()
        raise


class Session:
    """A conversation with one server; made by `open`, used by one thread at a time, closed by ``with``.

    After `Refused` one may go on. After any other exception it is over and the connection closed, since replies might
    no longer belong to the commands they seem to answer.

    Attributes:
        settings: how it was opened.
        transcript: what was said.
        channel: the connection below.
        greeting: the server's first reply.
        greeting_delay: seconds from the connection, or the end of an implicit handshake, to the whole greeting.
        extensions: what the last EHLO was answered with; none before the first.
        injected: bytes that came in clear between the reply to STARTTLS and the handshake, where none belong.
        tls: the connection's TLS, None while in clear.

    """

    __slots__ = (
        "_auth",
        "_parser",
        "channel",
        "extensions",
        "greeting",
        "greeting_delay",
        "injected",
        "settings",
        "tls",
        "transcript",
    )

    def __init__(self, settings: Settings, channel: Channel, transcript: Transcript) -> None:
        self.settings = settings
        self.channel = channel
        self.transcript = transcript
        self.greeting = Reply(_READY, ("",), b"")
        self.greeting_delay = 0.0
        self.extensions = Extensions()
        self.injected = b""
        self.tls: TLSState | None = None
        self._parser = ReplyParser()
        self._auth = AuthExchange(transcript)

    @classmethod
    def open(
        cls, settings: Settings, transcript: Transcript | None = None, context: ssl.SSLContext | None = None
    ) -> Session:
        """Connect, start TLS where it is implicit, and read the greeting.

        Args:
            settings: whom to talk to and how.
            transcript: where to keep what is said, a new one if None.
            context: for implicit TLS; None for one that takes any server, whose verdict is then in `tls`.

        Raises:
            PutOff: the greeting is 421 or another 4xx.
            Refused: it is 5xx.
            Garbled: it is no SMTP greeting; `PlainGreeting` if it came in clear where TLS had to begin.
            WireError: there was no connection, no TLS, no greeting in time.

        """
        kept = Transcript() if transcript is None else transcript
        session = cls(settings, connect(settings, kept), kept)
        try:
            # What a server says in clear before implicit TLS is for the handshake to fail on, not to be dropped.
            if settings.tls == IMPLICIT:
                session._wrap(context or permissive_context())
            session._greet()
        except BaseException:
            session.close()
            raise
        return session

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def command(self, line: str) -> Reply:
        """Send a command without its line end, and read its reply.

        AUTH and whatever is sent while the server asks for more of it are kept as stars.

        Raises:
            PutOff: the reply is 421.
            Garbled: the server had spoken out of turn, or answered with no reply.
            WireError: the reply did not come in time, or the connection ended.
            ValueError: the line has a line end inside.

        """
        return self._exchange(line, "")

    def secret(self, line: str, note: str = HIDDEN) -> Reply:
        """As `command`, for a line that must not be seen; the transcript shows the note instead."""
        return self._exchange(line, note)

    def send_raw(self, data: bytes) -> None:
        """Send bytes as they are, for what no command can say; the replies are read by `read_reply`, one by one.

        Raises:
            TimedOut: the server did not take them in time.

        """
        for text in self._auth.shown_lines(data):
            self.transcript.sent(text)
        self.channel.begin()
        self._send(data)

    def read_reply(self) -> Reply:
        """The next reply.

        Raises:
            PutOff: it is 421.
            WireError: it did not come in time, is no reply, or the connection ended.

        """
        self.channel.begin()
        return self._read("a reply")

    def wait(self, seconds: float) -> Reply | None:
        """Say nothing for so many seconds, or until the server says something by itself; None where it kept silent.

        Raises:
            PutOff: it says 421.
            Closed: it ends the connection without a word.
            WireError: what it says is no reply.

        """
        self.channel.begin(seconds)
        try:
            self._parser.feed(self.channel.receive())
        except TimedOut:
            return None
        except WireError as error:
            self._give_up("another word", error)
        self.channel.begin()
        return self._read("another word")

    def ehlo(self, name: str = "") -> Extensions:
        """Say EHLO, or HELO where that is refused; after HELO there are no extensions.

        Raises:
            PutOff: EHLO is refused for now.
            Refused: both are refused.
            WireError: as `command`.

        """
        name = name or self.settings.ehlo or own_name(self.channel.local)
        reply = self.command(f"EHLO {name}")
        if reply.ok:
            self.extensions = Extensions(reply)
            return self.extensions
        if reply.refused and (helo := self.command(f"HELO {name}")).ok:
            self.extensions = Extensions(Reply(helo.code, helo.lines[:1], helo.raw))
            return self.extensions
        raise self._refusal(reply, "EHLO")

    def starttls(self, context: ssl.SSLContext) -> None:
        """Say STARTTLS and start TLS; EHLO has to be said anew.

        Raises:
            Refused: the server will not; its reply says why.
            HandshakeFailed: it said 220, and then TLS did not come about.
            WireError: as `command` and `Channel.wrap`.

        """
        self._ask_for_tls()
        self.secure(context)

    def secure(self, context: ssl.SSLContext) -> None:
        """Start TLS here and now, after a 220 to a STARTTLS that was sent otherwise.

        Raises:
            WireError: as `Channel.wrap`.

        """
        self._drop_injected()
        self._wrap(context)

    def raw_after_starttls(self) -> Channel:
        """Say STARTTLS and hand over the connection, on which TLS may start; the session is of no more use.

        All that is done on the channel has to end within one timeout, unless its `begin` is called.

        Raises:
            Refused: the server will not.
            WireError: as `command`.

        """
        self._ask_for_tls()
        self.channel.begin()
        return self.channel

    def quit(self) -> None:
        """Say QUIT, wait a little for the reply, and close; nothing that goes wrong there matters."""
        with suppress(WireError):
            self.transcript.sent("QUIT")
            self.channel.begin(min(self.settings.timeout, _GOODBYE))
            self._send(b"QUIT\r\n")
            self._read("the reply to QUIT")
        self.close()

    def close(self) -> None:
        """Close the connection at once."""
        self.channel.close()

    def _wrap(self, context: ssl.SSLContext) -> None:
        self.channel.begin()
        try:
            self.channel.wrap(context, self.settings.certified)
        except WireError as error:
            self._give_up("the TLS handshake", error)
        self.extensions = Extensions()
        if self.channel.tls is not None:
            self.tls = state(self.channel.tls, self.settings.certified, self.settings.ca, self.settings.at)
            verdict = "verified" if self.tls.verified else f"not verified: {self.tls.why_not}"
            self.transcript.noted(f"{self.tls.version}, {self.tls.cipher}, certificate {verdict}")

    def _greet(self) -> None:
        began = time.monotonic()
        self.channel.begin()
        self.greeting = reply = self._read("the greeting")
        self.greeting_delay = time.monotonic() - began
        if reply.refused:
            # The server waits for QUIT now, and takes nothing else (RFC 5321, section 3.1).
            self.quit()
        if reply.temporary or reply.refused:
            raise self._refusal(reply, "the connection")
        if reply.code != _READY:
            message = f"{self.channel.name} greets with {self._masked(reply)}, which is no SMTP greeting"
            raise Garbled(message)

    def _exchange(self, line: str, note: str) -> Reply:
        if "\r" in line or "\n" in line:
            message = "a command is one line"
            raise ValueError(message)
        self._in_turn()
        kept = self._auth.shown(line, note)
        self.transcript.sent(kept)
        self.channel.begin()
        self._send(line.encode("utf-8", "surrogateescape") + b"\r\n")
        return self._read(f"the reply to {excerpt(kept.partition(' ')[0])}")

    def _in_turn(self) -> None:
        # A reply that nobody asked for would be taken for that to the next command, and every verdict be wrong.
        if not self._parser.rest:
            return
        self.channel.begin()
        self._read("a reply")
        self._give_up("", Garbled("a reply came that no command had asked for"))

    def _ask_for_tls(self) -> None:
        reply = self.command("STARTTLS")
        if reply.code != _READY:
            raise self._refusal(reply, "STARTTLS")
        self._drop_injected()

    def _drop_injected(self) -> None:
        came = b"" if self.tls else self._parser.rest + self.channel.arrived()
        if came:
            self.injected += came
            self.transcript.noted(f"{len(came)} bytes came in clear before the handshake: {excerpt(came)}")
        self._parser = ReplyParser()

    def _send(self, data: bytes) -> None:
        try:
            self.channel.send(data)
        except Closed:
            # A server that closes says why before it does so, and that is still to be read.
            return
        except WireError as error:
            self._give_up("taking what was sent", error)

    def _read(self, awaited: str) -> Reply:
        try:
            while (reply := self._parser.take()) is None:
                data = self.channel.receive()
                if not data:
                    message = f"{self.channel.name} closed the connection"
                    raise Closed(message)
                self._parser.feed(data)
        except WireError as error:
            self._give_up(awaited, error)
        for text in self._auth.heard(reply):
            self.transcript.received(text)
        if reply.code == _CLOSING:
            self.close()
            message = f"{self.channel.name} puts us off: {self._masked(reply)}"
            raise PutOff(message, reply)
        return reply

    def _give_up(self, awaited: str, error: WireError) -> NoReturn:
        self.close()
        told: WireError = error
        if isinstance(error, TimedOut) and not isinstance(error, Spent):
            told = TimedOut(f"{self.channel.name} did not finish {awaited} within {self.settings.timeout:g} seconds")
        elif isinstance(error, Closed):
            told = Closed(f"{error} before {awaited} was whole", self._parser.rest or error.received)
        elif type(error) is Garbled:
            told = Garbled(f"{self.channel.name}: {self._auth.masked(str(error))}")
        self.transcript.noted(str(told))
        raise told from None

    def _refusal(self, reply: Reply, what: str) -> PutOff | Refused:
        message = f"{self.channel.name} refuses {what}: {self._masked(reply)}"
        # A server whose TLS is broken says 454 to STARTTLS for ever, so that is no matter of trying later.
        if not reply.temporary or what == "STARTTLS":
            return Refused(message, reply)
        self.close()
        return PutOff(message, reply)

    def _masked(self, reply: Reply) -> str:
        return self._auth.masked(str(reply))
