r"""A submission port offers no login within TLS.

Users submit on 587 and 465, and have to log in to send mail elsewhere (RFC 6409, 4.3). sendmail offers AUTH
where AuthMechanisms, the mech_list of Sendmail.conf and the installed plug-ins have a mechanism in common and
no modifier of the listener (A) or rule (Srv_Features) takes it away; it says why not only at LogLevel 10
and above (cf/README, "SMTP AUTHENTICATION").

In the log or at the client:
    AUTH warning: no mechanisms
    503 5.3.3 AUTH not available
    504 5.3.3 AUTH mechanism LOGIN not available
Bad:
    --- @ mail.doe.org:587 endpoint(within="PIPELINING 8BITMIME", trial="")
Bad:
    --- @ mail.doe.org:465 endpoint(within="PIPELINING AUTH", trial="")
Good:
    --- @ mail.doe.org:587 endpoint()
Good:
    --- @ mail.doe.org:25 endpoint()
Not when: the port is 25, which takes mail from other servers; or there is no TLS to look into.
See: howto steps 6 and 10; cf/README, "SMTP AUTHENTICATION".
"""

from auditor.facts.wire import Conversation, Observed
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import NotApplicable
from checks.prb import mechanisms, serves_users


@check(
    "PRB031",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    same_as=("PRB072", "SAS004", "SAS005", "SAS015", "SAS016"),
)
def no_login_within_tls(talk: Conversation, observed: Observed) -> Verdicts:
    """Look for AUTH in the EHLO within TLS."""
    if not serves_users(observed):
        yield NotApplicable("users submit on other ports")
    elif talk.within is None:
        yield NotApplicable("there is no TLS to look into")
    elif not mechanisms(talk.within):
        how = "AUTH is announced without a mechanism" if "AUTH" in talk.within else "no AUTH is offered"
        yield Finding(
            None,
            f"{how} within TLS on port {observed.settings.port}",
            "Mail programs say that the server knows no login; users cannot send mail to other domains.",
            Fix(
                "in sendmail: define(`confAUTH_MECHANISMS', `PLAIN LOGIN')dnl, and"
                " mech_list: plain login in Sendmail.conf"
            ),
            evidence=("> EHLO", f"< 250 {' '.join(talk.within)}".rstrip()),
        )
