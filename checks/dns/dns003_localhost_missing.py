r"""/etc/hosts does not name localhost at 127.0.0.1.

The submission program hands every local message to the daemon on the loopback interface, and
programs of all kinds look localhost up. Without the line the question goes to the DNS, which does
not answer it for everybody (hosts(5); RFC 6761, section 6.3).

In the log or at the client:
    stat=Deferred: Name server: localhost: host name lookup failure
Bad:
    --- /etc/hosts
    127.0.0.1 john.doe.org john
Bad:
    --- /etc/hosts
    ::1 localhost
    192.0.2.10 john.doe.org john
Good:
    --- /etc/hosts
    127.0.0.1 localhost.localdomain localhost
    192.0.2.10 john.doe.org john
Good:
    --- /etc/hosts
    192.0.2.10 john.doe.org john
    --- /etc/nsswitch.conf
    hosts: files dns myhostname
Not when: nsswitch.conf asks systemd's myhostname or resolve, which know localhost of themselves.
See: howto step 3; RFC 6761, 6.3.
"""

from auditor.facts.network import Hosts, Nsswitch
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import NotApplicable, Unknown

_KNOWN_OF_ITSELF = {"myhostname", "resolve"}


@check("DNS003", severity=Severity.HIGH, howto="3")
def localhost_missing(hosts: Hosts, nsswitch: Nsswitch | Unknown) -> Verdicts:
    """Look for localhost at an address of 127.0.0.0/8."""
    if isinstance(nsswitch, Nsswitch) and _KNOWN_OF_ITSELF.intersection(nsswitch.hosts):
        yield NotApplicable("systemd answers for localhost")
        return
    loopback = [line for line in hosts.document.hosts if str(line.address).startswith("127.")]
    if any(name.text.lower() == "localhost" for line in loopback for name in line.names):
        return
    at = loopback[0].words[0] if loopback else "/etc/hosts"
    shown = (
        f"the line of {loopback[0].address} lacks localhost"
        if loopback
        else "no line has 127.0.0.1 with the name localhost"
    )
    yield Finding(
        at,
        f"{shown} in /etc/hosts" if hosts.document.hosts else "/etc/hosts has no localhost",
        "What is sent to localhost waits in the queue or goes where the DNS says, and local mail piles up.",
        Fix("add the line: 127.0.0.1 localhost localhost.localdomain"),
    )
