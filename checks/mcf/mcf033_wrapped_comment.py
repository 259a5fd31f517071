r"""A line of a comment has lost its dnl.

Wikis, mail programs and editors wrap long lines, and a comment's second half then stands on a line
of its own, where it is no comment. What sendmail makes of it is told by the rule on text in the
.cf; this one tells where the text came from (cf/README, "A BRIEF INTRODUCTION TO M4").

In the log or at the client:
    nothing, or: unknown configuration line
Bad:
    dnl The options below say how much a stranger may learn,
    See the README that comes with the m4 files
Good:
    dnl The options below say how much a stranger may learn.
    dnl See the README that comes with the m4 files
Not when: no line of comment is next to it, or it is a macro or a command for the .cf.
See: howto step 6.
"""

from auditor.facts.bare_text import BareText
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity


@check("MCF033", severity=Severity.LOW, howto="6")
def wrapped_comment(text: BareText) -> Verdicts:
    """Point at prose next to a comment."""
    for stray in text.of("text"):
        if stray.wrapped:
            yield Finding(
                stray.place,
                "this line looks like a part of the comment beside it",
                "A comment of m4's ends with its line; what was wrapped is text for the .cf.",
                Fix("begin the line with dnl"),
            )
