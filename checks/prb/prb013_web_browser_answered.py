r"""A web browser is not turned away.

Pages can make a browser send its requests to a mail port, and what it sends may be read as commands
(the ALPACA attack; CVE-2021-3618). sendmail hangs up on who begins with GET or POST, within TLS since
8.17.1 only (RELEASE_NOTES).

In the log or at the client:
    421 4.7.0 mail.doe.org Rejecting open proxy client.example.org
Bad:
    --- @ mail.doe.org:25 endpoint(http="500 5.5.1 Command unrecognized")
Good:
    --- @ mail.doe.org:25 endpoint(http="221 2.7.0 I can break rules, too. Goodbye.")
Not when: the server ends the conversation; or the conversation begins within TLS.
See: VER001; sendmail RELEASE_NOTES, 8.17.1.
"""

from auditor.facts.wire import Observed
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import NotApplicable, Unknown
from checks.prb import exchanged

#: Replies of a server that took the line for a mistake and waits for the next command.
_GOES_ON = (500, 501, 502, 503)
_BYE = 221


@check("PRB013", severity=Severity.INFO)
def web_browser_answered(observed: Observed) -> Verdicts:
    """Judge the reply to a web request."""
    answer = observed.http
    if isinstance(answer, Unknown | NotApplicable):
        yield answer
    elif answer.reply is not None and (answer.accepted or answer.reply.code in _GOES_ON) and answer.reply.code != _BYE:
        yield Finding(
            None,
            f"a web browser's request is answered with {answer.reply}, as if it were a mail client's",
            "A page can have a visitor's browser talk to the server, and make it show what it says as a page.",
            Fix("sendmail hangs up on its own; elsewhere forbid the commands GET, POST and CONNECT"),
            evidence=exchanged(answer),
        )
