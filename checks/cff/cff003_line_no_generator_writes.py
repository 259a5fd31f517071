r"""A line of the .cf is no command, or is one by accident.

readcf looks at the first character. Text that strayed into the file, from a comment that lost its
dnl or a macro that m4 did not know, is refused, or sets a class, a macro or a ruleset that nobody
meant: "See the README" begins the ruleset "ee" (Sendmail Installation and Operation Guide, 5).

In the log or at the client:
    sendmail.cf: line 39: unknown configuration line "listen on both ports"
    nothing, where the first letter is one of C, D, E, O, S and T
Bad:
    --- +/etc/mail/sendmail.cf
    See the README in /usr/share/sendmail/cf for a ton of information on
Bad:
    --- +/etc/mail/sendmail.cf
    CipherList=ALL:!aNULL
Bad:
    --- +/etc/mail/sendmail.cf
    listen on both ports
Bad:
    --- +/etc/mail/sendmail.cf
    DAEMON_OPTIONS(`Port=587, Name=MSA')
Good:
    --- +/etc/mail/sendmail.cf
    # See the README in /usr/share/sendmail/cf for a ton of information on
Good:
    --- +/etc/mail/sendmail.cf
    Scheck_something else is said here
    Troot daemon uucp
Not when: a ruleset's own line has a remark without its #, or the line is one of options (CFF004),
    of rules (CFF005) or the V line (CFF001).
See: howto step 6; Sendmail Installation and Operation Guide, 5.
"""

from collections.abc import Iterator

from auditor.facts.configurations import CfFile
from auditor.facts.version import Version
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.text import UNPARSED, Span
from auditor.model.unknown import NotApplicable, Unknown
from auditor.sendmail.bare_text import Taken
from auditor.sendmail.cf import CfView, Line, view_of
from auditor.sendmail.mc import McView
from auditor.sendmail.odd_lines import odd
from checks.cff import also, before_8_12, origin

_SHOWN = 50
_UNKNOWN = Taken("unknown configuration line", refused=True, meant=False)
_KEPT = ("blank", "comment")


@check("CFF003", severity=Severity.MEDIUM, confidence=Confidence.MEDIUM, howto="6")
def line_no_generator_writes(cf: CfFile, version: Version | Unknown, view: McView | Unknown) -> Verdicts:
    """Judge every line but those other rules judge; of neighbours that are refused the first one speaks for all."""
    if cf.generated is not None:
        yield NotApplicable("there is no .cf but the one that m4 makes, and the rules about the .mc tell of its lines")
        return
    old = before_8_12(version)
    for run in _runs(view_of(cf.document)):
        if old and run[0][1].refused and run[0][1] is not _UNKNOWN:
            yield Unknown("which commands a sendmail before 8.12 takes is not known here")
        else:
            yield _finding(run, view)


def _runs(view: CfView) -> Iterator[list[tuple[Line, Taken]]]:
    run: list[tuple[Line, Taken]] = []
    queue = min((each.node.start for each in view.options if each.key == "queuedirectory"), default=None)
    for node in view.document.nodes:
        if node.kind in _KEPT:
            continue
        line = Line(node, view.live(node) if node.kind != UNPARSED else node.text.rstrip())
        has_queue = queue is not None and queue < node.start
        made = _UNKNOWN if node.kind == UNPARSED else odd(line, has_queue=has_queue)
        if run and not (made is not None and made.refused and run[0][1].refused):
            yield run
            run = []
        if made is not None:
            run.append((line, made))
    if run:
        yield run


def _finding(run: list[tuple[Line, Taken]], view: McView | Unknown) -> Finding:
    line, made = run[0]
    place = Span(line.node.source, line.node.start, line.node.start + len(line.node.text.rstrip())).stripped()
    at = origin(place, view)
    words = " ".join(place.shown.split())
    words = words if len(words) <= _SHOWN else f"{words[:_SHOWN]}..."
    more = f", like {len(run) - 1} more below it" if len(run) > 1 else ""
    return Finding(
        at,
        f'"{words}" is nothing that belongs into a .cf{more}',
        f"sendmail refuses it and does not start: {made.what.partition(chr(34))[0].strip()}."
        if made.refused
        else f"Without a word sendmail takes it for {made.what}.",
        _fix(at, place),
        also(at, place),
        severity=Severity.CRITICAL if made.refused else None,
        confidence=Confidence.HIGH if made.refused else None,
    )


def _fix(at: Span, line: Span) -> Fix:
    if at is line:
        return Fix("find in the .mc what leaves this line, make it a comment with dnl, and build the .cf anew")
    # What the line was meant for decides what to type, and the rules about the .mc's own lines say that.
    return Fix("mend this line of the .mc, or make it a comment with dnl, and build the .cf anew")
