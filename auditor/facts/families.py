"""What a host answers over IPv4 and over IPv6, where it has addresses of both."""

from auditor.facts.wire import Conversation, Observed
from auditor.model.facts import fact, provider
from auditor.model.subjects import Endpoint
from auditor.model.unknown import Inconclusive, NotApplicable
from auditor.model.value import frozen
from auditor.probe.differing import Difference, differing
from auditor.probe.families import family


@fact(Endpoint)
@frozen
class BothFamilies:
    """Two addresses of one host, one of each family, and how they fare beside each other.

    Attributes:
        first: the address that the probe talked to.
        other: the one of the other family.
        refused: the other one's refusal to take a connection, a sentence; empty where it took one.
        differences: in what the two answer differently.
        undecided: why it is not known whether TLS is the same over both; None where it is.

    """

    first: str
    other: str
    refused: str
    differences: tuple[Difference, ...]
    undecided: Inconclusive | None

    @property
    def families(self) -> tuple[str, str]:
        """``IPv4`` and ``IPv6``, that of the first address first."""
        return family(self.first), family(self.other)

    @property
    def is_loopback(self) -> bool:
        """Whether nobody but the machine itself uses the other address."""
        return self.other == "::1" or self.other.startswith("127.")


@provider
def both_families(observed: Observed, conversation: Conversation) -> BothFamilies | Inconclusive | NotApplicable:
    """Hold the two conversations against each other."""
    other = observed.other_family
    if isinstance(other, Inconclusive | NotApplicable):
        return other
    talk = other.conversation
    if isinstance(talk, Inconclusive):
        return BothFamilies(other.first, other.address, other.refused, (), None) if other.refused else talk
    differences = differing(conversation, other.first, talk, other.address)
    broken = next((each.failed for each in (conversation, talk) if each.failed and not each.failed.kind), None)
    undecided = Inconclusive(broken.message) if broken is not None else None
    return BothFamilies(other.first, other.address, "", differences, undecided)
