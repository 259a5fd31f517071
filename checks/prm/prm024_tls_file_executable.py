r"""A certificate or key is marked as a program.

That comes of chmod -R 700 over a directory: directories need the bit, files do not. It does no harm
to sendmail, and hides the day when somebody sets the bits anew in the same way and opens a key
(tried with 8.17).

In the log or at the client:
    nothing: the files work all the same
Bad:
    --- /etc/mail/certs/smtp.cert.pem 755 root:root
Bad:
    --- /etc/mail/certs/smtp.key.pem 700 root:sys
Good:
    --- /etc/mail/certs/smtp.key.pem 600 root:sys
Not when: the path is a directory, which needs the bit.
See: howto step 5.
"""

from auditor.facts.tls import TLSFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, command
from auditor.model.shell import quoted
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable, Unknown
from checks.prm import EXECUTE, owners_of, used_files


@check("PRM024", severity=Severity.LOW, confidence=Confidence.HIGH, howto="5")
def tls_file_executable(files: TLSFiles, configuration: Configuration) -> Verdicts:
    """Look for the bits that files do not need."""
    found = []
    used = used_files(files, configuration)
    if not used:
        yield NotApplicable("no file is named for TLS")
    for file in used:
        owners = owners_of(file.entry)
        if isinstance(owners, Unknown):
            yield owners
        elif owners is not None and owners.mode & EXECUTE:
            found.append((file, owners.octal))
    if found:
        first, mode = found[0]
        others = f" and {len(found) - 1} more" if len(found) > 1 else ""
        directory = first.path.rpartition("/")[0]
        yield Finding(
            first.path,
            f"{first.path}{others} can be executed (mode {mode})",
            "It does no harm by itself; it shows that rights were set for directories and files alike.",
            command(f"find {quoted(directory)} -type f -exec chmod a-x {{}} +", "take the bit away from files"),
            tuple((file.span, f"{file.path} has mode {octal}") for file, octal in found[1:]),
        )
