r"""A listener is told not to offer STARTTLS although a certificate is configured.

The modifier S switches STARTTLS off for one listener, whatever certificates there are
(Sendmail Installation and Operation Guide, 5.6, DaemonPortOptions).

In the log or at the client:
    EHLO answers without 250-STARTTLS
Bad:
    DAEMON_OPTIONS(`Port=submission, Name=MSA, M=EaS')dnl
Good:
    DAEMON_OPTIONS(`Port=submission, Name=MSA, M=Ea')dnl
Good:
    DAEMON_OPTIONS(`Port=smtp, Name=LOCAL, M=S, Addr=127.0.0.1')dnl
Not when: no certificate is configured, or the listener is bound to the loopback interface.
See: Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.listeners import Listeners
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import NotApplicable


@check("CFF028", severity=Severity.HIGH)
def starttls_switched_off(listeners: Listeners, options: Options) -> Verdicts:
    """Judge the modifier S where a server certificate is configured."""
    certificate = options.get("ServerCertFile")
    if certificate is None:
        yield NotApplicable("no server certificate is configured")
        return
    for listener in listeners:
        if "S" in listener.modifiers and not listener.is_loopback:
            yield Finding(
                listener.span,
                f"the listener {listener.name} has the modifier S and offers no STARTTLS",
                "Mail and passwords cross the net in clear there, and with AuthOptions p no login is offered.",
                Fix("take S out of its modifiers"),
                ((certificate.span, "the certificate is configured here"),),
            )
