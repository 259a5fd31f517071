r"""/etc/hosts gives the host's own name an address that it does not have.

A placeholder that was copied from a guide, or the address of before the move: sendmail then takes
mail for its own name to somebody else's host, and does not know its real address as its own
(hosts(5)).

In the log or at the client:
    stat=Deferred: Connection timed out with john.doe.org.
Bad:
    --- /etc/hosts
    127.0.0.1 localhost
    1.2.3.4 john.doe.org john
Bad:
    --- /etc/hosts
    127.0.0.1 localhost
    192.0.2.77 john.doe.org john
    --- $ ip -o addr show
    1: lo    inet 127.0.0.1/8 scope host lo
    2: eth0    inet 192.0.2.10/24 brd 192.0.2.255 scope global eth0
Good:
    --- /etc/hosts
    127.0.0.1 localhost
    192.0.2.10 john.doe.org john
    2001:db8:0:25::10 john.doe.org john
    --- ? john.doe.org A
    192.0.2.10
    --- ? 192.0.2.10 PTR
    john.doe.org
    --- $ ip -o addr show
    1: lo    inet 127.0.0.1/8 scope host lo
    2: eth0    inet 192.0.2.10/24 brd 192.0.2.255 scope global eth0
    2: eth0    inet6 2001:db8:0:25::10/64 scope global
Not when: the host has private addresses only and the line names the public one in front of it; that is a note.
See: howto step 3.
"""

from auditor.facts.interfaces import Interfaces
from auditor.facts.network import HostName, Hosts
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable, Unknown
from auditor.readers.addresses import is_inside

#: The address that the howto prints where yours belongs.
_PLACEHOLDER = "1.2.3.4"


@check("DNS006", severity=Severity.MEDIUM, howto="3")
def address_of_nobody(
    hosts: Hosts, host: HostName, interfaces: Interfaces | Unknown, configuration: Configuration
) -> Verdicts:
    """Compare the addresses of the name with those of the interfaces; a placeholder needs no comparing."""
    if configuration.is_submission:
        yield NotApplicable("the name is judged with the daemon's configuration")
        return
    for line in hosts.of_name(host.name):
        address = line.address
        if isinstance(interfaces, Unknown) and str(address) != _PLACEHOLDER:
            yield interfaces
        elif isinstance(interfaces, Unknown) or (not address.is_loopback and address not in interfaces.addresses):
            translated = isinstance(interfaces, Interfaces) and interfaces.is_behind_nat and not is_inside(address)
            shown = (
                "the address that the howto prints for yours" if str(address) == _PLACEHOLDER else "no interface has it"
            )
            yield Finding(
                line.words[0],
                f"/etc/hosts has {host.name} at {address}, {shown}",
                "What this host sends to its own name goes to another one, or nowhere.",
                Fix(f"write the host's own address there: ip -o addr show, then ADDRESS {host.name}"),
                severity=Severity.INFO if translated else None,
            )
