"""What a target offers in TLS, each item with its doubt."""

from __future__ import annotations

from typing import Literal, TypeAlias

from auditor.model.unknown import Inconclusive, NotApplicable
from auditor.model.value import frozen
from auditor.probe.tls.messages import Exchange
from auditor.readers.cipher_suites import Suite

#: Yes or no, or why it cannot be told, or that it makes no sense with the protocols that are offered.
Told: TypeAlias = bool | Inconclusive | NotApplicable


@frozen
class VersionOffer:
    """One protocol.

    Attributes:
        name: ``SSLv2``, ``SSLv3``, ``TLSv1``, ``TLSv1.1``, ``TLSv1.2`` or ``TLSv1.3``.
        state: whether the target speaks it, or why that cannot be told.
        preferred: the suite it chose from everything, offered strongest first; None where it does not speak it.
        exchange: how keys are exchanged with that suite, as far as the target says.
        suites: the suites that it is known to accept, in the order in which it chose them.
        inferred: further suites which it is taken to accept, since it accepts them in another protocol that has them.
        unfinished: why there may be more suites than these; empty where these are all.

    """

    name: str
    state: Literal["offered", "refused"] | Inconclusive
    preferred: Suite | None = None
    exchange: Exchange | None = None
    suites: tuple[Suite, ...] = ()
    inferred: tuple[Suite, ...] = ()
    unfinished: str = ""

    @property
    def is_offered(self) -> bool:
        """Whether the target is known to speak it."""
        return self.state == "offered"


@frozen
class WeakOffer:
    """One class of weak suites.

    Attributes:
        name: the class, one of `suites.WEAK_CLASSES`.
        accepted: whether a suite of it is accepted, or why that cannot be told.
        version: the protocol it was accepted in, empty where it was not.
        suite: a suite of it that was accepted; None where there is none, or where it cannot be told which.

    """

    name: str
    accepted: bool | Inconclusive
    version: str = ""
    suite: Suite | None = None


@frozen
class Chain:
    """The certificates that a target sent, in DER, its own first; protocol and suite of the hello that got them."""

    version: str
    suite: Suite | None
    certificates: tuple[bytes, ...]


@frozen
class SeenExchange:
    """How keys were exchanged in one protocol with one suite."""

    version: str
    suite: Suite
    exchange: Exchange


@frozen
class TLSOffer:
    """All that a target was found to offer.

    Attributes:
        versions: every protocol from SSLv2 to TLS 1.3.
        weak: every class of weak suites.
        chains: the different chains that it sent, in the order in which they were seen.
        exchanges: the different groups and keys that it exchanged keys with.
        groups: the groups it accepts by name, those it prefers first, or why they are not all known.
        client_certificate: whether it asks the client for a certificate.
        authorities: the distinguished names, in DER, of the authorities whose certificates it asks for.
        compression: whether it compresses (CRIME); only protocols before TLS 1.3 can.
        secure_renegotiation: whether it knows RFC 5746; a matter of protocols before TLS 1.3.
        extended_master_secret: whether it knows RFC 7627; likewise.
        session_tickets: whether it would issue session tickets; likewise.
        fallback_scsv: whether it turns down a client that asks for less than it can (RFC 7507).
        server_preference: whether its own order of suites decides, and not the client's.
        connections: how many connections that took.
        stopped: why not everything was asked; empty where it was.

    """

    versions: tuple[VersionOffer, ...]
    weak: tuple[WeakOffer, ...]
    chains: tuple[Chain, ...]
    exchanges: tuple[SeenExchange, ...]
    client_certificate: bool | Inconclusive
    compression: Told
    secure_renegotiation: Told
    extended_master_secret: Told
    session_tickets: Told
    fallback_scsv: Told
    server_preference: Told
    connections: int
    authorities: tuple[bytes, ...] = ()
    groups: tuple[str, ...] | Inconclusive = ()
    stopped: str = ""

    def version(self, name: str) -> VersionOffer:
        """One protocol by its name."""
        return next(version for version in self.versions if version.name == name)

    @property
    def speaks_tls(self) -> bool:
        """Whether any protocol is known to be spoken."""
        return any(version.is_offered for version in self.versions)
