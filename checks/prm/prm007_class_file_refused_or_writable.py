r"""A file that fills a class is refused, or can be changed by others.

A class file that is missing, or lies below a directory that others may write, is a fatal error of
the configuration unless its F line has -o. Write bits on the file itself sendmail does not look at:
whoever has them adds local names, relay domains or trusted users (Sendmail Installation and
Operation Guide, 5.3; tried with 8.17).

In the log or at the client:
    /etc/mail/sendmail.cf: line 93: fileclass: cannot open '/etc/mail/trusted-users': No such file or directory
Bad:
    --- /etc/mail/trusted-users missing
Bad:
    --- /etc/mail/local-host-names 666 root:root
Bad:
    --- +/etc/mail/sendmail.cf
    FR/etc/mail/d/relay-domains
    --- /etc/mail/d 775 root:mail directory
    --- /etc/mail/d/relay-domains 644 root:root
    example.org
Good:
    --- /etc/mail/relay-domains missing
Good:
    --- /etc/mail/local-host-names 640 root:root
    example.org
    doe.org
Not when: the line says -o, or ClassFileInUnsafeDirPath is set; for local-host-names DNS020 says
    that it is missing.
See: Sendmail Installation and Operation Guide, 5.3, the F lines.
"""

from auditor.facts.classes import Classes, FileUse
from auditor.facts.given import Tree
from auditor.facts.safety import FileSafety, Purpose
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, command
from auditor.model.shell import quoted
from auditor.model.unknown import Unknown
from auditor.sendmail.safefile import NOT_THERE
from checks.prm import STANDARD, owners_of, writers


@check("PRM007", severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def class_file_refused_or_writable(classes: Classes, safety: FileSafety, tree: Tree) -> Verdicts:
    """Judge each file as sendmail does, and its write bits."""
    for use in classes.files:
        if use.file.kind == "file" and use.file.path.startswith("/"):
            yield from _judged(use, safety, tree)


def _judged(use: FileUse, safety: FileSafety, tree: Tree) -> Verdicts:
    path = use.file.path
    verdict = safety.ask(path, Purpose.CLASS)
    if isinstance(verdict, Unknown):
        yield verdict
    elif (
        not verdict.ok and not use.file.optional and verdict.at not in STANDARD and not _elsewhere(use, verdict.reason)
    ):
        missing = verdict.reason == NOT_THERE
        yield Finding(
            use.file.span,
            f"sendmail cannot open {path} for class {use.file.name}: {verdict.reason}",
            "It takes that for an error of the configuration, and the daemon does not start.",
            Fix(f"create {path}, or write F{use.file.name}-o")
            if missing
            else command(f"chmod go-w {quoted(verdict.at or path)}", "make it safe"),
            severity=Severity.CRITICAL,
        )
    owners = owners_of(tree.entry(path))
    if owners is not None and not isinstance(owners, Unknown) and (whom := writers(owners)) is not None:
        yield Finding(
            path,
            f"{path} can be written by {whom} (mode {owners.octal})",
            f"They decide what is in class {use.file.name}, and sendmail does not complain.",
            command(f"chmod go-w {quoted(path)}", "leave writing to the owner"),
            ((use.file.span, f"class {use.file.name} is read from it"),),
        )


def _elsewhere(use: FileUse, reason: str | None) -> bool:
    return use.file.name == "w" and reason == NOT_THERE
