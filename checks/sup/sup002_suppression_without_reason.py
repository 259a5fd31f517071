r"""A comment suppresses a finding and does not say why.

Whoever reads the file next cannot tell whether the finding was weighed and accepted, or only silenced to get a change
through. The text behind the bracket is the reason; reports show it.

In the log or at the client:
    nothing; sendmail and m4 pass over comments
Bad:
    dnl mailaudit: ignore[CFF020]
    define(`confLOG_LEVEL', `9')dnl
Good:
    define(`confLOG_LEVEL', `9')dnl
See: README, "Tolerate what you know".
"""

from auditor.facts.given import Suppressions
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity


@check("SUP002", severity=Severity.LOW, confidence=Confidence.HIGH)
def suppression_without_reason(suppressions: Suppressions) -> Verdicts:
    """Look behind the bracket of each comment that suppresses something."""
    for comment in suppressions.comments:
        known = [word.rule for word in comment.words if word.rule is not None]
        if known and not comment.reason and not comment.is_value:
            yield Finding(
                comment.at,
                f"nothing says why {', '.join(known)} may be suppressed here",
                "Nobody can tell later whether the comment is still needed.",
                Fix("write the reason behind the bracket, on the same line"),
            )
