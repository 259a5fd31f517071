r"""Owner, group or mode of the submission queue is wrong.

The program that users run is set-group-ID smmsp and writes to the queue as that group: the
directory must be the group's, with all rights for it, and with none for others. A set-group-ID bit
on it does no harm. Its owner may be smmsp, or root (sendmail/SECURITY).

In the log or at the client:
    can not write to queue directory /var/spool/clientmqueue/ (RunAsGid=25, required=12): Permission denied
    can not chdir(/var/spool/clientmqueue/): Permission denied
    Program mode requires special privileges, e.g., root or TrustedUser.
    dangerous permissions=40777 on queue directory /var/spool/clientmqueue
Bad:
    --- /var/spool/clientmqueue 770 smmsp:mail directory
Bad:
    --- /var/spool/clientmqueue 700 smmsp:smmsp directory
Bad:
    --- /var/spool/clientmqueue 777 smmsp:smmsp directory
Bad:
    --- /var/spool/clientmqueue 770 bob:smmsp directory
Good:
    --- /var/spool/clientmqueue 2770 smmsp:smmsp directory
Good:
    --- /var/spool/clientmqueue 770 root:smmsp directory
Not when: the mode is 2770, as Debian has it.
See: howto step 1; sendmail/SECURITY.
"""

from collections.abc import Iterator

from auditor.facts.given import Tree
from auditor.facts.options import Options
from auditor.facts.safety import FileSafety
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, command
from auditor.model.shell import operand, quoted
from auditor.model.subjects import Configuration
from auditor.model.unknown import Missing, NotApplicable, Unknown
from auditor.sendmail.identity import Identity
from auditor.trees.base import Owners
from checks.acc import queue_directories


@check("ACC005", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="1")
def submission_queue_rights_wrong(
    options: Options, tree: Tree, safety: FileSafety, configuration: Configuration
) -> Verdicts:
    """Compare the directory with what the submission user needs."""
    if not configuration.is_submission:
        yield NotApplicable("ACC006 judges the daemon's queue")
        return
    _, paths = queue_directories(options, tree, "/var/spool/clientmqueue")
    for path in paths:
        entry = tree.entry(path)
        if isinstance(entry, Missing):
            yield NotApplicable(f"{path} does not exist, as ACC004 says")
        elif isinstance(entry, Unknown) or isinstance(entry.owners, Unknown):
            yield entry if isinstance(entry, Unknown) else entry.owners  # type: ignore[misc]  # One of them is unknown.
        else:
            user = safety.who.user or "smmsp"
            who = operand(f"{user}:{safety.who.group or user}")
            fix = command(f"chown {who} {quoted(path)}; chmod 770 {quoted(path)}", "set it right")
            for message, consequence, severity in _flaws(entry.owners, safety.who):
                yield Finding(path, f"{path} {message}", consequence, fix, severity=severity)


def _flaws(owners: Owners, who: Identity) -> Iterator[tuple[str, str, Severity | None]]:
    refused = "Nobody but root can send mail from this host: sendmail cannot use its queue."
    if who.in_group(owners) is False:
        yield f"belongs to the group {owners.group or owners.gid}, not to {who.group or who.gid}", refused, None
    if owners.mode & 0o070 != 0o070:  # noqa: PLR2004  # Bits of a mode.
        yield f"has the mode {owners.octal}, which does not give its group all rights", refused, None
    if owners.mode & 0o002:
        yield (
            f"has the mode {owners.octal}: everybody may write there",
            "Any user can remove or hold up others' mail.",
            None,
        )
    elif owners.mode & 0o005:
        yield f"has the mode {owners.octal}: everybody may look inside", "Users see whose mail waits.", Severity.MEDIUM
    if who.owns(owners) is False and not owners.is_root:
        stranger = owners.user or owners.uid
        yield f"belongs to {stranger}", f"{stranger} can remove or hold up everybody's mail.", None
