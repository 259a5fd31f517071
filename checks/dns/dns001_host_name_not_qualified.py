r"""The host does not know its own full name.

sendmail takes the name of gethostname(), looks it up and wants one with a dot. Without it the start
pauses for a minute, and then the short name stands in HELO, in Message-Id and behind every sender
that has no domain (cf/README, "WHO AM I?"). A name that begins with localhost has a dot and is as
useless.

In the log or at the client:
    My unqualified host name (john) unknown; sleeping for retry
    unable to qualify my own domain name (john) -- using short name
Bad:
    --- /etc/hosts
    127.0.0.1 localhost
    192.0.2.10 john
    --- /etc/HOSTNAME
    john
Bad:
    --- /etc/hosts
    127.0.0.1 localhost.localdomain localhost john
    --- /etc/HOSTNAME
    john
Bad:
    --- $ sendmail -d0.13 -bt
    Version 8.18.1
     Compiled with: DNSMAP LOG MAP_REGEX NAMED_BIND NETINET NEWDB SASLv2 STARTTLS USERDB
          (canonical domain name) $j = john
Good:
    --- /etc/hosts
    127.0.0.1 localhost
    192.0.2.10 john.doe.org john
    --- /etc/HOSTNAME
    john
Good:
    define(`confDOMAIN_NAME', `john.doe.org')dnl
Not when: the configuration sets the name itself, which DNS007 judges, or DNS may complete it by resolv.conf's
search list.
See: howto, prerequisites, and step 3; cf/README, "WHO AM I?".
"""

from auditor.facts.live import Binary
from auditor.facts.network import HostName, Resolver
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable, Unknown


@check("DNS001", severity=Severity.HIGH, howto="P")
def host_name_not_qualified(
    host: HostName | Unknown, binary: Binary | Unknown, resolver: Resolver | Unknown, configuration: Configuration
) -> Verdicts:
    """Judge the name sendmail itself tells, else the one that files lead to."""
    if configuration.is_submission:
        yield NotApplicable("the name is the host's, and is judged with the daemon's configuration")
    elif isinstance(host, HostName) and host.is_set:
        yield NotApplicable("the configuration sets the name")
    elif isinstance(binary, Binary) and binary.name is not None:
        yield from _judged(binary.name, host)
    elif isinstance(host, Unknown):
        yield host
    elif not host.is_qualified and (isinstance(resolver, Unknown) or resolver.search):
        yield Unknown("DNS may complete the name by the search list of resolv.conf")
    else:
        yield from _judged(host.name, host)


def _judged(name: str, host: HostName | Unknown) -> Verdicts:
    if "." in name.strip(".") and not name.lower().startswith("localhost."):
        return
    short = "john" if name.lower().startswith("localhost") else name
    yield Finding(
        host.span if isinstance(host, HostName) else "/etc/hosts",
        f"sendmail takes {name} for the host's full name",
        "Peers refuse its HELO and its senders' addresses, and each start of an unqualified host pauses for a minute.",
        Fix(f"put the long name first in /etc/hosts: 192.0.2.10 {short}.doe.org {short}, with your address and domain"),
    )
