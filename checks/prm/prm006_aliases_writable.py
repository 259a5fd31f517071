r"""The aliases can be changed by others.

An alias may run a program or write a file. newaliases refuses a text that group or others may
write; a database with such bits is used without a word, so that whoever has them runs programs as
the default user (Sendmail Installation and Operation Guide, "Files and security"; tried with 8.17).

In the log or at the client:
    newaliases: cannot open /etc/mail/aliases: Group writable file
Bad:
    --- /etc/mail/aliases 664 root:mail
Bad:
    --- /etc/mail/aliases.db 666 root:root
Good:
    --- /etc/mail/aliases 640 root:root
Good:
    --- /etc/mail/aliases.db 640 root:root
Not when: DontBlameSendmail says GroupWritableAliasFile or WorldWritableAliasFile, which PRM008
    reports.
See: sendmail/SECURITY; Sendmail Installation and Operation Guide.
"""

from auditor.facts.mapfiles import MapFile, MapFiles
from auditor.facts.safety import FileSafety, Owners
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity, command
from auditor.model.shell import quoted
from auditor.model.unknown import NotApplicable, Unknown
from checks.prm import WORLD_WRITE, owners_of, writers


@check("PRM006", severity=Severity.CRITICAL)
def aliases_writable(files: MapFiles, safety: FileSafety) -> Verdicts:
    """Judge the write bits of each text and database."""
    aliases = [file for file in files if file.name == "aliases"]
    if not aliases:
        yield Unknown(files.doubt) if files.doubt is not None else NotApplicable("no alias file is set")
    for file in aliases:
        for path, entry in {file.path: file.text_entry, file.database_path: file.database}.items():
            owners = owners_of(entry)
            if isinstance(owners, Unknown):
                yield owners
            elif owners is not None:
                yield from _judged(file, path, owners, safety)


def _judged(file: MapFile, path: str, owners: Owners, safety: FileSafety) -> Verdicts:
    whom = writers(owners)
    flag = "worldwritablealiasfile" if owners.mode & WORLD_WRITE else "groupwritablealiasfile"
    if whom is None or flag in safety.relaxed:
        return
    text = "newaliases refuses the file, so that aliases stay as they are; " if path == file.path else ""
    yield Finding(
        path,
        f"{path} can be written by {whom} (mode {owners.octal})",
        f"They can have mail run programs and write files; {text}the database is used without a complaint.",
        command(f"chmod go-w {quoted(path)}", "leave writing to the owner"),
        ((file.span, "named here"),),
        severity=None if owners.mode & WORLD_WRITE else Severity.HIGH,
    )
