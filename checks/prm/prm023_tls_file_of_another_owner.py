r"""A certificate or key belongs to a user whom sendmail does not trust.

Files for TLS must belong to root, to the user sendmail runs as, or to TrustedUser. Any other owner
could exchange them, and sendmail refuses them; programs that renew certificates and copy them as a
user of their own are the usual cause (Sendmail Installation and Operation Guide, "Files and
security"; tried with 8.17).

In the log or at the client:
    STARTTLS=server: file /etc/mail/certs/smtp.cert.pem unsafe: Permission denied
Bad:
    --- /etc/mail/certs/smtp.cert.pem 644 bob:bob
Bad:
    --- /etc/mail/certs/smtp.key.pem 600 www-data:www-data
Good:
    --- /etc/mail/certs/smtp.cert.pem 644 root:bob
Not when: the owner is RunAsUser or TrustedUser, or DontBlameSendmail says CertOwner (8.18.1 and
    later).
See: Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.safety import FileSafety
from auditor.facts.tls import TLSFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, command
from auditor.model.shell import quoted
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable, Unknown
from auditor.sendmail.safefile import DENIED
from checks.prm import PURPOSES, consequence_of, owners_of, used_files


@check("PRM023", severity=Severity.HIGH, confidence=Confidence.HIGH)
def tls_file_of_another_owner(files: TLSFiles, safety: FileSafety, configuration: Configuration) -> Verdicts:
    """Judge the owner of each file as sendmail does."""
    used = used_files(files, configuration)
    if not used:
        yield NotApplicable("no file is named for TLS")
    for file in used:
        owners = owners_of(file.entry)
        if owners is None:
            continue
        verdict = safety.ask(file.path, PURPOSES[file.option])
        if isinstance(verdict, Unknown):
            yield verdict
        elif verdict.reason == DENIED and not isinstance(owners, Unknown):
            yield Finding(
                file.path,
                f"{file.path} belongs to {owners.user or owners.uid}, whom sendmail does not trust with it",
                consequence_of(file.option),
                command(f"chown root {quoted(file.path)}", "give it to root"),
                ((file.span, "named here"),),
                (f"STARTTLS=server: file {file.path} unsafe: {verdict.reason}",),
            )
