"""Kinds of IP addresses."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_network

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


def is_inside(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is private, of the link, or of the loopback interface."""
    return any(address.version == network.version and address in network for network in _INSIDE)
