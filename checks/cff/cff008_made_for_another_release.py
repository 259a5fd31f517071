r"""The .cf was made by the cf tree of another release than the installed sendmail.

DZ says which release wrote the rules. A new program runs an old file, but without the rules, reply
codes and defaults that came since; a file newer than the program may use what it does not have (the
release notes; cf/README, "INTRODUCTION").

In the log or at the client:
    nothing; 220 greetings and Received lines show both, as in 8.18.1/8.14.4
Bad:
    --- $ sendmail -d0.13 -bt
    Version 8.18.1
     Compiled with: LOG STARTTLS
    --- +/etc/mail/sendmail.cf
    DZ8.14.4
Good:
    --- $ sendmail -d0.13 -bt
    Version 8.18.1
     Compiled with: DNSMAP LOG MAP_REGEX MILTER NAMED_BIND NETINET NETINET6 NEWDB
     \t\tPIPELINING SASLv2 SOCKETMAP STARTTLS USERDB
    --- +/etc/mail/sendmail.cf
    DZ8.18.2/Debian
Not when: only the last number or a vendor's suffix differs.
See: cf/README, "INTRODUCTION".
"""

from auditor.facts.live import Binary
from auditor.facts.version import Version
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, command
from auditor.model.unknown import NotApplicable
from checks.cff import BUILD

_COUNTED = 2


@check("CFF008", severity=Severity.LOW, confidence=Confidence.HIGH)
def made_for_another_release(version: Version, binary: Binary) -> Verdicts:
    """Compare the first two numbers of both."""
    if not version.release:
        yield NotApplicable("the .cf does not say which release made it")
    elif version.release[:_COUNTED] != binary.release[:_COUNTED]:
        older = version.release < binary.release
        yield Finding(
            version.span,
            f"the rules are those of {version.text}, the program is {binary.version}",
            "What came since is missing: reply codes, checks and defaults of the newer release."
            if older
            else "The rules may use options and maps that this program does not have.",
            command(f"cd /etc/mail && {BUILD}", "build it anew with the installed cf tree"),
        )
