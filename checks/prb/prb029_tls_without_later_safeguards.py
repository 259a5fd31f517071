r"""TLS lacks what was added later against known attacks.

Compression lets a sender of chosen text guess secrets by the size of records (CRIME). A server without
secure renegotiation (RFC 5746) is refused by OpenSSL 3. The extended master secret (RFC 7627) binds keys to
their handshake; programs in FIPS mode insist on it. All three are matters of TLS 1.2 and older.

In the log or at the client:
    unsafe legacy renegotiation disabled
Bad:
    --- @ mail.doe.org:25 endpoint(renegotiation=False)
Bad:
    --- @ mail.doe.org:587 endpoint(compression=True)
Bad:
    --- @ mail.doe.org:25 endpoint(master=False)
Good:
    --- @ mail.doe.org:25 endpoint()
Not when: the server speaks TLS 1.3 only.
See: RFC 5746; RFC 7627; RFC 9325, 3.3 to 3.5.
"""

from auditor.facts.wire_parts import TLSOffer
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity

_UPDATE = Fix("update OpenSSL and the program that uses it")


@check("PRB029", severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def tls_without_later_safeguards(offer: TLSOffer) -> Verdicts:
    """Judge what the hellos show."""
    if offer.secure_renegotiation is False:
        yield Finding(
            None,
            "the server does not know secure renegotiation (RFC 5746)",
            "Clients with OpenSSL 3 break the handshake off; the others cannot tell one session from a spliced one.",
            _UPDATE,
        )
    if offer.compression is True:
        yield Finding(
            None,
            "the server compresses TLS records",
            "Who can make a client send text of their choice learns secrets from the size of records.",
            Fix(
                "in sendmail: define(`confSERVER_SSL_OPTIONS', `+SSL_OP_NO_COMPRESSION')dnl, with what it holds already"
            ),
            severity=Severity.LOW,
        )
    if offer.extended_master_secret is False:
        yield Finding(
            None,
            "the server does not know the extended master secret (RFC 7627)",
            "Programs in FIPS mode refuse it; channel bindings of TLS 1.2 are worth less.",
            _UPDATE,
            severity=Severity.INFO,
        )
    for told in (offer.secure_renegotiation, offer.compression, offer.extended_master_secret):
        if not isinstance(told, bool):
            yield told
