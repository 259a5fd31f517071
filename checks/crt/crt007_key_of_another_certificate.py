r"""The private key does not belong to the certificate.

OpenSSL compares the two when it loads them, and refuses the pair: STARTTLS is off. It happens when a certificate is
renewed with a new key and only one of the files is copied (Sendmail Installation and Operation Guide, 5.6,
ServerKeyFile).

In the log or at the client:
    STARTTLS=server, error: SSL_CTX_check_private_key failed(/etc/mail/certs/smtp.key.pem): 0
Bad:
    --- /etc/mail/certs/smtp.key.pem 400 root:root key(owner="another")
Good:
    define(`confCACERT_PATH', `/etc/mail/certs')dnl
Not when: one of the two cannot be read, which other rules say.
See: howto steps 5 and 6.
"""

from auditor.facts.certificates import Leaf, PrivateKey
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Unknown


@check("CRT007", severity=Severity.CRITICAL, confidence=Confidence.HIGH, howto="5")
def key_of_another_certificate(leaf: Leaf, key: PrivateKey) -> Verdicts:
    """Compare the public halves."""
    matches = key.matches(leaf.certificate)
    if matches is None:
        yield Unknown(f"the public half of {key.file.path} cannot be derived")
    elif not matches:
        yield Finding(
            key.file.span,
            f"{key.file.path} is not the key of {leaf.path}",
            "The pair is refused when it is loaded: no STARTTLS is offered with it.",
            Fix(
                f"use the key that the request was made with; compare openssl x509 -in {leaf.path} -noout -pubkey"
                f" with openssl pkey -in {key.file.path} -pubout"
            ),
            leaf.named(f"its certificate, for {leaf.certificate.subject or 'no subject'}, is named here"),
        )
