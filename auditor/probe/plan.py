"""What a probe asks of a target."""

from __future__ import annotations

from typing import Literal

from auditor.model.value import frozen
from auditor.probe.logins import Login
from auditor.probe.relay import FOREIGN_FROM, FOREIGN_TO
from auditor.probe.resolver import Resolver


@frozen
class Plan:
    """What to ask of a target.

    Attributes:
        depth: ``default`` asks of TLS what rules need, ``full`` everything.
        relay_from: the foreign sender of the relay test.
        relay_to: its foreign recipient.
        login: whom to log in as; None not to.
        resolver: who answers questions to the DNS; None asks nobody beside the target.
        domain: the mail domain the target is probed for, empty where that is not known.
        intrusive: whether defects are tried that a server may suffer from being tried for.
        budget: seconds that all connections to the target may take together; None for what the depth asks for.
        idle: seconds to keep one more connection on which nothing is said; 0 for none.

    """

    depth: Literal["default", "full"] = "default"
    relay_from: str = FOREIGN_FROM
    relay_to: str = FOREIGN_TO
    login: Login | None = None
    resolver: Resolver | None = None
    domain: str = ""
    intrusive: bool = False
    budget: float | None = None
    idle: float = 0.0
