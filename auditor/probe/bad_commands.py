"""How many commands that do not exist a server answers before it ends the conversation.

sendmail answers 25 of them, each at once, and says 421 to the next; the number is compiled in (MAXBADCOMMANDS).
Commands that exist and lead nowhere, such as NOOP, it never ends; from the twentieth on each takes twice the time.
"""

from __future__ import annotations

import time
from typing import Protocol

from auditor.model.unknown import Inconclusive
from auditor.model.value import frozen
from auditor.probe.errors import Closed, TryLater, WireError
from auditor.probe.smtp import Reply

#: Commands that are tried; sendmail, Postfix and Exim have ended the conversation by then.
MOST = 30
#: A command that no server knows.
COMMAND = "NONSENSE"
#: What a server says that takes nothing before TLS or a login, and need not count what it does not take.
_NEEDED = 530


class Asking(Protocol):
    """A conversation after EHLO; a session is one."""

    def command(self, line: str) -> Reply:
        """Send a command and read its reply; 421 and the like raise a WireError."""

    def close(self) -> None:
        """End the conversation."""


@frozen
class Patience:
    """What a server made of commands that do not exist.

    Attributes:
        answered: how many it answered.
        ended: whether it ended the conversation after that; otherwise it answered all `MOST`.
        last: its last words, empty where it closed the connection after none.
        seconds: how long all of it took.

    """

    answered: int
    ended: bool
    last: str
    seconds: float


def bad_commands(talk: Asking) -> Patience | Inconclusive:
    """Say nonsense until the server has enough of it, or `MOST` times.

    Args:
        talk: a conversation after EHLO; it is closed.

    """
    began, last = time.monotonic(), ""
    answered = 0
    try:
        while answered < MOST:
            reply = talk.command(COMMAND)
            if reply.code == _NEEDED:
                return Inconclusive(f"before it knows any command the server wants something else: {reply}")
            answered, last = answered + 1, str(reply)
    except TryLater as error:
        return Patience(answered, True, str(error), time.monotonic() - began)  # noqa: FBT003  # It is the field's.
    except Closed:
        return Patience(answered, True, last, time.monotonic() - began)  # noqa: FBT003  # Likewise.
    except WireError as error:
        return Inconclusive(f"after {answered} commands that do not exist: {error}")
    finally:
        talk.close()
    return Patience(answered, False, last, time.monotonic() - began)  # noqa: FBT003  # Likewise.
