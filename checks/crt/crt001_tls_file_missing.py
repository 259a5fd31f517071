r"""A file that the configuration names for TLS is not there.

sendmail checks each file before it starts TLS. Where the certificate, the key or the authorities' file is
missing it offers no STARTTLS at all, and says so only from log level 8 on; the names in the .mc and on the disk
must be the same to the letter (cf/README, STARTTLS).

In the log or at the client:
    STARTTLS=server: file /etc/mail/certs/smtp.cert.pem unsafe: No such file or directory
Bad:
    --- /etc/mail/certs/smtp.key.pem missing
Good:
    define(`confCACERT_PATH', `/etc/mail/certs')dnl
Not when: the file lies in a checkout, where absence proves nothing, or the option names a revocation list, which
CRT030 judges.
See: howto steps 5 and 6; cf/README, STARTTLS.
"""

from auditor.facts.tls import TLSFile, TLSFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Missing, NotApplicable, Unknown

_FATAL = ("ServerCertFile", "ServerKeyFile", "CACertFile")
_WEAK = {"ClientCertFile": Severity.MEDIUM, "ClientKeyFile": Severity.MEDIUM, "DHParameters": Severity.MEDIUM}


@check("CRT001", severity=Severity.CRITICAL, confidence=Confidence.HIGH, howto="5")
def tls_file_missing(files: TLSFiles) -> Verdicts:
    """Look for every file; of CACertPath sendmail uses only the name."""
    judged = [file for file in files if file.option in (*_FATAL, *_WEAK) and file.is_absolute]
    if not judged:
        yield NotApplicable("no file is named for TLS")
    for file in judged:
        if isinstance(file.entry, Missing):
            yield Finding(
                file.span,
                f"{file.option} names {file.path}, which does not exist",
                _consequence(file),
                Fix(f"put the file there, or name the one you have: ls -l {file.path.rpartition('/')[0]}"),
                severity=_WEAK.get(file.option),
            )
        elif isinstance(file.entry, Unknown):
            yield file.entry


def _consequence(file: TLSFile) -> str:
    if file.option in _FATAL:
        return "STARTTLS is not offered; at the usual log level nothing says why."
    if file.option == "DHParameters":
        return "sendmail falls back to a group of its own, or before 8.15 offers no ephemeral Diffie-Hellman."
    return "sendmail goes to other hosts without a certificate of its own, and log lines complain of it."
