r"""Something is said in clear behind STARTTLS, or STARTTLS is offered again within TLS.

After the reply to STARTTLS nothing may come but the handshake. Bytes in clear there are replies that the
server, or somebody between, put into the stream; a client that reads on takes them for replies given under
TLS. And a server that offers STARTTLS once more has not begun anew (RFC 3207, 4.2 and 6).

In the log or at the client:
    454 4.3.3 TLS not available after start
Bad:
    --- @ mail.doe.org:25 endpoint(injected=True)
Bad:
    --- @ mail.doe.org:587 endpoint(within="PIPELINING STARTTLS AUTH=PLAIN")
Good:
    --- @ mail.doe.org:25 endpoint()
Not when: there is no STARTTLS, or it never came to TLS.
See: RFC 3207, 4.2 and 6; CVE-2011-0411 for the same fault on the server's side.
"""

from auditor.facts.wire import Conversation
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import NotApplicable


@check("PRB027", severity=Severity.HIGH, confidence=Confidence.HIGH)
def starttls_mishandled(talk: Conversation) -> Verdicts:
    """Look at what came before the handshake, and at EHLO after it."""
    if talk.injected:
        shown = repr(talk.injected[:60])[2:-1]
        yield Finding(
            None,
            f"{len(talk.injected)} bytes came in clear between the reply to STARTTLS and the handshake",
            "A client that does not drop them takes them for replies given under TLS, such as an EHLO without AUTH.",
            Fix("update the server, and look for a firewall or proxy that rewrites SMTP on the way"),
            evidence=("> STARTTLS", f"< {shown}"),
        )
    if talk.clear is None or talk.within is None:
        yield NotApplicable("no STARTTLS came about")
    elif "STARTTLS" in talk.within:
        yield Finding(
            None,
            "STARTTLS is offered again within TLS",
            "The server, or a proxy before it, does not know that TLS is on; clients that try again get an error.",
            Fix("let the program that ends TLS also speak SMTP, or update it"),
            evidence=("> EHLO", "< 250-STARTTLS"),
            severity=Severity.LOW,
        )
