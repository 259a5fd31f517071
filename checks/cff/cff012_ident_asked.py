r"""sendmail asks every client's host who opened the connection.

The answer of an ident server (RFC 1413) is worth nothing, and where a firewall drops the question every
connection waits for the timeout, five seconds by default. A timeout of 0 switches it off
(Sendmail Installation and Operation Guide, 4.1.1, Timeout.ident).

In the log or at the client:
    the greeting comes five seconds late
Bad:
    define(`confTO_IDENT', `5s')dnl
Bad:
    undefine(`confTO_IDENT')dnl
Good:
    define(`confTO_IDENT', `0')dnl
Good:
    define(`confTO_IDENT', `0s')dnl
Not when: the configuration is submit.cf, to which nobody connects.
See: howto step 6; Sendmail Installation and Operation Guide, 4.1.1.
"""

import re

from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.listeners import Listeners
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity


@check("CFF012", severity=Severity.LOW, howto="6")
def ident_asked(options: Options, files: ConfigurationFiles, listeners: Listeners) -> Verdicts:  # noqa: ARG001  # Only a daemon asks.
    """Judge Timeout.ident."""
    setting = options.get("Timeout.ident")
    if setting is not None and not any(int(number) for number in re.findall(r"\d+", setting.value)):
        return
    shown = f"Timeout.ident is {setting.value}" if setting else "Timeout.ident is not set and is 5 seconds"
    consequence = "Where a firewall drops the question, every connection waits that long for its greeting."
    if setting is None:
        fix = Fix("define(`confTO_IDENT', `0')dnl")
    else:
        fix = setting.set_to("0", "switch it off: define(`confTO_IDENT', `0')dnl")
    yield Finding(setting.span if setting else files.to_mend, shown, consequence, fix)
