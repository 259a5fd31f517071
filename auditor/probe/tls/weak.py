"""Which classes of weak suites a target accepts, asked for all at once until nothing of them is accepted."""

from __future__ import annotations

from auditor.model.unknown import Inconclusive
from auditor.probe.tls import lists
from auditor.probe.tls.asking import Asker
from auditor.probe.tls.hello import Hello
from auditor.probe.tls.numbers import UNKNOWN_PSK_IDENTITY
from auditor.probe.tls.offered import WeakOffer
from auditor.probe.tls.versions import Versions
from auditor.readers.cipher_suites import WEAK_CLASSES


def seen(asker: Asker) -> dict[str, WeakOffer]:
    """The classes that a target has accepted so far, whatever it was asked for."""
    found: dict[str, WeakOffer] = {}
    for flight in asker.flights:
        for suite in (flight.suite, *flight.suites):
            for name in sorted(suite.classes) if suite else ():
                found.setdefault(name, WeakOffer(name, accepted=True, version=flight.version, suite=suite))
    return found


def ask(asker: Asker, versions: Versions, spare: int) -> tuple[WeakOffer, ...]:
    """Ask for each class, in the newest and in the oldest protocol before TLS 1.3 that the target speaks.

    A library may keep a class for old protocols, as the standards do with suites for export and DES.

    Args:
        asker: asks the target.
        versions: what it speaks.
        spare: how many connections are to be left for others.

    """
    told: dict[str, WeakOffer] = {}
    for version in dict.fromkeys((*versions.legacy[:1], *versions.legacy[-1:])):
        for name, offer in _asked(asker, version, spare).items():
            # A refusal in one protocol takes back neither a yes nor a doubt in another.
            if offer.accepted is not False or name not in told:
                told[name] = offer
    return complete({**told, **seen(asker)}, _rest(asker, versions))


def complete(told: dict[str, WeakOffer], rest: bool | Inconclusive) -> tuple[WeakOffer, ...]:  # noqa: FBT001  # The answer.
    """Every class in the order of `WEAK_CLASSES`; what is to be said of those of which nothing is told."""
    return tuple(told.get(name) or WeakOffer(name, rest) for name in WEAK_CLASSES)


def _asked(asker: Asker, version: str, spare: int) -> dict[str, WeakOffer]:
    told: dict[str, WeakOffer] = {}
    while open_classes := frozenset(WEAK_CLASSES) - frozenset(told) - frozenset(seen(asker)):
        if asker.left <= spare:
            doubt = Inconclusive(asker.stopped or "there were more questions than connections for one target")
            return told | {name: WeakOffer(name, doubt) for name in open_classes}
        answer = asker.ask(Hello((version,), lists.weak(open_classes, version)))
        if answer.flight is not None:
            continue
        if answer.alert == UNKNOWN_PSK_IDENTITY and "SRP" in open_classes:
            # It would go on with a password, were there a user's name in the hello (RFC 5054 section 2.5.1.3).
            told["SRP"] = WeakOffer("SRP", accepted=True, version=version)
            continue
        doubt_or_none = asker.verdict(answer)
        return told | {name: WeakOffer(name, doubt_or_none or False) for name in open_classes}
    return told


def _rest(asker: Asker, versions: Versions) -> bool | Inconclusive:
    """What is to be said of a class that no protocol was asked for: TLS 1.3 has none of them."""
    doubts = (versions.doubt(asker, name) for name, answer in versions.answers.items() if answer.flight is None)
    return next(filter(None, doubts), None) or False
