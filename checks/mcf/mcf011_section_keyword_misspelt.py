r"""The keyword of a local section is misspelt.

LOCAL_CONFIG, LOCAL_RULESETS, LOCAL_RULE_0 to _3, LOCAL_NET_CONFIG, MAILER_DEFINITIONS and their
like are macros; any other spelling is text. The line itself goes into the .cf, and what was to
stand in the section comes out in another place (cf/README, "LOCAL_CONFIG" and "ADDING NEW MAILERS
OR RULESETS").

In the log or at the client:
    sendmail.cf: line 39: unknown configuration line "LOCAL CONFIG"
    sendmail.cf: line 39: MAILER_DEFINITION: A= argument required
Bad:
    LOCAL CONFIG
    O CipherList=HIGH
Bad:
    LOCAL_RULE3
Bad:
    MAILER_DEFINITION
Good:
    LOCAL_CONFIG
    D{site}doe.org
Good:
    dnl LOCAL CONFIG would not do.
Not when: the words stand behind dnl or in a comment of a section.
See: howto step 6, the notes; cf/README, "LOCAL_CONFIG".
"""

from auditor.facts.bare_text import BareText
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, replace
from auditor.model.spelling import unmistakable
from auditor.model.text import Span
from auditor.sendmail.macros import SECTIONS


@check("MCF011", severity=Severity.CRITICAL, confidence=Confidence.HIGH, howto="N6")
def section_keyword_misspelt(text: BareText) -> Verdicts:
    """Judge the lines that begin with nearly a keyword."""
    for stray in text.of("section"):
        keyword = stray.meant or ""
        rest = stray.line.text[len(stray.place.text) :].strip()
        said = f": {stray.taken.what}" if stray.taken is not None and stray.refused else ""
        yield Finding(
            stray.place,
            f"{stray.place.text} is no keyword; {keyword} is",
            f"sendmail refuses to start{said}. The lines below stand in no section.",
            replace(
                _with_gap(stray.place) if rest else stray.place,
                f"{keyword}\n" if rest else keyword,
                f"write {keyword}, on a line of its own",
                safe=not rest and unmistakable(stray.place.text, keyword, SECTIONS),
            ),
        )


def _with_gap(place: Span) -> Span:
    """A place with the blanks behind it, of which none begins a line: that would go on with the one above."""
    rest = place.source.text[place.end :]
    return place.source.span(place.start, place.end + len(rest) - len(rest.lstrip(" \t")))
