r"""A comment suppresses a finding that is not there.

What it was written for has been mended, or has moved away from it. It suppresses the next mistake of that kind which
somebody makes on this line, and nobody is told. It is reported only where the rule looked at everything it is about.

In the log or at the client:
    nothing; sendmail and m4 pass over comments
Bad:
    dnl mailaudit: ignore[LIM003] the old relay needs it
    define(`confLOG_LEVEL', `9')dnl
Good:
    define(`confLOG_LEVEL', `9')dnl
Not when: the rule was not asked, or could not see all that it judges.
See: README, "Tolerate what you know".
"""

from auditor.facts.given import Suppressions
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Edit, Finding, Fix, Severity
from auditor.model.suppression import Suppression, Word


@check("SUP001", severity=Severity.LOW, confidence=Confidence.HIGH)
def suppression_of_nothing(suppressions: Suppressions) -> Verdicts:
    """Say which words between the brackets kept nothing from being told."""
    idle = {word.span for word in suppressions.idle}
    for comment in suppressions.comments:
        for word in comment.words:
            if word.span in idle:
                yield Finding(
                    word.span,
                    f"{word.rule} finds nothing here that could be suppressed",
                    "The next mistake of this kind on this line will not be told to anybody.",
                    _removed(comment, word, all(each.span in idle for each in comment.words)),
                )


def _removed(comment: Suppression, word: Word, is_whole: bool) -> Fix:  # noqa: FBT001  # Of two fixes the one.
    source = comment.at.source
    line = comment.at.line
    if not is_whole or not comment.is_alone or word is not comment.words[0] or line >= len(source.starts):
        return Fix("remove it from the comment")
    return Fix("remove the comment", edits=(Edit(source.span(source.starts[line - 1], source.starts[line]), ""),))
