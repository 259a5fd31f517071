r"""The reply to EHLO is masked on its way, or lacks what nearly every server offers.

Some firewalls write over what they do not know: the greeting becomes a row of asterisks, STARTTLS
and AUTH become XXXXXXXA. Then nobody can encrypt or log in, whatever sendmail is configured for. A
server without any extension, or without PIPELINING, is slow over long lines and cannot tell errors
apart (RFC 2920, RFC 2034).

In the log or at the client:
    220 *****************************************
    250-XXXXXXXA
Bad:
    --- @ mail.doe.org:25 endpoint(ehlo="ENHANCEDSTATUSCODES PIPELINING 8BITMIME SIZE=1000000 DSN XXXXXXXA")
Bad:
    --- @ mail.doe.org:25 endpoint(ehlo="8BITMIME SIZE=1000000 DSN STARTTLS", within="8BITMIME SIZE=1000000 DSN")
Good:
    --- @ mail.doe.org:25 endpoint()
Not when: an extension is one of rare use, such as DELIVERBY.
See: RFC 5321, 4.1.1.1.
"""

from auditor.facts.wire import Conversation
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.pattern import lazy
from auditor.model.unknown import NotApplicable

_MASKED = lazy(r"X{3,}[A-D]?")
_USUAL = ("ENHANCEDSTATUSCODES", "PIPELINING")


@check("PRB010", severity=Severity.MEDIUM)
def extensions_withheld(conversation: Conversation) -> Verdicts:
    """Look for masked keywords, then for usual ones that are missing."""
    talk = conversation
    if talk.clear is None and talk.within is None:
        yield NotApplicable("there was no EHLO")
        return
    said = [*(talk.clear or ()), *(talk.within or ())]
    masked = list(dict.fromkeys(word for word in said if _MASKED.fullmatch(word)))
    starred = talk.greeting is not None and "*****" in talk.greeting.text
    if masked or starred:
        yield Finding(
            None,
            f"a firewall rewrites the dialogue: {'the greeting is masked' if starred else f'EHLO shows {masked[0]}'}",
            "What it masks does not exist for clients: STARTTLS and logins cannot be used from outside.",
            Fix("switch the firewall's inspection of SMTP off; Cisco: no inspect esmtp, no fixup protocol smtp 25"),
            evidence=tuple(f"< 250-{word}" for word in masked) or (f"< {talk.greeting}",),
        )
    elif not talk.last:
        yield Finding(
            None,
            "the server offers no extension of SMTP at all",
            "Clients can neither encrypt nor log in nor declare sizes.",
            Fix("look for what stands between: sendmail itself always offers some"),
            evidence=(f"< 250 {talk.last.greeting}",),
        )
    elif missing := [word for word in _USUAL if word not in talk.last]:
        yield Finding(
            None,
            f"EHLO does not offer {' or '.join(missing)}",
            "Each recipient costs a round trip of its own, or clients must guess what an error means.",
            Fix("sendmail offers both unless it was built or told otherwise: look at Srv_Features in the access map"),
            severity=Severity.INFO,
        )
