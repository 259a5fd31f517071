r"""The trusted user does not exist.

TrustedUser may own the maps and start the daemon in root's place. A name that no account has stops
sendmail while it reads the configuration (Sendmail Installation and Operation Guide, 5.6,
TrustedUser).

In the log or at the client:
    sendmail.cf: line 511: readcf: option TrustedUser: unknown user smmta
Bad:
    define(`confTRUSTED_USER', `smmta')dnl
Good:
    define(`confTRUSTED_USER', `mailnull')dnl
Good:
    undefine(`confTRUSTED_USER')dnl
Not when: the option is not set, or is a number.
See: Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.accounts import Accounts
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Unknown, known


@check("ACC013", severity=Severity.CRITICAL, confidence=Confidence.HIGH)
def trusted_user_unknown(options: Options, accounts: Accounts | Unknown) -> Verdicts:
    """Look TrustedUser up."""
    setting = options.get("TrustedUser")
    user = setting.value.strip() if setting is not None else ""
    if setting is not None and user and not user.isdecimal() and known(accounts).user(user) is None:
        yield Finding(
            setting.span,
            f"TrustedUser is {user}, and there is no such user",
            "sendmail refuses the configuration and does not start.",
            Fix("make the user, or remove confTRUSTED_USER and rebuild the configuration"),
        )
