r"""Users are held against block lists before they can log in.

Without delay_checks a client is looked up as soon as it connects, on the submission ports too.
Lists of dynamic addresses have the home and mobile connections of one's own users by design, who
are refused before AUTH. With delay_checks a user who has logged in with a trusted mechanism is
spared (cf/README, "DELAY ALL CHECKS").

In the log or at the client:
    550 5.7.1 Rejected: 198.51.100.7 listed at zen.spamhaus.org
Bad:
    --- /etc/mail/sendmail.mc
    include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
    OSTYPE(`linux')dnl
    FEATURE(`enhdnsbl', `bl.example.net')dnl
    TRUST_AUTH_MECH(`PLAIN LOGIN')dnl
    define(`confAUTH_MECHANISMS', `PLAIN LOGIN')dnl
    DAEMON_OPTIONS(`Port=submission, Name=MSA, M=Ea')dnl
    MAILER(`smtp')dnl
Good:
    FEATURE(`dnsbl', `bl.spamcop.net')dnl
Good:
    DAEMON_OPTIONS(`Port=smtp, Name=MTA-v4, Family=inet, M=A')dnl
Not when: no users submit here, or AUTH is not set up, as on a separate mail exchanger.
See: cf/README.
"""

from auditor.facts.blocklists import Blocklists
from auditor.facts.features import Features
from auditor.facts.listeners import Listeners
from auditor.facts.sasl import AuthSetup
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity, replace
from auditor.model.unknown import NotApplicable
from auditor.sendmail.strength import SUBMISSION_PORTS


@check("DBL011", severity=Severity.HIGH)
def users_refused_before_login(
    lists: Blocklists, features: Features, listeners: Listeners, auth: AuthSetup
) -> Verdicts:
    """Hold the lists against the listeners for users."""
    ports = [each for each in listeners if each.port in SUBMISSION_PORTS and not each.is_loopback]
    if not ports or not (auth.trusted or auth.mechanisms):
        yield NotApplicable("no users log in here")
        return
    if features.get("delay_checks") is not None or not lists.lists:
        return
    use = lists.lists[0].use
    call = use.span if use is not None and use.call is not None else None
    yield Finding(
        lists.lists[0].span,
        f"clients are looked up in {lists.lists[0].zone} before they can log in, on port {ports[0].port} too",
        "Users at home or on the road are refused because a list has their provider's addresses.",
        replace(call, f"FEATURE(`delay_checks')dnl\n{call.text}", "add FEATURE(`delay_checks')")
        if call is not None
        else None,
        ((ports[0].span, "users submit here"),),
    )
