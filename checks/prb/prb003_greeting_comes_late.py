r"""The greeting keeps clients waiting.

A pause of some seconds before the greeting is a trap for senders of spam, who do not wait
(FEATURE(greet_pause), cf/README). Without that feature it shows that sendmail waits for something
else: for an ident server of the client's, or for a DNS that does not answer. Clients should wait five
minutes (RFC 5321, 4.5.3.2.1), and many do not wait one.

In the log or at the client:
    did not issue MAIL/EXPN/VRFY/ETRN during connection to MTA
Bad:
    --- @ mail.doe.org:25 endpoint(delay=5.0)
Bad:
    --- @ mail.doe.org:25 endpoint(delay=21.5)
Good:
    --- @ mail.doe.org:25 endpoint(delay=1.2)
Not when: it takes less than two seconds.
See: CFF012; DNS011; cf/README, "greet_pause".
"""

from auditor.facts.wire import Conversation
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity

#: From so many seconds on the pause is told, and from so many on it costs connections.
_TOLD, _LONG = 2.0, 20.0


@check("PRB003", severity=Severity.INFO)
def greeting_comes_late(conversation: Conversation) -> Verdicts:
    """Judge the seconds until the greeting."""
    if conversation.greeting is None or conversation.delay < _TOLD:
        return
    long = conversation.delay >= _LONG
    yield Finding(
        None,
        f"the greeting came after {conversation.delay:.1f} seconds",
        "Impatient clients give up before it, and each of them holds a process meanwhile."
        if long
        else "Where no greet_pause is meant, sendmail waits here for an ident server or for the DNS.",
        Fix("in sendmail: define(`confTO_IDENT', `0')dnl, and see that the resolver answers for clients' addresses"),
        evidence=(f"< {conversation.greeting}",),
        severity=Severity.LOW if long else None,
    )
