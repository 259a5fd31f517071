r"""A submission port takes mail without a login.

RFC 6409 lets only users submit. The listener that m4 adds for port 587 has the modifier E alone; with a as
well sendmail refuses MAIL before AUTH (Sendmail Installation and Operation Guide, 5.6, DaemonPortOptions).
Servers that ask for a login at the recipient only are as good.

In the log or at the client:
    530 5.7.0 Authentication required, once it is mended
Bad:
    --- @ mail.doe.org:587 endpoint(null_sender="250 2.1.0 <>... Sender ok")
Good:
    --- @ mail.doe.org:587 endpoint()
Good:
    --- @ mail.doe.org:465 endpoint(null_sender="250 2.1.0 Ok", postmaster="554 5.7.1 Relay access denied")
Good:
    --- @ mail.doe.org:25 endpoint()
Not when: the port is 25, which takes mail from everybody; the recipient is refused; or the server put us off.
See: RFC 6409, 4.3; CFF022; Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.wire import Observed
from auditor.facts.wire_parts import Commands
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Inconclusive, NotApplicable
from checks.prb import exchanged, serves_users


@check("PRB034", severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def mail_taken_without_login(commands: Commands, observed: Observed) -> Verdicts:
    """Follow a bounce to postmaster up to the recipient."""
    if not serves_users(observed):
        yield NotApplicable("users submit on other ports")
        return
    evidence: tuple[str, ...] = ()
    for heard in (commands.null_sender, commands.postmaster):
        if isinstance(heard, Inconclusive):
            yield heard
            return
        if not heard.decided or heard.kind == "dropped":
            yield Inconclusive(f"{heard.command} was put off: {heard.reply or 'the server closed the connection'}")
            return
        if not heard.accepted:
            return
        evidence += exchanged(heard)
    yield Finding(
        None,
        f"port {observed.settings.port} takes mail without a login",
        "Anybody may hand in mail for local users there, past whatever guards port 25.",
        Fix("in sendmail give the listener the modifier a: DAEMON_OPTIONS(`Port=submission, Name=MSA, M=Ea')dnl"),
        evidence=evidence,
    )
