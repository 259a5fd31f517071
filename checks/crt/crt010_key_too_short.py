r"""The certificate's key is too short.

RSA keys of 1024 bits were the howto's choice; since 2014 no public authority signs them, and OpenSSL at security
level 2, Debian's default, refuses them, in peers and in this sendmail itself, whose STARTTLS is then off (NIST SP
800-57 part 1; SSL_CTX_set_security_level(3)).

In the log or at the client:
    ee key too small
Bad:
    --- /etc/mail/certs/smtp.cert.pem 644 root:root certificate(rsa=1024, names=["john.doe.org"])
Bad:
    --- @ mail.doe.org:587 endpoint(certificate='certificate(rsa=1024, names=["mail.doe.org"])')
Good:
    define(`confCACERT_PATH', `/etc/mail/certs')dnl
Not when: the profile is howto, which asks for 1024 bits and no more.
See: howto, the key; NIST SP 800-57 part 1, 5.6.
"""

from auditor.facts.certificates import Leaf
from auditor.facts.given import Profile
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, command

_LONGEST_RSA = 8192


@check("CRT010", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="Kn")
def key_too_short(leaf: Leaf, profile: Profile) -> Verdicts:
    """Judge kind and size of the leaf's key."""
    certificate = leaf.certificate
    shown = f"{certificate.bits}-bit {certificate.key_type}" if certificate.bits else certificate.key_type
    smallest = {"RSA": profile.number("rsa_bits"), "EC": profile.number("ec_bits")}.get(certificate.key_type)
    fix = command(
        "openssl genrsa -out smtp.key.pem 3072", "make a new key, and have a new certificate signed for it", ready=False
    )
    if certificate.key_type == "DSA":
        consequence = "TLS 1.3 has no DSA at all, and current peers offer no cipher for it: handshakes fail."
        yield Finding(leaf.span, "the certificate has a DSA key", consequence, fix)
    elif smallest is not None and certificate.bits is not None and certificate.bits < smallest:
        consequence = (
            "Current peers refuse it, and an OpenSSL at security level 2 does not even load it: STARTTLS is off."
        )
        message = f"the certificate has a {shown} key; {smallest} bits are the least"
        yield Finding(leaf.span, message, consequence, fix, leaf.named())
    elif certificate.key_type == "RSA" and (certificate.bits or 0) > _LONGEST_RSA:
        consequence = "Each handshake takes seconds, and some peers refuse a key of that size."
        yield Finding(leaf.span, f"the certificate has a {shown} key", consequence, fix, severity=Severity.LOW)
