r"""Commands sent before the reply to EHLO are taken.

Before it knows that PIPELINING is offered a client has to wait for each reply (RFC 2920, 3.1);
programs that send spam do not. sendmail 8.18 answers such a client with 554 (RELEASE_NOTES).

In the log or at the client:
    554 5.5.0 SMTP protocol error
Bad:
    --- @ mail.doe.org:25 endpoint(hasty="250 2.0.0 OK")
Good:
    --- @ mail.doe.org:25 endpoint(hasty="554 5.5.0 SMTP protocol error")
Good:
    --- @ mail.doe.org:25 endpoint(hasty="")
Not when: the conversation begins within TLS.
See: VER003; sendmail RELEASE_NOTES, 8.18.1.
"""

from auditor.facts.wire import Observed
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import Inconclusive, NotApplicable, Unknown
from checks.prb import exchanged


@check("PRB056", severity=Severity.INFO)
def command_before_reply_taken(observed: Observed) -> Verdicts:
    """Judge the reply to a command that came too early."""
    answer = observed.hasty
    if isinstance(answer, Unknown | NotApplicable):
        yield answer
    elif not answer.decided:
        yield Inconclusive(f"the server put it off: {answer.reply}")
    elif answer.accepted:
        yield Finding(
            None,
            "a command that was sent before the reply to EHLO is answered as if nothing was",
            "Programs that send spam without listening get through where they could be told by their haste.",
            Fix("sendmail 8.18.1 and later turn such clients away; FEATURE(`greet_pause', `5000')dnl does it earlier"),
            evidence=exchanged(answer),
        )
