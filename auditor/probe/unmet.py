"""Why there was no conversation with a server: what its address, or the server itself, answered instead."""

from __future__ import annotations

from auditor.model.unknown import Inconclusive
from auditor.model.value import frozen
from auditor.probe.errors import Tried
from auditor.probe.smtp import Reply


@frozen
class Unreached(Inconclusive):
    """No address took a connection.

    Attributes:
        tried: what happened at each address.

    """

    tried: tuple[Tried, ...]

    @property
    def refused(self) -> bool:
        """Whether every address refused the connection."""
        return bool(self.tried) and all(each.fate == "refused" for each in self.tried)

    @property
    def deserted(self) -> bool:
        """Whether an address refused and none kept silent; behind one that gives no answer somebody may listen."""
        fates = {each.fate for each in self.tried}
        return "refused" in fates and "no answer" not in fates


@frozen
class TurnedAway(Inconclusive):
    """The server greets this client with a permanent refusal, after which it takes QUIT only (RFC 5321, section 3.1).

    Attributes:
        reply: its greeting.

    """

    reply: Reply
