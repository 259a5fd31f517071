r"""A client may ask for one handshake after the other.

A handshake costs the server far more than the client. A server that starts a new one within a connection as often
as it is asked to can be kept busy by a single client. TLS 1.3 has no renegotiation any more (RFC 8446, section 1.2).

In the log or at the client:
    a second ServerHello in the same connection
Bad:
    --- @ mail.doe.org:25 endpoint(intrusive={"renegotiation": "exposed a second handshake was begun"})
Good:
    --- @ mail.doe.org:25 endpoint(intrusive={"renegotiation": "safe the server sent alert 100"})
Not when: ``--intrusive`` was not asked for, or the test gave no verdict.
See: CVE-2011-1473; SSL_CTX_set_options(3), SSL_OP_NO_RENEGOTIATION.
"""

from auditor.facts.wire_parts import Intrusive
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Fix, Severity
from checks.prb import exposed


@check("PRB044", severity=Severity.LOW, confidence=Confidence.HIGH)
def clients_may_renegotiate(intrusive: Intrusive) -> Verdicts:
    """Judge what the test showed."""
    yield from exposed(
        intrusive.renegotiation,
        "a client may start a new handshake within TLS 1.2",
        "One client can keep the server's processor busy with handshakes.",
        Fix("in sendmail: add +SSL_OP_NO_RENEGOTIATION to confSERVER_SSL_OPTIONS (OpenSSL 1.1.0h and later)"),
    )
