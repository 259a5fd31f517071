"""Where a .cf differs from what its .mc leads to, as far as reading the .mc without m4 can tell."""

from collections.abc import Iterator

from auditor.facts.classes_static import StaticClasses, static_maps
from auditor.facts.configurations import Banner, CfFile, ConfigurationFiles, version_ids
from auditor.facts.features import Defines, Features, features_from_cf
from auditor.facts.given import Tree
from auditor.facts.options import Options
from auditor.facts.options_static import Static
from auditor.facts.version import Version
from auditor.model.facts import fact, provider
from auditor.model.subjects import Configuration
from auditor.model.text import Span
from auditor.model.unknown import Unknowable, Unknown
from auditor.model.value import frozen
from auditor.readers.mc import McDocument
from auditor.sendmail.cf import CfView, view_of
from auditor.sendmail.cf_commands import all_class_words, class_file, map_line
from auditor.sendmail.macros import CLASS_OF
from auditor.sendmail.mc import McView
from auditor.sendmail.options import by_name
from auditor.sendmail.signatures import SIGNATURES

#: The releases whose cf tree writes what is known here of every option; of others only what the .mc sets is compared.
_KNOWN = ((8, 16), (8, 17), (8, 18))
#: Features that others of the cf tree switch on, so that their absence from the .mc says nothing.
_IMPLIED = frozenset("msp redirect use_cw_file use_ct_file local_procmail accept_unqualified_senders".split())
#: Times that file systems without any, and archives that are made to be equal, give to every file.
_NO_TIME = 1


@frozen
class Difference:
    """One difference: what the .cf has and the .mc leads to, as a clause, and the place in each, if any."""

    what: str
    in_cf: Span | None
    in_mc: Span | None


@fact(Configuration)
@frozen
class Drift:
    """How a .cf and its .mc stand to each other.

    Attributes:
        differences: in options, listeners, classes, maps and features, and in the marks of the .mc.
        unseen: why there may be more.
        mc_newer: whether the .mc, or a file it includes, was changed after the .cf; unknown without times.
        newest: the path of the youngest of them.
        warned: whether the .cf says of itself that it is not to be edited.

    """

    differences: tuple[Difference, ...]
    unseen: str | None
    mc_newer: bool | Unknown
    newest: str
    warned: bool


@provider
def drift(  # noqa: PLR0913  # Each is another reading of the same pair of files.
    tree: Tree,
    files: ConfigurationFiles,
    cf: CfFile,
    view: McView,
    options: Options,
    features: Features,
    defines: Defines,
    classes: StaticClasses,
    banner: Banner,
    version: Version | Unknown,
) -> Drift | Unknown:
    """Compare what the .cf says with the static reading of the .mc."""
    if options.static is None or not isinstance(files.mc, McDocument):
        return Unknown("what the .mc leads to cannot be told")
    release = version.release if isinstance(version, Version) else ()
    found = [
        *_marks(files.mc, banner),
        *compare(view_of(cf.document), view, options.static, classes, defines, features, release),
    ]
    newer, newest = _newer(tree, files, view)
    warned = "DO NOT EDIT" in cf.document.source.text[:4096]
    return Drift(tuple(found), classes.doubt, newer, newest, warned)


def compare(  # noqa: PLR0913  # Each is another reading of the same file.
    cf: CfView,
    view: McView,
    static: Static,
    classes: StaticClasses,
    defines: Defines,
    features: Features,
    release: tuple[int, ...],
) -> Iterator[Difference]:
    """The differences between a .cf and the readings of its .mc; ``release`` is the one the .cf was made by."""
    known = release[:2] in _KNOWN
    yield from _options(cf, static, release, known=known)
    yield from _classes(cf, classes)
    yield from _maps(cf, view, defines, features)
    yield from _features(cf, features, known=known)


def _marks(mc: McDocument, banner: Banner) -> Iterator[Difference]:
    ids = version_ids(mc.source)
    present = {" ".join(text.split()) for text in banner.version_ids}
    for each in ids:
        if each and present and each not in present:
            yield Difference(f"the .cf does not carry the .mc's VERSIONID ({each})", None, mc.source.span(0, 0))


def _options(view: CfView, static: Static, release: tuple[int, ...], *, known: bool) -> Iterator[Difference]:
    defaults = known and static.view.unseen("define") is None
    for key in dict.fromkeys((*view.effective, *static.keys())):
        option = by_name().get(key.partition(".")[0])
        try:
            written = static.all(key)
        except Unknowable:
            continue
        if key in _OWN or option is None or () < release[:2] < option.version:
            continue
        lines = view.effective.get(key, ())
        ours, theirs = [_plain(each.value) for each in written], [_plain(line.taken) for line in lines]
        place = next((each.span for each in written if each.span is not None), None)
        if ours != theirs and (place is not None or defaults):
            message = f"{_name(key)} is {_shown(theirs)}, the .mc gives {_shown(ours)}"
            yield Difference(message, lines[-1].span if lines else None, place)


def _plain(value: str) -> str:
    return " ".join(value.replace("\\n", "\n").split())


#: The help file's place depends on a directory that OSTYPE files of vendors set.
_OWN = frozenset(("helpfile", "statusfile"))


def _name(key: str) -> str:
    base, dot, part = key.partition(".")
    option = by_name().get(base)
    return f"{option.name if option is not None else base}{dot}{part}"


def _shown(values: list[str]) -> str:
    return " and ".join(value or "empty" for value in values) or "not set"


def _classes(view: CfView, static: StaticClasses) -> Iterator[Difference]:
    if static.doubt is not None:
        return
    words = list(all_class_words(view))
    for name in CLASS_OF.values():
        ours = {word.text.lower(): word.span for each, word in static.words if each == name and word.text is not None}
        theirs = {(word.text or "").lower(): word.span for each, word in words if each == name}
        if "" not in theirs:
            yield from _members(name, ours, theirs)
    paths = {(file.name, file.path) for line in view.lines("class file") if (file := class_file(line)) is not None}
    for file in static.files:
        if (file.name, file.path) not in paths:
            yield Difference(f"class {file.name} is not read from {file.path}, as the .mc wants", None, file.span)


def _members(name: str, ours: dict[str, Span], theirs: dict[str, Span]) -> Iterator[Difference]:
    for word in sorted(ours.keys() - theirs.keys()):
        yield Difference(f"class {name} lacks {word}, which the .mc puts there", None, ours[word])
    for word in sorted(theirs.keys() - ours.keys()):
        yield Difference(f"class {name} has {word}, which the .mc does not put there", theirs[word], None)


def _maps(view: CfView, mc: McView, defines: Defines, features: Features) -> Iterator[Difference]:
    wanted, doubt = static_maps(mc, defines, features)
    if doubt is not None:
        return
    there = [declared for line in view.lines("map") if (declared := map_line(line)) is not None]
    for each in wanted:
        found = [one for one in there if one.name.lower() == each.name.lower()]
        if not found:
            yield Difference(f"the map {each.name} is not there, which the .mc declares", None, each.span)
        elif (each.type, each.file) not in [(one.type, one.file) for one in found]:
            message = f"the map {each.name} is {found[-1].type} {found[-1].file}, the .mc gives {each.type} {each.file}"
            yield Difference(message, found[-1].span, each.span)


def _features(view: CfView, features: Features, *, known: bool) -> Iterator[Difference]:
    if not known:
        return
    shown = features_from_cf([(node.text, node) for node in view.document.nodes])
    for name in SIGNATURES:
        if name in _IMPLIED:
            continue
        try:
            wanted = features.get(name)
        except Unknowable:
            continue
        found = shown.seen(name)
        if wanted is not None and not found:
            yield Difference(f"FEATURE(`{name}') left no trace", None, wanted.span)
        if wanted is None and found:
            yield Difference(f"FEATURE(`{name}') is in it, and not in the .mc", found[-1].span, None)


def _newer(tree: Tree, files: ConfigurationFiles, view: McView) -> tuple[bool | Unknown, str]:
    made = _time(tree, files.cf_path)
    sources = {path: _time(tree, path) for path in _sources(view)}
    times = {path: time for path, time in sources.items() if not isinstance(time, Unknown)}
    if isinstance(made, Unknown) or view.document.path not in times:
        return Unknown("when the .mc and the .cf were changed is not known"), view.document.path
    newest = max(times, key=lambda path: times[path])
    return times[newest] > made, newest


def _sources(view: McView) -> Iterator[str]:
    yield view.document.path
    for call in view.of("include", "sinclude"):
        path = call.value(0).strip()
        if path.startswith("/") and not path.endswith("cf.m4") and call.unknown(0) is None:
            yield path


def _time(tree: Tree, path: str) -> float | Unknown:
    entry = tree.entry(path)
    time = getattr(entry, "mtime", Unknown(f"nothing is known of {path}"))
    return Unknown(f"{path} has no time") if isinstance(time, float | int) and time <= _NO_TIME else time
