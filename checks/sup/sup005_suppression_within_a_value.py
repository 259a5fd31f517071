r"""A comment that suppresses a finding stands behind a value, where it is part of that value.

In maps, class files, aliases, the .cf and libsasl's files a comment is a line of its own. makemap
takes everything behind the key into the map, so a look-up gives the comment along with the value;
sendmail does the same with options of the .cf (makemap(8); op.me, section 5).

In the log or at the client:
    451 4.3.5 configuration error
Bad:
    --- +/etc/mail/access
    Connect:192.0.2.99	RELAY # mailaudit: ignore[ACS002] our own scanner
Good:
    define(`confLOG_LEVEL', `9')dnl
See: README, "Tolerate what you know".
"""

from auditor.facts.given import Suppressions
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity


@check("SUP005", severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def suppression_within_a_value(suppressions: Suppressions) -> Verdicts:
    """Tell the comments that stand where none is read as such."""
    for comment in suppressions.comments:
        if comment.is_value:
            yield Finding(
                comment.at,
                "this comment is part of the value before it",
                "The value is no longer what it was meant to be, and nothing is suppressed.",
                Fix("put the comment on a line of its own, above this one"),
            )
