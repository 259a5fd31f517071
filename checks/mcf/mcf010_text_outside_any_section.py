r"""A line of plain text reaches the .cf.

What m4 does not know it copies. Text that stands under no LOCAL_ keyword comes out above everything
the macros write, and readcf looks at its first character only: a line that begins with S is a
ruleset, one with C a class, one with D, E, H, O, P or T sets something as well, all without a word;
most other letters keep the daemon from starting (Sendmail Installation and Operation Guide, 5).

In the log or at the client:
    sendmail.cf: line 39: unknown configuration line "listen on both ports"
    nothing, where the line begins with "See the README": that is ruleset "ee"
Bad:
    See the README for what each of these does
Bad:
    listen on both ports
Bad:
    LOCAL_CONFIG
    this is no command
Good:
    dnl See the README for what each of these does
Good:
    LOCAL_CONFIG
    D{site}doe.org
    # a comment for the .cf
Not when: the line stands under a LOCAL_ keyword and has a command's form; a misspelt keyword is
    MCF011's, an option without its O MCF012's, a blank before a parenthesis MCF005's.
See: howto step 6; cf/README, "LOCAL_CONFIG".
"""

from auditor.facts.bare_text import BareText, Stray
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.model.pattern import lazy
from auditor.model.unknown import Unknown
from auditor.sendmail.macros import CF_MACROS, CLASS_MACROS, SECTIONS, nearest
from auditor.sendmail.mc import McView
from checks.mcf import before, unread

_CALL = lazy(r"([A-Z][A-Z_]{3,})\(")
_LENGTH = 50


@check("MCF010", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="6")
def text_outside_any_section(text: BareText, view: McView) -> Verdicts:
    """Tell for each line what sendmail makes of it."""
    for stray in text.of("text"):
        yield _finding(stray)
    if text.unread:
        yield Unknown(f"what line {text.unread[0].line} says is decided elsewhere")
    if not text.made:
        yield from unread(view)


def _finding(stray: Stray) -> Finding:
    # What a macro or a condition gives does not stand there as it is.
    text = stray.line.text.strip()
    words = stray.line.span.shown.strip() if text in stray.line.span.text else text
    words = words if len(words) <= _LENGTH else f"{words[:_LENGTH]}..."
    return Finding(
        stray.place,
        f'this text goes into the .cf: "{words}"',
        _consequence(stray) + (" It looks like a part of the comment beside it." if stray.wrapped else ""),
        _fix(stray),
        severity=_severity(stray),
    )


def _severity(stray: Stray) -> Severity | None:
    if stray.refused:
        return Severity.CRITICAL
    return Severity.LOW if stray.taken is not None and stray.taken.meant else None


def _consequence(stray: Stray) -> str:
    if stray.taken is None:
        return "It begins with a blank, so sendmail takes it for the end of the line above, without a word."
    if stray.refused:
        return f"sendmail refuses to start: {stray.taken.what}."
    if stray.taken.meant:
        return (
            f"sendmail takes it for {stray.taken.what}. It does so above the V line, "
            "before everything the macros write, where # behind a command begins no comment."
        )
    return f"Without a word sendmail takes it for {stray.taken.what}."


def _fix(stray: Stray) -> Fix:
    call = _CALL.match(stray.line.text)
    known = nearest(call[1], CF_MACROS | SECTIONS.keys() | CLASS_MACROS.keys()) if call is not None else None
    if call is not None and known is not None:
        return replace(stray.place.find(call[1]), known, f"write {known}")
    if stray.taken is not None and stray.taken.meant:
        return replace(before(stray.place), "LOCAL_CONFIG\n", "put it under LOCAL_CONFIG, at the end of the file")
    return replace(before(stray.place), "dnl ", "make it a comment with dnl")
