r"""The rights of the sendmail program are not those that submit.cf needs.

Users' mail goes into a queue that only the group smmsp may write, so the program is set-group-ID
for it: owner root, group smmsp, mode 2555. Set-user-ID root is what the split into two programs did
away with; with neither bit no user can send (sendmail/SECURITY).

In the log or at the client:
    can not write to queue directory /var/spool/clientmqueue/ (RunAsGid=100, required=25): Permission denied
Bad:
    --- /usr/sbin/sendmail 755 root:root
Bad:
    --- /usr/sbin/sendmail 4555 root:root
Bad:
    --- /usr/sbin/sendmail 2555 root:mail
Good:
    --- /usr/sbin/sendmail 2755 root:smmsp
Good:
    --- /usr/sbin/sendmail link to /etc/alternatives/mta
    --- /etc/alternatives/mta link to /usr/sbin/sendmail.sendmail
    --- /usr/sbin/sendmail.sendmail 2755 root:smmsp
Not when: there is no submit.cf, or the name leads to another mailer's program; of links the program at their
end counts.
See: howto step 1; sendmail/SECURITY.
"""

from auditor.facts.given import Tree
from auditor.facts.safety import FileSafety
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, command
from auditor.model.shell import quoted
from auditor.model.subjects import Configuration
from auditor.model.unknown import Missing, NotApplicable, Unknown
from auditor.sendmail.identity import Identity
from auditor.trees.base import Owners
from checks.acc import program

_SET_USER, _SET_GROUP = 0o4000, 0o2000


@check("ACC007", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="1")
def program_rights_wrong(tree: Tree, safety: FileSafety, configuration: Configuration) -> Verdicts:
    """Judge the program's owner, group and mode where there is a submit.cf."""
    if not configuration.is_submission:
        yield NotApplicable("only submit.cf asks for a set-group-ID program")
        return
    entry = program(tree)
    if isinstance(entry, Missing):
        yield Unknown(f"{entry.path} is not there")
    elif isinstance(entry, Unknown) or isinstance(entry.owners, Unknown):
        yield entry if isinstance(entry, Unknown) else entry.owners  # type: ignore[misc]  # One of them is unknown.
    else:
        flaw = _flaw(entry.owners, safety.who)
        if flaw is not None:
            group = safety.who.group or "smmsp"
            fix = command(
                f"chown {quoted(f'root:{group}')} {quoted(entry.real)}; chmod 2555 {quoted(entry.real)}", "set it right"
            )
            yield Finding(entry.real, f"{entry.real} {flaw[0]}", flaw[1], fix)


def _flaw(owners: Owners, who: Identity) -> tuple[str, str] | None:
    if not owners.is_root:
        return (
            f"belongs to {owners.user or owners.uid}",
            "Its owner can replace the program that the daemon is started from.",
        )
    if owners.mode & _SET_USER:
        return "is set-user-ID root although there is a submit.cf", "Any hole in it gives a local user root's rights."
    if not owners.mode & _SET_GROUP:
        return f"has the mode {owners.octal} and is not set-group-ID", "Only root can send mail from this host."
    if who.in_group(owners) is False:
        shown = f"is set-group-ID {owners.group or owners.gid}, and the queue is the group {who.group or who.gid}'s"
        return shown, "Only root can send mail from this host."
    return None
