"""What a server offers in TLS, asked with hellos of our own."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, Literal, TypeAlias

from auditor.model.unknown import Inconclusive
from auditor.probe.tls import full, numbers, traits, versions, weak
from auditor.probe.tls.asking import Asker, Stream
from auditor.probe.tls.flight import Flight
from auditor.probe.tls.full import Enumeration
from auditor.probe.tls.offered import TLSOffer, Told, VersionOffer, WeakOffer
from auditor.probe.tls.versions import Versions
from auditor.readers.cipher_suites import Suite

Depth: TypeAlias = Literal["default", "full"]
#: How many connections a target is asked for at most.
CONNECTIONS: Final = {"default": 15, "full": 55}
_NOT_ALL = "only what rules need was asked"


def offer(  # noqa: PLR0913  # What is asked, of whom, and what it may cost.
    open: Callable[[], Stream],  # noqa: A002  # It opens a connection, as the builtin opens a file.
    name: str,
    depth: Depth,
    report: Callable[[str], None],
    sleep: Callable[[float], object] = time.sleep,
    connections: int | None = None,
) -> TLSOffer:
    """Ask a server for all that it offers.

    Nothing is raised for what the server does: each item says by itself why it cannot be told. A server that puts us
    off is given a pause, once; what is not answered after that stays inconclusive.

    Args:
        open: gives a fresh connection on which TLS may start at once; it may raise any ``WireError``.
        name: the server's name, for the hellos; an address, or nothing, leaves it out.
        depth: ``default`` asks what rules need, ``full`` for every suite and group.
        report: is told what was found, a line at a time, as it is found.
        sleep: waits for some seconds.
        connections: how many connections it may take; None for what `CONNECTIONS` says of the depth.

    """
    asker = Asker(open, name, connections or CONNECTIONS[depth], sleep)
    spoken = versions.ask(asker, report)
    if not asker.flights:
        return _assembled(asker, spoken, {}, weak.ask(asker, spoken, 0), _NOTHING)
    return (_full if depth == "full" else _default)(asker, spoken, report)


#: Server preference, fallback and groups where nothing was ever accepted.
_NONE = Inconclusive("it has taken no hello")
_NOTHING: tuple[Told, Told, tuple[str, ...] | Inconclusive] = (_NONE, _NONE, _NONE)


def _default(asker: Asker, spoken: Versions, report: Callable[[str], None]) -> TLSOffer:
    traits.ask_finite_field(asker, spoken)
    traits.ask_other_key(asker, spoken)
    preference = traits.server_preference(asker, spoken)
    fallback = traits.fallback_scsv(asker, spoken)
    classes = weak.ask(asker, spoken, 0)
    report(_weak_line(classes))
    groups = Inconclusive("groups are asked for at full depth only")
    return _assembled(asker, spoken, {}, classes, (preference, fallback, groups))


def _full(asker: Asker, spoken: Versions, report: Callable[[str], None]) -> TLSOffer:
    if not spoken.legacy:
        traits.ask_other_key(asker, spoken)
    preference = traits.server_preference(asker, spoken)
    fallback = traits.fallback_scsv(asker, spoken)
    older = full.reserved(spoken)
    found = full.newest_suites(asker, spoken, older + full.RESERVE_FOR_CLASSES)
    classes: tuple[WeakOffer, ...] = ()
    if any(enumeration.doubt for enumeration in found.values()):
        classes = weak.ask(asker, spoken, older)
        refused = frozenset(offer.name for offer in classes if offer.accepted is False)
        found = full.newest_suites(asker, spoken, older, refused)
    found |= full.older_suites(asker, spoken, found)
    for version, enumeration in found.items():
        report(f"{version}: {len(enumeration.found) + len(enumeration.inferred)} suites")
    classes = classes or weak.complete(weak.seen(asker), _doubt(found) or False)
    report(_weak_line(classes))
    return _assembled(asker, spoken, found, classes, (preference, fallback, full.enumerate_groups(asker, spoken)))


def _doubt(found: dict[str, Enumeration]) -> Inconclusive | None:
    doubts = [enumeration.doubt for enumeration in found.values() if enumeration.doubt]
    return Inconclusive(doubts[0]) if doubts else None


def _assembled(
    asker: Asker,
    spoken: Versions,
    found: dict[str, Enumeration],
    classes: tuple[WeakOffer, ...],
    asked: tuple[Told, Told, tuple[str, ...] | Inconclusive],
) -> TLSOffer:
    shown = traits.shown(asker, spoken)
    requested, authorities = traits.client_certificate(asker)
    return TLSOffer(
        versions=tuple(_version(asker, spoken, name, found.get(name)) for name in numbers.VERSIONS),
        weak=classes,
        chains=traits.chains(asker.flights),
        exchanges=traits.exchanges(asker.flights),
        client_certificate=requested,
        compression=shown.compression,
        secure_renegotiation=shown.secure_renegotiation,
        extended_master_secret=shown.extended_master_secret,
        session_tickets=shown.session_tickets,
        fallback_scsv=asked[1],
        server_preference=asked[0],
        connections=asker.connections,
        authorities=authorities,
        groups=asked[2],
        stopped=asker.stopped,
    )


def _version(asker: Asker, spoken: Versions, name: str, found: Enumeration | None) -> VersionOffer:
    flight = spoken.flight(name)
    if flight is None:
        return VersionOffer(name, spoken.doubt(asker, name) or "refused")
    if name == "SSLv2":
        return VersionOffer(name, "offered", flight.suite, suites=flight.suites)
    found = found or Enumeration((), (), _NOT_ALL)
    accepted = _accepted(asker.flights, name, found.found)
    inferred = tuple(suite for suite in found.inferred if suite not in accepted)
    return VersionOffer(name, "offered", flight.suite, flight.exchange, accepted, inferred, unfinished=found.doubt)


def _accepted(flights: list[Flight], version: str, found: tuple[Suite, ...]) -> tuple[Suite, ...]:
    others = (flight.suite for flight in flights if flight.version == version and flight.suite)
    return tuple(dict.fromkeys((*found, *others)))


def _weak_line(classes: tuple[WeakOffer, ...]) -> str:
    accepted = [offer.name for offer in classes if offer.accepted is True]
    return f"weak suites: {', '.join(accepted) or 'none is known to be accepted'}"
