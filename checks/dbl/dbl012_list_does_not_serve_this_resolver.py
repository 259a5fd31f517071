r"""A block list does not serve the resolver that this host asks.

A list that answers 127.255.255.x of its test addresses tells that it turns the resolver away: it serves
everybody, as public ones do, it asks too much, or the zone is mistyped. Where the FEATURE names the answers
that count, nobody is refused for that, and nobody is kept out either (RFC 5782, 5; the operators' terms of use).

In the log or at the client:
    sendmail accepts clients that the list has
Bad:
    --- +/etc/mail/sendmail.mc
    FEATURE(`enhdnsbl', `zen.spamhaus.org', `"550 5.7.1 Refused"', `', `127.0.0.2', `127.0.0.4')dnl
    --- ? 2.0.0.127.zen.spamhaus.org A
    127.255.255.254
    --- ? 1.0.0.127.zen.spamhaus.org A
    127.255.255.254
Good:
    --- +/etc/mail/sendmail.mc
    FEATURE(`enhdnsbl', `zen.spamhaus.org', `"550 5.7.1 Refused"', `', `127.0.0.2', `127.0.0.4')dnl
    --- ? 2.0.0.127.zen.spamhaus.org A
    127.0.0.2
    127.0.0.4
    --- ? 1.0.0.127.zen.spamhaus.org A
Not when: any answer counts as a listing, which is worse, and which DBL004 tells; or the list gave no answer.
See: howto step 6; RFC 5782, 5.
"""

from auditor.facts.blocklists import REFUSES, UNDECIDED, Blocklists, ListHealth
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Inconclusive, Unknown
from auditor.sendmail.blocklists import answers_with_errors, can_be_asked, dead


@check("DBL012", severity=Severity.MEDIUM, confidence=Confidence.HIGH, howto="6")
def list_does_not_serve_this_resolver(lists: Blocklists, health: ListHealth) -> Verdicts:
    """Look for lists that answer with an error, where the error is not taken for a listing."""
    for each in lists:
        if not each.answers or dead(each.name) is not None or not can_be_asked(each.name):
            continue
        state = health.of(each)
        if isinstance(state, Unknown):
            yield state
        elif state.state == UNDECIDED:
            yield Inconclusive(f"{each.zone}: {state.reason}")
        elif state.state == REFUSES:
            yield Finding(
                each.span,
                f"the block list {each.zone} does not serve this host's resolver: it answers {state.answers[0]}",
                "Each client waits for the answer, and the list keeps nobody out.",
                Fix(
                    "ask it through a resolver of this host's own"
                    + (", or by a query key (KEY.zen.dq.spamhaus.net)" if answers_with_errors(each.name) else "")
                ),
                evidence=state.shown,
            )
    if lists.doubt is not None:
        yield lists.doubt
