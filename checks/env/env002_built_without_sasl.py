r"""AUTH is configured and the sendmail program cannot do it.

SASL is a compile-time option. A program without it warns about each AUTH option, ignores them, and offers no AUTH
(sendmail/README, SMTP AUTHENTICATION).

In the log or at the client:
    Warning: Option: AuthMechanisms requires SASL support (-DSASL)
    503 5.3.3 AUTH not available
Bad:
    --- $ sendmail -d0.13 -bt
    Version 8.14.1
     Compiled with: DNSMAP LOG MAP_REGEX NEWDB STARTTLS USERDB
Good:
    --- $ sendmail -d0.13 -bt
    Version 8.18.1
     Compiled with: DNSMAP LOG MAP_REGEX NAMED_BIND NETINET NEWDB PIPELINING SASLv2 SOCKETMAP STARTTLS TLS_EC USERDB
          (canonical domain name) $j = john.doe.org
Not when: no AUTH option is set.
See: howto, prerequisites; cf/README, SMTP AUTHENTICATION.
"""

from auditor.facts.live import Binary
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Severity
from checks.env import settings_without


@check("ENV002", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="P")
def built_without_sasl(binary: Binary, options: Options) -> Verdicts:
    """Compare the AUTH options with what the program was built with."""
    yield from settings_without(
        "SASL",
        ("AuthMechanisms", "AuthOptions"),
        binary,
        options,
        "AUTH is not offered, and nobody can log in to relay.",
    )
