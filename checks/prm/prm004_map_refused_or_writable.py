r"""A map is refused, or can be changed by others.

sendmail opens a map only if nobody else may write the directories on the way and it may read the
file itself. A map that it refuses fails every look-up: with -T<TMPF> all mail gets 451. Write bits
on the file itself it does not look at: whoever has them decides who may relay (Sendmail
Installation and Operation Guide, "Files and security"; tried with 8.17).

In the log or at the client:
    451 4.3.0 hash map "access": unsafe map file /etc/mail/access.db: Permission denied
Bad:
    --- /etc/mail/access.db 640 bob:bob
Bad:
    --- /etc/mail/access.db 660 root:mail
Bad:
    --- /etc/mail/virtusertable.db 666 root:root
Good:
    --- /etc/mail/access.db 640 root:root
Not when: the map is missing, or the directory is one that PRM001 reports; MapInUnsafeDirPath is
    set.
See: sendmail/README, "FILE AND MAP PERMISSIONS".
"""

from auditor.facts.mapfiles import MapFile, MapFiles
from auditor.facts.safety import FileSafety, Purpose
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity, command
from auditor.model.shell import quoted
from auditor.model.unknown import NotApplicable, Unknown
from auditor.sendmail.safefile import NOT_A_DIRECTORY, NOT_THERE
from checks.prm import STANDARD, owners_of, writers


@check("PRM004", severity=Severity.MEDIUM)
def map_refused_or_writable(files: MapFiles, safety: FileSafety) -> Verdicts:
    """Judge each database as sendmail does, and its write bits."""
    maps = {file.database_path: file for file in files if file.name != "aliases"}
    if files.doubt is not None:
        yield Unknown(files.doubt)
    elif not maps:
        yield NotApplicable("no map is kept in a file")
    for file in maps.values():
        yield from _judged(file, safety)


def _judged(file: MapFile, safety: FileSafety) -> Verdicts:
    path = file.database_path
    verdict = safety.ask(path, Purpose.MAP)
    owners = owners_of(file.database)
    related = ((file.span, f"the map {file.name} is declared here"),)
    if isinstance(verdict, Unknown):
        yield verdict
    elif not verdict.ok and verdict.at not in STANDARD and verdict.reason not in (NOT_THERE, NOT_A_DIRECTORY):
        at = verdict.at or path
        mend = (
            f"chmod go-w {quoted(at)}"
            if "directory" in (verdict.reason or "")
            else f"chown root {quoted(path)}; chmod 640 {quoted(path)}"
        )
        yield Finding(
            path,
            f"sendmail refuses {path}: {verdict.reason}" + (f" ({at})" if at != path else ""),
            "Look-ups fail: with -T<TMPF> all mail is put off with 451, without it rules go by a wrong answer.",
            command(mend, "give sendmail a file it trusts"),
            related,
            severity=Severity.HIGH,
        )
    if owners is not None and not isinstance(owners, Unknown) and (whom := writers(owners)) is not None:
        yield Finding(
            path,
            f"{path} can be written by {whom} (mode {owners.octal})",
            f"They decide what the map {file.name} says, and sendmail does not complain.",
            command(f"chmod go-w {quoted(path)}", "leave writing to the owner"),
            related,
        )
