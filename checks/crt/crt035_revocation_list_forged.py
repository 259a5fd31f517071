r"""The signature of the revocation list does not fit its authority.

The list names an authority that is configured, and the authority's key did not sign it: it is of an older key,
damaged, or forged. OpenSSL disregards it (RFC 5280, 5.1.1.3).

In the log or at the client:
    CRL signature failure
Bad:
    --- /etc/mail/certs/CA.cert.pem 644 root:root authority(name="Same Name CA")
    --- /etc/mail/certs/smtp.cert.pem 644 root:root certificate(issuer="Same Name CA", names=["john.doe.org"])
    --- /etc/mail/certs/revoke.crl 644 root:root crl(issuer="Same Name CA", signer="somebody else")
Good:
    define(`confCACERT_PATH', `/etc/mail/certs')dnl
Not when: the issuer is no configured authority, which CRT031 says.
See: howto step 5; RFC 5280, 5.1.1.3.
"""

from auditor.facts.certificates import Authorities
from auditor.facts.revocations import Revocations
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import NotApplicable


@check("CRT035", severity=Severity.MEDIUM, howto="5")
def revocation_list_forged(revocations: Revocations, authorities: Authorities) -> Verdicts:
    """Verify the list against the authorities of its issuer's name."""
    found = revocations.list
    if found is None or revocations.span is None:
        yield NotApplicable("the list cannot be loaded")
    elif (
        any(p.certificate.subject == found.issuer for p in authorities.all) and revocations.signer(authorities) is None
    ):
        yield Finding(
            revocations.span,
            f"the list bears the name of {found.issuer} and not its signature",
            "It is disregarded, and certificates of that authority may fail to verify.",
            Fix("fetch the list again from its authority and compare"),
            ((revocations.file.span, "the list is named here"),),
        )
