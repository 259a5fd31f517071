r"""A map's database does not hold what its text says.

sendmail looks into the database only. A change of the text has no effect until makemap, or
newaliases, has run; at most, and for aliases alone, a warning appears. Where the database can be
read it is compared key by key with the text, elsewhere the times of both files tell (makemap(8);
Sendmail Installation and Operation Guide, 1.6.2).

In the log or at the client:
    Warning: alias database /etc/mail/aliases out of date
Bad:
    --- +/etc/mail/access
    Connect:198.51.100	REJECT
    --- +/etc/mail/access.db
Bad:
    --- /etc/mail/virtusertable
    info@doe.org	bob
    --- +/etc/mail/virtusertable.db
Bad:
    --- +/etc/mail/aliases
    sales:	bob
    --- +/etc/mail/aliases.db
Good:
    --- +/etc/mail/mailertable
    # A comment changes nothing.
    --- +/etc/mail/mailertable.db
Not when: the database is not in the checkout, or is that of another class than hash and btree and
has no time.
See: howto step 2; makemap(8), newaliases(1).
"""

import re

from auditor.facts.given import Tree
from auditor.facts.mapfiles import MapFile, MapFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity, command
from auditor.model.pattern import lazy
from auditor.model.subjects import Configuration
from auditor.model.text import Span
from auditor.model.unknown import NotApplicable, Unknowable, Unknown
from auditor.readers.aliases import AliasText, joined
from auditor.readers.berkeley import read_berkeley
from auditor.readers.maps import MapText, folded
from auditor.trees.base import Entry
from checks.map import content, is_there, rebuild

#: What newaliases stores besides the aliases.
_EXTRA = frozenset({"@", "yp_last_modified", "yp_master_name"})
_PLAIN = lazy(r"[\w.+-]+", re.ASCII)


@check("MAP001", severity=Severity.HIGH, howto="2")
def database_out_of_date(configuration: Configuration, tree: Tree, files: MapFiles) -> Verdicts:
    """Compare each database with its text."""
    if configuration.is_submission:
        yield NotApplicable("the maps are the daemon's")
        return
    for file in files:
        if isinstance(file.database, Unknown) and not file.is_optional and isinstance(file.text, MapText | AliasText):
            yield file.database
        elif is_there(file) and isinstance(file.text, MapText | AliasText):
            yield from _judged(tree, file, file.text)


def _judged(tree: Tree, file: MapFile, text: MapText | AliasText) -> Verdicts:
    data = content(tree, file)
    database = read_berkeley(data) if not isinstance(data, Unknown) else None
    try:
        if database is not None and database.problem is None:
            found = _compared(text, database.index)
        elif database is not None and database.method is None and file.type in ("hash", "btree"):
            return  # MAP003 says that it is no database at all.
        else:
            found = ("is older than its text", text.source.span(0, 0)) if file.is_stale else None
    except Unknowable as unknowable:
        yield unknowable.unknown
        return
    if found is not None:
        what, at = found
        # Where the database is kept with its text, it may be made anew when it is installed.
        severity = None if tree.tells_absence and isinstance(file.database, Entry) else Severity.MEDIUM
        yield Finding(
            at,
            f"{file.database_path} {what}",
            "sendmail reads the database only: the change has no effect until it is made anew.",
            command(rebuild(file), "make it anew"),
            severity=severity,
        )


def _compared(text: MapText | AliasText, index: dict[str, str]) -> tuple[str, Span] | None:
    """How the database differs, and where the text says otherwise."""
    if isinstance(text, AliasText):
        wanted = {
            alias.key: (_bare(alias.value.text), alias.name) for alias in text.aliases if _PLAIN.fullmatch(alias.key)
        }
        stored = {key: _bare(value) for key, value in index.items() if _PLAIN.fullmatch(key) and key not in _EXTRA}
        everything = {alias.key.replace(" ", ".") for alias in text.aliases}
    else:
        wanted = {key: (entry.value.text, entry.lhs) for key, entry in text.index.items()}
        stored = {folded(key): value for key, value in index.items()}
        everything = set(wanted)
    missing = [(key, span) for key, (_, span) in wanted.items() if key not in stored]
    changed = [(key, span) for key, (value, span) in wanted.items() if key in stored and stored[key] != value]
    gone = [key for key in stored if key not in everything]
    if missing:
        return _counted("lacks", missing)
    if changed:
        return _counted("has another value for", changed)
    return (f"still has {gone[0]}{_more(gone)}, which the text has no more", text.source.span(0, 0)) if gone else None


def _counted(verb: str, found: list[tuple[str, Span]]) -> tuple[str, Span]:
    return f"{verb} {found[0][1].shown}{_more(found)}", found[0][1]


def _more(found: list[str] | list[tuple[str, Span]]) -> str:
    return f" and {len(found) - 1} more" if len(found) > 1 else ""


def _bare(value: str) -> str:
    return re.sub(r"\s+", "", joined(value))
