r"""The greeting keeps clients waiting, or those that do not wait for it get by.

A pause of some seconds before the greeting is a trap for senders of spam, who do not wait
(FEATURE(greet_pause), cf/README). Without that feature it shows that sendmail waits for something
else: for an ident server of the client's, or for a DNS that does not answer. Clients should wait five
minutes (RFC 5321, 4.5.3.2.1), and many do not wait one. Whether the trap is set only shows who talks
first, which ``--intrusive`` does.

In the log or at the client:
    did not issue MAIL/EXPN/VRFY/ETRN during connection to MTA
    554 mail.doe.org ESMTP not accepting messages
Bad:
    --- @ mail.doe.org:25 endpoint(delay=5.0)
Bad:
    --- @ mail.doe.org:25 endpoint(delay=21.5)
Bad:
    --- @ mail.doe.org:25 endpoint(intrusive={"early_talk": "220 mail.doe.org ESMTP Sendmail"})
Good:
    --- @ mail.doe.org:25 endpoint(delay=1.2)
Good:
    --- @ mail.doe.org:25 endpoint(intrusive={"early_talk": "554 mail.doe.org ESMTP not accepting messages"})
Good:
    --- @ mail.doe.org:25 endpoint(intrusive={"early_talk": ""})
Good:
    --- @ mail.doe.org:587 endpoint(intrusive={"early_talk": "220 mail.doe.org ESMTP Sendmail"})
Not when: it takes less than two seconds; who talks first is refused or hung up on, was not tried, or
tried a port where users submit, who are to be kept waiting by nothing.
See: CFF012; DNS011; cf/README, "greet_pause".
"""

from auditor.facts.wire import Conversation, Observed
from auditor.facts.wire_parts import Intrusive
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import Inconclusive, NotApplicable
from checks.prb import exchanged, serves_users, undecided

#: From so many seconds on the pause is told, and from so many on it costs connections.
_TOLD, _LONG = 2.0, 20.0
_EARLY = "in sendmail: FEATURE(`greet_pause', `5000')dnl below FEATURE(`access_db'), whose GreetPause: lets hosts pass"
_LATE = "in sendmail: define(`confTO_IDENT', `0')dnl, and see that the resolver answers for clients' addresses"


@check("PRB003", severity=Severity.INFO)
def greeting_comes_late(conversation: Conversation, observed: Observed) -> Verdicts:
    """Judge the seconds until the greeting, and what it is for a client that talks first."""
    if conversation.greeting is not None and conversation.delay >= _TOLD:
        long = conversation.delay >= _LONG
        yield Finding(
            None,
            f"the greeting came after {conversation.delay:.1f} seconds",
            "Impatient clients give up before it, and each of them holds a process meanwhile."
            if long
            else "Where no greet_pause is meant, sendmail waits here for an ident server or for the DNS.",
            Fix(_LATE),
            evidence=(f"< {conversation.greeting}",),
            severity=Severity.LOW if long else None,
        )
    if isinstance(observed.intrusive, Intrusive) and not serves_users(observed):
        yield from _early(observed.intrusive)


def _early(intrusive: Intrusive) -> Verdicts:
    heard = intrusive.early_talk
    if isinstance(heard, Inconclusive | NotApplicable):
        yield heard
    elif heard.accepted:
        yield Finding(
            None,
            "a client that talks before the greeting is greeted as if it had waited",
            "Programs that send spam often do not wait, and a pause before the greeting would tell them apart.",
            Fix(_EARLY),
            evidence=exchanged(heard),
        )
    elif heard.kind == "later" and (reason := undecided(heard)):
        yield reason
