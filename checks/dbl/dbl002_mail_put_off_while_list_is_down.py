r"""All mail is put off while a block list does not answer.

The third argument of dnsbl and enhdnsbl makes a failed look-up a temporary error: while the list's
servers are down, under attack or gone for good, every client gets 451. Left empty, mail goes
through unchecked for that time (cf/README, FEATURE(`dnsbl')).

In the log or at the client:
    451 4.4.3 Temporary lookup failure of 192.0.2.7 at list.dsbl.org
Bad:
    FEATURE(`enhdnsbl', `bl.spamcop.net', `"550 5.7.1 Refused: see spamcop.net"', `t')dnl
Bad:
    FEATURE(`dnsbl', `list.dsbl.org', `', `t')dnl
Good:
    FEATURE(`dnsbl', `bl.spamcop.net', `"550 5.7.1 Refused: see spamcop.net"')dnl
Good:
    FEATURE(`dnsbl', `bl.john.doe.org', `', `t')dnl
Not when: the zone is one of this host's own domain, a mirror kept here.
See: howto step 6; cf/README.
"""

from auditor.facts.blocklists import Blocklists
from auditor.facts.network import HostName
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity, replace
from auditor.model.unknown import Unknown
from auditor.sendmail.blocklists import dead, is_own

_THIRD = 3


@check("DBL002", severity=Severity.MEDIUM, howto="6")
def mail_put_off_while_list_is_down(lists: Blocklists, name: HostName | Unknown) -> Verdicts:
    """Look at the third argument."""
    for each in lists:
        if not each.defers or (isinstance(name, HostName) and is_own(each.name, name.name)):
            continue
        ended = dead(each.name)
        place = each.argument(_THIRD)
        yield Finding(
            place,
            f"while {each.zone} does not answer, every client is put off with 451",
            "The list has ended: mail from everybody is put off until senders give up."
            if ended is not None and ended.fate != "merged"
            else "A failure of somebody else's name servers stops all mail to this host.",
            replace(place, "", "leave the third argument empty") if place is not each.span else None,
            severity=Severity.HIGH if ended is not None and ended.fate != "merged" else None,
        )
    if lists.doubt is not None:
        yield lists.doubt
