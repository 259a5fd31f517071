r"""The .cf was built of another state of its .mc: the copy at its end differs from the .mc.

sendmail's own Makefile, and those of Debian and others, put a copy of the .mc behind what m4
prints, each line a comment. That copy shows which lines of the .mc were changed since
(cf/cf/Makefile; cf/README, "GETTING STARTED").

In the log or at the client:
    nothing
Bad:
    --- +/etc/mail/submit.mc
    define(`confDONT_INIT_GROUPS', `True')dnl
    define(`confTO_IDENT', `0')dnl
    --- +/etc/mail/submit.cf
    ### submit.mc ###
    # dnl what it was made of
    # FEATURE(`msp', `[127.0.0.1]')dnl
Good:
    --- /etc/mail/submit.mc
    dnl Submission program, which hands every message over to the daemon.
    include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
    VERSIONID(`john.doe.org: submission program')
    define(`confCF_VERSION', `Submit')dnl
    define(`__OSTYPE__', `')dnl
    define(`_USE_DECNET_SYNTAX_', `1')dnl
    define(`confTIME_ZONE', `USE_TZ')dnl
    define(`confDONT_INIT_GROUPS', `True')dnl
    define(`confTO_IDENT', `0')dnl
    FEATURE(`msp', `[127.0.0.1]')dnl
    --- +/etc/mail/submit.cf
    ### /etc/mail/submit.mc ###
    # dnl Submission program, which hands every message over to the daemon.
    # include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
    # VERSIONID(`john.doe.org: submission program')
    # define(`confCF_VERSION', `Submit')dnl
    # define(`__OSTYPE__', `')dnl
    # define(`_USE_DECNET_SYNTAX_', `1')dnl
    # define(`confTIME_ZONE', `USE_TZ')dnl
    # define(`confDONT_INIT_GROUPS', `True')dnl
    # define(`confTO_IDENT', `0')dnl
    # FEATURE(`msp', `[127.0.0.1]')dnl
Not when: the copy is one of a file with another name. Where m4 prints the same of both, the finding
    is only a hint.
See: cf/cf/Makefile; cf/README, "GETTING STARTED".
"""

from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.drift import Drift, McCopy
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity, command
from auditor.model.subjects import Configuration
from auditor.model.unknown import Unknown
from checks.drf import build, shortened


@check("DRF004", severity=Severity.MEDIUM)
def copy_of_mc_out_of_date(
    configuration: Configuration, files: ConfigurationFiles, copy: McCopy, drift: Drift | Unknown
) -> Verdicts:
    """Point at the first line that differs."""
    if not copy.count:
        return
    same = isinstance(drift, Drift) and drift.sure and not drift.acts
    lines = "1 line differs" if copy.count == 1 else f"{copy.count} lines differ"
    there = shortened(copy.in_cf.source.line(copy.in_cf.line).removeprefix("# "))
    yield Finding(
        copy.in_mc,
        f"{configuration.name} was built of another state of {files.to_mend}: {lines} from the copy at its end",
        "It makes no difference to sendmail, m4 prints the same."
        if same
        else "What was changed since has no effect until the .cf is built anew.",
        command(build(files, files.to_mend), "build the .cf anew"),
        ((copy.in_cf, f"the copy has {there or 'nothing'} here"),),
        severity=Severity.INFO if same else None,
    )
