r"""The greeting refuses the client, has no full host name, or tells the program's version.

The first word of the greeting is the host's full name or its address in brackets (RFC 5321, 4.3.1);
peers log it, and sendmail sends no mail to a host that greets with its own name. The version helps
nobody but who looks for a known hole. In sendmail both come from SmtpGreetingMessage (Sendmail
Installation and Operation Guide, 5.6).

Instead of 220 a server may greet with 554, after which it takes nothing but QUIT (RFC 5321, 3.1). So
sendmail greets a client that speaks before the greeting (FEATURE(greet_pause)) or that a milter
rejects; others greet so whom a list or a map names.

In the log or at the client:
    220 localhost ESMTP Sendmail 8.17.1/8.17.1; Sun, 22 Nov 2026 12:00:00 GMT
    554 mail.doe.org ESMTP not accepting messages
Bad:
    --- @ mail.doe.org:25 endpoint(greeting="554 mail.doe.org ESMTP not accepting messages")
Bad:
    --- @ mail.doe.org:25 endpoint(greeting="220 localhost ESMTP Sendmail; Sun, 22 Nov 2026 12:00:00 GMT")
Bad:
    --- @ mail.doe.org:25 endpoint(greeting="220 mail.doe.org ESMTP Sendmail 8.18.1/8.18.1; Sun, 22 Nov 2026")
Good:
    --- @ mail.doe.org:25 endpoint(greeting="220 mail.doe.org ESMTP")
Good:
    --- @ mail.doe.org:25 endpoint(greeting="220 [192.0.2.25] ESMTP")
Not when: the greeting is made of asterisks, which a firewall writes and PRB010 reports; the refusal is
    421 or another 4xx, which is for now. That a host takes no mail at all, code 521 (RFC 7504), is no
    more than a note.
See: CFF011; DNS001; RFC 5321, 3.1 and 4.3.1; cf/README, "greet_pause".
"""

from auditor.facts.greeting import Greeting
from auditor.facts.wire import Observed, TurnedAway
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import NotApplicable, Unknown

#: The code by which a host says that it never takes mail.
_NO_MAIL = 521


@check("PRB001", severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def greeting_says_wrong_things(greeting: Greeting | Unknown | NotApplicable, observed: Observed) -> Verdicts:
    """Judge a refusal, or else the name, then the version."""
    if isinstance(observed.conversation, TurnedAway):
        yield _refusal(observed.conversation)
    elif isinstance(greeting, Greeting):
        yield from _words(greeting)
    else:
        yield greeting


def _refusal(away: TurnedAway) -> Finding:
    never = away.reply.code == _NO_MAIL
    return Finding(
        None,
        f"the server greets this client with a refusal, {away.reply.code}",
        "By this code a host says that it never takes mail."
        if never
        else "Whoever is met so can deliver no mail here and cannot log in; nothing else could be asked, and from"
        " another address the answer may differ.",
        Fix(
            "in sendmail: its log says whether greet_pause, a milter, a Connect: entry of the access map or a DNS"
            " blocklist refuses the client"
        ),
        evidence=(f"< {away.reply}",),
        severity=Severity.INFO if never else None,
    )


def _words(greeting: Greeting) -> Verdicts:
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
