r"""No listener takes submissions on port 587.

Mail clients submit on 587 (RFC 6409) or 465 (RFC 8314); many networks block 25 for their users. The feature
no_default_msa removes the listener that m4 would add, and nothing takes its place (cf/README, no_default_msa).

In the log or at the client:
    connect to mail.doe.org port 587: Connection refused
Bad:
    --- /etc/mail/sendmail.mc
    include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
    VERSIONID(`no submission')dnl
    OSTYPE(`linux')dnl
    FEATURE(`no_default_msa')dnl
    DAEMON_OPTIONS(`Port=smtp, Name=MTA')dnl
    MAILER(`local')dnl
    MAILER(`smtp')dnl
Good:
    DAEMON_OPTIONS(`Port=submission, Name=MSA, M=Ea')dnl
Not when: no AUTH is configured and so nobody submits here, or every listener is bound to the loopback interface.
See: howto step 6; RFC 6409; cf/README, no_default_msa.
"""

from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.listeners import Listeners
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import NotApplicable

_SUBMISSION = 587


@check("CFF021", severity=Severity.MEDIUM, howto="6")
def no_submission_listener(listeners: Listeners, files: ConfigurationFiles) -> Verdicts:
    """Look for a listener on port 587."""
    if listeners.only_loopback:
        yield NotApplicable("every listener is bound to the loopback interface")
    elif not listeners.on(_SUBMISSION):
        yield Finding(
            listeners.listeners[-1].span if listeners.listeners else files.to_mend,
            "no listener is on port 587",
            "Mail clients, which submit there, get no connection; from many networks port 25 is closed to them.",
            Fix("add DAEMON_OPTIONS(`Port=submission, Name=MSA, M=Ea')dnl, or drop FEATURE(`no_default_msa')"),
        )
