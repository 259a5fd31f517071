r"""Permanent rejections are turned into temporary ones.

SoftBounce makes every 5xx answer a 4xx one, so that nothing is lost while a new configuration is tried. Left on,
peers keep retrying what will never be accepted, and their users learn of it after five days (Sendmail Installation
and Operation Guide, 5.6, SoftBounce).

In the log or at the client:
    450 4.1.1 <nobody@john.doe.org>... User unknown
Bad:
    define(`confSOFT_BOUNCE', `True')dnl
Good:
    define(`confSOFT_BOUNCE', `False')dnl
Not when: the option is not set or false.
See: Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity


@check("CFF018", severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def rejections_made_temporary(options: Options) -> Verdicts:
    """Judge SoftBounce."""
    setting = options.get("SoftBounce")
    if setting is not None and setting.is_true:
        yield Finding(
            setting.span,
            "SoftBounce is on",
            "Peers retry rejected mail for days, and senders learn late that an address does not exist.",
            Fix("remove confSOFT_BOUNCE once the migration is over"),
        )
