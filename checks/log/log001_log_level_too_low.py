r"""The log level hides what STARTTLS and AUTH have to say.

Failed logins and the result of STARTTLS are logged from level 9 on, an unsafe key file from 8 on, a missing
TLS file only from 13 on. Below 9 a host whose TLS or AUTH is gone says nothing about it
(Sendmail Installation and Operation Guide, 5.6, LogLevel, and 2.1).

In the log or at the client:
    nothing, and that is the harm
Bad:
    define(`confLOG_LEVEL', `4')dnl
Good:
    define(`confLOG_LEVEL', `9')dnl
Good:
    undefine(`confLOG_LEVEL')dnl
Not when: the option is not set; the default is 9.
See: howto step 8; Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.given import Profile
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity


@check("LOG001", severity=Severity.MEDIUM, howto="8")
def log_level_too_low(options: Options, profile: Profile) -> Verdicts:
    """Judge LogLevel from below."""
    setting = options.get("LogLevel")
    lowest = profile.number("minimum_log_level")
    if setting is not None and setting.number < lowest:
        yield Finding(
            setting.span,
            f"LogLevel is {setting.value}; STARTTLS and AUTH are logged from {lowest} on",
            "When TLS or a login stops working the log does not say why, and often not that.",
            setting.set_to(str(lowest), f"log at level {lowest}; 14 while TLS is being set up"),
        )
