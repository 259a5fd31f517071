"""The files behind the maps of a configuration: each one's text, and the database that is made from it."""

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from auditor.facts.given import Tree
from auditor.facts.maps import Map, Maps
from auditor.facts.options import Options
from auditor.model.facts import fact, provider
from auditor.model.pattern import lazy
from auditor.model.subjects import Configuration
from auditor.model.text import Source, Span
from auditor.model.unknown import Missing, NotApplicable, Unknowable, Unknown
from auditor.model.value import frozen
from auditor.readers.aliases import Alias, AliasText, read_aliases
from auditor.readers.maps import AccessEntry, AccessText, MapText, read_access, read_map
from auditor.trees.base import Entry

__all__ = ["AccessEntry", "AccessMap", "Alias", "AliasFile", "AliasFiles", "MapFile", "MapFiles"]

#: The suffixes of the databases by the class of a map; dbm makes two files, and "implicit" stands for any of them.
SUFFIXES = {
    "hash": (".db",),
    "btree": (".db",),
    "dbm": (".dir", ".pag"),
    "cdb": (".cdb",),
    "implicit": (".db", ".cdb", ".pag"),
}  #: Classes whose file is a text that sendmail reads as it is.
_TEXTS = frozenset({"text", "stab"})
_ALIAS_PART = lazy(r'(?:"[^"]*"|[^,"]|")+')
_PREFIX = lazy(r"([A-Za-z0-9]+):(.*)", re.DOTALL)

Found: TypeAlias = Entry | Missing | Unknown


@frozen
class MapFile:
    """One map that is kept in files.

    Attributes:
        name: the map's name, ``aliases`` for one of AliasFile.
        type: its class, such as ``hash``.
        path: the text's path, which is the database's without its suffix.
        text: the text's lines, or that it is missing or unknown.
        text_entry: the text as the tree has it.
        database: the database as the tree has it; for a class without one, the text.
        database_path: where sendmail looks for it.
        span: the place where the configuration names the file.
        is_optional: whether sendmail does without it (``-o``).

    """

    name: str
    type: str
    path: str
    text: MapText | AliasText | Missing | Unknown
    text_entry: Found
    database: Found
    database_path: str
    span: Span
    is_optional: bool = False

    @property
    def is_stale(self) -> bool:
        """Whether the text is newer than the database.

        Raises:
            Unknowable: one of them is missing or unknown, or the tree keeps no times.

        """
        times = []
        for entry in (self.text_entry, self.database):
            if not isinstance(entry, Entry):
                reason = entry.reason if isinstance(entry, Unknown) else f"{entry.path} is missing"
                raise Unknowable(reason)
            if isinstance(entry.mtime, Unknown):
                raise Unknowable(entry.mtime)
            times.append(entry.mtime)
        return times[0] > times[1]


@fact(Configuration)
@frozen
class MapFiles:
    """Every map of a configuration that is kept in files, its aliases included.

    ``doubt`` tells why there may be more, where only the .mc was read; else it is None.
    """

    files: tuple[MapFile, ...]
    doubt: str | None = None

    def __iter__(self) -> Iterator[MapFile]:
        return iter(self.files)

    def get(self, name: str) -> MapFile | None:
        """The first map of a name, or None; the case of letters does not count."""
        return next((file for file in self.files if file.name.lower() == name.lower()), None)


@fact(Configuration)
@frozen
class AccessMap:
    """The access map as its text has it.

    Attributes:
        file: the files and the K line.
        document: the text's lines.
        entries: the lines that reach the map, with tag, key and value.

    """

    file: MapFile
    document: AccessText

    @property
    def entries(self) -> list[AccessEntry]:
        """The lines that reach the map, in the order of the file, duplicates included."""
        return self.document.access

    def __iter__(self) -> Iterator[AccessEntry]:
        return iter(self.entries)


@frozen
class AliasFile:
    """One file of aliases, its text and the files around it."""

    file: MapFile
    document: AliasText

    @property
    def path(self) -> str:
        """The text's path."""
        return self.file.path


@fact(Configuration)
@frozen
class AliasFiles:
    """The files of aliases in the order sendmail asks them.

    ``unseen`` tells why there may be aliases that are not in sight (another class of map, a text that cannot be read),
    or is None.
    """

    files: tuple[AliasFile, ...]
    unseen: str | None = None

    def __iter__(self) -> Iterator[AliasFile]:
        return iter(self.files)

    def get(self, name: str) -> Alias | None:
        """The alias of a name in the first file that has it, or None.

        Raises:
            Unknowable: no file has it, but there may be aliases that are not in sight.

        """
        for file in self.files:
            alias = file.document.get(name)
            if alias is not None:
                return alias
        if self.unseen is not None:
            raise Unknowable(self.unseen)
        return None


@provider
def map_files(tree: Tree, maps: Maps, options: Options) -> MapFiles:
    """Look for the files of each K line, then of AliasFile."""
    files = [_file(tree, each) for each in maps if each.file is not None and each.file.startswith("/") and _kept(each)]
    doubt = maps.doubt
    try:
        files += [found for found in _aliases(tree, options) if isinstance(found, MapFile)]
    except Unknowable as why:
        doubt = doubt or why.unknown.reason
    return MapFiles(tuple(files), doubt)


@provider
def access_map(files: MapFiles) -> AccessMap | NotApplicable | Unknown:
    """The text of the map that FEATURE(`access_db') declares."""
    file = files.get("access")
    if file is None:
        return Unknown(files.doubt) if files.doubt is not None else NotApplicable("no access map is declared")
    if isinstance(file.text, AccessText):
        return AccessMap(file, file.text)
    if isinstance(file.text, Unknown):
        return file.text
    return Unknown(f"{file.path}, the text of the access map, is not there")


@provider
def alias_files(tree: Tree, options: Options) -> AliasFiles | NotApplicable | Unknown:
    """The texts that AliasFile names."""
    files = []
    unseen = None
    for found in _aliases(tree, options):
        if isinstance(found, Unknown):
            unseen = found.reason
        elif isinstance(found.text, AliasText):
            files.append(AliasFile(found, found.text))
        elif isinstance(found.text, Unknown):
            unseen = found.text.reason
        elif isinstance(found.database, Entry):
            unseen = f"{found.path} is not there, only the database made from it"
    if not files and unseen is None:
        return NotApplicable("no alias file is set, or none is there")
    return AliasFiles(tuple(files), unseen) if files else Unknown(unseen or "")


def _kept(declared: Map) -> bool:
    return declared.type in SUFFIXES or declared.type in _TEXTS


def _file(tree: Tree, declared: Map) -> MapFile:
    read = read_access if declared.name.lower() == "access" else read_map
    return _found(tree, (declared.name, declared.type, declared.file or "", declared.span), read, declared.is_optional)


def _aliases(tree: Tree, options: Options) -> Iterator[MapFile | Unknown]:
    """The parts of AliasFile: ``/etc/mail/aliases``, ``hash:/etc/mail/aliases``, ``nis:mail.aliases``."""
    for setting in options.all("AliasFile"):
        for part in _ALIAS_PART.findall(setting.value):
            prefix = _PREFIX.fullmatch(part.strip())
            type_, rest = (prefix[1].lower(), prefix[2]) if prefix is not None else ("implicit", part)
            path = next((word for word in rest.split() if word.startswith("/")), None)
            if path is None or (type_ not in SUFFIXES and type_ not in _TEXTS):
                yield Unknown(f"aliases are also looked up in {part.strip()}")
            else:
                named = ("aliases", type_, path, setting.span.find(path))
                yield _found(tree, named, read_aliases, is_optional="-o" in rest.split())


def _found(
    tree: Tree,
    named: tuple[str, str, str, Span],
    read: Callable[[Source], MapText | AliasText],
    is_optional: bool,  # noqa: FBT001  # It is a plain property of the map.
) -> MapFile:
    name, type_, spelled, span = named
    suffixes = SUFFIXES.get(type_, ())
    suffix = next((each for each in suffixes if spelled.endswith(each)), "")
    path = spelled.removesuffix(suffix)
    text = tree.read(path)
    text_entry = tree.entry(path)
    database_path, database = (path, text_entry) if not suffixes else _database(tree, path, suffixes)
    lines = read(text) if isinstance(text, Source) else text
    return MapFile(name, type_, path, lines, text_entry, database, database_path, span, is_optional)


def _database(tree: Tree, path: str, suffixes: tuple[str, ...]) -> tuple[str, Found]:
    """The first of the databases that is there, else the first that should be."""
    found = [(path + suffix, tree.entry(path + suffix)) for suffix in suffixes]
    return next((each for each in found if isinstance(each[1], Entry)), found[0])
