r"""The submission listener does not insist on a login.

RFC 6409 lets only users submit. The listener that m4 adds for port 587 has the modifier E alone; with a as well,
sendmail refuses MAIL before AUTH (Sendmail Installation and Operation Guide, 5.6, DaemonPortOptions).

In the log or at the client:
    530 5.7.0 Authentication required, once it is mended
Bad:
    DAEMON_OPTIONS(`Port=submission, Name=MSA, M=E')dnl
Good:
    DAEMON_OPTIONS(`Port=submission, Name=MSA, M=Ea')dnl
Good:
    DAEMON_OPTIONS(`Port=submission, Name=MSA, M=E, Addr=127.0.0.1')dnl
Not when: the listener is bound to the loopback interface.
See: RFC 6409, 4.3; Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.listeners import Listeners
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity

_SUBMISSION = 587


@check("CFF022", severity=Severity.MEDIUM)
def submission_without_auth(listeners: Listeners) -> Verdicts:
    """Judge every listener on port 587 that strangers reach."""
    for listener in listeners.on(_SUBMISSION):
        if "a" not in listener.modifiers and not listener.is_loopback:
            yield Finding(
                listener.span,
                f"the listener {listener.name} on port 587 takes mail without a login",
                "Anybody may hand in mail for local users there, past whatever guards port 25.",
                Fix("add the modifier a: DAEMON_OPTIONS(`Port=submission, Name=MSA, M=Ea')dnl"),
            )
