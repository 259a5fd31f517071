"""What a probe met on the wire: each endpoint, what it said, what it offers in TLS, the certificates it served."""

from collections.abc import Mapping

from auditor.model.facts import fact, provider
from auditor.model.subjects import Credential, Endpoint, Install
from auditor.model.unknown import Inconclusive, NotApplicable, Unknown
from auditor.model.value import frozen
from auditor.probe.observed import Conversation, Logins, Observed
from auditor.probe.unmet import TurnedAway, Unreached

__all__ = ["Conversation", "Endpoints", "Logins", "Observed", "Served", "TurnedAway", "Unreached"]

#: The types of the probe that are facts as they stand; ``wire_parts`` has more.
for _kind in (Conversation, Logins, Observed):
    fact(Endpoint)(_kind)


@fact(Install, lists=Endpoint)
@frozen
class Endpoints:
    """The endpoints that were probed beside an install, given from outside where any was."""

    observed: Mapping[Endpoint, Observed]

    @property
    def subjects(self) -> tuple[Endpoint, ...]:
        """The endpoints, in the order they were asked for."""
        return tuple(self.observed)


@provider
def endpoints(install: Install) -> Endpoints | NotApplicable:
    """What holds where none is given."""
    return NotApplicable(f"nothing was probed beside {install.name}; --probe HOST:PORT does")


@provider
def observed(endpoint: Endpoint, endpoints: Endpoints) -> Observed:
    """What an endpoint beside an install was met as; where an endpoint is the target, that is given."""
    return endpoints.observed[endpoint]


@provider
def conversation(observed: Observed) -> Conversation | Unknown:
    """The first conversation."""
    return observed.conversation


@provider
def logins(observed: Observed) -> Logins | Unknown | NotApplicable:
    """What came of logging in."""
    return observed.logins


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
    chains = [] if isinstance(offer, Unknown | NotApplicable) else [chain.certificates for chain in offer.chains]
    if not chains and isinstance(talk, Conversation) and talk.tls is not None:
        chains = [talk.tls.chain]
    found = list(dict.fromkeys(chain for chain in chains if chain))
    if not found:
        return offer if isinstance(offer, Unknown | NotApplicable) else Inconclusive("no certificate was seen")
    numbers = ["", *(f" {number}" for number in range(2, len(found) + 1))]
    names = [f"server certificate{number} of {endpoint.name}" for number in numbers]
    return Served({Credential(name, endpoint): chain for name, chain in zip(names, found, strict=True)})
