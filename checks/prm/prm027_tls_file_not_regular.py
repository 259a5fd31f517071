r"""A name for TLS leads to something that is no file.

sendmail wants a regular file, to which a link may lead; a directory, a device or a pipe it refuses
(Sendmail Installation and Operation Guide, "Files and security"; tried with 8.17).

In the log or at the client:
    STARTTLS=server: file /etc/mail/certs unsafe: Regular files only
Bad:
    define(`confSERVER_CERT', `/etc/mail/certs')dnl
Bad:
    --- /etc/mail/certs/smtp.key.pem socket
Good:
    --- /etc/mail/certs/current.pem link to /etc/mail/certs/smtp.cert.pem
    --- +/etc/mail/sendmail.mc
    define(`confSERVER_CERT', `/etc/mail/certs/current.pem')dnl
Not when: nothing is there, or a link leads nowhere, which CRT001 says; the option wants a
    directory.
See: Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.safety import Entry, Kind
from auditor.facts.tls import TLSFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable, Unknown
from checks.prm import consequence_of, used_files


@check("PRM027", severity=Severity.HIGH, confidence=Confidence.HIGH)
def tls_file_not_regular(files: TLSFiles, configuration: Configuration) -> Verdicts:
    """Look what each name leads to."""
    used = used_files(files, configuration)
    if not used:
        yield NotApplicable("no file is named for TLS")
    for file in used:
        if isinstance(file.entry, Unknown):
            yield file.entry
        elif isinstance(file.entry, Entry) and file.entry.kind is not Kind.FILE:
            yield Finding(
                file.span,
                f"{file.option} names {file.path}, which is a {file.entry.kind.value}",
                consequence_of(file.option),
                Fix("name the PEM file itself"),
            )
