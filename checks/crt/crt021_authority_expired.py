r"""An authority above the certificate has expired.

A chain is as valid as its weakest member. Files of authorities are copied once and forgotten; their intermediates and
roots expire like any other certificate, and clients then refuse the chain although the leaf is new (RFC 5280, 6.1).

In the log or at the client:
    certificate has expired, at depth 1
Bad:
    --- /etc/mail/certs/smtp.cert.pem 644 root:root certificate(issuer="Old CA", names=["john.doe.org"])
    --- /etc/mail/certs/CA.cert.pem 644 root:root authority(name="Old CA", until=-5)
Good:
    define(`confCACERT_PATH', `/etc/mail/certs')dnl
Not when: the expired authority has nothing to do with the certificate.
See: howto, the key; RFC 5280, 6.1.
"""

from auditor.facts.certificates import Authorities, Leaf
from auditor.facts.given import Clock
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity


@check("CRT021", severity=Severity.MEDIUM, howto="Kn")
def authority_expired(leaf: Leaf, authorities: Authorities, clock: Clock) -> Verdicts:
    """Compare the dates of each authority above the leaf with the clock."""
    for placed in authorities.chain(leaf.certificate)[0]:
        if placed.certificate.not_after < clock.now:
            yield Finding(
                placed.span,
                f"the authority {placed.certificate.subject} expired on {placed.certificate.not_after:%Y-%m-%d}",
                "Clients refuse the chain, however new the server's own certificate is.",
                Fix("fetch the authority's current chain and put it in this file's place"),
                leaf.named("the certificate below it is named here"),
            )
