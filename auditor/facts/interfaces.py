"""The addresses of the running host's own interfaces."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address

from auditor.facts.given import Host
from auditor.model.facts import fact, provider
from auditor.model.pattern import lazy
from auditor.model.subjects import Install
from auditor.model.unknown import Unknown
from auditor.model.value import frozen
from auditor.readers.addresses import is_inside

_COMMANDS = (("ip", "-o", "addr", "show"), ("ifconfig", "-a"))
_ADDRESS = lazy(r"\binet6?\s+(?:addr:\s*)?([0-9A-Fa-f.:]+)")


@fact(Install)
@frozen
class Interfaces:
    """The addresses that are configured on this host."""

    addresses: frozenset[IPv4Address | IPv6Address]

    @property
    def is_behind_nat(self) -> bool:
        """Whether none of the addresses is one that strangers can reach."""
        return all(is_inside(address) for address in self.addresses)


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
