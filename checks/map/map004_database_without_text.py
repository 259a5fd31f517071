r"""A database lies beside the maps, and the text it was made from does not.

Nobody sees what is in it, and nobody can change it; left-over .pag and .dir files of an older kind
of map mislead whoever looks for the one in use. It may be that another program fills it
(makemap(8)).

In the log or at the client:
    nothing
Bad:
    --- /etc/mail/virtusertable missing
    --- +/etc/mail/virtusertable.db
Bad:
    --- /etc/mail/access.pag
    x
Good:
    --- +/etc/mail/access.db
Not when: the tree is a checkout, where the text may be kept elsewhere.
See: makemap(8).
"""

import posixpath

from auditor.facts.given import Tree
from auditor.facts.mapfiles import MapFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.subjects import Configuration
from auditor.model.unknown import Missing, NotApplicable, Unknown

_DIRECTORY = "/etc/mail"
_SUFFIXES = (".db", ".pag", ".dir")


@check("MAP004", severity=Severity.LOW, confidence=Confidence.LOW)
def database_without_text(configuration: Configuration, tree: Tree, files: MapFiles) -> Verdicts:
    """Look through the directory of the maps."""
    if configuration.is_submission:
        yield NotApplicable("the maps are the daemon's")
        return
    names = tree.names(_DIRECTORY)
    if isinstance(names, Unknown):
        yield names
    if not isinstance(names, tuple):
        return
    used = {file.path: file for file in files}
    old = {file.path for file in files if file.type in ("dbm", "implicit")}
    for path in (posixpath.join(_DIRECTORY, name) for name in names if name.endswith(_SUFFIXES)):
        stem, suffix = posixpath.splitext(path)
        text = tree.entry(stem)
        if isinstance(text, Unknown):
            yield Unknown(f"whether {stem} exists is not known here")
        elif isinstance(text, Missing) or (suffix != ".db" and stem not in old):
            reason = f"and {stem} is not there" if isinstance(text, Missing) else "but no map is of the class dbm"
            wanted = "keep the text it is made from beside it" if stem in used else "remove it, if no program needs it"
            yield Finding(
                path,
                f"{path} is a database, {reason}",
                "What it says can be neither read nor changed here, or is mistaken for what counts.",
                Fix(wanted),
            )
