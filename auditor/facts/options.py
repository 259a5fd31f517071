"""The options a configuration gives sendmail, each with the place to mend."""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

from auditor.facts.configurations import CfFile
from auditor.facts.features import DaemonOptionCalls, Defines, Features
from auditor.facts.options_static import Static, Written
from auditor.model.facts import fact, provider
from auditor.model.finding import Fix, replace
from auditor.model.subjects import Configuration
from auditor.model.text import Document, Node, Span
from auditor.model.unknown import Unknowable, Unknown
from auditor.model.value import frozen
from auditor.sendmail.cf import CfView, OptionLine, view_of
from auditor.sendmail.macros import OPTION_OF
from auditor.sendmail.mc import McView
from auditor.sendmail.options import first_letters, full_name, truth, words


@frozen
class Setting:
    """One option as it takes effect.

    Attributes:
        name: the option's canonical name, with a part where it has parts (``Timeout.ident``).
        value: the value sendmail uses, with ``$`` sequences as written.
        span: the place to mend.
        generated: the line of the .cf, or None where only the .mc was read.
        source: the kind of file the place to mend is in, ``mc`` or ``cf``.

    """

    name: str
    value: str
    span: Span
    generated: Node | None
    source: str

    @property
    def is_true(self) -> bool:
        """The value of a flag."""
        return truth(self.value)

    @property
    def number(self) -> int:
        """The value of a number as sendmail reads it: its leading digits, 0 where there are none."""
        digits = re.match(r"\s*(\d{1,18})", self.value)
        return int(digits[1]) if digits else 0

    @property
    def letters(self) -> str:
        """The first character of each word, all that sendmail reads of ``AuthOptions`` and ``TLSSrvOptions``."""
        return first_letters(self.value)

    @property
    def words(self) -> tuple[str, ...]:
        """The names of ``PrivacyOptions`` and ``DontBlameSendmail``, in lower case."""
        return words(self.value)

    def set_to(self, value: str, title: str, *, safe: bool = False) -> Fix:
        """A fix that gives the option another value; ``Fix`` says when it is safe.

        It is an edit where the value itself stands in a .mc. A value that comes from OSTYPE or DOMAIN, or only from a
        .cf, has no place to edit, so there the fix says what line to add to the .mc.
        """
        if self.source == "mc" and self.span.text and re.match(r"\w+\(", self.span.text) is None:
            return replace(self.span, value, title, safe=safe)
        macro = _macro_of().get(self.name)
        line = f"define(`{macro}', `{value}')dnl" if macro is not None else f"O {self.name}={value}"
        return Fix(title if line in title else f"{title}: {line}")


@cache
def _macro_of() -> Mapping[str, str]:
    return {option: macro for macro, option in OPTION_OF.items()}


@fact(Configuration)
class Options:
    """The options of one configuration, as sendmail takes them.

    Names are those of the table in ``auditor.sendmail.options``, ``Timeout.ident`` with its part; case does not count.

    Args:
        document: the file they are read from, the .cf or else the .mc.
        settings: gives the settings that count for a name in lower case.
        keys: the names that are set, in the order they first appear.
        lines: the O lines of the .cf, or those that the .mc passes on.
        static: the options read from the .mc, where there is one.

    Attributes:
        document: the file they are read from.
        lines: the O lines.
        unknown: O lines whose name sendmail does not know.
        ambiguous: O lines whose name could mean several options.
        abbreviated: O lines whose name sendmail completes.

    """

    def __init__(
        self,
        document: Document,
        settings: Callable[[str], tuple[Setting, ...]],
        keys: Iterable[str],
        lines: tuple[OptionLine, ...] = (),
        static: Static | None = None,
    ) -> None:
        self.document = document
        self._settings = settings
        self._known: dict[str, tuple[Setting, ...]] = {}
        self._keys = tuple(keys)
        self.lines = lines
        self.static = static
        self.unknown = tuple(line for line in lines if line.option is None and _matches(line) < _SEVERAL)
        self.ambiguous = tuple(line for line in lines if line.option is None and _matches(line) >= _SEVERAL)
        self.abbreviated = tuple(line for line in lines if line.named is not None and line.named.abbreviated)

    def get(self, name: str) -> Setting | None:
        """The setting that counts, the last one of an option with several; None means sendmail's own default.

        Raises:
            Unknowable: it may be set where it cannot be seen.

        """
        found = self.all(name)
        return found[-1] if found else None

    def all(self, name: str) -> tuple[Setting, ...]:
        """Every setting that counts: several for options whose lines add up, such as ``PrivacyOptions``.

        Raises:
            Unknowable: it may be set where it cannot be seen.

        """
        key = name.lower()
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._settings(key)
        return known

    def letters(self, name: str) -> str:
        """The first characters that count over all settings of ``AuthOptions`` or ``TLSSrvOptions``, each once.

        Raises:
            Unknowable: the option may be set where it cannot be seen.

        """
        return "".join(dict.fromkeys("".join(setting.letters for setting in self.all(name))))

    def words(self, name: str) -> tuple[str, ...]:
        """The names that count over all settings of ``PrivacyOptions`` and its like, in lower case, each once.

        Raises:
            Unknowable: the option may be set where it cannot be seen.

        """
        return tuple(dict.fromkeys(word for setting in self.all(name) for word in setting.words))

    def __iter__(self) -> Iterator[Setting]:
        """Every setting that counts and can be told, in the order the options first appear."""
        for key in self._keys:
            yield from self.all(key)


_SEVERAL = 2


def _matches(line: OptionLine) -> int:
    return len(line.named.matches) if line.named is not None else 0


@provider
def options(
    cf: CfFile | Unknown,
    view: McView | Unknown,
    defines: Defines | Unknown,
    features: Features | Unknown,
    calls: DaemonOptionCalls | Unknown,
) -> Options | Unknown:
    """The options of the .cf, each to be mended in the .mc where it is from there; without a .cf those of the .mc."""
    static = None
    if (
        isinstance(view, McView)
        and isinstance(defines, Defines)
        and isinstance(features, Features)
        and isinstance(calls, DaemonOptionCalls)
    ):
        static = Static(view, defines, features, calls)
    if isinstance(cf, CfFile):
        return options_of(view_of(cf.document), static)
    return cf if static is None else options_from(static)


def options_of(view: CfView, static: Static | None = None) -> Options:
    """The options of a .cf, with the places to mend in the .mc it was made from."""
    effective = view.effective

    def settings(key: str) -> tuple[Setting, ...]:
        lines = effective.get(key, ())
        places: dict[str, deque[Span]] = {}
        for each in _written(static, key) if static is not None and lines else ():
            if each.span is not None:
                places.setdefault(each.value, deque()).append(each.span)
        return tuple(_setting(line, places) for line in lines)

    return Options(view.document, settings, effective, view.options, static)


def options_from(static: Static) -> Options:
    """The options of a .mc alone; what the cf tree adds has no place of its own and points at the file's start."""
    start = static.view.document.source.span(0, 0)

    def settings(key: str) -> tuple[Setting, ...]:
        name = full_name(key)
        return tuple(Setting(name, each.value, each.span or start, None, "mc") for each in static.all(key))

    return Options(static.view.document, settings, static.keys(), tuple(line for _, line in static.lines), static)


def _written(static: Static, key: str) -> tuple[Written, ...]:
    try:
        return static.all(key)
    except Unknowable:
        return ()


def _setting(line: OptionLine, places: dict[str, deque[Span]]) -> Setting:
    # Two lines with the same value are mended in two places.
    waiting = places.get(line.taken)
    span, source = (waiting.popleft(), "mc") if waiting else (line.span, "cf")
    return Setting(full_name(line.key), line.taken, span, _node(line), source)


def _node(line: OptionLine) -> Node | None:
    return line.node if isinstance(line.node, Node) else None
