r"""The server's sendmail is of a version through which messages can be smuggled.

Before 8.18.1 sendmail takes some broken line ends for the end of a message. Behind a server that
passes them on, a second message comes in as if the first one's sender had sent it (CVE-2023-51765).
Only the version is judged here, since no message is ever sent. Distributions mend old versions
without changing the number, so that a packaged one may well be safe; one that turns a hasty client
away as 8.18.1 does has the correction with it (sendmail RELEASE_NOTES, 8.18.1).

In the log or at the client:
    220 mail.doe.org ESMTP Sendmail 8.15.2/8.15.2
Bad:
    --- @ mail.doe.org:25 endpoint(greeting="220 mail.doe.org ESMTP Sendmail 8.15.2/8.15.2", hasty="250 2.0.0 OK")
Bad:
    --- @ mail.doe.org:25 endpoint(help="214 2.0.0 This is sendmail version 8.17.1", hasty="250 2.0.0 OK")
Good:
    --- @ mail.doe.org:25 endpoint(greeting="220 mail.doe.org ESMTP Sendmail 8.18.1/8.18.1; Sun, 22 Nov 2026", hasty="250 2.0.0 OK")
Good:
    --- @ mail.doe.org:25 endpoint(greeting="220 mail.doe.org ESMTP Sendmail 8.17.1.9/8.17.1.9/Debian-2+deb12u2", hasty="250 2.0.0 OK")
Good:
    --- @ mail.doe.org:25 endpoint(greeting="220 mail.doe.org ESMTP Sendmail 8.17.1.9/8.17.1.9", hasty="554 5.5.0 SMTP protocol error")
Not when: the server conceals its version, or it is another program.
See: VER001; sendmail RELEASE_NOTES, 8.18.1.
"""  # noqa: E501  # An endpoint is described on one line.

from auditor.facts.greeting import Greeting
from auditor.facts.wire import Observed
from auditor.facts.wire_parts import Answer, Commands
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import NotApplicable, Unknown
from auditor.sendmail.releases import STRICT_LINE_ENDS, is_corrected, release_of


@check("PRB055", severity=Severity.LOW, confidence=Confidence.LOW)
def messages_can_be_smuggled(
    greeting: Greeting, commands: Commands | Unknown | NotApplicable, observed: Observed
) -> Verdicts:
    """Judge the version of the greeting, or else of the help."""
    helped = commands.version if isinstance(commands, Commands) else ""
    version = greeting.sendmail or helped
    if not version:
        yield NotApplicable("the server does not say that it is sendmail, and of which version")
    elif isinstance(observed.hasty, Answer) and observed.hasty.kind == "refused":
        # Both came with 8.18.1, and distributions took them over together.
        return
    elif release_of(version) < STRICT_LINE_ENDS and not is_corrected(f"{version} {greeting.cf_version}"):
        yield Finding(
            None,
            f"the server says that it is sendmail {version}; before 8.18.1 broken line ends can end a message",
            "A message can hold a second one with another sender, which passes checks of the first one's sender.",
            Fix("update sendmail to 8.18.1 or later, or look for CVE-2023-51765 in the changelog of the package"),
            evidence=(f"< {greeting.line}",) if greeting.sendmail else (),
        )
