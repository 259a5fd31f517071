"""What is asked beside versions and suites (other keys, preference, the fallback signal) and what hellos show."""

from __future__ import annotations

from collections.abc import Callable

from auditor.model.unknown import Inconclusive, NotApplicable
from auditor.model.value import frozen
from auditor.probe.tls import lists, numbers
from auditor.probe.tls.asking import Asker
from auditor.probe.tls.flight import Flight
from auditor.probe.tls.hello import Hello
from auditor.probe.tls.messages import ServerHello
from auditor.probe.tls.offered import Chain, SeenExchange, Told
from auditor.probe.tls.versions import Versions
from auditor.readers.cipher_suites import Suite, suites

_MODERN_ONLY = NotApplicable("it speaks TLS 1.3 only, which settles this")
_WITHOUT_EXTENSIONS = NotApplicable("it speaks SSLv3 only, which has no extensions")
_SILENT = Inconclusive("no protocol before TLS 1.3 was asked for it with an answer")


def ask_finite_field(asker: Asker, versions: Versions) -> None:
    """Ask for a key exchange in a finite field, unless one was seen, so that its size is."""
    if versions.legacy and not any(flight.exchange and flight.exchange.kind == "DHE" for flight in asker.flights):
        _ask_for(asker, versions.legacy[0], lambda suite: suite.exchange == "DHE" and not suite.export)


def ask_other_key(asker: Asker, versions: Versions) -> None:
    """Ask for a certificate of the other kind, RSA or ECDSA, unless two chains were seen."""
    if len({flight.chain for flight in asker.flights if flight.chain}) > 1:
        return
    if versions.legacy:
        first = versions.flight(versions.legacy[0])
        suite = first.suite if first else None
        other = "RSA" if suite is not None and suite.authentication != "RSA" else "ECDSA"
        _ask_for(asker, versions.legacy[0], lambda suite: suite.authentication == other)
    elif versions.spoken:
        # The hellos so far asked for ECDSA first, so that a server which has both has shown that one.
        asker.ask(Hello(("TLSv1.3",), lists.modern(), signatures="RSA"))


def _ask_for(asker: Asker, version: str, wanted: Callable[[Suite], bool]) -> None:
    known = suites()
    offered = tuple(number for number in lists.of_version(lists.usual(), version) if wanted(known[number]))
    asker.ask(Hello((version,), offered))


def server_preference(asker: Asker, versions: Versions) -> Told:
    """Whether the server's order decides: what it chose first is offered last, in the newest protocol but TLS 1.3."""
    version = next(iter(versions.legacy or versions.spoken), "")
    first = versions.flight(version)
    if first is None or first.suite is None:
        return Inconclusive("it has taken no hello")
    last = first.suite.number
    everything = lists.modern() if version == "TLSv1.3" else lists.of_version(lists.usual(), version)
    others = tuple(number for number in reversed(everything) if number != last)
    answer = asker.ask(Hello((version,), (*others, last), whole=version != "TLSv1.3"))
    if answer.flight is None or answer.flight.suite is None:
        return asker.verdict(answer) or Inconclusive("it refuses what it has taken before")
    if answer.flight.suite != first.suite:
        return False
    known = {flight.suite for flight in asker.flights if flight.version == version} - {first.suite}
    return True if known.intersection(map(suites().get, others)) else _has_choice(asker, version, others)


def _has_choice(asker: Asker, version: str, others: tuple[int, ...]) -> Told:
    answer = asker.ask(Hello((version,), others, whole=version != "TLSv1.3"))
    if answer.flight is not None:
        return True
    return asker.verdict(answer) or NotApplicable("it accepts one suite only")


def fallback_scsv(asker: Asker, versions: Versions) -> Told:
    """Whether it turns down a hello that asks for its second newest protocol and says that it could do better."""
    if len(versions.spoken) < 2:  # noqa: PLR2004  # There is nothing to fall back to.
        return (
            NotApplicable("it speaks one protocol only") if versions.spoken else Inconclusive("it has taken no hello")
        )
    version = versions.spoken[1]
    answer = asker.ask(Hello((version,), lists.of_version(lists.usual(), version), fallback=True, whole=False))
    if answer.flight is not None:
        return False
    if answer.alert is None:
        return Inconclusive(answer.failure or "it closes the connection without an alert")
    # Whatever the alert, it takes this very hello without the signal.
    return True


@frozen
class Shown:
    """What the answers show, whatever was asked."""

    compression: Told
    secure_renegotiation: Told
    extended_master_secret: Told
    session_tickets: Told


def shown(asker: Asker, versions: Versions) -> Shown:
    """What the hellos of the protocols before TLS 1.3 show."""
    old = [flight for flight in asker.flights if flight.hello and flight.version not in {"SSLv2", "TLSv1.3"}]
    extended = [flight.hello for flight in old if flight.hello and flight.version != "SSLv3"]
    pressed = [f.hello for f in old if f.hello and f.offered and f.offered.compression and not f.offered.is_modern]
    silent = _SILENT if versions.legacy or not versions.spoken else _MODERN_ONLY
    unextended = _WITHOUT_EXTENSIONS if versions.spoken == ("SSLv3",) else silent
    return Shown(
        any(hello.compression for hello in pressed) if pressed else silent,
        _has(numbers.RENEGOTIATION_INFO, [flight.hello for flight in old if flight.hello], silent),
        _has(numbers.EXTENDED_MASTER_SECRET, extended, unextended),
        _has(numbers.SESSION_TICKET, extended, unextended),
    )


def _has(extension: int, hellos: list[ServerHello], silent: Told) -> Told:
    return any(extension in hello.extensions for hello in hellos) if hellos else silent


def client_certificate(asker: Asker) -> tuple[bool | Inconclusive, tuple[bytes, ...]]:
    """Whether the client is asked for a certificate, and of which authorities."""
    requests = [flight.request for flight in asker.flights if flight.request]
    if requests:
        return True, tuple(dict.fromkeys(name for request in requests for name in request.authorities))
    # A server without a certificate may not ask for one, so that only a flight with one says that it does not.
    if any(flight.whole and flight.chain and flight.hello for flight in asker.flights):
        return False, ()
    return Inconclusive("no handshake came far enough to tell"), ()


def chains(flights: list[Flight]) -> tuple[Chain, ...]:
    """The different chains, those that were seen first first."""
    found = {flight.chain: flight for flight in reversed(flights) if flight.chain}
    return tuple(Chain(flight.version, flight.suite, chain) for chain, flight in reversed(found.items()))


def exchanges(flights: list[Flight]) -> tuple[SeenExchange, ...]:
    """The different key exchanges, likewise, where the server had the choice of the group."""
    free = [flight for flight in flights if flight.offered is None or flight.offered.groups is None]
    found = {flight.exchange: flight for flight in reversed(free) if flight.exchange and flight.suite}
    return tuple(
        SeenExchange(flight.version, flight.suite, exchange)
        for exchange, flight in reversed(found.items())
        if flight.suite
    )
