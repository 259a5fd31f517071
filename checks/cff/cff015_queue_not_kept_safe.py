r"""Mail is accepted before it is on the disk.

With SuperSafe false sendmail answers "250 Message accepted" while the message is in memory only, and whoever sent it
deletes his copy. A crash in between loses it, against RFC 5321, section 6.1. PostMilter and Interactive postpone the
write for good reasons and are no loss where milters, or interactive delivery, are in use (Sendmail Installation and
Operation Guide, 5.6, SuperSafe: should always be true).

In the log or at the client:
    nothing; the message is gone
Bad:
    define(`confSAFE_QUEUE', `False')dnl
Good:
    define(`confSAFE_QUEUE', `True')dnl
Good:
    define(`confSAFE_QUEUE', `PostMilter')dnl
Not when: the option is not set, which means true.
See: Sendmail Installation and Operation Guide, 5.6; RFC 5321, 6.1.
"""

from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity

#: sendmail looks at the first letter: interactive, postmilter, and the spellings of true.
_SAFE = ("i", "p", "t", "y")


@check("CFF015", severity=Severity.HIGH, confidence=Confidence.HIGH)
def queue_not_kept_safe(options: Options) -> Verdicts:
    """Judge SuperSafe by its first letter, as sendmail does."""
    setting = options.get("SuperSafe")
    if setting is not None and setting.value and not setting.value.lower().startswith(_SAFE):
        yield Finding(
            setting.span,
            f"SuperSafe is {setting.value}",
            "Mail that was acknowledged is lost when the host crashes before it is delivered.",
            setting.set_to("True", "define(`confSAFE_QUEUE', `True')dnl"),
        )
