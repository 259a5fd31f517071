r"""A macro's argument list is opened and never closed.

m4 reads on for the closing parenthesis, through the rest of the file and the cf tree's own files,
and reports the place where it gave up, which is never the place of the mistake (GNU m4 manual,
"Macro arguments").

In the log or at the client:
    m4:/usr/share/sendmail/cf/mailer/smtp.m4:123: ERROR: end of file in argument list
Bad:
    FEATURE(`redirect'
Good:
    FEATURE(`redirect')dnl
Good:
    define(`confSMTP_LOGIN_MSG', `$j; (nobody reads this')dnl
Not when: the parenthesis stands inside quotes, or the call ends on a later line.
See: howto step 7; cf/README, "A BRIEF INTRODUCTION TO M4".
"""

from auditor.facts.complaints import Complaints
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Unknown
from auditor.sendmail.mc import McView
from checks.mcf import Words, decided, runaway_after

_WORDS = Words(
    "m4 stops at the end of its input and names another file's line; the .cf it leaves is a stump.",
    "close the parenthesis behind the last argument",
)


@check("MCF003", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="7")
def parenthesis_never_closed(view: McView, complaints: Complaints | Unknown) -> Verdicts:
    """Point at the opening parenthesis, unless a lost quote is what swallowed the closing one."""
    yield from decided("MCF003", _read(view), complaints, view, _WORDS, backed=lambda _: True)


def _read(view: McView) -> Verdicts:
    for trouble in view.troubles:
        if trouble.kind == "parenthesis" and runaway_after(view, trouble.span) is None:
            yield Finding(
                trouble.span,
                "this parenthesis is never closed",
                _WORDS.consequence,
                Fix(_WORDS.fix),
            )
