r"""The certificate is signed with a hash that is broken.

Certificates signed with MD5 or SHA-1 can be forged; peers refuse them, and OpenSSL 3 at security level 2 does not
load such a leaf, so that this sendmail offers no STARTTLS (RFC 9155; SSL_CTX_set_security_level(3)).

In the log or at the client:
    ca md too weak
Bad:
    --- /etc/mail/certs/smtp.cert.pem 644 root:root certificate(sha1=True, names=["john.doe.org"])
Good:
    define(`confCACERT_PATH', `/etc/mail/certs')dnl
Not when: the certificate is self-signed: nobody relies on the signature of a root.
See: howto, the key; RFC 9155.
"""

from auditor.facts.certificates import Authorities, Leaf
from auditor.facts.given import Profile
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Unknown


@check("CRT012", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="Kn")
def signed_with_a_broken_hash(leaf: Leaf, profile: Profile, authorities: Authorities | Unknown) -> Verdicts:
    """Judge the signatures of the leaf and of the authorities between it and the root."""
    above = authorities.chain(leaf.certificate)[0] if not isinstance(authorities, Unknown) else ()
    placed = [(leaf.certificate, leaf.span, "the certificate"), *((p.certificate, p.span, "its issuer") for p in above)]
    for certificate, span, what in placed:
        if certificate.signature_hash in profile.words("weak_signatures") and not certificate.is_self_issued:
            yield Finding(
                span,
                f"{what} {certificate.subject} is signed with {certificate.signature_hash.upper()}",
                "Peers refuse the chain, and with OpenSSL 3 this sendmail may not load it: STARTTLS is off.",
                Fix("have the certificate issued anew; every authority signs with SHA-256 today"),
            )
