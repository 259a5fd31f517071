r"""Nothing listens on port 25.

A single DAEMON_OPTIONS call does not add a listener, it alters the first one, which is the one on port 25. Who writes
one line for 587 or 465 has moved his mail exchanger to that port (cf/README, DAEMON_OPTIONS).

In the log or at the client:
    connect to mail.doe.org port 25: Connection refused
Bad:
    --- /etc/mail/sendmail.mc
    include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
    VERSIONID(`only smtps')dnl
    OSTYPE(`linux')dnl
    DAEMON_OPTIONS(`Port=smtps, Name=TLSMTA, M=s')dnl
    MAILER(`local')dnl
    MAILER(`smtp')dnl
Good:
    DAEMON_OPTIONS(`Port=smtp, Name=MTA')dnl
    DAEMON_OPTIONS(`Port=smtps, Name=TLSMTA, M=sa')dnl
Not when: every listener requires AUTH, as on a host that only takes submissions.
See: cf/README, DAEMON_OPTIONS.
"""

from auditor.facts.listeners import Listeners
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import NotApplicable

_SMTP = 25


@check("CFF025", severity=Severity.HIGH)
def no_listener_on_port_25(listeners: Listeners) -> Verdicts:
    """Look for a listener on port 25; without any line sendmail opens one by itself."""
    if not listeners.listeners or listeners.on(_SMTP):
        return
    if any(listener.port is None for listener in listeners):
        yield NotApplicable("a listener's port is not known by number")
    elif all("a" in listener.modifiers for listener in listeners):
        yield NotApplicable("every listener requires AUTH: this host only takes submissions")
    else:
        first = listeners.listeners[0]
        yield Finding(
            first.span,
            f"the first listener is on port {first.port} and none is on 25",
            "Other mail servers are refused the connection: no mail from outside arrives.",
            Fix("put DAEMON_OPTIONS(`Port=smtp, Name=MTA')dnl before the others"),
        )
