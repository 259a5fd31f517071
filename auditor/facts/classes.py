"""The classes a configuration fills: local names, relay domains, trusted users and all others."""

from collections.abc import Iterable, Iterator

from auditor.facts.classes_static import StaticClasses
from auditor.facts.configurations import CfFile
from auditor.facts.given import Tree
from auditor.model.facts import fact, provider
from auditor.model.pattern import lazy
from auditor.model.subjects import Configuration
from auditor.model.text import Source, Span
from auditor.model.unknown import Missing, Unknowable, Unknown
from auditor.model.value import frozen
from auditor.sendmail.cf import CfView, view_of
from auditor.sendmail.cf_commands import ClassFile, Word, all_class_words, class_file, scanf

__all__ = ["ClassFile", "Classes", "LocalNames", "Member", "RelayDomains", "TrustedUsers", "Word"]


#: Words end at what C takes for a blank, which a non-breaking one is not.
_WORD = lazy(r"[^ \t\n\v\f\r]+")


@frozen
class Member:
    """A word in a class, and where it was put there: on a line of the configuration or of a class file."""

    word: str
    span: Span


@frozen
class FileUse:
    """A file a class is read from, and what was found there."""

    file: ClassFile
    content: Source | Missing | Unknown


@fact(Configuration)
class Classes:
    """The classes of one configuration. Words are compared without regard to case, as sendmail does.

    Attributes:
        files: every file, program and map that a class is read from, in order.

    """

    def __init__(
        self, members: dict[str, list[Member]], files: tuple[FileUse, ...], doubts: dict[str, str], doubt: str | None
    ) -> None:
        self._members = members
        self._doubts = doubts
        self._doubt = doubt
        self.files = files

    @property
    def names(self) -> tuple[str, ...]:
        """The classes that have a member in sight."""
        return tuple(self._members)

    def get(self, name: str) -> tuple[Member, ...]:
        """The members in sight; ``unseen`` tells whether there may be more."""
        return tuple(self._members.get(name, ()))

    def unseen(self, name: str) -> str | None:
        """Why the class may have members that are not in sight, or None.

        Class w always has the host's own names besides, which only the running sendmail knows; they are not meant here.
        """
        return self._doubts.get(name, self._doubt)

    def has(self, name: str, word: str) -> bool:
        """Whether a word is in a class.

        Raises:
            Unknowable: it was not seen, and may be there all the same.

        """
        if any(member.word.lower() == word.lower() for member in self.get(name)):
            return True
        why = self.unseen(name)
        if why is not None:
            raise Unknowable(why)
        return False

    def files_of(self, name: str) -> tuple[FileUse, ...]:
        """The files a class is read from."""
        return tuple(use for use in self.files if use.file.name == name)


class _Named:
    NAME = ""

    def __init__(self, classes: Classes) -> None:
        self._classes = classes
        self.members = classes.get(self.NAME)
        self.files = classes.files_of(self.NAME)
        self.unseen = classes.unseen(self.NAME)

    def __iter__(self) -> Iterator[Member]:
        return iter(self.members)

    def __contains__(self, word: str) -> bool:
        """Whether the word is a member; raises Unknowable where that cannot be told."""
        return self._classes.has(self.NAME, word)


@fact(Configuration)
class LocalNames(_Named):
    """Class w, the names this host takes mail for; the host's own names come on top."""

    NAME = "w"


@fact(Configuration)
class RelayDomains(_Named):
    """Class R, the domains and networks mail is relayed for."""

    NAME = "R"


@fact(Configuration)
class TrustedUsers(_Named):
    """Class t, the users who may set the sender with ``-f`` and get no warning."""

    NAME = "t"


@provider
def classes(tree: Tree, cf: CfFile | Unknown, static: StaticClasses | Unknown) -> Classes | Unknown:
    """The classes of the .cf where there is one, else of the .mc, with the class files as far as the tree has them."""
    if isinstance(cf, CfFile):
        return _of_cf(tree, view_of(cf.document))
    if isinstance(static, StaticClasses):
        return _filled(tree, static.words, static.files, static.doubt)
    return cf


@provider
def local_names(classes: Classes) -> LocalNames:
    """Class w."""
    return LocalNames(classes)


@provider
def relay_domains(classes: Classes) -> RelayDomains:
    """Class R."""
    return RelayDomains(classes)


@provider
def trusted_users(classes: Classes) -> TrustedUsers:
    """Class t."""
    return TrustedUsers(classes)


def _of_cf(tree: Tree, view: CfView) -> Classes:
    files = (file for line in view.lines("class file") if (file := class_file(line)) is not None)
    return _filled(tree, all_class_words(view), files, None)


def _filled(tree: Tree, words: Iterable[tuple[str, Word]], files: Iterable[ClassFile], doubt: str | None) -> Classes:
    members: dict[str, list[Member]] = {}
    doubts: dict[str, str] = {}
    for name, word in words:
        if word.text is None:
            doubts[name] = f"{word.span.shown} in line {word.span.line} is only known to the running sendmail"
        else:
            members.setdefault(name, []).append(Member(word.text, word.span))
    uses = []
    for file in files:
        use = FileUse(file, _content(tree, file))
        uses.append(use)
        read = _read(use)
        if isinstance(read, Unknown):
            doubts[file.name] = read.reason
        else:
            members.setdefault(file.name, []).extend(read)
    return Classes({name: each for name, each in members.items() if each}, tuple(uses), doubts, doubt)


def _content(tree: Tree, file: ClassFile) -> Source | Missing | Unknown:
    if file.kind != "file":
        return Unknown(f"class {file.name} is filled by a {file.kind}, {file.path}")
    return tree.read(file.path) if file.path.startswith("/") else Unknown(f"{file.path} is no absolute path")


def _read(use: FileUse) -> list[Member] | Unknown:
    if isinstance(use.content, Unknown):
        return use.content
    if isinstance(use.content, Missing):
        return []
    pattern = scanf(use.file.format)
    if pattern is None:
        return Unknown(f"what {use.file.format} reads of {use.file.path} is not known")
    found: list[Member] = []
    source = use.content
    for start, end in zip(source.starts, [*source.starts[1:], len(source.text)], strict=True):
        read = pattern.match(source.text, start, end) if source.text[start : start + 1] != "#" else None
        if read is not None:
            found += _words(source, read.start(1), read.end(1))
    return found


def _words(source: Source, start: int, end: int) -> Iterator[Member]:
    for match in _WORD.finditer(source.text, start, end):
        yield Member(match[0], source.span(match.start(), match.end()))
