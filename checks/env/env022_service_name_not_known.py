r"""A listener names a port that /etc/services does not have.

Port= takes a number or a name, and a name is looked up among the services, its case included. Where
it is not there the listener is not opened and the daemon stops. Names for 465 differ between
systems: smtps, ssmtp, urd, submissions (services(5); Sendmail Installation and Operation Guide,
5.6, DaemonPortOptions).

In the log or at the client:
    554 5.3.5 service "smtps" unknown
Bad:
    DAEMON_OPTIONS(`Port=submissionz, Name=MSA, M=Ea')dnl
Bad:
    --- /etc/services
    smtp 25/tcp mail
    submission 587/tcp
Good:
    --- /etc/services
    smtp 25/tcp mail
    submissions 465/tcp ssmtp smtps urd
    submission 587/tcp
Good:
    DAEMON_OPTIONS(`Port=465, Name=TLSMSA, M=sa')dnl
Not when: the name is an alias of another one, or the port is a number.
See: howto step 6; services(5).
"""

from auditor.facts.listeners import Listeners
from auditor.facts.network import Services
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, replace
from auditor.model.unknown import Unknown
from auditor.sendmail.listeners import SERVICES


@check("ENV022", severity=Severity.HIGH, confidence=Confidence.HIGH)
def service_name_not_known(listeners: Listeners, services: Services | Unknown) -> Verdicts:
    """Look the name of each listener's port up."""
    for listener in listeners:
        name = listener.port_text
        if name is None or name.isdecimal() or listener.family == "local":
            continue
        if isinstance(services, Unknown):
            yield services
        elif services.port(name) is None:
            number = SERVICES.get(name.lower())
            place = listener.span.find(name)
            yield Finding(
                place,
                f"the listener {listener.name} is on the port {name}, which /etc/services does not have",
                "sendmail cannot open the listener, and the daemon does not start.",
                replace(place, str(number or 587), "write the number"),
            )
