r"""A value holds an apostrophe that closes no quote.

An apostrophe without its backquote is an ordinary character, so it becomes part of the value; one
inside a quoted text closes the quote too early, and vanishes (cf/README, "A BRIEF INTRODUCTION TO
M4").

In the log or at the client:
    nothing; the .cf has O TLSSrvOptions=V'
Bad:
    define(`confTLS_SRV_OPTIONS', V')dnl
Bad:
    FEATURE(`dnsbl', `dnsbl.example.org', `"550 Mail from $&{client_addr} isn't wanted"')dnl
Good:
    define(`confTLS_SRV_OPTIONS', `V')dnl
Good:
    VERSIONID(`John's own')dnl
Not when: the text is a comment for people, such as VERSIONID's.
See: howto step 6, the notes; GNU m4 manual, "Quoted strings".
"""

import re

from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.sendmail.mc import Argument, MacroCall, McView
from checks.mcf import misquoted, unread

#: Whose arguments nothing but people reads.
_FOR_PEOPLE = frozenset(("VERSIONID", "errprint"))


@check("MCF006", severity=Severity.MEDIUM, confidence=Confidence.HIGH, howto="N6")
def stray_apostrophe(view: McView) -> Verdicts:
    """Look for apostrophes left over in arguments, those of plain '...' quotes apart."""
    for call in view.calls:
        if call.live and call.name not in _FOR_PEOPLE:
            for argument in call.args:
                if argument.stray and not misquoted(argument):
                    yield _finding(call, argument)
    yield from unread(view)


def _finding(call: MacroCall, argument: Argument) -> Finding:
    value = "".join(argument.span.text.split("'")).strip("`")
    plain = "`" not in argument.span.text
    return Finding(
        argument.stray[-1],
        f"an apostrophe too many in an argument of {call.name}",
        f"It closes no quote; the value becomes {argument.value}"
        + ("" if plain else ", with the words joined otherwise")
        + ".",
        replace(argument.span, f"`{value}'", "quote the value with ` and '", safe=_lacks_its_first(argument))
        if plain
        else Fix("write the text without an apostrophe"),
    )


def _lacks_its_first(argument: Argument) -> bool:
    """Whether only the opening quote is missing: one word, with the closing quote at its end."""
    return re.fullmatch(r"[^\s`'\"(),]+'", argument.span.text) is not None
