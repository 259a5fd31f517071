"""What the reply to one command amounts to."""

from __future__ import annotations

import re
from typing import Literal

from auditor.model.pattern import lazy
from auditor.model.unknown import Inconclusive
from auditor.model.value import frozen
from auditor.probe.relay_forms import asks_for_login, refuses_to_relay
from auditor.probe.smtp import Reply

#: ``accepted``: 2xx. ``neutral``: 252, which neither confirms nor denies a user (RFC 5321, section 3.5.3).
#: ``later``: 4xx. ``login`` and ``encryption``: refused until the client has logged in, or has started TLS.
#: ``relaying``: the recipient's domain is not one the server takes mail for. ``unsupported``: the server does not know
#: the command. ``refused``: any other 5xx. ``dropped``: the server ended the connection.
Kind = Literal["accepted", "neutral", "later", "login", "encryption", "relaying", "unsupported", "refused", "dropped"]

_NEUTRAL = 252
_UNKNOWN_COMMAND = 500
_NOT_IMPLEMENTED = (502, 504)
_LOGIN_NEEDED = 530
_UNSUPPORTED = lazy(r"recogni|unknown command|not implement|unimplement|(?:un|not )support", re.IGNORECASE)


@frozen
class Answer:
    """A command and its reply.

    Attributes:
        command: as it was sent, without line end.
        kind: what the reply amounts to.
        reply: None where the server dropped the connection without one.

    """

    command: str
    kind: Kind
    reply: Reply | None

    @property
    def accepted(self) -> bool:
        """Whether the server did as it was told."""
        return self.kind == "accepted"

    @property
    def decided(self) -> bool:
        """Whether the same would be answered later, to anybody who has not logged in."""
        return self.kind != "later"


#: An answer, or why there is none.
Heard = Answer | Inconclusive


def answer(command: str, reply: Reply, *addresses: str) -> Answer:
    """What a reply amounts to.

    Args:
        command: what was sent.
        reply: what came.
        addresses: those in the commands it replies to; servers repeat them, and their words mean nothing.

    """
    return Answer(command, _kind(reply, addresses), reply)


def _kind(reply: Reply, addresses: tuple[str, ...]) -> Kind:
    if reply.ok:
        return "neutral" if reply.code == _NEUTRAL else "accepted"
    if refuses_to_relay(reply, *addresses):
        return "relaying"
    if reply.temporary:
        return "later"
    if asks_for_login(reply, *addresses):
        return "login"
    if reply.code == _LOGIN_NEEDED:
        # Its words are about TLS then: 530 5.7.0 Must issue a STARTTLS command first (RFC 3207, section 4).
        return "encryption"
    unknown = reply.code in _NOT_IMPLEMENTED and _UNSUPPORTED.search(" ".join(reply.lines))
    return "unsupported" if reply.code == _UNKNOWN_COMMAND or unknown else "refused"
