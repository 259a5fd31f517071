r"""A map that the configuration cannot do without has no database.

A K line without -o wants its file: without it every look-up fails, and with the <TMPF> of access_db
every message is put off. Editing the text makes no database; makemap does. A hash or btree map is a
file with .db at its end (cf/README, access_db; makemap(8)).

In the log or at the client:
    SYSERR(root): hash map "access": missing map file /etc/mail/access.db: No such file or directory
    451 4.3.0 Temporary system failure. Please try again later.
Bad:
    --- /etc/mail/access.db missing
Good:
    --- /etc/mail/mailertable.db missing
    --- /etc/mail/mailertable missing
Good:
    --- /etc/mail/aliases.db missing
Not when: the tree is a checkout, where databases are often left out; the map is optional (-o);
aliases without a class, of which sendmail then reads the text.
See: howto steps 2 and 6; cf/README, access_db.
"""

from auditor.facts.mapfiles import MapFile, MapFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, command
from auditor.model.shell import quoted
from auditor.model.subjects import Configuration
from auditor.model.unknown import Missing, NotApplicable, Unknown
from checks.map import rebuild


@check("MAP002", severity=Severity.CRITICAL, confidence=Confidence.HIGH, howto="2")
def database_missing(configuration: Configuration, files: MapFiles) -> Verdicts:
    """Look for every file a map needs."""
    if configuration.is_submission:
        yield NotApplicable("the maps are the daemon's")
        return
    for file in files:
        if not file.is_optional:
            yield from _judged(file)
    if files.doubt is not None:
        yield Unknown(files.doubt)


def _judged(file: MapFile) -> Verdicts:
    if isinstance(file.database, Unknown):
        yield file.database
    if not isinstance(file.database, Missing):
        return
    textless = isinstance(file.text, Missing)
    if isinstance(file.text, Unknown):
        yield file.text
    elif file.type != "implicit" or textless:
        made = f"touch {quoted(file.path)} && " if textless else ""
        yield Finding(
            file.span,
            f"{file.database_path}, the {file.type} map {file.name}, does not exist",
            "Nothing can be looked up: mail that needs the map is put off with 451 until the file is there.",
            command(f"{made}{rebuild(file)}", "make it"),
        )
