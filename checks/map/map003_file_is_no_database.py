r"""What should be a map's database is none.

A hash or btree map is a file that begins with Berkeley DB's page of metadata. An empty file, a text
that was renamed, or what another library wrote cannot be opened, and the map counts as missing
(makemap(8); Sendmail Installation and Operation Guide, 5.7).

In the log or at the client:
    Cannot open hash database /etc/mail/access.db: Invalid argument
Bad:
    --- /etc/mail/access.db
    Connect:198.51.100	REJECT
Bad:
    --- /etc/mail/mailertable.db
    \c
Good:
    --- +/etc/mail/access.db
Not when: the map is of the class cdb or dbm, whose files have no mark; a btree under a hash map is
MAP011's.
See: makemap(8); Sendmail Installation and Operation Guide, 5.7.
"""

from auditor.facts.given import Tree
from auditor.facts.mapfiles import MapFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity, command
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable, Unknown
from auditor.readers.berkeley import described, method_of
from checks.map import METHODS, content, is_there, rebuild


@check("MAP003", severity=Severity.HIGH, confidence=Confidence.HIGH)
def file_is_no_database(configuration: Configuration, tree: Tree, files: MapFiles) -> Verdicts:
    """Look at the beginning of every database."""
    if configuration.is_submission:
        yield NotApplicable("the maps are the daemon's")
        return
    for file in files:
        if isinstance(file.database, Unknown) and not file.is_optional:
            yield file.database
        if not is_there(file) or not (file.type in METHODS or file.database_path.endswith(".db")):
            continue
        data = content(tree, file)
        if isinstance(data, Unknown):
            yield data
        elif method_of(data) is None:
            yield Finding(
                file.database_path,
                f"{file.database_path} is {described(data)}, not a database",
                f"sendmail cannot open the map {file.name}: what needs it is put off with 451, or goes unasked.",
                command(rebuild(file), "make it with the makemap of the same package as sendmail"),
                related=((file.span, "the map is declared here"),),
            )
