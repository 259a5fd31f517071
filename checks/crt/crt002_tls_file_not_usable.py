r"""A certificate or key file holds something that OpenSSL cannot load.

Certificates and keys must be in PEM: base64 between BEGIN and END lines. A DER file, a PKCS#12 bundle, a saved web page
or a key in the place of the certificate keeps STARTTLS off (Sendmail Installation and Operation Guide, 5.6).

In the log or at the client:
    STARTTLS=server, error: SSL_CTX_use_certificate_file(/etc/mail/certs/smtp.cert.pem) failed
Bad:
    --- /etc/mail/certs/smtp.cert.pem 644 root:root
    <html><body>Your certificate has been issued</body></html>
Good:
    define(`confCACERT_PATH', `/etc/mail/certs')dnl
Not when: the file is missing, which CRT001 says.
See: howto step 5; Sendmail Installation and Operation Guide, 5.6, ServerCertFile.
"""

from auditor.facts.certificates import LoadProblems
from auditor.facts.tls import TLSFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Unknown


@check("CRT002", severity=Severity.CRITICAL, howto="5")
def tls_file_not_usable(problems: LoadProblems, files: TLSFiles) -> Verdicts:
    """Report what OpenSSL would stumble over."""
    for problem in problems.problems:
        client = problem.file.option.startswith("Client")
        yield Finding(
            problem.span or problem.file.path,
            f"{problem.file.path} cannot be loaded as {problem.file.option}: {problem.reason}",
            "sendmail goes out without its own certificate." if client else "STARTTLS is not offered.",
            Fix(f"convert it to PEM, for instance: openssl x509 -inform der -in {problem.file.path} -out new.pem"),
            ((problem.file.span, "named here"),),
            severity=Severity.MEDIUM if client else None,
            confidence=Confidence.HIGH if problem.certain else Confidence.LOW,
        )
    for file in files:
        if isinstance(file.entry, Unknown) and file.is_absolute and not file.option.endswith("Path"):
            yield file.entry
