r"""A macro's name stands in a # comment, where m4 runs it.

cf.m4 switches m4's comments off, so that # can reach the .cf. From there on FEATURE, define and
many other names act in a line that begins with # as anywhere else: a FEATURE that was "commented
out" is on, and a dnl joins the next line to the comment (cf/README, "A BRIEF INTRODUCTION TO M4").

In the log or at the client:
    *** WARNING: FEATURE(`promiscuous_relay') configures your system as open relay.
Bad:
    # FEATURE(`promiscuous_relay')
Bad:
    #define(`confLOG_LEVEL', `14')
Bad:
    LOCAL_CONFIG
    # the name we go by dnl
    Dj$w.doe.org
Bad:
    VERSIONID(`john.doe.org')dnl
    D{site}doe.org
Good:
    dnl FEATURE(`promiscuous_relay')
Good:
    # define and include have no parenthesis here, and `FEATURE(`x')' is quoted
Not when: the comment stands above the include of cf.m4, or the name is quoted or stands behind dnl.
See: howto step 6; cf/README, "A BRIEF INTRODUCTION TO M4".
"""

from collections.abc import Iterator

from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Edit, Finding, Fix, Severity, replace
from auditor.model.text import Span
from auditor.sendmail.mc import MacroCall, McView
from checks.mcf import before, shown, unread, whole_line

#: What leaves a comment a comment.
_HARMLESS = frozenset(
    """
    VERSIONID divnum sysval __file__ __line__ __program__ __unix__ __gnu__ CF_LEVEL __HOST__ DATABASE_MAP_TYPE lower
    len index regexp substr translit patsubst incr decr eval shift defn CONCAT DOL errprint dumpdef UUCPSMTP
    """.split(),
)


@check("MCF008", severity=Severity.MEDIUM, confidence=Confidence.HIGH, howto="6")
def macro_in_hash_comment(view: McView) -> Verdicts:
    """Look at the calls that stand behind a # on their line."""
    hashes = {node.start for node in view.document.of_kind("hash")}
    told: set[int] = set()
    for call in view.calls:
        start = _comment(call.name_span, hashes)
        if start is not None and call.live and call.name not in _HARMLESS and start not in told:
            told.add(start)
            yield _finding(call, start)
    yield from _joined(view)
    yield from unread(view)


def _comment(span: Span, hashes: set[int]) -> int | None:
    """Where the # stands that begins the line of a span, blanks apart; None where there is none for m4 to see."""
    text = span.source.text
    line = text.rfind("\n", 0, span.start) + 1
    first = line + len(text[line : span.start]) - len(text[line : span.start].lstrip())
    return first if first in hashes and first < span.start else None


def _finding(call: MacroCall, start: int) -> Finding:
    relay = call.name == "FEATURE" and call.value(0) == "promiscuous_relay"
    effect = "It opens this host as a relay for everybody." if relay else f"m4 does what {shown(call)} says."
    mark = call.span.source.span(start, start)
    return Finding(
        call.name_span,
        f"{shown(call)} acts although it stands behind #",
        effect,
        Fix("make it a comment for m4: begin the line with dnl", edits=(Edit(mark, "dnl "),)),
        severity=Severity.CRITICAL if relay else None,
    )


def _joined(view: McView) -> Iterator[Finding]:
    """Comments whose dnl takes in the line below, where that line is none itself."""
    ends = {node.line: node for node in view.document.of_kind("dnl")}
    for line in view.lines:
        end = ends.get(line.span.line)
        first, _, below = line.span.text.partition("\n")
        if not line.text.startswith("#") or line.conditional or end is None or end.source is not line.span.source:
            continue
        if below.strip() and not below.lstrip().startswith(("#", "dnl")):
            word = end.part(0, len("dnl"))
            hidden = below.strip().splitlines()[0]
            yield Finding(
                word,
                "the dnl behind this comment joins the line below to it",
                f'm4 takes the line end away, so "{hidden}" becomes part of the comment in the .cf.',
                replace(before(whole_line(line.span)), "dnl ", "make the whole line a comment for m4")
                if first.lstrip().startswith("#")
                else replace(word, "", "remove the dnl"),
            )
