r"""TLS is configured and the sendmail program cannot speak it.

STARTTLS is a compile-time option. A program without it warns about each TLS option while it reads the configuration,
ignores them, and offers no STARTTLS (sendmail/README, STARTTLS).

In the log or at the client:
    Warning: Option: ServerCertFile requires TLS support
    503 5.5.0 TLS not available
Bad:
    --- $ sendmail -d0.13 -bt
    Version 8.14.1
     Compiled with: DNSMAP LOG MAP_REGEX NEWDB SASLv2 USERDB
Good:
    --- $ sendmail -d0.13 -bt
    Version 8.18.1
     Compiled with: DNSMAP LOG MAP_REGEX NAMED_BIND NETINET NEWDB PIPELINING SASLv2 SOCKETMAP STARTTLS TLS_EC USERDB
          (canonical domain name) $j = john.doe.org
Not when: no TLS option is set.
See: howto, prerequisites; sendmail/README, STARTTLS.
"""

from auditor.facts.live import Binary
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Severity
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable
from checks.env import settings_without

_OPTIONS = ("ServerCertFile", "ServerKeyFile", "CACertFile", "CACertPath", "CRLFile", "CipherList")


@check("ENV001", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="P")
def built_without_starttls(binary: Binary, options: Options, configuration: Configuration) -> Verdicts:
    """Compare the TLS options with what the program was built with."""
    if configuration.is_submission:
        yield NotApplicable("submit.cf offers no STARTTLS")
        return
    yield from settings_without(
        "STARTTLS", _OPTIONS, binary, options, "STARTTLS is not offered, and every session stays in clear."
    )
