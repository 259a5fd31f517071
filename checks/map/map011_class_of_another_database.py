r"""A map is declared as one kind of database and made as another.

hash, btree, dbm and cdb are different files. makemap must be given the class that the K line names;
a btree where a hash is declared cannot be opened. DATABASE_MAP_TYPE changes the class of features
below it only: those above keep hash (makemap(8); cf/README, "USING MAILERTABLES").

In the log or at the client:
    Cannot open hash database /etc/mail/access.db: Invalid argument
Bad:
    --- +/etc/mail/sendmail.mc
    FEATURE(`virtusertable', `btree -o /etc/mail/virtusertable')dnl
Bad:
    --- +/etc/mail/sendmail.mc
    FEATURE(`genericstable')dnl
    define(`DATABASE_MAP_TYPE', `btree')dnl
Good:
    --- +/etc/mail/sendmail.mc
    FEATURE(`virtusertable', `hash -o /etc/mail/virtusertable')dnl
Not when: the class is implicit, which is found out from the files; the database is not in the tree.
See: makemap(8); cf/README.
"""

from auditor.facts.features import Defines, Features
from auditor.facts.given import Tree
from auditor.facts.mapfiles import MapFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, command
from auditor.model.subjects import Configuration
from auditor.model.unknown import NotApplicable, Unknown
from auditor.readers.berkeley import method_of
from checks.map import METHODS, content, is_there, rebuild

_WITH_MAPS = (
    "access_db",
    "authinfo",
    "bitdomain",
    "domaintable",
    "genericstable",
    "mailertable",
    "uucpdomain",
    "virtusertable",
)


@check("MAP011", severity=Severity.HIGH, confidence=Confidence.HIGH)
def class_of_another_database(
    configuration: Configuration, tree: Tree, files: MapFiles, features: Features | Unknown, defines: Defines | Unknown
) -> Verdicts:
    """Compare the classes with the files, and the features with DATABASE_MAP_TYPE."""
    if configuration.is_submission:
        yield NotApplicable("the maps are the daemon's")
        return
    for file in files:
        if isinstance(file.database, Unknown):
            yield file.database
        if not is_there(file) or file.type not in METHODS:
            continue
        data = content(tree, file)
        if isinstance(data, Unknown):
            yield data
            continue
        method = method_of(data)
        if method is not None and method != METHODS[file.type]:
            yield Finding(
                file.span,
                f"the map {file.name} is declared as {file.type}, and {file.database_path} is a {method}",
                "sendmail cannot open it: what needs the map is put off with 451, or goes unasked.",
                command(rebuild(file), "make it with the class of the K line"),
            )
    if isinstance(features, Features) and isinstance(defines, Defines):
        yield from _too_late(features, defines)


def _too_late(features: Features, defines: Defines) -> Verdicts:
    for define in defines.history("DATABASE_MAP_TYPE"):
        at = define.span
        if define.call is None or at is None:
            continue
        # A feature whose argument names the class does not ask for it.
        plain = [use for use in features if use.name in _WITH_MAPS and not (use.args and use.args[0])]
        above = [(use.name, use.span) for use in plain if use.span is not None and use.span.source is at.source]
        name, place = next(((name, span) for name, span in above if span.start < at.start), ("", at))
        if name:
            yield Finding(
                at,
                f"DATABASE_MAP_TYPE is set below FEATURE(`{name}'), which has taken the class before",
                "Its map keeps the old class, and a database of the new one cannot be opened.",
                Fix("put the define above the first FEATURE"),
                related=((place, "this one does not see it"),),
            )
