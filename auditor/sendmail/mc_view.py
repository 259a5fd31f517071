"""The parts of the static view of a ``.mc`` file: calls, text, definitions, and what cannot be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from auditor.model.text import Span
from auditor.model.value import frozen
from auditor.readers.mc import McDocument

#: Gives the document for the path of an ``include``, or None where the file cannot be had.
Include: TypeAlias = Callable[[str], McDocument | None]


@frozen
class Argument:
    """One argument of a macro call.

    Attributes:
        span: the argument as it is written, without the blanks before it, which m4 skips.
        value: what the macro gets, one level of quotes removed; where ``unknown`` is set, only the text as written.
        inner: where the value stands: inside the quotes of an argument that is one quoted text, else like ``span``.
        quoted: whether the argument is one quoted text and nothing else.
        stray: apostrophes that close no quote and so become part of the value.
        unknown: why the value cannot be told, or None.

    """

    span: Span
    value: str
    inner: Span
    quoted: bool
    stray: tuple[Span, ...] = ()
    unknown: str | None = None


@frozen
class MacroCall:
    """A macro's name, with its arguments if a parenthesis follows.

    Attributes:
        name: the macro's name.
        args: the arguments; none where no parenthesis follows directly.
        span: the whole call.
        name_span: the name.
        live: whether m4 acts on it. A name that does not act yet, or never, is text and lands in the ``.cf``.
        conditional: whether it stands where m4 or a template decides if it is read: an ``ifdef``, an ``{% if %}``.
        diversion: the number m4's output is diverted to here; None where that is not known.
        section: the ``LOCAL_…`` keyword in force, or None.
        gap: the blanks between the name and a parenthesis, which keep m4 from seeing arguments; usually None.
        order: the place in the order in which m4 meets things, to compare with other parts of the view.

    """

    name: str
    args: tuple[Argument, ...]
    span: Span
    name_span: Span
    live: bool
    conditional: bool
    diversion: int | None
    section: str | None
    gap: Span | None
    order: int

    def value(self, number: int) -> str:
        """The value of an argument, counted from 0; empty where there is none, as in m4."""
        return self.args[number].value if number < len(self.args) else ""

    def unknown(self, number: int) -> str | None:
        """Why the value of an argument cannot be told, or None."""
        return self.args[number].unknown if number < len(self.args) else None


@frozen
class TextLine:
    """A line of text that m4 writes to the ``.cf``; lines of blanks are left out.

    Attributes:
        text: the line as m4 writes it, without a line feed.
        span: where it stands.
        section: the ``LOCAL_…`` keyword it stands under, or None.
        diversion: the number m4's output is diverted to; None where that is not known.
        conditional: whether m4 or a template decides if it is written.
        partial: whether an expansion that cannot be told is missing from ``text``.
        after_cf: whether cf.m4 has been read before; lines above it come first in the ``.cf``.

    """

    text: str
    span: Span
    section: str | None
    diversion: int | None
    conditional: bool
    partial: bool
    after_cf: bool


@frozen
class Trouble:
    """A place where m4 reads something else than what was meant.

    ``kind`` is ``quote`` or ``parenthesis`` (never closed; the span is the one that opens), ``swallowed`` (text that a
    class macro's own dnl takes away), ``changequote`` or ``changecom``.
    """

    kind: str
    span: Span


@frozen
class Opaque:
    """Something that may define what this reading does not see.

    Attributes:
        span: where it stands.
        reason: a clause that says what it is.
        order: its place in the order in which m4 meets things.
        names: the macros it may define, or None for any.

    """

    span: Span
    reason: str
    order: int
    names: frozenset[str] | None = None


@frozen
class Define:
    """One definition of a macro, or the removal of one.

    Attributes:
        name: the macro.
        body: what it is defined as, before m4 reads it again; None where that is not known, or where it is removed.
        span: the call that defines it, or None for what cf.m4 itself defines.
        name_span: its name in that call.
        value_span: its value in that call.
        origin: what defines it: ``define``, ``cf.m4``, or a call such as ``OSTYPE(`debian')``.
        call: the call that defines it.
        conditional: whether m4 or a template decides if it is read.
        removed: whether it takes the definition away (``undefine``).
        order: its place in the order in which m4 meets things.

    """

    name: str
    body: str | None
    span: Span | None
    name_span: Span | None
    value_span: Span | None
    origin: str
    call: MacroCall | None
    conditional: bool
    removed: bool
    order: int


@dataclass(slots=True)
class McView:
    """The static view of one ``.mc`` file, with the files it includes where they could be had.

    Attributes:
        document: the file.
        items: calls, lines of text and troubles in the order m4 meets them.
        defines: every definition and removal, in order.
        opaque: what may define things unseen.
        includes_cf: whether the file includes cf.m4 itself; if not, cf.m4 is taken to come first on m4's command line.

    """

    document: McDocument
    items: list[MacroCall | TextLine | Trouble] = field(default_factory=list)
    defines: list[Define] = field(default_factory=list)
    opaque: list[Opaque] = field(default_factory=list)
    includes_cf: bool = False

    @property
    def calls(self) -> Iterator[MacroCall]:
        """All calls, those that do not act included."""
        return (item for item in self.items if isinstance(item, MacroCall))

    @property
    def lines(self) -> Iterator[TextLine]:
        """All lines of text that reach the ``.cf``, in the order they stand in the ``.mc``."""
        return (item for item in self.items if isinstance(item, TextLine))

    @property
    def troubles(self) -> Iterator[Trouble]:
        """All places where m4 reads something else than what was meant."""
        return (item for item in self.items if isinstance(item, Trouble))

    def of(self, *names: str) -> Iterator[MacroCall]:
        """The calls of the given macros that act."""
        return (call for call in self.calls if call.live and call.name in names)

    def section(self, *keywords: str) -> Iterator[TextLine]:
        """The lines under the given ``LOCAL_…`` keywords."""
        return (line for line in self.lines if line.section in keywords)

    def unseen(self, name: str, after: int = -1) -> Opaque | None:
        """What may define a macro unseen, after a place in the order; the last such thing, or None."""
        for opaque in reversed(self.opaque):
            if opaque.order <= after:
                break
            if opaque.names is None or name in opaque.names:
                return opaque
        return None
