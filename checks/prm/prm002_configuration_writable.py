r"""The .cf can be written by others.

sendmail runs as root what the .cf says: mailers, programs, files. It warns of a .cf that group or
others may write, and reads it all the same (Sendmail Installation and Operation Guide, "Files and
security").

In the log or at the client:
    /etc/mail/sendmail.cf: WARNING: dangerous write permissions
Bad:
    --- /etc/mail/sendmail.cf 664 root:mail
Bad:
    --- /etc/mail/submit.cf 666 root:root
Good:
    --- /etc/mail/sendmail.cf 444 root:root
Not when: the file is in a checkout, which keeps no owners.
See: sendmail/SECURITY; Sendmail Installation and Operation Guide.
"""

from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.safety import FileSafety, Purpose
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, command
from auditor.model.shell import quoted
from auditor.model.text import Document
from auditor.model.unknown import NotApplicable
from auditor.sendmail.safefile import DANGEROUS


@check("PRM002", severity=Severity.CRITICAL, confidence=Confidence.HIGH)
def configuration_writable(files: ConfigurationFiles, safety: FileSafety) -> Verdicts:
    """Judge the mode of the .cf as sendmail does."""
    if not isinstance(files.cf, Document):
        yield NotApplicable(f"{files.cf_path} is not here")
        return
    verdict = safety.of(files.cf_path, Purpose.CONFIGURATION)
    if verdict.reason == DANGEROUS:
        yield Finding(
            files.cf_path,
            f"{files.cf_path} can be written by others than its owner",
            "Whoever may write it becomes root with the next message.",
            command(f"chmod go-w {quoted(files.cf_path)}", "leave writing to root"),
            evidence=(f"{files.cf_path}: {DANGEROUS}",),
        )
