"""How a domain's MTA-STS policy fits its exchangers, and the one among them that was probed."""

from auditor.facts.wire import Conversation, Observed
from auditor.facts.wire_parts import DomainAround
from auditor.model.facts import fact, provider
from auditor.model.subjects import Endpoint
from auditor.model.unknown import Unknown
from auditor.model.value import frozen
from auditor.readers.host_names import normal


@fact(Endpoint)
@frozen
class PolicyFit:
    """A policy beside the servers it is about; one that asks nothing of them, or that is not there, fits all.

    Attributes:
        domain: the domain.
        host: the host that was probed.
        enforced: whether senders keep their mail where it does not fit.
        unnamed: the domain's exchangers that the policy does not name.
        distrust: why the probed exchanger's certificate does not verify, a clause; empty where it does, or where the
            host is none of the exchangers.

    """

    domain: str
    host: str
    enforced: bool
    unnamed: tuple[str, ...] | Unknown = ()
    distrust: str | Unknown = ""


@provider
def policy_fit(domain: DomainAround, conversation: Conversation, observed: Observed) -> PolicyFit:
    """Hold the policy against the MX records, and the certificate against what senders want (RFC 8461, section 4)."""
    policy, exchangers, host = domain.sts.policy, domain.exchangers, normal(observed.settings.certified)
    name = domain.sts.domain
    if policy is None or policy.mode in (None, "none"):
        return PolicyFit(name, host, enforced=False)
    enforced = policy.mode == "enforce"
    if isinstance(exchangers, Unknown):
        return PolicyFit(name, host, enforced, exchangers if policy.mx else ())
    unnamed = tuple(each.name for each in exchangers.hosts if policy.mx and not policy.names(each.name))
    is_exchanger = host in {normal(each.name) for each in exchangers.hosts}
    distrust = _distrust(conversation, observed) if is_exchanger else ""
    return PolicyFit(name, host, enforced, unnamed, distrust)


def _distrust(talk: Conversation, observed: Observed) -> str | Unknown:
    if talk.tls is None or talk.tls.verified:
        return ""
    if observed.settings.ca is not None:
        return Unknown("the certificate was judged by other authorities than senders have")
    return talk.tls.why_not
