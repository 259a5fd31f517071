r"""The server does not offer STARTTLS, or refuses what it offers.

Without STARTTLS all mail, and on the submission port every password, crosses the net in clear; senders
with a policy (MTA-STS, DANE) do not deliver at all. A server that offers STARTTLS and then refuses it
cannot load its certificate or key: some senders try again for days (RFC 3207, 4; Sendmail Installation
and Operation Guide, 5.6).

In the log or at the client:
    454 4.3.3 TLS not available
    503 5.5.0 TLS not available
Bad:
    --- @ mail.doe.org:25 endpoint(ehlo="PIPELINING 8BITMIME")
Bad:
    --- @ mail.doe.org:587 endpoint(ehlo="PIPELINING XXXXXXXA")
Bad:
    --- @ mail.doe.org:25 endpoint(refusal="454 4.3.3 TLS not available after start")
Good:
    --- @ mail.doe.org:25 endpoint()
Good:
    --- @ mail.doe.org:465 endpoint()
Not when: TLS begins with the connection, as on port 465.
See: howto steps 5 and 6; RFC 3207; cf/README, STARTTLS.
"""

from auditor.facts.wire import Conversation
from auditor.facts.wire_parts import Extensions
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.pattern import lazy
from auditor.model.unknown import NotApplicable
from checks.prb import said

#: What firewalls that rewrite SMTP put in the place of a keyword they do not like.
_BLOTTED = lazy(r"X{3,}[A-Z]?|\*{3,}")
_FIX = Fix(
    "in sendmail set all of confCACERT_PATH, confCACERT, confSERVER_CERT and confSERVER_KEY, with files that it takes:"
    " `mailaudit scan` on the host says which it does not"
)


@check("PRB020", severity=Severity.HIGH, confidence=Confidence.HIGH, same_as=("PRB071", "CRT003", "CRT004", "CFF028"))
def starttls_not_offered(talk: Conversation) -> Verdicts:
    """Judge the reply to EHLO in clear, and that to STARTTLS."""
    if talk.clear is None:
        yield NotApplicable("the conversation does not begin in clear")
    elif talk.refusal is not None:
        yield Finding(
            None,
            f"STARTTLS is offered and refused: {talk.refusal}",
            "Nobody gets TLS here; peers that take the offer at its word put their mail off or give up.",
            _FIX,
            evidence=said("STARTTLS", talk.refusal),
            severity=Severity.CRITICAL,
        )
    elif "STARTTLS" not in talk.clear:
        yield _missing(talk.clear)


def _missing(offered: Extensions) -> Finding:
    blotted = next(filter(_BLOTTED.fullmatch, offered), None)
    evidence = ("> EHLO", f"< 250 {' '.join(offered)}".rstrip())
    if blotted is None:
        message, fix = "STARTTLS is not offered", _FIX
    else:
        message = f"STARTTLS is not offered, and {blotted} stands among the keywords, as a firewall leaves it"
        fix = Fix("switch off the inspection of SMTP in the firewall, such as `fixup` or `inspect esmtp`")
    consequence = "Mail and passwords cross the net in clear; senders with a policy for this server do not deliver."
    return Finding(None, message, consequence, fix, evidence=evidence)
