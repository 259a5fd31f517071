r"""saslauthd looks for password hashes where there are none.

-a getpwent compares with the second field of passwd. On a host with /etc/shadow that field is x for
everybody, and no password ever fits (saslauthd(8)).

In the log or at the client:
    saslauthd: do_auth: auth failure: [user=alice] [service=smtp] [mech=getpwent] [reason=Incorrect password]
Bad:
    --- /etc/default/saslauthd
    SASLAUTHD_OPTS="-a getpwent -m /var/state/saslauthd"
Good:
    --- /etc/default/saslauthd
    SASLAUTHD_OPTS="-a shadow -m /var/state/saslauthd"
Not when: passwd holds hashes, or the system has no /etc/shadow, as the BSDs.
See: howto step 10; saslauthd(8).
"""

from auditor.facts.accounts import Accounts
from auditor.facts.auth import AuthOffer
from auditor.facts.saslauthd import Saslauthd
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity, replace
from auditor.model.unknown import Missing, NotApplicable, Unknown
from checks.sas import not_asked


@check("SAS037", severity=Severity.HIGH, howto="10")
def hashes_not_in_passwd(offer: AuthOffer, daemon: Saslauthd, accounts: Accounts | Unknown) -> Verdicts:
    """Judge -a getpwent by what passwd holds."""
    useless, mechanism = not_asked(offer), daemon.mechanism
    if useless is not None or mechanism is None or mechanism.text != "getpwent":
        yield useless or NotApplicable("saslauthd does not use getpwent")
    elif isinstance(accounts, Unknown):
        yield accounts
    elif isinstance(accounts.shadow, Missing) or any(user.has_hash for user in accounts.users.values()):
        yield NotApplicable("passwords are not kept in /etc/shadow alone")
    else:
        yield Finding(
            mechanism.span,
            "saslauthd compares with passwd (-a getpwent), and the hashes are in /etc/shadow",
            "Every login fails, whatever the password.",
            replace(mechanism.span, "shadow", "look in shadow") if mechanism.span.text == "getpwent" else None,
        )
