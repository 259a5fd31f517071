r"""The server answers commands that do not exist for ever.

A client that says one thing after the other that is no command is no mail server: it is a web page that
was made to talk to the port, a scanner, or somebody who guesses. sendmail answers 25 such commands and
ends the conversation with 421; how many is compiled in (MAXBADCOMMANDS). Postfix and Exim end it sooner.

In the log or at the client:
    421 4.7.0 mail.doe.org Too many bad commands; closing connection
Bad:
    --- @ mail.doe.org:25 endpoint(intrusive={"bad_commands": "30"})
Good:
    --- @ mail.doe.org:25 endpoint(intrusive={"bad_commands": "25 421 4.7.0 mail.doe.org Too many bad commands"})
Good:
    --- @ mail.doe.org:25 endpoint(intrusive={"bad_commands": "2 500 Too many unrecognized commands"})
Not when: ``--intrusive`` was not asked for; or the server lets the time pass before it answers them all.
See: MAXBADCOMMANDS in sendmail/conf.h of sendmail's source; postconf(5), smtpd_hard_error_limit.
"""

from auditor.facts.greeting import Greeting
from auditor.facts.wire_parts import Intrusive
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Inconclusive

_FIXES = {
    "sendmail": "have sendmail built with the usual MAXBADCOMMANDS of 25, or see what stands in front of it",
    "postfix": "in Postfix: smtpd_hard_error_limit = 20, its default",
    "exim": "in Exim: smtp_max_unknown_commands = 3, its default",
}
_OTHERWISE = "have the server end a conversation after some 20 bad commands (in Postfix: smtpd_hard_error_limit)"


@check("PRB014", severity=Severity.INFO, confidence=Confidence.HIGH)
def bad_commands_without_end(intrusive: Intrusive, greeting: Greeting) -> Verdicts:
    """Judge how many are answered."""
    found = intrusive.bad_commands
    if isinstance(found, Inconclusive):
        yield found
    elif not found.ended:
        yield Finding(
            None,
            f"{found.answered} commands that do not exist were answered in {found.seconds:.1f} s, and it would go on",
            "Whoever talks nonsense, as a web page can be made to do, keeps a process busy for as long as he likes.",
            Fix(_FIXES.get(greeting.software.lower(), _OTHERWISE)),
            evidence=(f"< {found.last}",),
        )
