r"""Every connection goes to one test address.

ConnectOnlyTo overrides all routing: whatever the recipient's domain, sendmail connects to that address. It exists for
trying a new host without disturbing the world (Sendmail Installation and Operation Guide, 5.6).

In the log or at the client:
    relay=[192.0.2.7] [192.0.2.7], for every domain
Bad:
    define(`confCONNECT_ONLY_TO', `192.0.2.7')dnl
Good:
    undefine(`confCONNECT_ONLY_TO')dnl
Not when: the option is not set.
See: Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity


@check("CFF017", severity=Severity.CRITICAL, confidence=Confidence.HIGH)
def all_mail_to_one_address(options: Options) -> Verdicts:
    """Judge ConnectOnlyTo."""
    setting = options.get("ConnectOnlyTo")
    if setting is not None and setting.value:
        yield Finding(
            setting.span,
            f"every connection goes to {setting.value}, whatever the recipient's domain",
            "Mail for all other hosts is handed to that one, which bounces it or keeps it.",
            Fix("remove confCONNECT_ONLY_TO and rebuild the configuration"),
        )
