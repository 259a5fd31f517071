r"""The .mc has no VERSIONID.

VERSIONID writes one line of your own into the .cf's head. It is the only thing that tells later
which .mc a .cf was made from (cf/README, "INTRODUCTION AND EXAMPLE").

In the log or at the client:
    nothing
Bad:
    --- /etc/mail/sendmail.mc
    include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
    OSTYPE(`linux')dnl
    MAILER(`local')dnl
    MAILER(`smtp')dnl
Good:
    VERSIONID(`john.doe.org: mail exchanger')dnl
Not when: an included file may hold it.
See: howto step 6; cf/README, "INTRODUCTION AND EXAMPLE".
"""

from auditor.facts.bare_text import foreign
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.sendmail.mc import McView
from checks.mcf import unseen


@check("MCF032", severity=Severity.INFO, confidence=Confidence.HIGH, howto="6")
def no_versionid(view: McView) -> Verdicts:
    """Look for the macro."""
    if any(call.name == "VERSIONID" for call in view.calls):
        return
    doubt = unseen(view, "VERSIONID") or foreign(view)
    if doubt is not None:
        yield doubt
        return
    yield Finding(
        view.document.path,
        "there is no VERSIONID",
        "Nothing in the .cf tells which file it was made from.",
        Fix("add VERSIONID(`what this host is')dnl below the include of cf.m4"),
    )
