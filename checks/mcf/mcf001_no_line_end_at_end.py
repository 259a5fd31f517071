r"""The .mc does not end with a line feed.

A dnl eats everything up to and including the next line feed. Where the last line lacks one, GNU m4
complains, old versions of m4 fail, and the first line that anybody appends becomes part of the last
one, most often of its comment.

In the log or at the client:
    m4:sendmail.mc:74: Warning: end of file treated as newline
Bad:
    dnl the end\c
Good:
    dnl the end
Not when: the file is empty.
See: howto step 7; GNU m4 manual, "Dnl".
"""

from auditor.facts.complaints import Complaints
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, replace
from auditor.model.unknown import Unknown
from auditor.sendmail.mc import McView
from checks.mcf import Words, decided

_WORDS = Words("m4 warns; whatever is added below goes on with this line.", "end the file with a line feed")


@check("MCF001", severity=Severity.LOW, confidence=Confidence.HIGH, howto="7")
def no_line_end_at_end(view: McView, complaints: Complaints | Unknown) -> Verdicts:
    """Look at the last byte, and hear m4."""
    yield from decided("MCF001", _read(view), complaints, view, _WORDS)


def _read(view: McView) -> Verdicts:
    source = view.document.source
    end = len(source.text)
    if end == 0 or source.text.endswith("\n"):
        return
    yield Finding(
        source.span(end - 1, end),
        "the last line has no line feed",
        "m4 warns, and the next line appended to the file is joined to this one and may vanish in its comment.",
        replace(source.span(end, end), "\n", "end the file with a line feed", safe=True),
    )
