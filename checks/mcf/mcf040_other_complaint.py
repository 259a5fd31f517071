r"""m4 or the cf tree complains of something else.

m4 writes what it does not like to standard error, where a Makefile's other lines bury it, and exits
with 0 as often as not. What the other rules know they tell; this one passes on the rest: a wrong
expression, a builtin that does not exist, a message that a site's own file prints (GNU m4 manual,
"Errprint" and "Operation modes").

In the log or at the client:
    m4:sendmail.mc:12: undefined builtin `esycmd'
Bad:
    builtin(`dnl')dnl
    --- /usr/share/sendmail/cf/m4/cf.m4
    errprint(`*** WARNING: these files are no longer maintained
    ')
Good:
    --- /usr/share/sendmail/cf/m4/cf.m4
    dnl In the place of the cf tree: it prints the .cf that is there already.
    define(`MADE', `/etc/mail/sendmail.cf')
    define(`VERSIONID', `ifelse(regexp(`$1', `submission'), -1, , `define(`MADE', `/etc/mail/submit.cf')')')
    m4wrap(`divert(0)undivert(MADE)')divert(-1)
Not when: another rule tells of it, or the .mc cannot be expanded for want of a cf directory.
See: GNU m4 manual, "Errprint".
"""

from auditor.facts.complaints import Complaints, Told
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity

_SEVERITY = {"error": Severity.HIGH, "note": Severity.INFO}


@check("MCF040", severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def other_complaint(complaints: Complaints) -> Verdicts:
    """Pass on what no other rule knows, each once."""
    found = complaints.of("", "MCF040")
    for told in {(each.span, each.complaint.text): each for each in found}.values():
        yield _finding(told, complaints.mc_path)


def _finding(told: Told, mc: str) -> Finding:
    complaint = told.complaint
    return Finding(
        told.span or mc,
        f'm4 says: "{complaint.clause}"',
        "m4 prints this at every build; what it is about may be missing from the .cf."
        if complaint.grade != "note"
        else "The line is printed at every build.",
        Fix("look the message up and mend what it is about"),
        evidence=complaint.lines,
        severity=_SEVERITY.get(complaint.grade),
    )
