r"""An entry of the settings by which findings are ignored no longer holds.

Its day has passed, or nothing is found any more that it could ignore. After its day the findings
are told again. One that ignores nothing may keep the next mistake of that kind from being told; this
is reported only where the run looked at everything that the entry is about.

In the log or at the client:
    nothing; sendmail does not read these settings
Bad:
    --- /mailaudit.toml
    [[ignore]]
    id = "LIM003"
    reason = "until the new relay is there"
    expires = 2026-06-30
Bad:
    --- /mailaudit.toml
    [[ignore]]
    id = "CFF020"
    reason = "behind stunnel"
Good:
    --- /mailaudit.toml
    profile = "modern"
Not when: the entry's rule was not asked, or the files it names were not looked at.
See: README, "Tolerate what you know".
"""

from auditor.facts.given import Ignores
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity


@check("SUP004", severity=Severity.LOW, confidence=Confidence.HIGH)
def ignore_out_of_date(ignores: Ignores) -> Verdicts:
    """Tell the entries whose day has passed and those that ignored nothing."""
    for at, rule, day in ignores.expired:
        yield Finding(
            at,
            f"{rule} is ignored until {day}, which has passed",
            "The entry ignores nothing any more; what it is about is told again.",
            Fix("mend what it is about and remove the entry, or give it a new day"),
        )
    for at, rule in ignores.idle:
        yield Finding(
            at,
            f"{rule} finds nothing that this entry could ignore",
            "The next mistake of this kind there will not be told to anybody.",
            Fix("remove the entry"),
        )
