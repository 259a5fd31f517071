r"""The daemon hears only the host itself.

Debian and Red Hat ship a configuration bound to 127.0.0.1: right for a host that only sends, and the usual reason why
a new mail server gets no mail (Sendmail Installation and Operation Guide, 5.6, DaemonPortOptions).

In the log or at the client:
    connect to mail.doe.org port 25: Connection refused
Bad:
    DAEMON_OPTIONS(`Port=smtp, Name=MTA, Addr=127.0.0.1')dnl
    DAEMON_OPTIONS(`Port=submission, Name=MSA, Addr=127.0.0.1, M=Ea')dnl
    DAEMON_OPTIONS(`Port=smtps, Name=TLSMSA, Addr=127.0.0.1, M=sa')dnl
Good:
    DAEMON_OPTIONS(`Port=smtp, Name=MTA')dnl
Not when: any listener is reachable from outside.
See: Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.listeners import Listeners
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity


@check("CFF026", severity=Severity.INFO, confidence=Confidence.LOW)
def listens_on_loopback_only(listeners: Listeners) -> Verdicts:
    """Say so where every listener is bound to the loopback interface."""
    if listeners.only_loopback:
        yield Finding(
            listeners.listeners[0].span,
            "every listener is bound to the loopback interface",
            "No other host can connect; where mail from outside is expected, none arrives.",
            Fix("where other hosts are to connect, drop Addr=127.0.0.1 from DAEMON_OPTIONS; otherwise leave it"),
        )
