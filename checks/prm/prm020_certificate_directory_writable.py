r"""The directory of certificates can be written by others.

Whoever may write it can put in another certificate, key or authority; sendmail then refuses every
file in it. Only write bits count, those of the directories above included; 0700 and 0755 are both
right, and who owns the directory does not matter (sendmail/README; tried with 8.17).

In the log or at the client:
    STARTTLS=server: file /etc/mail/certs/smtp.cert.pem unsafe: Group writable directory
Bad:
    --- /etc/mail/certs 770 root:mail directory
Bad:
    --- /etc/mail/certs 777 root:root directory
Good:
    --- /etc/mail/certs 700 root:sys directory
Not when: the directory is one that PRM001 reports, or GroupWritableDirPathSafe is set and only the
    group may write.
See: howto step 5; cf/README, STARTTLS.
"""

from auditor.facts.safety import FileSafety
from auditor.facts.tls import TLSFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, command
from auditor.model.shell import quoted
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable, Unknown
from auditor.sendmail.safefile import GROUP_DIRECTORY, WORLD_DIRECTORY
from checks.prm import PURPOSES, STANDARD, consequence_of, used_files


@check("PRM020", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="5")
def certificate_directory_writable(files: TLSFiles, safety: FileSafety, configuration: Configuration) -> Verdicts:
    """Walk the way to each file, and to the directory of authorities."""
    seen = set(STANDARD)
    used = used_files(files, configuration)
    if not used:
        yield NotApplicable("no file is named for TLS")
    for file in used:
        verdict = safety.ask(file.path, PURPOSES[file.option])
        if isinstance(verdict, Unknown):
            yield verdict
        elif verdict.reason in (GROUP_DIRECTORY, WORLD_DIRECTORY) and verdict.at is not None and verdict.at not in seen:
            seen.add(verdict.at)
            yield Finding(
                verdict.at,
                f"{verdict.at} can be written by {'its group' if verdict.reason == GROUP_DIRECTORY else 'everybody'}",
                consequence_of(file.option),
                command(f"chmod go-w {quoted(verdict.at)}", "leave writing to the owner"),
                ((file.span, f"{file.option} lies below it"),),
                (f"STARTTLS=server: file {file.path} unsafe: {verdict.reason}",),
            )
    yield from _of_authorities(files, safety, seen)


def _of_authorities(files: TLSFiles, safety: FileSafety, seen: set[str]) -> Verdicts:
    """OpenSSL takes what is in the directory of authorities, and sendmail does not test it."""
    for file in files:
        if file.option == "CACertPath" and file.is_absolute:
            for fault in safety.writable_directories(file.path):
                if fault.at is not None and fault.at not in seen:
                    seen.add(fault.at)
                    yield Finding(
                        fault.at,
                        f"{fault.at}, on the way to CACertPath, can be written by others",
                        "They can add an authority of their own, whose certificates are then believed.",
                        command(f"chmod go-w {quoted(fault.at)}", "leave writing to the owner"),
                        ((file.span, "named here"),),
                        severity=Severity.MEDIUM,
                    )
