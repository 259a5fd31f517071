r"""A level of logging meant for debugging is left on.

Above 14 sendmail logs for its developers: every command of every session, from 20 on whole dialogues,
in which AUTH PLAIN carries passwords in base64. The option -X writes such a dialogue to a file of its own. A
start script is where both are forgotten (Sendmail Installation and Operation Guide, 5.6, LogLevel, and appendix A).

In the log or at the client:
    --- 250-john.doe.org Hello, for every line of every session
Bad:
    define(`confLOG_LEVEL', `20')dnl
Bad:
    --- /etc/rc.d/rc.sendmail 755 root:root
    #!/bin/sh
    /usr/sbin/sendmail -L sm-mta -bd -q25m -O LogLevel=16
Bad:
    --- /etc/rc.d/rc.sendmail 755 root:root
    #!/bin/sh
    /usr/sbin/sendmail -L sm-mta -bd -q25m -X /var/log/smtp.dialogue
Good:
    define(`confLOG_LEVEL', `14')dnl
Not when: the level is 14 or less, which is what finding out about TLS takes.
See: howto step 8; Sendmail Installation and Operation Guide, 5.6 and appendix A.
"""

import re

from auditor.facts.daemon import DaemonArguments
from auditor.facts.given import Profile
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity, replace
from auditor.model.subjects import Configuration
from auditor.model.unknown import Unknown

_CONSEQUENCE = "The log fills the disk, and from level 20 on, or with -X, it holds the passwords of AUTH PLAIN and LOGIN."


@check("LOG002", severity=Severity.MEDIUM, howto="8")
def debugging_log_left_on(
    options: Options, profile: Profile, arguments: DaemonArguments | Unknown, configuration: Configuration
) -> Verdicts:
    """Judge LogLevel from above, in the configuration and on the daemon's command line."""
    highest = profile.number("maximum_log_level")
    setting = options.get("LogLevel")
    if setting is not None and setting.number > highest:
        fix = replace(setting.span, "9", "go back to the usual level")
        yield Finding(setting.span, f"LogLevel is {setting.value}", _CONSEQUENCE, fix)
    if configuration.is_submission:
        return
    if isinstance(arguments, Unknown):
        yield arguments
        return
    for invocation in arguments.invocations:
        for option, place in invocation.options():
            level = re.fullmatch(r"LogLevel=(\d+)", option.removeprefix("-O").strip(), re.IGNORECASE)
            if level is not None and int(level[1]) > highest:
                fix = Fix("remove it from the start script and restart sendmail")
                yield Finding(place, f"the daemon is started with LogLevel={level[1]}", _CONSEQUENCE, fix)
            elif option.startswith("-X"):
                fix = Fix("remove -X from the start script, delete the file it wrote, restart sendmail")
                yield Finding(place, "the daemon is started with -X and records every dialogue", _CONSEQUENCE, fix)
