r"""A directory on the way to sendmail's files can be written by others.

Whoever may write a directory may replace the files in it, whatever their own modes. sendmail
therefore refuses maps, class files, keys and programs below it (sendmail/README, "DIRECTORY
PERMISSIONS"; Sendmail Installation and Operation Guide, "Files and security").

In the log or at the client:
    hash map "access": unsafe map file /etc/mail/access.db: Group writable directory
    WARNING: writable directory /etc
Bad:
    --- /etc/mail 775 root:mail directory
Bad:
    --- /etc 777 root:root directory
Good:
    --- /etc/mail 2755 smmsp:smmsp directory
Not when: DontBlameSendmail says GroupWritableDirPathSafe and only the group may write. Who owns the
    directory does not count.
See: sendmail/README; Sendmail Installation and Operation Guide, "Files and security".
"""

from auditor.facts.safety import FileSafety, Verdict
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, command
from auditor.model.shell import quoted
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable
from checks.prm import STANDARD


@check("PRM001", severity=Severity.HIGH, confidence=Confidence.HIGH)
def system_directory_writable(safety: FileSafety, configuration: Configuration) -> Verdicts:
    """Walk the three ways on which everything lies."""
    if configuration.is_submission:
        yield NotApplicable("the daemon's configuration tells it")
        return
    found: dict[str, Verdict] = {}
    for path in ("/etc/mail", "/usr", "/var/spool"):
        found |= {fault.at: fault for fault in safety.writable_directories(path) if fault.at is not None}
    for at, fault in found.items():
        if at in STANDARD:
            whom = "everybody" if fault.reason is not None and fault.reason.startswith("World") else "its group"
            yield Finding(
                at,
                f"{at} can be written by {whom}",
                "Files below it can be exchanged for others, and sendmail refuses maps, class files and keys there.",
                command(f"chmod go-w {quoted(at)}", "leave writing to the owner"),
                evidence=(f"{at}: {fault.reason}",),
            )
