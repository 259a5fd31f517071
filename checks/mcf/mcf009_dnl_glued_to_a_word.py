r"""A dnl is part of another word, so that m4 does not know it.

m4 sees dnl only as a word of its own. Behind a parenthesis or a quote it is one; dnlFEATURE, _dnl
and LOCAL_CONFIGdnl are other names, and the line they were to end or to hide is live (GNU m4
manual, "Names").

In the log or at the client:
    sendmail.cf: line 39: unknown configuration line "dnlFEATURE(redirect)"
Bad:
    dnlFEATURE(`redirect')
Bad:
    LOCAL_CONFIGdnl
Good:
    dnl#FEATURE(`nullclient')
    FEATURE(`redirect')dnl
Good:
    define(`confSMTP_LOGIN_MSG', `$j xdnl')dnl
Not when: dnl follows a character that belongs to no name, or the word is quoted.
See: howto step 6; cf/README, "A BRIEF INTRODUCTION TO M4".
"""

from auditor.facts.bare_text import BareText
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, replace
from auditor.sendmail.macros import SECTIONS


@check("MCF009", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="6")
def dnl_glued_to_a_word(text: BareText) -> Verdicts:
    """Judge the lines with such a word."""
    for stray in text.of("dnl"):
        word = stray.meant or ""
        apart = f"dnl {word.removeprefix('dnl')}" if word.startswith("dnl") else f"{word.removesuffix('dnl')}dnl"
        made = stray.taken
        outcome = (
            f"sendmail refuses: {made.what}" if made and made.refused else "sendmail reads as a command of its own"
        )
        section = word.removesuffix("dnl") in SECTIONS
        yield Finding(
            stray.place,
            f"{word} is no dnl for m4",
            f"The line goes into the .cf as it stands, which {outcome}.",
            replace(stray.place, word.removesuffix("dnl") if section else apart, "set dnl apart", safe=True),
            severity=Severity.CRITICAL if stray.refused else None,
        )
