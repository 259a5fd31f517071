r"""A network that may relay is held against the block lists.

The lists are asked about every IPv4 client, whether it may relay or not. An address of one's own
users that comes onto a list, or that a list of dynamic addresses has by design, then cannot send;
an entry Connect with OK or RELAY in the access map is looked at first (cf/README,
FEATURE(`dnsbl')).

In the log or at the client:
    550 5.7.1 Rejected: 198.51.100.7 listed at zen.spamhaus.org
Bad:
    --- /etc/mail/relay-domains
    198.51.100
Good:
    --- /etc/mail/relay-domains
    198.51.100
    --- +/etc/mail/access
    Connect:198.51.100\tRELAY
Good:
    --- /etc/mail/relay-domains
    192.168.17
Not when: the network is private, which no list has, or the access map lets it in.
See: cf/README.
"""

import ipaddress

from auditor.facts.blocklists import Blocklists
from auditor.facts.classes import RelayDomains
from auditor.facts.mapfiles import AccessMap
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.pattern import lazy
from auditor.model.unknown import NotApplicable, Unknown

_NETWORK = lazy(r"\d{1,3}(\.\d{1,3}){0,3}")
_LETS_IN = ("OK", "RELAY")
#: The networks that no public list has, those of documentation apart, which stand for public ones.
_PRIVATE = tuple(
    map(ipaddress.ip_network, "0.0.0.0/8 10.0.0.0/8 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16".split())
)


@check("DBL006", severity=Severity.MEDIUM)
def own_networks_not_exempt(
    lists: Blocklists, relayed: RelayDomains, access: AccessMap | Unknown | NotApplicable
) -> Verdicts:
    """Look for each network of class R in the access map."""
    networks = [
        member for member in relayed if _NETWORK.fullmatch(member.word.rstrip(".")) and not _private(member.word)
    ]
    if relayed.unseen is not None:
        yield Unknown(relayed.unseen)
    if networks and isinstance(access, Unknown):
        yield access
        return
    allowed = _allowed(access) if isinstance(access, AccessMap) else set()
    for member in networks:
        network = member.word.rstrip(".")
        parts = network.split(".")
        if not any(".".join(parts[:count]) in allowed for count in range(1, len(parts) + 1)):
            yield Finding(
                member.span,
                f"{network} may relay, and its hosts are looked up in {lists.lists[0].zone}",
                "Users there cannot send as soon as a list has their address.",
                Fix(f"add to the access map: Connect:{network} RELAY"),
            )


def _allowed(access: AccessMap) -> set[str]:
    return {
        entry.key.text.rstrip(".")
        for entry in access
        if (entry.tag is None or entry.tag.text.lower() == "connect") and entry.value.text.upper().strip() in _LETS_IN
    }


def _private(network: str) -> bool:
    parts = network.rstrip(".").split(".")
    try:
        address = ipaddress.ip_address(".".join([*parts, *["0"] * (4 - len(parts))]))
    except ValueError:
        return True
    return any(address in each for each in _PRIVATE)
