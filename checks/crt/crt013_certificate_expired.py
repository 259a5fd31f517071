r"""The certificate has expired, is not valid yet, or expires soon.

Mail clients refuse an expired certificate outright; mail servers that deliver opportunistically mostly shrug, those
with a policy do not. sendmail reads the file once: a renewed one counts after a restart (Sendmail Installation and
Operation Guide, 5.6).

In the log or at the client:
    certificate has expired
    STARTTLS=client, relay=..., verify=FAIL
Bad:
    --- /etc/mail/certs/smtp.cert.pem 644 root:root certificate(days=-1, names=["john.doe.org"])
Bad:
    --- /etc/mail/certs/smtp.cert.pem 644 root:root certificate(days=20, names=["john.doe.org"])
Bad:
    --- @ mail.doe.org:587 endpoint(certificate='certificate(days=-1, names=["mail.doe.org"])')
Good:
    define(`confCACERT_PATH', `/etc/mail/certs')dnl
Not when: it is valid for longer than the profile's warning time.
See: howto, the key; RFC 5280, 4.1.2.5.
"""

from auditor.facts.certificates import Leaf
from auditor.facts.given import Clock, Profile
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity

_FIX = Fix("renew it, put the new one in its place, and restart sendmail")


@check("CRT013", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="Kn")
def certificate_expired(leaf: Leaf, clock: Clock, profile: Profile) -> Verdicts:
    """Compare the dates with the clock."""
    certificate = leaf.certificate
    related = leaf.named()
    left = (certificate.not_after - clock.now).days
    if certificate.not_before > clock.now:
        message = f"the certificate is valid only from {certificate.not_before:%Y-%m-%d} on"
        yield Finding(
            leaf.span, message, "Peers refuse it until then; perhaps this host's clock is wrong.", _FIX, related
        )
    elif certificate.not_after < clock.now:
        message = f"the certificate expired on {certificate.not_after:%Y-%m-%d}"
        yield Finding(leaf.span, message, "Mail clients refuse the connection; peers log verify=FAIL.", _FIX, related)
    elif left < profile.number("certificate_warning_days"):
        urgent = left < profile.number("certificate_urgent_days")
        message = f"the certificate expires on {certificate.not_after:%Y-%m-%d}, in {left} days"
        consequence = "From then on mail clients refuse the connection."
        severity = None if urgent else Severity.MEDIUM
        yield Finding(leaf.span, message, consequence, _FIX, related, severity=severity)
