"""The options that say how to talk to a mail server; ``probe`` and ``scan --probe`` share them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from auditor.model.value import frozen

#: Seconds of silence that may be asked for; sendmail waits an hour unless it is told otherwise.
LONGEST = 3600

TLSMode = Annotated[
    str | None,
    typer.Option("--tls", metavar="MODE", help="starttls, implicit or none; by default implicit on 465, else starttls"),
]
Name = Annotated[
    str | None, typer.Option("--name", metavar="NAME", help="whom the certificate has to name; by default the host")
]
CAFile = Annotated[
    Path | None, typer.Option("--ca", metavar="FILE", help="authorities to trust, PEM; by default the system's")
]
Ehlo = Annotated[str, typer.Option("--ehlo", metavar="NAME", help="what to call ourselves")]
Timeout = Annotated[float, typer.Option("--timeout", metavar="SECONDS", min=0.1, help="for each step of the dialogue")]
Source = Annotated[str | None, typer.Option("--source", metavar="ADDRESS", help="the address to connect from")]
Depth = Annotated[
    str, typer.Option("--depth", metavar="DEPTH", help="default: what rules need; full: every cipher suite and group")
]
AuthUser = Annotated[
    str | None,
    typer.Option("--auth-user", metavar="NAME", help="log in; the password is from MAILAUDIT_PASSWORD or asked for"),
]
PasswordFile = Annotated[
    Path | None, typer.Option("--password-file", metavar="FILE", help="its first line is the password")
]
AuthAll = Annotated[bool, typer.Option("--auth-all", help="log in with every mechanism that is offered")]
InsecureAuth = Annotated[
    bool, typer.Option("--insecure-auth", help="send the password even where nobody proves who gets it")
]
Intrusive = Annotated[
    bool, typer.Option("--intrusive", help="also try injection, renegotiation, Heartbleed, early CCS, bad commands")
]
Idle = Annotated[
    float,
    typer.Option(
        "--idle",
        metavar="SECONDS",
        min=0,
        max=LONGEST,
        help="at the end keep silent for so long; 300 are to be waited for",
    ),
]
RelayFrom = Annotated[
    str | None, typer.Option("--relay-from", metavar="ADDRESS", help="the foreign sender of the relay test")
]
RelayTo = Annotated[
    str | None, typer.Option("--relay-to", metavar="ADDRESS", help="its foreign recipient; nothing is sent to it")
]
ProbeConfigured = Annotated[
    bool, typer.Option("--probe-configured", help="compare with the targets that the settings name; no credentials")
]
Configured = Annotated[bool, typer.Option("--configured", help="the targets that the settings name; no credentials")]


@frozen
class Wanted:
    """The options as they were given.

    Attributes:
        tls: ``starttls``, ``implicit``, ``none``, or None for what the port has.
        name: whom the certificate has to name.
        ca: authorities to trust.
        ehlo: what we call ourselves.
        timeout: seconds for each step.
        source: the address to connect from.
        depth: ``default`` or ``full``.
        user: whom to log in as.
        password_file: where the password is.
        relay_from, relay_to: the addresses of the relay test.
        every: whether every mechanism is tried.
        insecure: whether a password may go anywhere.
        intrusive: whether defects are tried that a server may suffer from being tried for.
        idle: seconds to keep silent at the end, 0 for no such test.
        offline: whether nothing beside the target is asked.
        at: the moment at which certificates are judged, None for now.

    """

    tls: str | None = None
    name: str | None = None
    ca: Path | None = None
    ehlo: str = ""
    timeout: float = 15.0
    source: str | None = None
    depth: str = "default"
    user: str | None = None
    password_file: Path | None = None
    relay_from: str | None = None
    relay_to: str | None = None
    every: bool = False
    insecure: bool = False
    intrusive: bool = False
    idle: float = 0.0
    offline: bool = False
    at: datetime | None = None
