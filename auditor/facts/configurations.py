"""Which configurations an install has, and the files each is made of."""

import posixpath
import re
from collections.abc import Iterator

from auditor.facts.generated import Generated
from auditor.facts.given import Tree, Unbuilt
from auditor.model.facts import fact, provider
from auditor.model.pattern import lazy
from auditor.model.subjects import Configuration, Install
from auditor.model.text import Document, Source, Span
from auditor.model.unknown import Missing, NotApplicable, Unknown
from auditor.model.value import frozen
from auditor.readers.cf import CfDocument, read_cf
from auditor.readers.mc import McDocument, read_mc
from auditor.sendmail.cf_directory import CfDirectory
from auditor.sendmail.mc import McView
from auditor.trees.base import Entry, Kind

#: Where each configuration may be, the usual place first.
CF_PATHS = {
    "sendmail.cf": (
        "/etc/mail/sendmail.cf",
        "/etc/sendmail.cf",
        "/usr/lib/sendmail.cf",
        "/usr/local/etc/mail/sendmail.cf",
    ),
    "submit.cf": ("/etc/mail/submit.cf", "/usr/local/etc/mail/submit.cf"),
}
#: Where the sources of a configuration are kept, besides the directory its banner names.
MC_DIRECTORIES = ("/etc/mail", "/usr/share/sendmail/cf/cf", "/usr/share/sendmail-cf/cf", "/usr/local/etc/mail")
#: Directories full of examples: a file there counts only where the .cf was made from it.
_EXAMPLES = ("/usr/share/sendmail/cf/cf", "/usr/share/sendmail-cf/cf")
_BACKUP = lazy(r"(?:\.(?:bak|orig|old|save|rpmnew|rpmsave|rpmorig|dpkg-\w+|ucf-\w+)(?:\.\w+)?|~)$", re.IGNORECASE)
_OF_SENDMAIL = lazy(r"\.(?:mc|cf)(?:\W|$)")
_BANNER_LINE = lazy(r"^##### +(built by|in|using) +(.*?) *$", re.MULTILINE)
_VERSION_LINE = lazy(r"^#####  (.*?)  #####\r?$", re.MULTILINE)
#: A file without cf.m4 and without any of these is hardly one for sendmail 8's m4 macros.
_OF_SENDMAIL_8 = ("OSTYPE", "MAILER", "FEATURE", "VERSIONID", "DOMAIN")
_VERSIONID = lazy(r"^(?:(?!dnl\b|#)[^\n])*?\bVERSIONID\([ \t\n]*`([^'`]*)'", re.MULTILINE)
#: How much of a .cf its banner and the version lines of the .mc may take.
_HEAD = 64 * 1024


@fact(Install, lists=Configuration)
@frozen
class Configurations:
    """The configurations of an install: ``sendmail.cf`` for the daemon, ``submit.cf`` for the submission program.

    One exists where its .cf is there, or a .mc it can be made from.
    """

    subjects: tuple[Configuration, ...]


@fact(Configuration)
@frozen
class ConfigurationFiles:
    """The files of one configuration, each as a document, missing, or unknown.

    Attributes:
        cf_path: where the .cf is, or where sendmail looks for it.
        cf: the .cf.
        mc: the .mc it is made from.
        candidates: the paths of every .mc it could be made from.
        outdated: the .cf where it is there and does not count, because the .mc files alone are judged.

    """

    cf_path: str
    cf: CfDocument | Missing | Unknown
    mc: McDocument | Missing | Unknown
    candidates: tuple[str, ...]
    outdated: CfDocument | None = None

    @property
    def to_mend(self) -> str:
        """The path of the file in which something that is missing is to be added."""
        return self.mc.path if isinstance(self.mc, McDocument) else self.cf_path


@fact(Configuration)
@frozen
class CfFile:
    """The .cf that sendmail reads, or the one that m4 would make where that is not in sight.

    Attributes:
        document: the .cf.
        generated: what m4 makes of the .mc, where the .cf itself is not there to be read.

    """

    document: CfDocument
    generated: Generated | None = None

    def guessed(self, part: Span) -> Unknown | None:
        """Why a part of the .cf says nothing of this host, or None.

        Where the .cf itself is not there, and the cf tree it is made with is another host's, what that cf tree adds of
        itself, such as the path of a program, may be something else on this one.
        """
        made = self.generated
        if made is None or made.cf.own or made.is_own(part.start, part.end):
            return None
        return Unknown(f"{part.shown} is what a cf directory that is not this install's own adds")


@fact(Configuration)
@frozen
class McFile:
    """The .mc that the .cf is made from, or would be."""

    document: McDocument


@fact(Install)
@frozen
class Backups:
    """Copies of configuration files that editors and packages left behind; nothing reads them."""

    paths: tuple[str, ...]


@fact(Configuration)
@frozen
class Banner:
    """What the first lines of a generated .cf say about its making.

    Attributes:
        built_by: who built it, where and when, as it stands there; None where the lines are missing.
        directory: the directory m4 was run in.
        cf_directory: the cf tree that was used, relative to that directory unless it is absolute.
        version_ids: the texts of the ``VERSIONID`` calls, the .mc's and those of the cf tree, in order.

    """

    built_by: str | None
    directory: str | None
    cf_directory: str | None
    version_ids: tuple[str, ...]


@provider
def configurations(install: Install, tree: Tree) -> Configurations | Unknown | NotApplicable:
    """Look for the usual places."""
    found = [
        Configuration(name, install)
        for name in CF_PATHS
        if _cf_path(tree, name) is not None or _likely(_candidates(tree, name, None))
    ]
    if found:
        return Configurations(tuple(found))
    if tree.tells_absence:
        return NotApplicable("there is neither a sendmail.cf nor a .mc")
    return Unknown("no sendmail.cf and no .mc is in sight")


@provider
def configuration_files(configuration: Configuration, tree: Tree, unbuilt: Unbuilt | Unknown) -> ConfigurationFiles:
    """Read the .cf, and find the .mc it is made from."""
    path = _cf_path(tree, configuration.name) or CF_PATHS[configuration.name][0]
    source = tree.read(path)
    cf = read_cf(source) if isinstance(source, Source) else source
    made = banner_of(cf) if isinstance(cf, CfDocument) else None
    candidates = _candidates(tree, configuration.name, made)
    mc = _live_mc(tree, configuration.name, made, candidates)
    if isinstance(unbuilt, Unbuilt) and isinstance(mc, McDocument) and isinstance(cf, CfDocument):
        return ConfigurationFiles(path, unbuilt.reason, mc, candidates, cf)
    return ConfigurationFiles(path, cf, mc, candidates)


@provider
def generated(tree: Tree, files: ConfigurationFiles, mc: McFile, view: McView, cf: CfDirectory) -> Generated | Unknown:
    """What m4 makes of the .mc, when somebody looks."""
    if mc.document.of_kind("template", "placeholder"):
        return Unknown(f"{mc.document.path} is a template; m4 reads what is made of it")
    if not view.includes_cf and not any(call.args for call in view.of(*_OF_SENDMAIL_8)):
        return Unknown(f"{mc.document.path} uses none of sendmail 8's m4 macros")
    return Generated(tree, mc.document, files.cf_path, cf)


@provider
def cf_file(files: ConfigurationFiles, generated: Generated | Unknown) -> CfFile | Unknown:
    """The .cf, where it could be read; else the one that m4 makes of the .mc."""
    if isinstance(files.cf, CfDocument):
        return CfFile(files.cf)
    if isinstance(generated, Generated):
        return CfFile(generated.document, generated) if generated.doubt is None else generated.doubt
    return files.cf if isinstance(files.cf, Unknown) else Unknown(f"{files.cf.path} is missing")


@provider
def mc_file(files: ConfigurationFiles) -> McFile | Unknown:
    """The .mc, where one could be told to be the right one."""
    if isinstance(files.mc, Missing):
        return Unknown(f"{files.mc.path} is missing")
    return files.mc if isinstance(files.mc, Unknown) else McFile(files.mc)


@provider
def backups(tree: Tree) -> Backups:
    """Copies beside the configuration."""
    here = [posixpath.join("/etc/mail", name) for name in _names(tree, "/etc/mail") if is_backup(name)]
    above = [f"/etc/{name}" for name in _names(tree, "/etc") if is_backup(name) and _OF_SENDMAIL.search(name)]
    return Backups((*here, *above))


@provider
def banner(cf: CfFile) -> Banner:
    """Read the first lines of the .cf."""
    return banner_of(cf.document)


def banner_of(document: Document) -> Banner:
    """What the first lines of a .cf say about its making."""
    head = document.source.text[:_HEAD]
    lines = dict(reversed(_BANNER_LINE.findall(head)))
    using = lines.get("using")
    return Banner(
        built_by=lines.get("built by"),
        directory=lines.get("in"),
        cf_directory=using.removesuffix(" as configuration include directory") if using is not None else None,
        version_ids=tuple(_VERSION_LINE.findall(head)),
    )


def version_ids(source: Source) -> tuple[str, ...]:
    """The texts of a .mc's ``VERSIONID`` calls, those in comments left out."""
    return tuple(" ".join(text.split()) for text in _VERSIONID.findall(source.text[:_HEAD]))


def is_backup(path: str) -> bool:
    """Whether a file's name says that it is a copy somebody kept."""
    return _BACKUP.search(path) is not None


def _cf_path(tree: Tree, name: str) -> str | None:
    for path in CF_PATHS[name]:
        entry = tree.entry(path)
        if isinstance(entry, Entry) and entry.kind is Kind.FILE:
            return path
    return None


def _names(tree: Tree, directory: str) -> tuple[str, ...]:
    names = tree.names(directory)
    return names if isinstance(names, tuple) else ()


def _candidates(tree: Tree, name: str, made: Banner | None) -> tuple[str, ...]:
    # A .mc whose name says "submit" is one for submit.cf, any other one for sendmail.cf.
    directories = list(MC_DIRECTORIES)
    if made is not None and made.directory is not None and made.directory.startswith("/"):
        directories.insert(0, posixpath.normpath(made.directory))
    paths: dict[str, None] = {}
    for directory in directories:
        for each in _names(tree, directory):
            if each.endswith(".mc") and ("submit" in each) == (name == "submit.cf"):
                paths.setdefault(posixpath.join(directory, each))
    return tuple(paths)


def _likely(paths: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(path for path in paths if posixpath.dirname(path) not in _EXAMPLES)


def _live_mc(tree: Tree, name: str, made: Banner | None, candidates: tuple[str, ...]) -> McDocument | Missing | Unknown:
    usual = posixpath.join("/etc/mail", name.replace(".cf", ".mc"))
    matching = tuple(_matching(tree, made, candidates))
    likely = _likely(candidates)
    for choice in (matching, likely):
        if usual in choice:
            return _read_mc(tree, usual)
        if len(choice) == 1:
            return _read_mc(tree, choice[0])
        if choice:
            return Unknown(f"any of {', '.join(choice)} may be the source of {name}")
    source = tree.read(usual)
    return source if not isinstance(source, Source) else read_mc(source)


def _matching(tree: Tree, made: Banner | None, candidates: tuple[str, ...]) -> Iterator[str]:
    if made is None:
        return
    present = {" ".join(text.split()) for text in made.version_ids}
    for path in candidates:
        source = tree.read(path)
        ids = version_ids(source) if isinstance(source, Source) else ()
        if ids and present.issuperset(ids):
            yield path


def _read_mc(tree: Tree, path: str) -> McDocument | Missing | Unknown:
    source = tree.read(path)
    return read_mc(source) if isinstance(source, Source) else source
