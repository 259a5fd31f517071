"""What is known of DNS block lists: which have ended, which answer with error codes, which resolvers they refuse.

The dates are those of the operators' own announcements or of the tests that noticed the end; an entry that rests on
hearsay is marked as not certain.
"""

from __future__ import annotations

import ipaddress

from auditor.model.pattern import lazy
from auditor.model.value import frozen


@frozen
class DeadList:
    """A list that has ended.

    Attributes:
        zone: its domain; every zone below it is dead as well.
        since: when it ended, ``YYYY-MM`` or ``YYYY``; empty where that is not known.
        fate: ``lists all`` (it once answered every question with yes), ``silent`` (its servers do not answer, look-ups
            time out), ``empty`` (it lists nobody) or ``merged`` (another list has taken its place).
        certain: whether its end is well attested.
        successor: what is there instead, or None.

    """

    zone: str
    since: str
    fate: str
    certain: bool = True
    successor: str | None = None


DEAD = (
    DeadList("ordb.org", "2006-12", "lists all"),
    DeadList("dsbl.org", "2008-05", "silent"),
    DeadList("sorbs.net", "2024-06", "empty"),
    DeadList("njabl.org", "2013-03", "empty"),
    DeadList("ahbl.org", "2015-01", "lists all"),
    DeadList("rfc-ignorant.org", "2012-11", "empty"),
    DeadList("blackholes.mail-abuse.org", "", "silent"),
    DeadList("relays.mail-abuse.org", "", "silent"),
    DeadList("dialups.mail-abuse.org", "", "silent"),
    DeadList("ix.dnsbl.manitu.net", "2025-01", "empty"),
    DeadList("dnsbl.inps.de", "2020-05", "empty"),
    DeadList("ubl.unsubscore.com", "", "silent"),
    DeadList("opm.blitzed.org", "2006", "silent", certain=False),
    DeadList("bl.csma.biz", "2007", "silent", certain=False),
    DeadList("five-ten-sg.com", "2011", "silent", certain=False),
    DeadList("dul.ru", "", "silent", certain=False),
    DeadList("spamcannibal.org", "2018", "lists all", certain=False),
    DeadList("cbl.abuseat.org", "2021", "merged", certain=False, successor="zen.spamhaus.org"),
    DeadList("sbl-xbl.spamhaus.org", "2007", "merged", certain=False, successor="zen.spamhaus.org"),
)

#: Lists of Spamhaus by what of ``zen`` they are; they answer 127.255.255.x to those whose questions they do not serve.
SPAMHAUS = ("zen.spamhaus.org", "sbl.spamhaus.org", "xbl.spamhaus.org", "pbl.spamhaus.org", "sbl-xbl.spamhaus.org")
#: A list of domains, which answers every question about an address with 127.0.1.255 (the operator's FAQ).
DOMAIN_LIST, DOMAIN_LIST_ANSWER = "dbl.spamhaus.org", "127.0.1.255"
#: What the zones of Spamhaus answer where a client is listed.
SPAMHAUS_ANSWERS = ("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.9", "127.0.0.10", "127.0.0.11")
#: Lists that a third one contains.
CONTAINED = {
    **dict.fromkeys(SPAMHAUS[1:], "zen.spamhaus.org"),
    "cbl.abuseat.org": "zen.spamhaus.org",
}
#: The networks of resolvers that serve everybody, and that lists therefore turn away.
_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "8.8.8.8/32 8.8.4.4/32 2001:4860:4860::/48 1.1.1.0/24 1.0.0.0/24 2606:4700:4700::/48 9.9.9.0/24 "
        "149.112.112.0/24 2620:fe::/48 208.67.222.0/24 208.67.220.0/24 2620:119:35::/48 2620:119:53::/48 4.2.2.0/28 "
        "64.6.64.6/32 64.6.65.6/32 77.88.8.0/24 94.140.14.0/24 94.140.15.0/24 76.76.2.0/24 185.228.168.0/24"
    ).split()
)


def dead(zone: str) -> DeadList | None:
    """The list that has ended and to which a zone belongs."""
    name = zone.lower().strip(".")
    return next((each for each in DEAD if name == each.zone or name.endswith("." + each.zone)), None)


def is_domain(zone: str) -> bool:
    """Whether a zone is a bare domain, as the features want it."""
    return _DOMAIN.fullmatch(zone) is not None


_DOMAIN = lazy(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


def can_be_asked(zone: str) -> bool:
    """Whether a zone, in lower case, can be a list of addresses at all."""
    return is_domain(zone) and zone != DOMAIN_LIST


def is_own(zone: str, host: str) -> bool:
    """Whether a zone in lower case is one of the domains that a host's name is in, or below one of them."""
    domain = host.lower().strip(".")
    while "." in domain:
        if zone == domain or zone.endswith("." + domain):
            return True
        domain = domain.partition(".")[2]
    return False


def answers_with_errors(zone: str) -> bool:
    """Whether a zone answers 127.255.255.x to those it does not serve, which a plain test takes for a listing."""
    return zone.lower().strip(".") in SPAMHAUS


def is_public_resolver(address: str) -> bool:
    """Whether an address is that of a resolver that serves everybody."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in _PUBLIC if network.version == found.version)
