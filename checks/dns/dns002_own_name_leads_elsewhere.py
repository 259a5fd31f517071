r"""The host's own name is not in DNS, or leads to another host.

The name that sendmail uses in HELO and in Message-Id should lead back to the host: many servers
look it up before they take mail, and bounces and replies to it go there (RFC 5321, section 2.3.5
and 4.1.1.1).

In the log or at the client:
    550 5.7.1 <john.doe.org>: Helo command rejected: Host not found
Bad:
    --- ? john.doe.org A
    --- ? john.doe.org AAAA
Bad:
    --- ? john.doe.org A
    192.0.2.99
    --- ? 192.0.2.99 PTR
    www.doe.org
    --- $ ip -o addr show
    1: lo    inet 127.0.0.1/8 scope host lo
    2: eth0    inet 192.0.2.10/24 brd 192.0.2.255 scope global eth0
Good:
    --- ? john.doe.org A
    192.0.2.10
    --- ? 192.0.2.10 PTR
    john.doe.org
    --- $ ip -o addr show
    1: lo    inet 127.0.0.1/8 scope host lo
    2: eth0    inet 192.0.2.10/24 brd 192.0.2.255 scope global eth0
    2: eth0    inet6 2001:db8:0:25::10/64 scope global
Not when: the host has private addresses only; a translated address is a note then.
See: howto, prerequisites; RFC 5321, 4.1.1.1.
"""

from ipaddress import ip_address

from auditor.facts.interfaces import Interfaces
from auditor.facts.live import Addresses
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import Unknown


@check("DNS002", severity=Severity.HIGH, howto="P")
def own_name_leads_elsewhere(addresses: Addresses, interfaces: Interfaces | Unknown) -> Verdicts:
    """Compare the addresses of the name with those of the host."""
    if not addresses.addresses:
        yield Finding(
            None,
            f"{addresses.name} has neither an A nor an AAAA record",
            "Servers that look the HELO name up refuse this host's mail, and nothing can be sent to the name.",
            Fix("have the record published, or set confDOMAIN_NAME to a name that has one"),
        )
    elif isinstance(interfaces, Unknown):
        yield interfaces
    elif not any(ip_address(address) in interfaces.addresses for address in addresses.addresses):
        shown = ", ".join(addresses.addresses)
        inside = interfaces.is_behind_nat
        yield Finding(
            None,
            f"{addresses.name} leads to {shown}, which no interface of this host has",
            "If the address is not translated to this host, mail for the name goes to another one.",
            Fix("correct the record, or see that the router passes port 25 on to this host"),
            severity=Severity.INFO if inside else None,
        )
