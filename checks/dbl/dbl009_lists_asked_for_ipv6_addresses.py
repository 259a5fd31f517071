r"""Block lists are asked for records that they do not have.

dnsbl looks clients up with the map class that DNSBL_MAP names: dns -R A since 8.13, host before that. The
class host wants any address, so that a sendmail built for IPv6 asks for AAAA first; a list whose servers
answer that with an error then counts as one that failed (cf/README, FEATURE(`dnsbl')).

In the log or at the client:
    sendmail accepts clients that the list has, or puts everybody off with 451
Bad:
    define(`DNSBL_MAP', `host')dnl
    FEATURE(`dnsbl', `bl.spamcop.net')dnl
Bad:
    --- +/etc/mail/sendmail.cf
    Kdnsbl host -T<TMP>
    SBasic_check_relay
    R$-.$-.$-.$-\t\t$: <?> $(dnsbl $4.$3.$2.$1.bl.example.net. $: OK $)
    R<?>OK\t\t$: OKSOFAR
    R<?>$+<TMP>\t\t$: TMPOK
    R<?>$+\t\t$#error $@ 5.7.1 $: "550 Rejected"
Good:
    define(`DNSBL_MAP', `dns -R A')dnl
    FEATURE(`dnsbl', `bl.spamcop.net')dnl
Good:
    FEATURE(`dnsbl', `bl.spamcop.net')dnl
Not when: all lists are asked by enhdnsbl, which wants A records, or sendmail is built without NETINET6.
See: cf/README, FEATURE(`dnsbl'); cf/feature/dnsbl.m4.
"""

from auditor.facts.blocklists import Blocklists
from auditor.facts.live import Binary
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import NotApplicable, Unknown


@check("DBL009", severity=Severity.LOW)
def lists_asked_for_ipv6_addresses(lists: Blocklists, binary: Binary | Unknown) -> Verdicts:
    """Look which class of map dnsbl asks by."""
    plain = [each for each in lists if not each.enhanced]
    if not plain:
        yield NotApplicable("no list is asked by dnsbl")
    elif isinstance(binary, Binary) and "NETINET6" not in binary.flags:
        yield NotApplicable("this sendmail is built without IPv6")
    elif lists.by_host is None:
        yield Unknown("what DNSBL_MAP comes to is not known")
    elif lists.by_host:
        yield Finding(
            plain[0].span,
            f"{plain[0].zone} is asked by a map of the class host, for AAAA records too",
            "Where the list's servers answer that with an error, listed clients get in, or all clients are put off.",
            Fix("write above the first FEATURE(`dnsbl'): define(`DNSBL_MAP', `dns -R A')dnl"),
            confidence=None if isinstance(binary, Binary) else Confidence.LOW,
        )
    if lists.doubt is not None:
        yield lists.doubt
