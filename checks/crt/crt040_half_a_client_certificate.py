r"""A client certificate is configured without its key, or a key without its certificate.

sendmail shows a client certificate where a server asks for one; half of a pair is of no use and makes it complain at
every start. Leaving both out is quite right: outgoing TLS works without (Sendmail Installation and Operation Guide,
5.6, ClientCertFile).

In the log or at the client:
    STARTTLS=client: file ... unsafe: No such file or directory
Bad:
    define(`confCLIENT_CERT', `/etc/mail/certs/smtp.cert.pem')dnl
    undefine(`confCLIENT_KEY')dnl
Good:
    undefine(`confCLIENT_CERT')dnl
    undefine(`confCLIENT_KEY')dnl
Not when: neither is set.
See: howto step 6; Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.tls import TLSFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity


@check("CRT040", severity=Severity.MEDIUM, confidence=Confidence.HIGH, howto="6")
def half_a_client_certificate(files: TLSFiles) -> Verdicts:
    """Compare the two options."""
    certificate, key = files.setting("ClientCertFile"), files.setting("ClientKeyFile")
    there = certificate or key
    if there is not None and (certificate is None or key is None):
        other = "ClientKeyFile" if key is None else "ClientCertFile"
        yield Finding(
            there.span,
            f"{there.name} is set and {other} is not",
            "No client certificate is shown to servers that ask for one, and sendmail logs an error at each start.",
            Fix("set both, confCLIENT_CERT and confCLIENT_KEY, or neither"),
        )
