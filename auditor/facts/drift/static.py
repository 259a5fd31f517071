"""A .cf against the static reading of its .mc: what the .mc itself determines, whatever cf tree made the .cf."""

from collections.abc import Iterator

from auditor.facts.classes_static import StaticClasses, static_maps
from auditor.facts.configurations import Banner, version_ids
from auditor.facts.drift.commands import members
from auditor.facts.drift.determined import determined
from auditor.facts.drift.difference import Difference, plain, shown
from auditor.facts.drift.listening import listeners
from auditor.facts.drift.passed_on import passed_on
from auditor.facts.features import Defines, Features, features_from_cf
from auditor.facts.options_static import Static
from auditor.model.text import Span
from auditor.model.unknown import Unknowable
from auditor.readers.mc import McDocument
from auditor.sendmail.cf import CfView
from auditor.sendmail.cf_commands import all_class_words, class_file, map_line
from auditor.sendmail.macros import CLASS_OF
from auditor.sendmail.mc import McView
from auditor.sendmail.options import by_name, full_name
from auditor.sendmail.signatures import SIGNATURES

#: The releases whose cf tree writes what is known here of every option; of others only what the .mc sets is compared.
_KNOWN = ((8, 16), (8, 17), (8, 18))
#: Features that others of the cf tree switch on, so that their absence from the .mc says nothing.
_IMPLIED = frozenset("msp redirect use_cw_file use_ct_file local_procmail accept_unqualified_senders".split())
#: The help file's place depends on a directory that OSTYPE files of vendors set.
_OWN = frozenset(("helpfile", "statusfile"))
_DAEMON = "daemonportoptions"


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
    yield from determined(cf, view, defines)
    yield from passed_on(cf, view)


def marks(mc: McDocument, banner: Banner) -> Iterator[Difference]:
    """The marks of the .mc that a .cf with marks does not have."""
    present = {" ".join(text.split()) for text in banner.version_ids}
    for each in version_ids(mc.source):
        if each and present and each not in present:
            place = mc.source.span().find(each)
            place = mc.source.span(0, 0) if place == mc.source.span() else place
            yield Difference(f"the .cf does not carry the .mc's VERSIONID ({each})", None, place)


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
        ours, theirs = [plain(each.value) for each in written], [plain(line.taken) for line in lines]
        place = next((each.span for each in written if each.span is not None), None)
        if ours == theirs or (place is None and not defaults):
            continue
        if key == _DAEMON:
            there = [(line.taken, line.span) for line in lines]
            yield from listeners(there, [(each.value, each.span) for each in written])
        else:
            message = f"{full_name(key)} is {shown(theirs)}, the .mc gives {shown(ours)}"
            yield Difference(message, lines[-1].span if lines else None, place)


def _classes(view: CfView, static: StaticClasses) -> Iterator[Difference]:
    if static.doubt is not None:
        return
    words = list(all_class_words(view))
    for name in CLASS_OF.values():
        ours = {word.text.lower(): word.span for each, word in static.words if each == name and word.text is not None}
        theirs = {(word.text or "").lower(): word.span for each, word in words if each == name}
        if "" not in theirs:
            yield from members(name, ours, theirs, _itself)
    paths = {(file.name, file.path) for line in view.lines("class file") if (file := class_file(line)) is not None}
    for file in static.files:
        if (file.name, file.path) not in paths:
            yield Difference(f"class {file.name} is not read from {file.path}, as the .mc wants", None, file.span)


def _itself(span: Span) -> Span:
    return span


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
    visible = features_from_cf([(node.text, node) for node in view.document.nodes])
    for name in SIGNATURES:
        if name in _IMPLIED:
            continue
        try:
            wanted = features.get(name)
        except Unknowable:
            continue
        found = visible.seen(name)
        if wanted is not None and not found:
            yield Difference(f"FEATURE(`{name}') left no trace", None, wanted.span)
        if wanted is None and found:
            yield Difference(f"FEATURE(`{name}') is in it, and not in the .mc", found[-1].span, None)
