r"""DefaultAuthInfo names a file that is never read.

sendmail reads it only where the configuration has no ruleset authinfo. Every .cf that m4 makes has
one, so the name and the password in the file are not used, and the relay is met without a login
(cf/README, "SMTP AUTHENTICATION").

In the log or at the client:
    550 5.7.1 Relaying denied, from the relay host
Bad:
    define(`confDEF_AUTH_INFO', `/etc/mail/default-auth-info')dnl
Good:
    FEATURE(`authinfo', `hash -o /etc/mail/authinfo')dnl
Not when: the ruleset authinfo has been taken out of the .cf.
See: cf/README, "SMTP AUTHENTICATION".
"""

from auditor.facts.mailers import Rulesets
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import NotApplicable, Unknown


@check("SAS041", severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def default_auth_info_ignored(options: Options, rulesets: Rulesets | Unknown) -> Verdicts:
    """Look for the ruleset where the option is set; of a .mc it is known that m4 writes one."""
    setting = options.get("DefaultAuthInfo")
    if setting is None:
        yield NotApplicable("DefaultAuthInfo is not set")
        return
    ruleset = None if isinstance(rulesets, Unknown) else rulesets.get("authinfo")
    if isinstance(rulesets, Unknown) or ruleset is not None:
        yield Finding(
            setting.span,
            "DefaultAuthInfo has no effect: the ruleset authinfo is asked instead",
            "Outgoing mail reaches the relay host without a login and is refused there.",
            Fix("put the entry into a map: FEATURE(`authinfo')dnl, key AuthInfo:relay.example.net"),
            () if ruleset is None or not ruleset.lines else ((ruleset.lines[0].node, "this ruleset"),),
        )
