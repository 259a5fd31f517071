r"""A port for mail takes no connection.

Mail clients submit on 587 (RFC 6409) or 465 (RFC 8314), and servers deliver to 25. A refusal, unlike silence,
says that nobody listens, or that a firewall says so in the host's place.

In the log or at the client:
    connect to mail.doe.org port 587: Connection refused
Bad:
    --- @ mail.doe.org:587 endpoint(unreachable="mail.doe.org:587 cannot be reached", refused=True)
Bad:
    --- @ mail.doe.org:465 endpoint(unreachable="mail.doe.org:465 cannot be reached", refused=True)
Good:
    --- @ mail.doe.org:587 endpoint()
Good:
    --- @ mail.doe.org:25 endpoint()
Not when: nothing answers at all, the name does not resolve or there is no route: that gives no verdict. Beside
a configuration PRB073 and CFF021 tell.
See: howto step 6; CFF021; RFC 6409; RFC 8314, 3.
"""

from auditor.facts.given import Tree
from auditor.facts.wire import Observed, Unreached
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import Inconclusive, NotApplicable, Unknown

_SUBMISSION = 587
_LISTENERS = {
    25: "Port=smtp, Name=MTA",
    465: "Port=smtps, Name=TLSMSA, M=sa",
    _SUBMISSION: "Port=submission, Name=MSA, M=Ea",
}


@check("PRB041", severity=Severity.LOW)
def submission_port_closed(observed: Observed, tree: Tree | Unknown | NotApplicable) -> Verdicts:
    """Judge why there was no conversation."""
    port, talk = observed.settings.port, observed.conversation
    if not isinstance(talk, Inconclusive):
        return
    if port not in _LISTENERS:
        yield NotApplicable("it is none of the ports of mail")
    elif not isinstance(talk, Unreached) or not talk.refused:
        yield talk
    elif not isinstance(tree, Unknown | NotApplicable):
        yield NotApplicable("the configuration says whether there should be a listener, which PRB073 and CFF021 tell")
    else:
        submission = port == _SUBMISSION
        yield Finding(
            None,
            f"port {port} refuses connections",
            "Mail programs, which submit there, get no connection; from many networks port 25 is closed to them."
            if submission
            else "Who is told to use this port gets no connection.",
            Fix(f"in sendmail: DAEMON_OPTIONS(`{_LISTENERS[port]}')dnl, and open the port in the firewall"),
            evidence=(f"* {talk.reason}",),
            severity=None if submission else Severity.INFO,
        )
