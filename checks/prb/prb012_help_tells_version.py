r"""HELP tells the version, or NOOP is refused.

sendmail's help begins with its version; where the help file is missing, the refusal has it too. NOOP
is one of the commands that every server knows (RFC 5321, 4.5.1; Sendmail Installation and Operation
Guide, 5.6, HelpFile).

In the log or at the client:
    214-2.0.0 This is sendmail version 8.17.1
    502 5.3.0 Sendmail 8.17.1 -- HELP not implemented
Bad:
    --- @ mail.doe.org:25 endpoint(help="214 2.0.0 This is sendmail version 8.18.1")
Bad:
    --- @ mail.doe.org:25 endpoint(help="502 5.3.0 Sendmail 8.18.1 -- HELP not implemented")
Bad:
    --- @ mail.doe.org:25 endpoint(noop="502 5.5.2 Command not implemented")
Good:
    --- @ mail.doe.org:25 endpoint(help="214 2.0.0 See https://doe.org/mail")
Not when: the greeting tells the version already, which PRB001 reports.
See: Sendmail Installation and Operation Guide, 5.6, HelpFile.
"""

from auditor.facts.greeting import Greeting
from auditor.facts.wire_parts import Answer, Commands
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from checks.prb import exchanged


@check("PRB012", severity=Severity.INFO, confidence=Confidence.HIGH)
def help_tells_version(commands: Commands, greeting: Greeting) -> Verdicts:
    """Judge the replies to HELP and NOOP."""
    asked, noop = commands.help, commands.noop
    if not isinstance(asked, Answer):
        yield asked
    elif commands.version and not greeting.version:
        yield Finding(
            None,
            f"HELP tells the version, sendmail {commands.version}, which the greeting conceals",
            "Whoever wants to know which holes are open asks for help.",
            Fix("in sendmail: take the line with $v out of the file that HelpFile names, and keep the file"),
            evidence=exchanged(asked),
        )
    if not isinstance(noop, Answer):
        yield noop
    elif noop.kind in ("refused", "unsupported"):
        yield Finding(
            None,
            f"NOOP is refused: {noop.reply}",
            "Clients that keep a connection open with NOOP take it for broken.",
            Fix("look for what stands between: sendmail itself always answers NOOP"),
            evidence=exchanged(noop),
            severity=Severity.LOW,
        )
