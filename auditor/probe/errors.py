"""What can go wrong on the wire; each error's text is a sentence that a report can print."""

from __future__ import annotations

from typing import Literal, NamedTuple

#: How an attempt to connect ended: the port refused; nothing came in time; no way leads there; the name has no address;
#: anything else.
Fate = Literal["refused", "no answer", "no route", "unresolved", "failed"]


class WireError(Exception):
    """Something kept the probe from an answer. It never means that the server lacks what was asked for."""


class Tried(NamedTuple):
    """An address that was tried, or the name that has none, and how that ended."""

    address: str
    fate: Fate


class Unreachable(WireError):  # noqa: N818  # The words say what happened; "Error" would add nothing to any of these.
    """The name does not resolve, the port refuses, or there is no route.

    Attributes:
        tried: what happened at each address.

    """

    def __init__(self, message: str = "", tried: tuple[Tried, ...] = ()) -> None:
        super().__init__(message)
        self.tried = tried


class TimedOut(WireError):  # noqa: N818
    """A deadline passed before the answer was whole."""


class Spent(TimedOut):
    """The time is over that all connections to a target may take together; ``name`` says which target."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} took so long over its answers that no more is asked of it")


class Closed(WireError):  # noqa: N818
    """The peer closed or reset the connection.

    Attributes:
        received: what had come before and is not taken by any parser.

    """

    def __init__(self, message: str, received: bytes = b"") -> None:
        super().__init__(message)
        self.received = received


class Garbled(WireError):  # noqa: N818
    """What came is not the protocol, or more of it than anything honest would send."""


class TryLater(WireError):  # noqa: N818
    """The server put us off: 421, a temporary greeting, throttling. The outcome is inconclusive."""
