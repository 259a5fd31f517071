"""How to talk to one target, and the connection to it."""

from __future__ import annotations

from datetime import datetime
from math import inf
from pathlib import Path

from auditor.model.value import frozen
from auditor.probe.channel import Channel
from auditor.probe.errors import WireError
from auditor.probe.transcript import Transcript

STARTTLS = "starttls"
IMPLICIT = "implicit"
NONE = "none"


@frozen
class Settings:
    """How to talk to one target.

    Attributes:
        host: a name or an address, IPv6 without brackets.
        port: its TCP port.
        tls: `STARTTLS`, `IMPLICIT` or `NONE`.
        name: whom the certificate has to name; empty for the host.
        ehlo: what we call ourselves; empty for this machine's name, or its address where the name has no domain.
        timeout: seconds that one step of the dialogue may take: connecting, the greeting, a command, a handshake.
        source: the address of this machine to connect from, None for any.
        ca: a PEM file with the authorities to trust, None for the system's.
        at: the moment at which certificates are judged, None for the moment itself.
        until: the monotonic clock's seconds at which every step ends, for a bound on many connections together.
        address: the one address of the host to connect to, empty for the first that answers; the certificate still has
            to be the host's.

    """

    host: str
    port: int = 25
    tls: str = STARTTLS
    name: str = ""
    ehlo: str = ""
    timeout: float = 30.0
    source: str | None = None
    ca: Path | None = None
    at: datetime | None = None
    until: float = inf
    address: str = ""

    @property
    def certified(self) -> str:
        """The name that the certificate has to carry, without the dot that ends an absolute name."""
        return (self.name or self.host).rstrip(".")


def connect(settings: Settings, transcript: Transcript) -> Channel:
    """Connect as the settings say, in clear, and keep in the transcript how that went.

    Raises:
        Unreachable: the name does not resolve, or no address takes the connection.
        TimedOut: nothing answered in time, or the time of ``settings.until`` has come.

    """
    try:
        place = settings.address or settings.host
        channel = Channel.connect(place, settings.port, settings.timeout, settings.source, settings.until)
    except WireError as error:
        transcript.noted(str(error))
        raise
    transcript.noted(f"connected to {channel.peer}")
    return channel


def own_name(local: str) -> str:
    """What to call ourselves in EHLO: this machine's name if it has a domain, else the address as a literal."""
    import socket  # noqa: PLC0415

    name = socket.gethostname()
    if "." in name.strip("."):
        return name
    return f"[IPv6:{local}]" if ":" in local else f"[{local}]"
