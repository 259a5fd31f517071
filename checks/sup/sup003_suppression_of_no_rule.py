r"""A comment suppresses nothing, because it names no rule.

The brackets take whole ids, or the rules' names in words, separated by commas: ignore[CFF020,
TLS004]. An id that does not exist and the letters of a family alone suppress nothing. What is found
about these comments themselves can be ignored in the settings, and not by another comment.

In the log or at the client:
    nothing; sendmail and m4 pass over comments
Bad:
    dnl mailaudit: ignore[CFF02O] behind stunnel
    define(`confLOG_LEVEL', `9')dnl
Bad:
    dnl mailaudit: ignore[CFF] behind stunnel
    define(`confLOG_LEVEL', `9')dnl
Bad:
    dnl mailaudit: disable CFF020
    define(`confLOG_LEVEL', `9')dnl
Good:
    dnl mailaudit looks at this file every night.
    define(`confLOG_LEVEL', `9')dnl
See: README, "Tolerate what you know"; mailaudit rules.
"""

from auditor.facts.given import Suppressions
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.text import Span

_LEADS_TO = "The comment suppresses nothing, and what it was written for is told as before."


@check("SUP003", severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def suppression_of_no_rule(suppressions: Suppressions) -> Verdicts:
    """Tell the words that name no rule, and the comments without any."""
    for comment in suppressions.comments:
        if comment.problem:
            yield _finding(comment.at, comment.problem)
        for word in comment.words:
            if word.rule is None:
                yield _finding(word.span, word.problem)


def _finding(at: Span, problem: str) -> Finding:
    return Finding(at, problem, _LEADS_TO, Fix("write dnl or #, then mailaudit: ignore[ID] and the reason"))
