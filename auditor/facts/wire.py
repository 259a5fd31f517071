"""What a probe met on the wire: each endpoint, what it said, what it offers in TLS, the certificates it served."""

from collections.abc import Mapping

from auditor.model.facts import fact, provider
from auditor.model.subjects import Credential, Endpoint, Install
from auditor.model.unknown import Inconclusive, NotApplicable, Unknown
from auditor.model.value import frozen
from auditor.probe.answers import Answer, Heard
from auditor.probe.around import DomainAround, HostAround
from auditor.probe.auth.trial import TrialResult
from auditor.probe.commands import Commands
from auditor.probe.dane import DANEVerdict
from auditor.probe.observed import Conversation, Logins, Observed
from auditor.probe.relay import Relaying
from auditor.probe.smtp import Extensions, Reply
from auditor.probe.tls.offered import TLSOffer

__all__ = [
    "Answer",
    "Commands",
    "Conversation",
    "DANEVerdict",
    "DomainAround",
    "Endpoints",
    "Extensions",
    "Heard",
    "HostAround",
    "Logins",
    "Observed",
    "Relaying",
    "Reply",
    "Served",
    "TLSOffer",
    "TrialResult",
]

#: The types of the probe that are facts as they stand.
for _kind in (
    Commands,
    Conversation,
    DANEVerdict,
    DomainAround,
    HostAround,
    Logins,
    Observed,
    Relaying,
    TLSOffer,
    TrialResult,
):
    fact(Endpoint)(_kind)


@fact(Install, lists=Endpoint)
@frozen
class Endpoints:
    """The endpoints that were probed beside an install; given from outside."""

    observed: Mapping[Endpoint, Observed]

    @property
    def subjects(self) -> tuple[Endpoint, ...]:
        """The endpoints, in the order they were asked for."""
        return tuple(self.observed)


@provider
def observed(endpoint: Endpoint, endpoints: Endpoints) -> Observed:
    """What an endpoint beside an install was met as; where an endpoint is the target, that is given."""
    return endpoints.observed[endpoint]


@provider
def conversation(observed: Observed) -> Conversation | Unknown:
    """The first conversation."""
    return observed.conversation


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
def logins(observed: Observed) -> Logins | Unknown | NotApplicable:
    """What came of logging in."""
    return observed.logins


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


@fact(Endpoint, lists=Credential)
@frozen
class Served:
    """The different certificate chains that a server sent, in DER, by what reports call them."""

    chains: Mapping[Credential, tuple[bytes, ...]]

    @property
    def subjects(self) -> tuple[Credential, ...]:
        """The served certificates."""
        return tuple(self.chains)


@provider
def served(endpoint: Endpoint, observed: Observed) -> Served | Unknown | NotApplicable:
    """The chains of the hellos, or of the conversation where no hello was answered."""
    talk, offer = observed.conversation, observed.offer
    chains = [chain.certificates for chain in offer.chains] if isinstance(offer, TLSOffer) else []
    if not chains and isinstance(talk, Conversation) and talk.tls is not None:
        chains = [talk.tls.chain]
    found = list(dict.fromkeys(chain for chain in chains if chain))
    if not found:
        return offer if isinstance(offer, Unknown | NotApplicable) else Inconclusive("no certificate was seen")
    names = ["server certificate", *(f"server certificate {number}" for number in range(2, len(found) + 1))]
    return Served({Credential(name, endpoint): chain for name, chain in zip(names, found, strict=True)})
