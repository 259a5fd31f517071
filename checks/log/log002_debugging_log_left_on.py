r"""A level of logging meant for debugging is left on.

Above 14 sendmail logs for its developers: every command of every session, from 20 on whole
dialogues, in which AUTH PLAIN carries passwords in base64. The option -X writes such a dialogue to
a file of its own. A start script is where both are forgotten (Sendmail Installation and Operation
Guide, 5.6, LogLevel, and appendix A).

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
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.subjects import Configuration
from auditor.model.unknown import Unknown

_CONSEQUENCE = "The log fills the disk; from level 20 on, or with -X, it holds the passwords of AUTH PLAIN and LOGIN."


@check("LOG002", severity=Severity.MEDIUM, howto="8")
def debugging_log_left_on(
    options: Options, profile: Profile, arguments: DaemonArguments | Unknown, configuration: Configuration
) -> Verdicts:
    """Judge LogLevel from above, in the configuration and on the daemon's command line."""
    highest = profile.number("maximum_log_level")
    setting = options.get("LogLevel")
    if setting is not None and setting.number > highest:
        fix = setting.set_to("9", "go back to the usual level")
        yield Finding(setting.span, f"LogLevel is {setting.value}", _CONSEQUENCE, fix)
    if configuration.is_submission:
        return
    if isinstance(arguments, Unknown):
        yield arguments
        return
    for invocation in arguments.invocations:
        for option, place in invocation.options():
            message, remedy = _judged(option, highest)
            if message is not None:
                yield Finding(place, message, _CONSEQUENCE, Fix(remedy))
    if arguments.doubt is not None:
        yield Unknown(arguments.doubt)


def _judged(option: str, highest: int) -> tuple[str | None, str]:
    """What an option of the command line does to the log, or None, and what mends it."""
    level = re.fullmatch(r"-O\s*LogLevel\s*=\s*(\d+)|-oL(\d+)", option, re.IGNORECASE)
    number = int(level[1] or level[2]) if level is not None else 0
    if number > highest:
        return f"sendmail is started with LogLevel={number}", "remove it from the start script and restart sendmail"
    if option.startswith("-X"):
        remedy = "remove -X from the start script, delete the file it wrote, restart sendmail"
        return "sendmail is started with -X and records every dialogue", remedy
    return None, ""
