r"""The greeting tells the version of sendmail.

The default greeting holds $v and $Z, the version of the program and of the configuration, and so does the
answer to HELP. It spares an attacker a guess and helps nobody else. sendmail inserts the word ESMTP itself, so
the message needs the host's name only (Sendmail Installation and Operation Guide, 5.6, SmtpGreetingMessage).

In the log or at the client:
    220 john.doe.org ESMTP Sendmail 8.17.1/8.17.1; Sun, 22 Nov 2026 12:00:00 GMT
Bad:
    define(`confSMTP_LOGIN_MSG', `$j Sendmail $v/$Z; $b')dnl
Good:
    define(`confSMTP_LOGIN_MSG', `$j')dnl
Not when: the configuration is submit.cf, which greets nobody.
See: Sendmail Installation and Operation Guide, 5.6.
"""

import re

from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.listeners import Listeners
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.text import Span


@check("CFF011", severity=Severity.INFO)
def greeting_tells_version(options: Options, files: ConfigurationFiles, listeners: Listeners) -> Verdicts:  # noqa: ARG001  # A daemon's greeting.
    """Judge SmtpGreetingMessage; the generated default holds both macros."""
    setting = options.get("SmtpGreetingMessage")
    place: Span | str
    if setting is None:
        place, shown = files.to_mend, "the default, $j Sendmail $v ready at $b"
        fix = Fix("define(`confSMTP_LOGIN_MSG', `$j')dnl")
    else:
        version = re.search(r"\$[vZ](?!\w)", setting.value)
        if version is None:
            return
        place, shown = setting.span, setting.value
        fix = setting.set_to("$j", "greet with the host's name only: define(`confSMTP_LOGIN_MSG', `$j')dnl")
    yield Finding(
        place, f"the greeting holds the version: {shown}", "Every client is told which weaknesses to try.", fix
    )
