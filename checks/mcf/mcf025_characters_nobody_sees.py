r"""The file holds characters that no editor shows, or lacks the tabs that rules need.

A byte order mark at the start is text for the .cf, and sendmail refuses it. A no-break space from a
web page is no blank: inside a value it makes `14' a 0. A rule must have a tab between its two
sides, and copying from a page turns tabs into blanks. Carriage returns do no harm to m4 or readcf,
but every tool that compares the files stumbles over them (Sendmail Installation and Operation
Guide, 5.1).

In the log or at the client:
    sendmail.cf: line 1: unknown configuration line
    sendmail.cf: line 1323: invalid rewrite line "R$* $#error" (tab expected)
Bad:
    define(`confLOG_LEVEL', `\xa014')dnl
Bad:
    dnl A line end from another system.\r
Bad:
    LOCAL_RULESETS
    SLocal_check_mail
    R$*  $@ OK
Good:
    LOCAL_RULESETS
    SLocal_check_mail
    R$*\t$@ OK
Good:
    dnl A no-break space\xa0behind dnl does no harm.
Not when: the characters stand behind dnl or in a comment for the .cf.
See: howto step 6; Sendmail Installation and Operation Guide, 5.1.
"""

from collections.abc import Iterator
from itertools import pairwise

from auditor.facts.bare_text import BareText
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.model.text import Source
from auditor.model.unknown import Unknown
from auditor.sendmail.mc import McView, TextLine
from checks.mcf import before_on_line

_RULES = frozenset(
    """
    LOCAL_RULE_0 LOCAL_RULE_1 LOCAL_RULE_2 LOCAL_RULE_3 LOCAL_RULESETS LOCAL_NET_CONFIG LOCAL_SRV_FEATURES LOCAL_TRY_TLS
    LOCAL_CLT_FEATURES LOCAL_TLS_RCPT LOCAL_TLS_CLIENT LOCAL_TLS_SERVER LOCAL_CONFIG LOCAL_DNSBL LOCAL_UUCP
    MAILER_DEFINITIONS
    """.split(),
)


@check("MCF025", severity=Severity.MEDIUM, confidence=Confidence.HIGH, howto="6")
def characters_nobody_sees(view: McView, text: BareText | Unknown) -> Verdicts:
    """Look for a byte order mark, no-break spaces, carriage returns, and rules without a tab."""
    for node in view.document.of_kind("bom")[:1]:
        yield Finding(
            node,
            "the file begins with a byte order mark",
            "m4 copies it to the first line of the .cf, and sendmail refuses to start: unknown configuration line.",
            replace(node, "", "remove the byte order mark", safe=True),
            severity=Severity.CRITICAL,
        )
    for node in view.document.of_kind("nbsp"):
        if before_on_line(node).lstrip().startswith("#"):
            continue
        yield Finding(
            node,
            "a no-break space",
            "It is no blank for m4 or sendmail but a part of the value: a number with one in front is 0.",
            replace(node, " ", "put a plain blank there", safe=True),
        )
    yield from _returns(view)
    lines = list(view.lines)
    # Lines that another rule knows better are no rules of sendmail's.
    other = set() if isinstance(text, Unknown) else {stray.line.span.start for stray in text.lines}
    for line, following in pairwise([*lines, None]):
        if line is not None and line.span.start not in other and _lacks_tab(line) and not _continues(following):
            yield _rule(line)


def _returns(view: McView) -> Iterator[Finding]:
    text = view.document.source.text
    count = text.count("\r")
    if count:
        at = text.index("\r")
        yield Finding(
            view.document.source.span(at, at + 1),
            f"{count} carriage {'return' if count == 1 else 'returns'} in the file",
            "m4 carries them into the .cf, where sendmail drops them; tools that compare the files see a difference.",
            _without_returns(view.document.source),
            severity=Severity.LOW,
        )


def _without_returns(source: Source) -> Fix:
    title = "take the carriage returns away"
    lines = source.text.replace("\r\n", "\n")
    return Fix(title) if "\r" in lines else replace(source.span(), lines, title, safe=True)


def _lacks_tab(line: TextLine) -> bool:
    begins = line.text[:1] == "R" and line.section in _RULES
    return begins and "\t" not in line.text and not line.partial and not line.conditional


def _continues(line: TextLine | None) -> bool:
    """Whether a line is the second half of the one above it, and holds the tab."""
    return line is not None and line.text.startswith((" ", "\t")) and "\t" in line.text


def _rule(line: TextLine) -> Finding:
    return Finding(
        line.span,
        "a rule without a tab between its sides",
        "sendmail refuses to start: invalid rewrite line, tab expected.",
        Fix("separate the two sides by a tab"),
        severity=Severity.CRITICAL,
    )
