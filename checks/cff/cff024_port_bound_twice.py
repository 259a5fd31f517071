r"""Two listeners want the same port.

Unless no_default_msa is there, m4 adds a listener on 587 to whatever the .mc asks for; with one of its own the .mc
has two, and the second cannot be bound. sendmail retries for a while, during which no port answers, and gives up
(cf/README, no_default_msa; Sendmail Installation and Operation Guide, 5.6).

In the log or at the client:
    opendaemonsocket: daemon MSA: cannot bind: Address already in use
    opendaemonsocket: daemon MSA: server SMTP socket wedged: exiting
Bad:
    DAEMON_OPTIONS(`Port=smtp, Name=MTA')dnl
    DAEMON_OPTIONS(`Port=25, Name=SECOND')dnl
Good:
    DAEMON_OPTIONS(`Port=submission, Name=MSA, M=Ea, Addr=192.0.2.25')dnl
    DAEMON_OPTIONS(`Port=587, Name=MSA-LOCAL, M=E, Addr=127.0.0.1')dnl
Good:
    DAEMON_OPTIONS(`Port=submission, Name=MSA, M=Ea, Family=inet, Addr=0.0.0.0')dnl
    DAEMON_OPTIONS(`Port=submission, Name=MSA6, M=Ea, Family=inet6, Addr=2001:db8::25')dnl
Not when: the listeners are bound to different addresses, or to different families with an address each.
See: cf/README, no_default_msa; Sendmail Installation and Operation Guide, 5.6.
"""

from itertools import combinations

from auditor.facts.listeners import Listener, Listeners
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity

_EVERY = (None, "0.0.0.0", "::", "IPv6:::")  # noqa: S104  # These are the addresses to look for.


@check("CFF024", severity=Severity.CRITICAL)
def port_bound_twice(listeners: Listeners) -> Verdicts:
    """Compare every two listeners."""
    for one, other in combinations(listeners, 2):
        if one.port is not None and one.port == other.port and _collide(one, other):
            yield Finding(
                other.span,
                f"{one.name} and {other.name} both want port {one.port}",
                "The second cannot be bound: while sendmail retries no port answers, and then the daemon exits.",
                Fix("remove one of them, or put FEATURE(`no_default_msa')dnl before the first DAEMON_OPTIONS"),
                ((one.span, f"{one.name} is here"),),
            )


def _collide(one: Listener, other: Listener) -> bool:
    if one.family == other.family:
        return one.address == other.address or one.address in _EVERY or other.address in _EVERY
    # A wildcard of IPv6 takes IPv4 along, since sendmail does not ask for IPV6_V6ONLY.
    return {one.family, other.family} == {"inet", "inet6"} and one.address in _EVERY and other.address in _EVERY
