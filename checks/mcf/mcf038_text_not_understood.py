r"""The file holds characters that belong in no .mc.

What the reader of .mc files has no rule for, and control characters other than tab and line feed,
m4 copies to wherever they stand: into a value, a name or the .cf. Mostly the file is damaged, or in
UTF-16 (GNU m4 manual, "Input tokens").

In the log or at the client:
    unknown configuration line, or nothing
Bad:
    define(`confLOG_LEVEL', `\x0112')dnl
Good:
    dnl R\xc3\xa9sum\xc3\xa9s in a comment are no matter.
Not when: the characters stand behind dnl.
See: GNU m4 manual, "Input tokens".
"""

from auditor.facts.configurations import McFile
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity

_WIDE = 3


@check("MCF038", severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def text_not_understood(mc: McFile) -> Verdicts:
    """Point at the first such character, and count the others."""
    nodes = sorted([*mc.document.unparsed, *mc.document.of_kind("control")], key=lambda node: node.start)
    if not nodes:
        return
    wide = sum(node.text.count("\0") for node in nodes) > len(mc.document.source.text) // _WIDE
    others = f", and {len(nodes) - 1} more" if len(nodes) > 1 else ""
    yield Finding(
        nodes[0],
        "the file is in UTF-16" if wide else f"{nodes[0].text!r} is no text for m4{others}",
        "m4 copies them to wherever they stand, and sendmail takes them for part of a value or refuses the line.",
        Fix("write the file in UTF-8 or plain ASCII" if wide else "remove the characters"),
    )
