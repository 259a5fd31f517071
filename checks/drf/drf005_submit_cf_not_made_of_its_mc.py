r"""submit.cf is not what submit.mc makes.

The submission program reads submit.cf only; what differs from submit.mc was never built, or was
edited where the next build removes it. It is compared as sendmail.cf is, DRF001 (cf/README, "MESSAGE
SUBMISSION PROGRAM").

In the log or at the client:
    nothing
Bad:
    --- +/etc/mail/submit.cf
    O Timeout.ident=5s
    --- +/etc/mail/submit.mc
    define(`confTO_IDENT', `0')dnl
Good:
    --- +/etc/mail/submit.mc
    define(`confTO_IDENT', `0')dnl
    --- +/etc/mail/submit.cf
    O Timeout.ident=0
Not when: what the .mc leads to depends on files that are not here.
See: cf/README, "MESSAGE SUBMISSION PROGRAM".
"""

from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.drift import Drift
from auditor.model.check import Verdicts, check
from auditor.model.finding import Severity
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable, Unknown
from checks.drf import differing


@check("DRF005", severity=Severity.MEDIUM)
def submit_cf_not_made_of_its_mc(configuration: Configuration, files: ConfigurationFiles, drift: Drift) -> Verdicts:
    """Report all differences at once."""
    if not configuration.is_submission:
        yield NotApplicable("of sendmail.cf DRF001 tells")
    elif drift.differences:
        yield from differing(
            configuration,
            files,
            drift,
            "What programs on this host submit is not handled as submit.mc says.",
            "bring submit.mc up to date, then build submit.cf anew",
        )
    elif drift.unseen is not None:
        yield Unknown(drift.unseen)
