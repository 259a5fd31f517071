r"""The issuer of the certificate is not among the configured authorities.

sendmail loads only the first certificate of ServerCertFile: a fullchain.pem is no help. OpenSSL completes the chain
it sends from CACertFile and the links in CACertPath, so the intermediate must be there. Without it clients cannot
verify the certificate (Sendmail Installation and Operation Guide, 5.6, CACertFile).

In the log or at the client:
    unable to verify the first certificate
Bad:
    --- /etc/mail/certs/smtp.cert.pem 644 root:root certificate(issuer="Some Other CA", names=["john.doe.org"])
Good:
    define(`confCACERT_PATH', `/etc/mail/certs')dnl
Not when: the certificate is self-signed, or an authority's part was not seen.
See: howto, the key; Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.certificates import Authorities, Leaf
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.subjects import Credential
from auditor.model.unknown import NotApplicable, Unknown


@check("CRT020", severity=Severity.HIGH, howto="Kn")
def chain_incomplete(leaf: Leaf, authorities: Authorities, credential: Credential) -> Verdicts:
    """Look for the leaf's issuer."""
    if leaf.certificate.is_self_issued:
        yield NotApplicable("the certificate is its own issuer")
        return
    issuer = authorities.issuer_of(leaf.certificate)
    if isinstance(issuer, Unknown):
        yield issuer
    elif issuer is None:
        in_file = any(other.subject == leaf.certificate.issuer for other in leaf.others)
        also = ", though it stands further down in the same file, where sendmail does not look" if in_file else ""
        yield Finding(
            leaf.span,
            f"its issuer, {leaf.certificate.issuer}, is in neither CACertFile nor CACertPath{also}",
            "The server sends its certificate alone, and clients that lack the intermediate refuse it.",
            Fix("let CACertFile name the authority's chain: define(`confCACERT', `/etc/mail/certs/chain.pem')dnl"),
            leaf.named(f"the {credential.name} is named here"),
        )
