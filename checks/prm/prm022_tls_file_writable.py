r"""A certificate, key or other file for TLS can be written by others.

sendmail refuses it, and with it TLS, since somebody could have put in another one; that everybody
may read a certificate is right (sendmail/README; Sendmail Installation and Operation Guide, "Files
and security").

In the log or at the client:
    STARTTLS=server: file /etc/mail/certs/smtp.cert.pem unsafe: Group writable file
Bad:
    --- /etc/mail/certs/smtp.cert.pem 664 root:mail
Bad:
    --- /etc/mail/certs/CA.cert.pem 666 root:root
Good:
    --- /etc/mail/certs/smtp.cert.pem 644 root:root
Not when: only read bits are set.
See: howto step 5; cf/README, STARTTLS.
"""

from auditor.facts.tls import TLSFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, command
from auditor.model.shell import quoted
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable, Unknown
from checks.prm import consequence_of, owners_of, used_files, writers


@check("PRM022", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="5")
def tls_file_writable(files: TLSFiles, configuration: Configuration) -> Verdicts:
    """Judge the write bits of each file."""
    used = used_files(files, configuration)
    if not used:
        yield NotApplicable("no file is named for TLS")
    for file in used:
        owners = owners_of(file.entry)
        if isinstance(owners, Unknown):
            yield owners
        elif owners is not None and (whom := writers(owners)) is not None:
            yield Finding(
                file.path,
                f"{file.path} can be written by {whom} (mode {owners.octal})",
                consequence_of(file.option),
                command(f"chmod go-w {quoted(file.path)}", "leave writing to the owner"),
                ((file.span, "named here"),),
            )
