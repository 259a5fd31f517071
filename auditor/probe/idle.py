"""How long a server waits for a client that has said EHLO and says no more."""

from __future__ import annotations

import time

from auditor.model.unknown import Inconclusive
from auditor.model.value import frozen
from auditor.probe.errors import Closed, WireError
from auditor.probe.session import PutOff, Session
from auditor.probe.smtp import Reply

#: Seconds that a server should wait for a command (RFC 5321, section 4.5.3.2.7).
LEAST = 300


@frozen
class Idle:
    """What became of a connection on which nothing was said.

    Attributes:
        asked: seconds for which it was to be kept.
        seconds: after so many the server gave up, or so many it held out.
        gave_up: whether the server ended it.
        reply: what it said of that; None where it closed without a word, or held out.

    """

    asked: float
    seconds: float
    gave_up: bool
    reply: Reply | None = None

    @property
    def hasty(self) -> bool:
        """Whether the server gave up before it should; a second of the network's is its own."""
        return self.gave_up and self.seconds < LEAST - 1


def idle(session: Session, seconds: float) -> Idle | Inconclusive:
    """Keep a connection and say nothing, for so many seconds or until the server ends it; it is then closed.

    Args:
        session: a conversation after EHLO.
        seconds: how long to wait.

    """
    began = time.monotonic()
    reply = None
    try:
        reply = session.wait(seconds)
        if reply is None:
            session.quit()
            return Idle(seconds, seconds, gave_up=False)
        if reply.ok:
            return Inconclusive(f"the server said without being asked: {reply}")
    except PutOff as error:
        reply = error.reply
    except Closed:
        pass
    except WireError as error:
        return Inconclusive(str(error))
    return Idle(seconds, time.monotonic() - began, gave_up=True, reply=reply)
