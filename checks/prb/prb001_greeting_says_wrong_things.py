r"""The greeting has no full host name, or tells the program's version.

The first word of the greeting is the host's full name or its address in brackets (RFC 5321, 4.3.1);
peers log it, and sendmail sends no mail to a host that greets with its own name. The version helps
nobody but who looks for a known hole. In sendmail both come from SmtpGreetingMessage (Sendmail
Installation and Operation Guide, 5.6).

In the log or at the client:
    220 localhost ESMTP Sendmail 8.17.1/8.17.1; Sun, 22 Nov 2026 12:00:00 GMT
Bad:
    --- @ mail.doe.org:25 endpoint(greeting="220 localhost ESMTP Sendmail; Sun, 22 Nov 2026 12:00:00 GMT")
Bad:
    --- @ mail.doe.org:25 endpoint(greeting="220 mail.doe.org ESMTP Sendmail 8.18.1/8.18.1; Sun, 22 Nov 2026")
Good:
    --- @ mail.doe.org:25 endpoint(greeting="220 mail.doe.org ESMTP")
Good:
    --- @ mail.doe.org:25 endpoint(greeting="220 [192.0.2.25] ESMTP")
Not when: the greeting is made of asterisks, which a firewall writes and PRB010 reports.
See: CFF011; DNS001; RFC 5321, 4.3.1.
"""

from auditor.facts.greeting import Greeting
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity


@check("PRB001", severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def greeting_says_wrong_things(greeting: Greeting) -> Verdicts:
    """Judge the name, then the version."""
    evidence = (f"< {greeting.line}",)
    local = greeting.name.lower().startswith("localhost")
    if (local or not greeting.qualified) and not greeting.literal and "***" not in greeting.line:
        shown = f"with {greeting.name}, which is no full name" if greeting.name else "without a host name"
        yield Finding(
            None,
            f"the server greets {shown}",
            "Peers cannot tell from their log which host that was, and some take such a host for a badly kept one.",
            Fix("in sendmail: set the host's full name in /etc/hosts, or define(`confDOMAIN_NAME', `mail.doe.org')dnl"),
            evidence=evidence,
        )
    if greeting.version:
        yield Finding(
            None,
            f"the greeting tells the version, {greeting.software} {greeting.version}",
            "Whoever collects greetings knows at once which holes are open here.",
            Fix("in sendmail: define(`confSMTP_LOGIN_MSG', `$j')dnl"),
            evidence=evidence,
            severity=Severity.INFO,
        )
