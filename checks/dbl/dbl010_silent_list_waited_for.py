r"""A block list that keeps silent is waited for too long.

enhdnsbl asks the resolver five times over unless EDNSBL_TO says otherwise, each time for longer. While a
list's servers are down, that may last for minutes, once for each list, before a client sees the greeting or
the answer to RCPT; many give up before (cf/feature/enhdnsbl.m4; Sendmail Installation and Operation Guide,
5.6, Timeout.resolver).

In the log or at the client:
    mx.example.net [192.0.2.7] did not issue MAIL/EXPN/VRFY/ETRN during connection to MTA
Bad:
    define(`EDNSBL_TO', `7')dnl
    FEATURE(`enhdnsbl', `bl.example.net', `"550 5.7.1 Refused"')dnl
Bad:
    --- /etc/mail/sendmail.mc
    include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
    OSTYPE(`linux')dnl
    FEATURE(`enhdnsbl', `bl.example.net', `"550 5.7.1 Refused"')dnl
    DAEMON_OPTIONS(`Name=MTA, Port=smtp')dnl
    MAILER(`smtp')dnl
Good:
    define(`EDNSBL_TO', `2')dnl
    FEATURE(`enhdnsbl', `bl.example.net', `"550 5.7.1 Refused"')dnl
Good:
    FEATURE(`dnsbl', `bl.spamcop.net')dnl
Not when: EDNSBL_TO is smaller than the feature's own number, or no list is asked by enhdnsbl.
See: howto step 6; cf/feature/enhdnsbl.m4.
"""

from auditor.facts.blocklists import DEFAULT_TRIES, Blocklists
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import NotApplicable, Unknown


@check("DBL010", severity=Severity.LOW)
def silent_list_waited_for(lists: Blocklists) -> Verdicts:
    """Look how often the map asks."""
    enhanced = [each for each in lists if each.enhanced]
    if not enhanced:
        yield NotApplicable("no list is asked by enhdnsbl")
    elif lists.tries is None:
        yield Unknown("what EDNSBL_TO comes to is not known")
    elif lists.tries >= DEFAULT_TRIES:
        yield Finding(
            enhanced[0].span,
            f"while {enhanced[0].zone} is silent, the resolver asks {lists.tries} times for each client",
            "Clients may wait for minutes before they may send; some give up, and their mail comes late or never.",
            Fix("write above the first FEATURE(`enhdnsbl'): define(`EDNSBL_TO', `2')dnl"),
        )
    if lists.doubt is not None:
        yield lists.doubt
