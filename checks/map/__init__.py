"""The maps: their texts, the databases made from them, and what stands in the tables of mailers and virtual users."""

from auditor.facts.given import Tree
from auditor.facts.mapfiles import MapFile
from auditor.model.shell import quoted
from auditor.model.text import Source
from auditor.model.unknown import Unknown
from auditor.readers.aliases import AliasText
from auditor.trees.base import Entry, Kind

USUAL_FILE = "/etc/mail/access"
#: The classes of maps that are kept in files of Berkeley DB, with the access method of each.
METHODS = {"hash": "hash", "btree": "btree"}


def content(tree: Tree, file: MapFile) -> bytes | Unknown:
    """The bytes of a map's database, which is there."""
    source = tree.read(file.database_path, keep=False)
    return source.data if isinstance(source, Source) else Unknown(f"{file.database_path} cannot be read")


def is_there(file: MapFile) -> bool:
    """Whether the database, a file of its own, is in sight."""
    entry = file.database
    return isinstance(entry, Entry) and entry.kind is Kind.FILE and file.database_path != file.path


def rebuild(file: MapFile) -> str:
    """The command that makes the database anew."""
    if isinstance(file.text, AliasText) or file.name == "aliases":
        return "newaliases"
    type_ = file.type if file.type != "implicit" else "hash"
    return f"makemap {quoted(type_)} {quoted(file.path)} < {quoted(file.path)}"
