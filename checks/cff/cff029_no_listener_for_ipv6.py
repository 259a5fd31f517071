r"""The host's name has an address of IPv6, and port 25 is not open there.

A listener without Family=inet6 hears IPv4 only. Peers that have both try the address in DNS first,
are refused, and fall back, or do not. Two DAEMON_OPTIONS are needed, each with its family; both on
the wildcard address collide, since sendmail does not ask for IPV6_V6ONLY (Sendmail Installation and
Operation Guide, 5.6, DaemonPortOptions).

In the log or at the client:
    connect to 2001:db8::25 port 25: Connection refused
Bad:
    DAEMON_OPTIONS(`Name=MTA, Port=smtp')dnl
    --- $ sendmail -d0.13 -bt
    Version 8.18.1
      (canonical domain name) $j = john.doe.org
    --- ? john.doe.org AAAA
    2001:db8:0:25::10
    --- ? 2001:db8:0:25::10 PTR
    john.doe.org
Good:
    DAEMON_OPTIONS(`Name=MTA-v4, Family=inet, Port=smtp')dnl
    DAEMON_OPTIONS(`Name=MTA-v6, Family=inet6, Addr=2001:db8:0:25:0:0:0:10, Port=smtp')dnl
Not when: the name has no AAAA record, or every listener is bound to the loopback interface; two
    listeners that collide are CFF024's.
See: Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.listeners import Listeners
from auditor.facts.live import Addresses
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import NotApplicable, Unknown

_SMTP = 25


@check("CFF029", severity=Severity.LOW, confidence=Confidence.MEDIUM)
def no_listener_for_ipv6(listeners: Listeners, addresses: Addresses | Unknown) -> Verdicts:
    """Compare the families of the listeners on port 25 with the records of the host's name."""
    public = [listener for listener in listeners.on(_SMTP) if not listener.is_loopback]
    if not public:
        yield NotApplicable("no listener on port 25 is open to other hosts")
    elif any(listener.family == "inet6" for listener in public):
        return
    elif isinstance(addresses, Unknown):
        yield Unknown(f"whether the host's name has an address of IPv6: {addresses.reason}")
    else:
        found = [address for address in addresses.addresses if ":" in address]
        if found:
            yield Finding(
                public[0].span,
                f"{addresses.name} has the address {found[0]}, and no listener on port 25 is of inet6",
                "Peers that prefer IPv6 are refused first; mail comes late, or from some not at all.",
                Fix(f"DAEMON_OPTIONS(`Name=MTA-v6, Family=inet6, Addr={found[0]}, Port=smtp')dnl"),
            )
