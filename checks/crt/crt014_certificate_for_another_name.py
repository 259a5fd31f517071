r"""The certificate does not name this host.

A mail client compares the name its user typed with the DNS names among the certificate's
alternative names; the common name alone, which is all that the howto's request has, counts no
longer (RFC 9525, RFC 8314). Other servers compare the MX name where they have a policy.

In the log or at the client:
    certificate verify failed: Hostname mismatch
Bad:
    --- /etc/mail/certs/smtp.cert.pem 644 root:root certificate(names=["www.example.com"], cn="www.example.com")
Bad:
    --- /etc/mail/certs/smtp.cert.pem 644 root:root certificate(names=None, cn="john.doe.org")
Bad:
    --- @ mail.doe.org:587 endpoint(certificate='certificate(names=["www.example.com"])')
Good:
    define(`confCACERT_PATH', `/etc/mail/certs')dnl
Not when: any name of the certificate lies in the host's own domain, since users may type another one than the
host's; confidence is lower there.
See: howto, the key; RFC 9525, 6; RFC 8314, 3.
"""

from auditor.facts.certificates import ExpectedName, Leaf
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity, command
from auditor.model.shell import quoted
from auditor.model.subjects import Credential
from auditor.model.unknown import NotApplicable
from auditor.readers.host_names import any_matches


@check("CRT014", severity=Severity.MEDIUM, howto="Kn")
def certificate_for_another_name(leaf: Leaf, host: ExpectedName, credential: Credential) -> Verdicts:
    """Compare the certificate's names with the host's."""
    if not credential.name.startswith("server"):
        yield NotApplicable("a client certificate need not name the host")
        return
    certificate = leaf.certificate
    fix = command(
        f"openssl req -new -key smtp.key.pem -subj {quoted(f'/CN={host.name}')}"
        f" -addext {quoted(f'subjectAltName=DNS:{host.name}')} -out new.csr",
        "have it issued with every name that users and MX records have for this host",
        ready=False,
    )
    related = leaf.named()
    if not certificate.names:
        message = f"the certificate has no alternative names, only the common name {certificate.common_name}"
        yield Finding(leaf.span, message, "Current mail clients disregard the common name and refuse it.", fix, related)
    elif not any_matches(certificate.names, host.name) and not _same_domain(certificate.names, host.name):
        names = ", ".join(certificate.names[:4])
        message = f"the certificate is for {names} and not for {host.name}"
        yield Finding(leaf.span, message, "Mail clients that are told to use this host's name refuse it.", fix, related)


def _same_domain(names: tuple[str, ...], host: str) -> bool:
    domain = "." + host.lower().partition(".")[2]
    return any(f".{name.lower().rstrip('.')}".endswith(domain) for name in names)
