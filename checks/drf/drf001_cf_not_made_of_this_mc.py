r"""The .cf is not what its .mc makes.

sendmail reads the .cf only. Where the two differ, somebody changed the .mc and did not build it, or
the .cf was made of another .mc (cf/README, "GETTING STARTED").

With the cf tree at hand that the .cf was made with, all that m4 would print is compared: options,
listeners, classes, maps, macros, headers, mailers, filters and rulesets; nothing is run for it.
Elsewhere, and of a .cf that another release's cf tree made or somebody wrote, only what the .mc
itself determines is; where that depends on files that are not here nothing is claimed.

In the log or at the client:
    nothing; "I have set it, and it does not work"
Bad:
    --- +/etc/mail/sendmail.cf
    O LogLevel=9
    --- +/etc/mail/sendmail.mc
    define(`confLOG_LEVEL', `14')dnl
Bad:
    --- +/etc/mail/sendmail.cf
    O DaemonPortOptions=Name=MTA-v4, Family=inet, Port=smtp
    --- +/etc/mail/sendmail.mc
    FEATURE(`genericstable')dnl
Bad:
    --- +/etc/mail/sendmail.cf
    DSmail.example.net
    --- +/etc/mail/sendmail.mc
    define(`SMART_HOST', `relay.example.net')dnl
Bad:
    --- +/etc/mail/sendmail.cf
    O LogLevel=12
    --- +/etc/mail/sendmail.mc
    MAILER_DEFINITIONS
    Mprinter, P=/usr/bin/lpr, F=lsDFM, S=EnvFromL, R=EnvToL, A=lpr -Plabels
    LOCAL_RULESETS
    Sours
    R$* spam $*\t$#error $@ 5.7.1 $: "550 no spam"
Good:
    --- +/etc/mail/sendmail.mc
    define(`confLOG_LEVEL', `12')dnl
    --- +/etc/mail/sendmail.cf
    O LogLevel=12
Not when: the .cf is the younger of the two and says that it is not to be edited, which is DRF003's;
    submit.cf is DRF005's; only the banner, comments or an order that says nothing differ. Where
    nothing but a VERSIONID differs the finding is no more than a hint.
See: howto step 7; cf/README, "GETTING STARTED".
"""

from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.drift import Drift
from auditor.model.check import Verdicts, check
from auditor.model.finding import Severity
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable, Unknown
from checks.drf import differing


@check("DRF001", severity=Severity.HIGH, howto="7")
def cf_not_made_of_this_mc(configuration: Configuration, files: ConfigurationFiles, drift: Drift) -> Verdicts:
    """Report all differences at once, unless the .cf was changed after the .mc."""
    if configuration.is_submission:
        yield NotApplicable("of submit.cf DRF005 tells")
    elif drift.differences and not (drift.warned and drift.mc_newer is False):
        later = f" {drift.newest} was changed after {files.cf_path}." if drift.mc_newer is True else ""
        yield from differing(
            configuration,
            files,
            drift,
            f"What the .mc says has no effect until the .cf is built from it.{later}",
            "build the .cf anew, or bring the .mc up to date first",
        )
    elif drift.unseen is not None:
        yield Unknown(drift.unseen)
