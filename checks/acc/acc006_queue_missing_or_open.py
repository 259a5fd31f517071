r"""The daemon's queue is missing, or others than root can get in.

All mail that is not yet delivered lies in the queue directory. It must be there, belong to root (or
to RunAsUser or TrustedUser), and be closed to everybody else: mode 0700. Its group does not matter
as long as it may not write. Debian has 2750 for smmta, its trusted user (sendmail/README,
"DIRECTORY PERMISSIONS").

In the log or at the client:
    can not chdir(/var/spool/mqueue/): No such file or directory
    WARNING: writable directory /var/spool/mqueue
Bad:
    --- /var/spool/mqueue missing
Bad:
    --- /var/spool/mqueue 777 root:root directory
Bad:
    --- /var/spool/mqueue 770 root:mail directory
Bad:
    --- /var/spool/mqueue 755 root:root directory
Bad:
    --- /var/spool/mqueue 700 bob:users directory
Bad:
    define(`QUEUE_DIR', `/var/spool/mqueue/q*')dnl
    --- /var/spool/mqueue/q1 700 root:root directory
    --- /var/spool/mqueue/q2 777 root:root directory
Good:
    --- /var/spool/mqueue 700 root:daemon directory
Good:
    define(`confTRUSTED_USER', `smmsp')dnl
    --- /var/spool/mqueue 2750 smmsp:smmsp directory
Not when: the owner is RunAsUser or TrustedUser, or the group may read and not write.
See: howto step 1; sendmail/README, "DIRECTORY PERMISSIONS".
"""

from collections.abc import Iterator

from auditor.facts.given import Tree
from auditor.facts.options import Options
from auditor.facts.safety import FileSafety
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, command
from auditor.model.shell import quoted
from auditor.model.subjects import Configuration
from auditor.model.unknown import Missing, NotApplicable, Unknown
from auditor.sendmail.identity import Identity
from auditor.trees.base import Owners
from checks.acc import queue_directories


@check("ACC006", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="1")
def queue_missing_or_open(options: Options, tree: Tree, safety: FileSafety, configuration: Configuration) -> Verdicts:
    """Judge the directory, or directories, of the daemon's queue."""
    if configuration.is_submission:
        yield NotApplicable("ACC004 and ACC005 judge the submission queue")
        return
    at, paths = queue_directories(options, tree, "/var/spool/mqueue")
    for path in paths:
        entry = tree.entry(path)
        if isinstance(entry, Missing):
            message, consequence = (
                f"the queue {path} does not exist",
                "The daemon does not start, and no mail is accepted.",
            )
            fix = command(f"mkdir -m 700 {quoted(path)}", "make it")
            yield Finding(at, message, consequence, fix, severity=Severity.CRITICAL)
        elif isinstance(entry, Unknown) or isinstance(entry.owners, Unknown):
            yield entry if isinstance(entry, Unknown) else entry.owners  # type: ignore[misc]  # One of them is unknown.
        else:
            fix = command(f"chown root {quoted(path)}; chmod 700 {quoted(path)}", "close it")
            for message, consequence, severity in _flaws(entry.owners, safety.who):
                yield Finding(path, f"{path} {message}", consequence, fix, severity=severity)


def _flaws(owners: Owners, who: Identity) -> Iterator[tuple[str, str, Severity | None]]:
    if not _may_own(owners, who):
        stranger = owners.user or owners.uid
        yield f"belongs to {stranger}", f"{stranger} can read and remove mail that waits.", None
    for bits, whom in ((0o002, "everybody"), (0o020, f"the group {owners.group or owners.gid}")):
        if owners.mode & bits:
            yield (
                f"has the mode {owners.octal}: {whom} may write there",
                "Mail can be removed, and files put there be run.",
                None,
            )
            return
    if owners.mode & 0o005:
        yield f"has the mode {owners.octal}: everybody may look inside", "Users see whose mail waits.", Severity.LOW


def _may_own(owners: Owners, who: Identity) -> bool:
    # What is not known of numbers and names is held for good.
    trusted = who.trusted.owns(owners) if who.trusted is not None else False
    return owners.is_root or who.owns(owners) is not False or trusted is not False
