r"""The server's own certificate is on the revocation list.

Its authority has declared it void, because the key was lost or the certificate was replaced. Whoever checks refuses
it (RFC 5280, 5.3).

In the log or at the client:
    certificate revoked
Bad:
    --- /etc/mail/certs/CA.cert.pem 644 root:root authority()
    --- /etc/mail/certs/smtp.cert.pem 644 root:root certificate(names=["john.doe.org"], serial=7)
    --- /etc/mail/certs/revoke.crl 644 root:root crl(revoked=[7])
Good:
    define(`confCACERT_PATH', `/etc/mail/certs')dnl
Not when: the list is another authority's, whose serial numbers mean nothing here.
See: howto step 5; RFC 5280, 5.3.
"""

from auditor.facts.certificates import Leaf
from auditor.facts.revocations import Revocations
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import NotApplicable


@check("CRT034", severity=Severity.CRITICAL, confidence=Confidence.HIGH, howto="5")
def own_certificate_revoked(leaf: Leaf, revocations: Revocations) -> Verdicts:
    """Look for the leaf's serial number."""
    found = revocations.list
    if found is None or revocations.span is None:
        yield NotApplicable("the list cannot be loaded")
    elif found.issuer == leaf.certificate.issuer and leaf.certificate.serial in found.serials:
        yield Finding(
            leaf.span,
            f"the certificate's serial number {leaf.certificate.serial} is on the revocation list",
            "Every client that checks refuses this server.",
            Fix("make a new key, have a new certificate issued, and find out why this one was revoked"),
            ((revocations.span, "it is revoked here"),),
        )
