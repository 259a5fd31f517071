"""The addresses of the running host's own interfaces."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from auditor.facts.given import Host
from auditor.model.facts import fact, provider
from auditor.model.pattern import lazy
from auditor.model.subjects import Install
from auditor.model.unknown import Unknown
from auditor.model.value import frozen

_COMMANDS = (("ip", "-o", "addr", "show"), ("ifconfig", "-a"))
_ADDRESS = lazy(r"\binet6?\s+(?:addr:\s*)?([0-9A-Fa-f.:]+)")
#: Networks that no stranger's packet is routed to (RFC 1918, 6598, 4193, 3927, 4291).
_INSIDE = tuple(
    ip_network(network)
    for network in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "127.0.0.0/8",
        "fc00::/7",
        "fe80::/10",
        "::1/128",
    )
)


@fact(Install)
@frozen
class Interfaces:
    """The addresses that are configured on this host."""

    addresses: frozenset[IPv4Address | IPv6Address]

    @property
    def is_behind_nat(self) -> bool:
        """Whether none of the addresses is one that strangers can reach."""
        return all(is_inside(address) for address in self.addresses)


def is_inside(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is private, of the link, or of the loopback interface."""
    return any(address.version == network.version and address in network for network in _INSIDE)


@provider
def interfaces(host: Host) -> Interfaces | Unknown:
    """Ask ip, or ifconfig where there is none."""
    if host.closed is not None:
        return host.closed
    for command in _COMMANDS:
        text = host.output(command)
        found = frozenset(_addresses(text)) if isinstance(text, str) else frozenset()
        if found:
            return Interfaces(found)
    return Unknown("neither ip nor ifconfig shows an address")


def _addresses(text: str) -> Iterator[IPv4Address | IPv6Address]:
    for match in _ADDRESS.finditer(text):
        try:
            yield ip_address(match[1])
        except ValueError:
            continue
