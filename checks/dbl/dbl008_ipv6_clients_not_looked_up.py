r"""Clients that come over IPv6 are never held against the block lists.

Both features take a client's address apart at its dots, so the rules pass an IPv6 address by, whatever the
lists have of it (cf/README, FEATURE(`dnsbl'); the rules in the .cf). Who listens on IPv6 should know that
other checks have to do there: names and rates of clients, greet_pause, or a milter.

In the log or at the client:
    from=<x@example.net>, relay=spam.example.net [IPv6:2001:db8::7], without a reject
Bad:
    FEATURE(`dnsbl', `bl.spamcop.net')dnl
Good:
    DAEMON_OPTIONS(`Name=MTA-v6, Family=inet6, Addr=::1, Port=smtp, M=A')dnl
    DAEMON_OPTIONS(`Name=MSA-v6, Family=inet6, Addr=::1, Port=submission, M=Ea')dnl
    DAEMON_OPTIONS(`Name=TLS-v6, Family=inet6, Addr=::1, Port=smtps, M=sa')dnl
Not when: the listeners for IPv6 are for this host alone, or take mail only from users who have logged in.
See: cf/README, FEATURE(`dnsbl').
"""

from auditor.facts.blocklists import Blocklists
from auditor.facts.listeners import Listeners
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity


@check("DBL008", severity=Severity.INFO, confidence=Confidence.HIGH)
def ipv6_clients_not_looked_up(lists: Blocklists, listeners: Listeners) -> Verdicts:
    """Look for a listener that strangers reach over IPv6."""
    reached = [
        each for each in listeners if each.family == "inet6" and not each.is_loopback and "a" not in each.modifiers
    ]
    if reached and lists.lists:
        first = lists.lists[0]
        yield Finding(
            first.span,
            f"{first.zone} is never asked about clients of the listener {reached[0].name}, which come over IPv6",
            "What comes over IPv6 is not held against any list.",
            Fix("leave it, and let other checks do their part: greet_pause, ratecontrol, or a milter that asks lists"),
            ((reached[0].span, "this listener takes them"),),
        )
    if lists.doubt is not None:
        yield lists.doubt
