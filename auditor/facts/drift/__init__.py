"""Where a .cf differs from what its .mc leads to.

Where the cf tree is there that the .cf was made with, what m4 would print is known, and the two are compared body by
body. Elsewhere only what the .mc itself determines is, as far as reading it without m4 can tell.
"""

import posixpath
from collections.abc import Iterator

from auditor.facts.classes_static import StaticClasses
from auditor.facts.configurations import Banner, ConfigurationFiles
from auditor.facts.drift.copied import McCopy
from auditor.facts.drift.difference import Difference
from auditor.facts.drift.printed import is_printed, printed, same_tree
from auditor.facts.drift.static import compare, marks
from auditor.facts.drift.tree_version import CfTreeVersion
from auditor.facts.features import Defines, Features
from auditor.facts.generated import Generated
from auditor.facts.given import Tree
from auditor.facts.options import Options
from auditor.facts.version import Version
from auditor.model.facts import fact, provider
from auditor.model.subjects import Configuration
from auditor.model.unknown import Unknowable, Unknown
from auditor.model.value import frozen
from auditor.readers.cf import CfDocument
from auditor.readers.mc import McDocument
from auditor.sendmail.cf import view_of
from auditor.sendmail.mc import McView

__all__ = ["CfTreeVersion", "Difference", "Drift", "McCopy", "compare", "is_printed"]

#: Times that file systems without any, and archives that are made to be equal, give to every file.
_NO_TIME = 1


@fact(Configuration)
@frozen
class Drift:
    """How a .cf and its .mc stand to each other.

    Attributes:
        differences: in options, listeners, classes, maps, mailers and rulesets, and in the marks of the .mc.
        unseen: why there may be more.
        mc_newer: whether the .mc, or a file it includes, was changed after the .cf; unknown without times.
        newest: the path of the youngest of them.
        warned: whether the .cf says of itself that it is not to be edited.
        sure: whether the .cf was compared with all that m4 prints.

    """

    differences: tuple[Difference, ...]
    unseen: str | None
    mc_newer: bool | Unknown
    newest: str
    warned: bool
    sure: bool = False

    @property
    def acts(self) -> bool:
        """Whether sendmail acts on any of the differences."""
        return any(each.acts for each in self.differences)


@provider
def drift(  # noqa: PLR0913  # Each is another reading of the same pair of files.
    tree: Tree,
    files: ConfigurationFiles,
    view: McView,
    options: Options,
    features: Features,
    defines: Defines,
    classes: StaticClasses,
    banner: Banner,
    version: Version | Unknown,
    generated: Generated | Unknown,
    tree_version: CfTreeVersion | Unknown,
) -> Drift | Unknown:
    """Compare with what m4 prints where that can be known, else with the static reading of the .mc."""
    cf, mc = files.cf, files.mc
    if not isinstance(cf, CfDocument):
        return cf if isinstance(cf, Unknown) else Unknown(f"{cf.path} is missing")
    if options.static is None or not isinstance(mc, McDocument):
        return Unknown("what the .mc leads to cannot be told")
    if mc.of_kind("template", "placeholder"):
        return Unknown(f"{mc.path} is a template, and what is made of it may be what the .cf was built from")
    warned = "DO NOT EDIT" in cf.source.text[:4096]
    if isinstance(generated, Generated) and _comparable(cf, generated, tree_version, version):
        found = tuple(printed(cf, generated, defines))
        newer, newest = _newer(tree, files, mc.path, (source.path for source in generated.own.values()))
        return Drift(found, None, newer, newest, warned, sure=True)
    release = version.release if isinstance(version, Version) else ()
    compared = compare(view_of(cf), view, options.static, classes, defines, features, release)
    newer, newest = _newer(tree, files, mc.path, _included(view))
    return Drift((*marks(mc, banner), *compared), classes.doubt, newer, newest, warned)


def _comparable(
    cf: CfDocument, generated: Generated, tree_version: CfTreeVersion | Unknown, version: Version | Unknown
) -> bool:
    # Nothing is expanded for a .cf that another cf tree made, or that somebody wrote.
    if not is_printed(cf) or isinstance(tree_version, Unknown) or isinstance(version, Unknown):
        return False
    if not tree_version.made(version):
        return False
    try:
        return generated.doubt is None and same_tree(cf, generated.document)
    except Unknowable:
        return False


def _newer(tree: Tree, files: ConfigurationFiles, mc: str, included: Iterator[str]) -> tuple[bool | Unknown, str]:
    made = _time(tree, files.cf_path)
    sources = {path: _time(tree, path) for path in (mc, *included)}
    times = {path: time for path, time in sources.items() if not isinstance(time, Unknown)}
    if isinstance(made, Unknown) or mc not in times:
        return Unknown("when the .mc and the .cf were changed is not known"), mc
    newest = max(times, key=lambda path: times[path])
    return times[newest] > made, newest


def _included(view: McView) -> Iterator[str]:
    for call in view.of("include", "sinclude"):
        path = call.value(0).strip()
        if path and not path.endswith("cf.m4") and call.unknown(0) is None:
            yield posixpath.normpath(posixpath.join(posixpath.dirname(view.document.path), path))


def _time(tree: Tree, path: str) -> float | Unknown:
    entry = tree.entry(path)
    time = getattr(entry, "mtime", Unknown(f"nothing is known of {path}"))
    return Unknown(f"{path} has no time") if isinstance(time, float | int) and time <= _NO_TIME else time
