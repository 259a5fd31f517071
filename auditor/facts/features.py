"""What the .mc says: features, definitions, mailers, sections and listeners; features also from the .cf alone."""

import posixpath
from collections.abc import Callable, Iterable, Iterator

from auditor.facts.configurations import CfFile, McFile
from auditor.facts.given import Tree
from auditor.model.facts import fact, provider
from auditor.model.subjects import Configuration
from auditor.model.text import Source, Span
from auditor.model.unknown import Unknowable, Unknown
from auditor.model.value import frozen
from auditor.readers.mc import McDocument, read_mc
from auditor.sendmail.macros import OPTION_OF
from auditor.sendmail.mc import Define, MacroCall, McView, TextLine, static_view
from auditor.sendmail.mc_expand import expand
from auditor.sendmail.mc_known import FEATURES_OF
from auditor.sendmail.mc_words import Words
from auditor.sendmail.signatures import SIGNATURES, Lines

fact(Configuration)(McView)

_MACRO_OF = {option: macro for macro, option in OPTION_OF.items()}


@frozen
class FeatureUse:
    """One use of a FEATURE.

    Attributes:
        name: the feature.
        args: the values of its arguments, the name not among them.
        span: the call, or what shows it in a .cf; None where nothing but an absence shows it.
        call: the call in the .mc; None where only the .cf was read.
        via: what switches it on, where that is not the call itself: ``FEATURE(`msp')``; else None.

    """

    name: str
    args: tuple[str, ...]
    span: Span | None
    call: MacroCall | None = None
    via: str | None = None


@fact(Configuration)
class Features:
    """The features a configuration is made with.

    Args:
        uses: those that are certain.
        possible: those that a condition may switch on.
        doubt: why a feature that was not seen may be there all the same; asked with its name.

    """

    def __init__(
        self, uses: Iterable[FeatureUse], possible: Iterable[FeatureUse], doubt: Callable[[str], str | None]
    ) -> None:
        self.uses = tuple(uses)
        self.possible = tuple(possible)
        self._doubt = doubt

    def __iter__(self) -> Iterator[FeatureUse]:
        return iter(self.uses)

    def seen(self, name: str) -> list[FeatureUse]:
        """The certain uses of a feature that are in sight; there may be more."""
        return [use for use in self.uses if use.name == name]

    def get(self, name: str) -> FeatureUse | None:
        """The last certain use of a feature, or None where it is not used.

        Raises:
            Unknowable: it was not seen, and may be there all the same.

        """
        seen = self.seen(name)
        if not seen:
            self._sure(name)
        return seen[-1] if seen else None

    def all(self, name: str) -> list[FeatureUse]:
        """Every use of a feature, for those that may be used more than once.

        Raises:
            Unknowable: there may be more than those seen.

        """
        self._sure(name)
        return self.seen(name)

    def _sure(self, name: str) -> None:
        for use in self.possible:
            if use.name == name:
                line = use.span.line if use.span is not None else 0
                reason = f"FEATURE(`{name}') stands under a condition in line {line}"
                raise Unknowable(reason)
        why = self._doubt(name)
        if why is not None:
            reason = f"{why} may switch on FEATURE(`{name}')"
            raise Unknowable(reason)


@fact(Configuration)
class Defines:
    """The macros a .mc defines, conf macros above all, as they are when m4 has read the whole of it."""

    def __init__(self, view: McView) -> None:
        self.view = view
        self._words = Words(view.defines)

    def __iter__(self) -> Iterator[Define]:
        """The definitions in force that the file, or what it names, makes; those of cf.m4 are left out."""
        return (each for each in self._words.settled.values() if each.call is not None and not each.removed)

    def history(self, name: str) -> list[Define]:
        """Every definition and removal of a macro, conditional ones among them, in order."""
        return [each for each in self.view.defines if each.name == name]

    def get(self, name: str) -> Define | None:
        """The definition in force, cf.m4's own defaults among them, or None where the macro is not defined.

        Raises:
            Unknowable: a condition, or something that cannot be seen, may define it otherwise.

        """
        last = self._words.settled.get(name)
        order = last.order if last is not None else -1
        for each in self.view.defines:
            if each.conditional and each.name == name and each.order > order and each.span is not None:
                reason = f"{name} is set under a condition in line {each.span.line}"
                raise Unknowable(reason)
        opaque = self.view.unseen(name, after=order)
        if opaque is not None:
            reason = f"{opaque.reason} in line {opaque.span.line} may set {name}"
            raise Unknowable(reason)
        return None if last is None or last.removed else last

    def written(self, name: str) -> Define | None:
        """The last unconditional ``define`` of a macro in sight, whatever may overrule it; never raises."""
        found = [each for each in self.history(name) if each.origin == "define" and not each.conditional]
        return found[-1] if found else None

    def value(self, name: str) -> str | None:
        """What a macro comes to in the .cf, or None where it is not defined.

        Raises:
            Unknowable: its definition or its value cannot be told.

        """
        define = self.get(name)
        if define is None:
            return None
        text = expand(name, self._look_up) if define.body is not None else None
        if text is None:
            reason = f"the value that {define.origin} gives {name} is not known"
            raise Unknowable(reason)
        return text

    def expanded(self, text: str) -> str | None:
        """What m4 makes of a text that it reads again at the end of the file, or None where that cannot be told."""
        return expand(text, self._look_up)

    def option(self, option: str) -> Define | None:
        """The definition that sets an option of the .cf, by the option's full name.

        Raises:
            Unknowable: as for ``get``.

        """
        macro = _MACRO_OF.get(option)
        return self.get(macro) if macro is not None else None

    def _look_up(self, name: str, parenthesis: bool) -> str | bool | None:  # noqa: FBT001
        found = self._words.look_up(name, parenthesis)
        if isinstance(found, str):
            try:
                self.get(name)
            except Unknowable:
                return None
        return found


@fact(Configuration)
@frozen
class MailerUses:
    """The MAILER calls of a .mc that act, in order; ``doubt`` says why there may be more, or is None."""

    calls: tuple[MacroCall, ...]
    doubt: Unknown | None

    @property
    def names(self) -> tuple[str, ...]:
        """The mailers' names."""
        return tuple(call.value(0) for call in self.calls)


@fact(Configuration)
@frozen
class DaemonOptionCalls:
    """The DAEMON_OPTIONS and CLIENT_OPTIONS calls of a .mc that act, in order; ``doubt`` says why there may be more."""

    daemon: tuple[MacroCall, ...]
    client: tuple[MacroCall, ...]
    doubt: Unknown | None


@fact(Configuration)
@frozen
class McSections:
    """The lines of text that a .mc passes on to the .cf."""

    lines: tuple[TextLine, ...]

    def under(self, *keywords: str) -> Iterator[TextLine]:
        """The lines under the given ``LOCAL_…`` keywords."""
        return (line for line in self.lines if line.section in keywords)

    @property
    def loose(self) -> Iterator[TextLine]:
        """The lines under no keyword, comments left out."""
        return (line for line in self.lines if line.section is None and not line.text.startswith("#"))


@provider
def mc_view(mc: McFile, tree: Tree) -> McView:
    """Read the .mc, and the files it includes as far as the tree has them."""
    directory = posixpath.dirname(mc.document.path)

    def include(path: str) -> McDocument | None:
        source = tree.read(posixpath.join(directory, path))
        return read_mc(source) if isinstance(source, Source) else None

    return static_view(mc.document, include)


@provider
def features(view: McView | Unknown, cf: CfFile | Unknown) -> Features | Unknown:
    """The features, from the .mc where there is one, else from what they leave in the .cf."""
    if not isinstance(view, Unknown):
        return features_of(view)
    if isinstance(cf, Unknown):
        return view
    return features_from_cf([(node.text, node) for node in cf.document.nodes])


@provider
def defines(view: McView) -> Defines:
    """The definitions of the .mc."""
    return defines_of(view)


@provider
def mailer_uses(view: McView) -> MailerUses:
    """The mailers of the .mc."""
    return MailerUses(tuple(view.of("MAILER")), _doubt(view, "MAILER"))


@provider
def daemon_option_calls(view: McView) -> DaemonOptionCalls:
    """The listeners of the .mc."""
    calls = tuple(view.of("DAEMON_OPTIONS")), tuple(view.of("CLIENT_OPTIONS"))
    return DaemonOptionCalls(*calls, _doubt(view, "DAEMON_OPTIONS"))


@provider
def mc_sections(view: McView) -> McSections:
    """The text of the .mc."""
    return McSections(tuple(view.lines))


def features_of(view: McView) -> Features:
    """The features of a static view, those that others switch on among them."""
    found: dict[bool, list[FeatureUse]] = {False: [], True: []}
    for call in view.of("FEATURE", "DOMAIN", "OSTYPE"):
        found[call.conditional].extend(_uses(call))

    def doubt(_: str) -> str | None:
        opaque = view.unseen("FEATURE")
        return f"{opaque.reason} in line {opaque.span.line}" if opaque is not None else None

    return Features(found[False], found[True], doubt)


def defines_of(view: McView) -> Defines:
    """The definitions of a static view."""
    return Defines(view)


def features_from_cf(lines: Lines) -> Features:
    """The features that show in a .cf.

    Args:
        lines: the logical lines, each as its text and its span.

    """
    uses: list[FeatureUse] = []
    for name, signature in SIGNATURES.items():
        uses.extend(FeatureUse(name, args, span) for args, span in signature(lines))

    def doubt(name: str) -> str | None:
        return None if name in SIGNATURES else "the .mc, which is not here,"

    return Features(uses, (), doubt)


def _uses(call: MacroCall) -> Iterator[FeatureUse]:
    name = call.value(0)
    args = tuple(argument.value for argument in call.args[1:])
    if call.name == "FEATURE" and call.unknown(0) is None:
        yield FeatureUse(name, args, call.span, call)
    for other in FEATURES_OF.get((call.name, name), ()):
        yield FeatureUse(other, (), call.span, call, f"{call.name}(`{name}')")


def _doubt(view: McView, name: str) -> Unknown | None:
    opaque = view.unseen(name)
    return Unknown(f"{opaque.reason} in line {opaque.span.line} may hold more") if opaque is not None else None
