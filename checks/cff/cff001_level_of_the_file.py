r"""The V line asks for a level that sendmail does not have, or is missing.

It tells which level of the configuration language a .cf is written in. Every sendmail since 8.12 is
at level 10; a higher one, or a vendor it was not built for, keeps the daemon from starting. Without
the line the level is 0, where # behind a command begins no comment and much else is read as it was
in 1990 (Sendmail Installation and Operation Guide, 5.8).

In the log or at the client:
    Warning: .cf version level (11) exceeds sendmail version 8.17.1.9 functionality (10)
    Warning: .cf file is out of date: sendmail 8.17.1.9 supports version 10, .cf file is version 0
    sendmail.cf: line 1: invalid V line vendor code: "Debian"
Bad:
    --- +/etc/mail/sendmail.cf
    V11/Berkeley
Bad:
    --- +/etc/mail/sendmail.cf
    V10/Debian
Bad:
    --- +/etc/mail/sendmail.cf
    V8/Berkeley
Good:
    --- +/etc/mail/sendmail.cf
    V10/Berkeley
Good:
    --- +/etc/mail/sendmail.cf
    V10
Not when: sendmail is one of a vendor whose own code it is, such as Sun's, which needs that vendor's
    file.
See: Sendmail Installation and Operation Guide, 5.8.
"""

from auditor.facts.configurations import CfFile
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.pattern import lazy
from auditor.model.text import Span
from auditor.model.unknown import NotApplicable
from auditor.sendmail.cf import Line, view_of
from checks.cff import BUILD, lacking

_LEVEL = 10
#: The oldest level whose rules and comments are read as today's.
_OLDEST = 9
_LINE = lazy(r"V\s*(\d{1,9})\s*(?:/(.*))?")
#: Vendors that built sendmail with a code of their own.
_VENDORS = frozenset(("sun", "hp", "ibm", "sgi", "dec", "next"))
_DOWN = "sendmail does not start with this file: no mail goes in or out."


@check("CFF001", severity=Severity.HIGH, confidence=Confidence.HIGH)
def level_of_the_file(cf: CfFile) -> Verdicts:
    """Judge each V line by itself, and the level that the last one leaves."""
    lines = view_of(cf.document).lines("version")
    if not lines:
        yield _without(cf) if not lacking(cf.document) else NotApplicable("the file is no whole .cf, as CFF002 says")
        return
    for line in lines:
        yield from _one(line)
    last = _LINE.match(lines[-1].text)
    if last is not None and int(last[1]) < _LEVEL:
        yield _old(int(last[1]), lines[-1].span(1))


def _one(line: Line) -> Verdicts:
    found = _LINE.match(line.text)
    vendor = found[2] if found is not None else None
    if found is None:
        yield _down(line.span(1), f'"{line.text[1:]}" is no level')
    elif int(found[1]) > _LEVEL:
        yield _down(line.span(1), f"level {found[1]} is higher than any sendmail has")
    elif vendor is not None and vendor.strip().lower() not in ("berkeley", *_VENDORS):
        yield _down(line.span(1), f'the vendor "{vendor}" is none that sendmail was built for')


def _down(at: Span, message: str) -> Finding:
    return Finding(
        at, message, _DOWN, Fix(f"build the .cf anew, so that it has V10/Berkeley: {BUILD}"), severity=Severity.CRITICAL
    )


def _old(level: int, at: Span) -> Finding:
    return Finding(
        at,
        f"the file is of level {level}, sendmail since 8.12 of level {_LEVEL}",
        "It was made for a sendmail of the last century: checks, defaults and rules of all releases since are missing.",
        Fix(f"build the .cf anew from its .mc with the cf tree of the installed sendmail: {BUILD}"),
        severity=Severity.MEDIUM if level == _OLDEST else None,
    )


def _without(cf: CfFile) -> Finding:
    return Finding(
        cf.document.path,
        "the file has no V line",
        "sendmail takes it for level 0: what stands behind # is part of the command, and rules are read otherwise.",
        Fix(f"build the .cf anew from its .mc: {BUILD}"),
    )
