r"""The .mc does not come to an end.

A macro that calls itself, or a few that double each other's text, keep m4 busy until memory is
full: GNU m4 has no bound but one on calls within calls. The reading here has bounds, and gave up.
What the .cf would be is not known (GNU m4 manual, "Limits control").

In the log or at the client:
    m4:sendmail.mc:20: recursion limit of 1024 exceeded, use -L<N> to change it
    m4: memory exhausted
Bad:
    define(`SITE', `SITE(SITE)')dnl
    SITE
    --- /usr/share/sendmail/cf/m4/cf.m4
    divert(0)dnl
Good:
    --- /usr/share/sendmail/cf/m4/cf.m4
    dnl In the place of the cf tree: it prints the .cf that is there already.
    define(`SITE', ``SITE'')SITE
    define(`MADE', `/etc/mail/sendmail.cf')
    define(`VERSIONID', `ifelse(regexp(`$1', `submission'), -1, , `define(`MADE', `/etc/mail/submit.cf')')')
    m4wrap(`divert(0)undivert(MADE)')divert(-1)
Not when: the .mc cannot be expanded for want of a cf directory.
See: GNU m4 manual, "Limits control".
"""

from auditor.facts.complaints import Complaints
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity


@check("MCF042", severity=Severity.HIGH, confidence=Confidence.HIGH)
def expansion_given_up(complaints: Complaints) -> Verdicts:
    """Say which bound was reached, and where."""
    stopped = complaints.stopped
    if stopped is None:
        return
    said = (line for told in complaints.of("MCF042") for line in told.complaint.lines)
    yield Finding(
        stopped.span or complaints.mc_path,
        f"m4 does not come to an end with this: {stopped.text}",
        "A build takes all the memory and time it gets, and leaves no .cf or a stump.",
        Fix("quote the macro's own name in its definition, or remove the call"),
        evidence=(f"{stopped.where}: {stopped.text}", *said),
    )
