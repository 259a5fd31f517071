r"""The .mc, or a file it includes, was changed after the .cf was built.

No difference shows in what can be told without the cf tree the .cf was made with. Either the change
waits to be built, or only the date is new. With that cf tree at hand the question does not arise:
what m4 prints is compared then, and only a real difference is told (cf/README, "GETTING STARTED").

In the log or at the client:
    nothing
Bad:
    --- +/etc/mail/sendmail.cf
    # as it was built
    --- +/etc/mail/sendmail.mc
    dnl a change that came later
Good:
    --- +/etc/mail/sendmail.mc
    dnl a change
    --- +/etc/mail/sendmail.cf
    # as it was built after it
Not when: differences show, which is DRF001's; what m4 prints is the same; the times are those of a
    checkout.
See: howto step 7; cf/README, "GETTING STARTED".
"""

from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.drift import Drift
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, command
from auditor.model.unknown import Unknown
from checks.drf import build


@check("DRF002", severity=Severity.MEDIUM, howto="7")
def mc_newer_than_cf(files: ConfigurationFiles, drift: Drift) -> Verdicts:
    """Compare the times, where the contents say nothing."""
    if drift.sure:
        return
    if isinstance(drift.mc_newer, Unknown):
        yield drift.mc_newer
    elif drift.mc_newer and not drift.differences:
        yield Finding(
            drift.newest,
            f"{drift.newest} was changed after {files.cf_path} was built",
            "What was changed has no effect yet. In options, classes, maps and features no difference shows.",
            command(build(files, drift.newest), "build the .cf anew"),
            severity=None if drift.unseen is not None else Severity.LOW,
            confidence=None if drift.unseen is not None else Confidence.LOW,
        )
