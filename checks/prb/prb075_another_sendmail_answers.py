r"""The sendmail that answers is not the one the .cf was built for, or has read another .cf.

The greeting tells the version of the program, and behind a slash that of the configuration it has
read. Where the latter differs from the file, sendmail was not restarted since the file was built;
where the former does, rules and program are of different releases (Sendmail Installation and
Operation Guide, 5.6, SmtpGreetingMessage; cf/README, "INTRODUCTION").

In the log or at the client:
    220 john.doe.org ESMTP Sendmail 8.18.1/8.14.4; Sun, 22 Nov 2026 12:00:00 GMT
Bad:
    --- +/etc/mail/sendmail.cf
    DZ8.18.1
    --- @ localhost:25 endpoint(greeting="220 mail.doe.org ESMTP Sendmail 8.18.1/8.14.4; Sun, 22 Nov 2026")
Bad:
    --- +/etc/mail/sendmail.cf
    DZ8.14.4
    --- @ localhost:25 endpoint(greeting="220 mail.doe.org ESMTP Sendmail 8.18.1/8.14.4; Sun, 22 Nov 2026")
Good:
    --- +/etc/mail/sendmail.cf
    DZ8.18.1
    --- @ localhost:25 endpoint(greeting="220 mail.doe.org ESMTP Sendmail 8.18.2/8.18.1; Sun, 22 Nov 2026")
Not when: the greeting conceals the versions; or only the program's last number differs.
See: CFF008; CFF011; cf/README, "INTRODUCTION".
"""

from auditor.facts.greeting import Greeting, greeting_of
from auditor.facts.met import Met
from auditor.facts.version import Version
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity, command
from auditor.model.unknown import Inconclusive, NotApplicable
from auditor.sendmail.releases import release_of

_COUNTED = 2
_RESTART = command("service sendmail restart", "restart sendmail, which then reads the file")
_BUILD = command("cd /etc/mail && m4 sendmail.mc > sendmail.cf", "build it anew with the cf tree of that release")


@check("PRB075", severity=Severity.LOW)
def another_sendmail_answers(met: Met, version: Version) -> Verdicts:
    """Compare both versions of each greeting with the .cf."""
    words = (version.text or "").split()
    if not words or not version.release or version.span is None:
        yield NotApplicable("the .cf does not say which version made it")
        return
    for meeting in met.meetings:
        talk = meeting.observed.conversation
        greeting = talk if isinstance(talk, Inconclusive) else greeting_of(talk)
        if not isinstance(greeting, Greeting):
            yield greeting
        elif not greeting.sendmail:
            yield NotApplicable(f"{meeting.endpoint.name} does not tell a version of sendmail")
        elif greeting.cf_version and greeting.cf_version != words[0]:
            yield Finding(
                version.span,
                f"the .cf is of version {words[0]}, and the server on {meeting.endpoint.name} runs with one of "
                f"{greeting.cf_version}",
                "What was changed in the file does not hold yet, or never will: another one is read.",
                _RESTART,
                evidence=(f"< {greeting.line}",),
                severity=Severity.MEDIUM,
            )
        elif release_of(greeting.sendmail)[:_COUNTED] != version.release[:_COUNTED]:
            yield Finding(
                version.span,
                f"the .cf was built for sendmail {words[0]}, on {meeting.endpoint.name} {greeting.sendmail} answers",
                "Reply codes, checks and defaults are those of the .cf's release, not of the program's.",
                _BUILD,
                evidence=(f"< {greeting.line}",),
            )
