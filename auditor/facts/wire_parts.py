"""The parts of what a probe met, as facts of their own.

Only the rules about the wire ask for them. A scan that probes nothing imports neither these nor what they are made of.
"""

from auditor.facts.wire import Observed
from auditor.model.facts import fact, provider
from auditor.model.subjects import Endpoint
from auditor.model.unknown import NotApplicable, Unknown
from auditor.probe.answers import Answer, Heard
from auditor.probe.around import DomainAround, HostAround
from auditor.probe.auth.saslauthd import Asked
from auditor.probe.auth.trial import TrialResult
from auditor.probe.commands import Commands
from auditor.probe.dane import DANEVerdict
from auditor.probe.idle import LEAST, Idle
from auditor.probe.intrusive import Exposure, Intrusive
from auditor.probe.relay import Relaying
from auditor.probe.smtp import Extensions, Reply
from auditor.probe.tls.offered import TLSOffer

__all__ = [
    "LEAST",
    "Answer",
    "Asked",
    "Commands",
    "DANEVerdict",
    "DomainAround",
    "Exposure",
    "Extensions",
    "Heard",
    "HostAround",
    "Idle",
    "Intrusive",
    "Relaying",
    "Reply",
    "TLSOffer",
    "TrialResult",
]

#: The types of the probe that are facts as they stand.
for _kind in (Commands, DANEVerdict, DomainAround, HostAround, Idle, Intrusive, Relaying, TLSOffer, TrialResult):
    fact(Endpoint)(_kind)


@provider
def tls_offer(observed: Observed) -> TLSOffer | Unknown | NotApplicable:
    """What TLS it offers."""
    return observed.offer


@provider
def commands(observed: Observed) -> Commands | Unknown | NotApplicable:
    """What it answers to commands, senders and recipients."""
    return observed.commands


@provider
def relaying(observed: Observed) -> Relaying | Unknown | NotApplicable:
    """Whether it relays."""
    return observed.relaying


@provider
def trial(observed: Observed) -> TrialResult | Unknown | NotApplicable:
    """Whether AUTH answers."""
    return observed.trial


@provider
def intrusive(observed: Observed) -> Intrusive | NotApplicable:
    """What the intrusive tests showed."""
    return observed.intrusive


@provider
def idle(observed: Observed) -> Idle | Unknown | NotApplicable:
    """How long it waits for a client that says nothing."""
    return observed.idle


@provider
def host_around(observed: Observed) -> HostAround | Unknown | NotApplicable:
    """What the DNS says of the host."""
    return observed.host


@provider
def dane_verdict(observed: Observed) -> DANEVerdict | Unknown | NotApplicable:
    """Its TLSA records against its chain."""
    return observed.dane


@provider
def domain_around(observed: Observed) -> DomainAround | NotApplicable:
    """What the DNS says of the mail domain it was probed for."""
    return observed.domain
