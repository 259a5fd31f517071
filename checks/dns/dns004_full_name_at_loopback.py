r"""The host's full name stands on a loopback line of /etc/hosts.

Then the host looks its own name up and finds 127.0.0.1: what it sends to that name, or announces of
itself to others, never leaves the machine, and a comparison with the real address fails. The full
name belongs on the line of the public address (cf/README, "WHO AM I?"; hosts(5)).

In the log or at the client:
    relay=john.doe.org [127.0.0.1]
Bad:
    --- /etc/hosts
    127.0.0.1 john.doe.org john localhost
Bad:
    --- /etc/hosts
    127.0.0.1 localhost
    127.0.1.1 john.doe.org john
Good:
    --- /etc/hosts
    127.0.0.1 localhost localhost.localdomain
    192.0.2.10 john.doe.org john
Not when: the address is 127.0.1.1, where Debian puts the name of a host without a fixed address; that is low.
See: howto step 3; cf/README, "WHO AM I?".
"""

from auditor.facts.network import HostName, Hosts
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable


@check("DNS004", severity=Severity.MEDIUM, howto="3")
def full_name_at_loopback(host: HostName, hosts: Hosts, configuration: Configuration) -> Verdicts:
    """Look where /etc/hosts has the name."""
    if configuration.is_submission or not host.is_qualified or host.name.lower().startswith("localhost"):
        yield NotApplicable("there is no full name to look for, or it is judged with the daemon's configuration")
        return
    for line in hosts.of_name(host.name):
        if line.address.is_loopback:
            name = next(each for each in line.names if each.text.lower() == host.name.lower())
            yield Finding(
                name,
                f"the host's full name, {host.name}, stands at {line.address}",
                "The host takes its own name for the loopback interface, and what compares name and address fails.",
                Fix(f"give it a line of its own with the public address: 192.0.2.10 {host.name}"),
                severity=Severity.LOW if str(line.address) == "127.0.1.1" else None,
            )
