"""The macros: those with a text, those that m4 has built in, and the table of them all."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Self

if TYPE_CHECKING:
    from auditor.sendmail.m4.machine import Machine
    from auditor.sendmail.m4.places import Place

#: So many additions to a text are told apart.
_ADDITIONS = 256
#: More digits than any number of an argument has.
_DIGITS = 9
_PARAMETER = re.compile(r"\$([0-9]+|[#*@])")

#: What a builtin does: it gets m4 and the arguments, the first of which is its own name, and gives its expansion.
Work = Callable[["Machine", list[str]], str]


class Text:
    """A macro that has a text.

    Attributes:
        text: the definition as it was given.
        place: the call that gave it; None where the command line did.
        grown: for a text that definitions made longer by and by, where each addition begins, and the call that made it.

    """

    __slots__ = ("_parts", "grown", "place", "text")

    blind = False

    def __init__(self, text: str, place: Place | None = None) -> None:
        self.text = text
        self.place = place
        self.grown: tuple[tuple[int, Place | None], ...] = ()
        self._parts: list[str] | None = None

    def grow_from(self, old: Text) -> None:
        """Remember where the additions came from, if this text is another one with something behind it."""
        if old.text and len(self.text) > len(old.text) and self.text.startswith(old.text):
            grown = (*(old.grown or ((0, old.place),)), (len(old.text), self.place))
            self.grown = grown if len(grown) <= _ADDITIONS else ()

    def call(self, machine: Machine, arguments: list[str]) -> str:
        """The text with the arguments in their places."""
        parts = self._parts
        if parts is None:
            parts = self._parts = _PARAMETER.split(self.text)
        if len(parts) == 1:
            return self.text
        if len(parts) * sum(map(len, arguments)) > machine.limits.characters:
            machine.halt("characters", f"a single expansion of more than {machine.limits.characters} characters")
        result = parts[:]
        for at in range(1, len(parts), 2):
            result[at] = _parameter(machine, parts[at], arguments)
        return "".join(result)


class Builtin:
    """A macro that m4 has built in.

    Attributes:
        name: the name it has from the beginning.
        work: what it does.
        low: how many arguments it needs, its own name included; 0 for none.
        high: how many it looks at; 0 for any number.
        blind: whether it is a macro only where arguments follow.
        few: what it expands to with too few arguments.

    """

    __slots__ = ("blind", "few", "high", "low", "name", "work")

    place: ClassVar[None] = None
    grown: ClassVar[tuple[()]] = ()

    def __init__(  # noqa: PLR0913  # A row of the table of builtins.
        self, name: str, work: Work, low: int, high: int, *, blind: bool, few: Work | None
    ) -> None:
        self.name, self.work, self.low, self.high, self.blind, self.few = name, work, low, high, blind, few

    def call(self, machine: Machine, arguments: list[str]) -> str:
        """What the builtin expands to, with m4's warnings about the number of arguments."""
        count = len(arguments)
        if count < self.low:
            machine.warn(f"Warning: too few arguments to builtin `{arguments[0]}'")
            return self.few(machine, arguments) if self.few else ""
        if 0 < self.high < count:
            machine.warn(f"Warning: excess arguments to builtin `{arguments[0]}' ignored")
        return self.work(machine, arguments)


Macro = Text | Builtin


class Handle(str):
    """An argument that is a builtin itself, as ``defn`` gives it; as text it is empty."""

    __slots__ = ("builtin",)

    builtin: Builtin

    def __new__(cls, builtin: Builtin) -> Self:
        """The argument for a builtin."""
        handle = super().__new__(cls, "")
        handle.builtin = builtin
        return handle


class Table:
    """The macros by their names.

    Attributes:
        top: the definitions in force.

    """

    __slots__ = ("_below", "top")

    def __init__(self) -> None:
        self.top: dict[str, Macro] = {}
        self._below: dict[str, list[Macro]] = {}

    def define(self, name: str, macro: Macro) -> None:
        """Replace the definition in force, or make one."""
        self.top[name] = macro

    def push(self, name: str, macro: Macro) -> None:
        """Put a definition above the one in force."""
        if name in self.top:
            self._below.setdefault(name, []).append(self.top[name])
        self.top[name] = macro

    def pop(self, name: str) -> None:
        """Take away the definition in force; one below it is in force again."""
        below = self._below.get(name)
        if below:
            self.top[name] = below.pop()
        else:
            self.top.pop(name, None)

    def undefine(self, name: str) -> None:
        """Take away all definitions of a name."""
        self.top.pop(name, None)
        self._below.pop(name, None)


def _parameter(machine: Machine, which: str, arguments: list[str]) -> str:
    if which == "#":
        return str(len(arguments) - 1)
    if which == "*":
        return ",".join(arguments[1:])
    if which == "@":
        return machine.quoted(arguments[1:])
    at = int(which[-_DIGITS:])
    return arguments[at] if at < len(arguments) and not which[:-_DIGITS].strip("0") else ""
