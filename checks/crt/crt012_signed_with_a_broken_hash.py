r"""The certificate is signed with a hash that is broken.

Certificates signed with MD5 or SHA-1 can be forged; peers refuse them, and OpenSSL 3 at security level 2 does not
load such a leaf, so that this sendmail offers no STARTTLS (RFC 9155; SSL_CTX_set_security_level(3)).

In the log or at the client:
    ca md too weak
Bad:
    --- /etc/mail/certs/smtp.cert.pem 644 root:root certificate(sha1=True, names=["john.doe.org"])
Bad:
    --- @ mail.doe.org:587 endpoint(certificate='certificate(sha1=True, names=["mail.doe.org"])')
Good:
    define(`confCACERT_PATH', `/etc/mail/certs')dnl
Good:
    --- @ mail.doe.org:587 endpoint()
Not when: the certificate is self-signed: nobody relies on the signature of a root. Of a chain that a server sent,
what does not lead up from its own certificate does not count.
See: howto, the key; RFC 9155.
"""

from auditor.facts.certificates import Authorities, Leaf
from auditor.facts.given import Profile
from auditor.facts.wire import Conversation
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import NotApplicable, Unknown
from checks.crt import above, verifies

_LOADED = "Peers refuse the chain, and with OpenSSL 3 this sendmail may not load it: STARTTLS is off."
_SENT = "Peers refuse the chain; a server whose OpenSSL is updated may no longer load it."
_PASSED_OVER = "Peers that know no other way to a root refuse the chain."


@check("CRT012", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="Kn")
def signed_with_a_broken_hash(
    leaf: Leaf,
    profile: Profile,
    authorities: Authorities | Unknown | NotApplicable,
    talk: Conversation | Unknown | NotApplicable,
) -> Verdicts:
    """Judge the signatures of the leaf and of the authorities between it and the root."""
    for certificate, span in ((leaf.certificate, leaf.span), *above(leaf, authorities)):
        if certificate.signature_hash not in profile.words("weak_signatures") or certificate.is_self_issued:
            continue
        own = certificate is leaf.certificate
        passed_over = not own and verifies(leaf, talk)
        yield Finding(
            span,
            f"{'the certificate' if own else 'its issuer'} {certificate.subject} is signed with"
            f" {certificate.signature_hash.upper()}",
            _PASSED_OVER if passed_over else _SENT if leaf.file is None else _LOADED,
            Fix("have the certificate issued anew; every authority signs with SHA-256 today"),
            severity=Severity.LOW if passed_over else None,
        )
    if isinstance(authorities, Unknown):
        yield authorities
