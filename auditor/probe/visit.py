"""The connections to one target, one at a time, counted, and begun again once where the target puts us off."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING

from auditor.model.value import replaced
from auditor.probe.channel import Channel
from auditor.probe.errors import TryLater, Unreachable, WireError
from auditor.probe.session import Session, raw
from auditor.probe.settings import Settings, connect
from auditor.probe.transcript import Transcript

if TYPE_CHECKING:
    import ssl

#: Seconds to wait before the one more attempt that a target gets which puts us off after it had answered.
BACK_OFF = 2.0


class Visit:
    """All the connections to one target.

    Args:
        settings: how to talk to it.
        sleep: waits for some seconds.
        budget: seconds that all connections may take together. After that every question ends in `Spent`, so that a
            target which gives each answer at the last moment does not keep us for an hour.

    Attributes:
        settings: how it is talked to.
        transcript: what is said.
        connections: how many were made.

    """

    def __init__(self, settings: Settings, sleep: Callable[[float], object] = time.sleep, budget: float = inf) -> None:
        self.settings = settings
        self._bounded = replaced(settings, until=min(settings.until, time.monotonic() + budget))
        self.transcript = Transcript()
        self.connections = 0
        self._sleep = sleep
        self._answered = False

    def session(self, context: ssl.SSLContext | None = None) -> Session:
        """A new conversation after its greeting.

        Raises:
            WireError: as `Session.open`; a target that answered before is asked once more after a pause.

        """
        try:
            return self._opened(context)
        except (TryLater, Unreachable):
            if not self._answered:
                raise
            self.transcript.noted(f"waiting {BACK_OFF:g} seconds before the next connection")
            self._sleep(BACK_OFF)
            return self._opened(context)

    def session_at(self, address: str, timeout: float) -> Session:
        """A new conversation after its greeting with one address of the target's; it is not begun again.

        Args:
            address: the address.
            timeout: seconds that a step of it may take.

        Raises:
            WireError: as `Session.open`.

        """
        self.connections += 1
        return Session.open(replaced(self._bounded, address=address, timeout=timeout), self.transcript)

    def greeted(self) -> Session:
        """A new conversation after EHLO, in clear where TLS is not implicit.

        Raises:
            WireError: as `session` and `Session.ehlo`.

        """
        session = self.session()
        try:
            session.ehlo()
        except BaseException:
            session.close()
            raise
        return session

    def patient(self, seconds: float) -> Session:
        """A new conversation after EHLO, in clear where TLS is not implicit, for which there are so many seconds more.

        Raises:
            WireError: as `session` and `Session.ehlo`.

        """
        before, timeout = self._bounded, self.settings.timeout
        # Connecting, TLS, the greeting, EHLO and QUIT may each take their time.
        until = min(self.settings.until, time.monotonic() + seconds + 5 * timeout)
        self._bounded = replaced(before, until=until)
        try:
            return self.greeted()
        finally:
            self._bounded = before

    def connection(self) -> Channel:
        """A new connection of which nothing has been read.

        Raises:
            WireError: as `connect`.

        """
        self.connections += 1
        return connect(self._bounded, self.transcript)

    def stream(self) -> Channel:
        """A new connection on which TLS may start at once; whoever asks for it waits and tries again by itself.

        Raises:
            WireError: as `raw`.

        """
        self.connections += 1
        return raw(self._bounded, Transcript())

    def _opened(self, context: ssl.SSLContext | None) -> Session:
        self.connections += 1
        try:
            session = Session.open(self._bounded, self.transcript, context)
        except (TryLater, Unreachable):
            raise
        except WireError:
            self._answered = True
            raise
        self._answered = True
        return session
