"""The state of a walk through a ``.mc`` file: what is defined, where the output goes, which conditions hold."""

from __future__ import annotations

import re
from collections.abc import Sequence

from auditor.model.pattern import lazy
from auditor.model.text import Node, Source, Span
from auditor.readers.mc import McDocument
from auditor.sendmail.macros import ACT_ALONE, NEED_PARENTHESIS, OPTION_OF
from auditor.sendmail.mc_known import CF_DEFAULTS, Bodies
from auditor.sendmail.mc_view import Argument, Define, Include, MacroCall, McView, Opaque, Trouble
from auditor.sendmail.mc_words import OF_CF

_WORD = lazy(r"[A-Za-z_]\w*", re.ASCII)
_QUOTED = lazy(r"`[^`']*'")


class State:
    """The state of a walk, and what each macro does to it."""

    def __init__(self, view: McView, include: Include | None) -> None:
        self.view = view
        self.texts: dict[str, Define] = {}
        self.cf = False
        self.diversion: int | None = 0
        self.section: str | None = None
        self.stopped = False
        self._include = include
        self._depth = self._count = self._order = 0
        self.doubtful: set[str] = set()
        self._documents = {id(view.document.source): view.document}

    # What the walk adds.

    def walk_included(self, document: McDocument, *, conditional: bool) -> None:
        """Read an included file in the place of its ``include``."""
        raise NotImplementedError

    def swallow(self, by: str) -> None:
        """Lose the rest of the line."""
        raise NotImplementedError

    def end_line(self, *, partial: bool = False) -> None:
        """Write what has been collected of a line, though it may go on in a way that is not known."""
        raise NotImplementedError

    # The state.

    def tick(self) -> int:
        """The next place in the order in which m4 meets things."""
        self._order += 1
        return self._order

    def nodes_of(self, source: Source) -> Sequence[Node]:
        """The nodes of a file that is being read."""
        return self._documents[id(source)].nodes

    def cloud(self, span: Span, reason: str, names: frozenset[str] | None = None) -> None:
        """Note something that may define what is not seen."""
        self.view.opaque.append(Opaque(span, reason, self.tick(), names))

    def trouble(self, kind: str, span: Span) -> None:
        """Note a place where m4 reads something else than what was meant."""
        self.view.items.append(Trouble(kind, span))

    def acts(self, name: str, *, parenthesis: bool) -> bool:
        """Whether m4 takes a name for a macro here."""
        if name in self.texts or name in ACT_ALONE:
            return True
        return parenthesis if name in NEED_PARENTHESIS else self.cf and name in OF_CF

    def read_cf(self) -> None:
        """Do what cf.m4 does: its defaults overrule what was defined before, and the output is no longer diverted."""
        self.end_line(partial=not self.cf)
        if not self.cf:
            self.cf = True
            given = self.texts.get("MAIL_SETTINGS_DIR")
            bodies = {name: body for name, body in CF_DEFAULTS.items() if not (given and name == given.name)}
            self.known(bodies, "cf.m4", None)
        self.diversion, self.section = 0, None

    def branches(self, call: MacroCall) -> tuple[list[Argument], bool]:
        """The arguments of a condition that m4 reads as text next, and whether that is certain."""
        if call.name == "ifdef":
            defined = self._is_defined(call)
            if defined is not None:
                return list(call.args[1:2] if defined else call.args[2:3]), True
            return list(call.args[1:3]), False
        if call.name == "ifelse":
            return self._alternatives(call)
        return [], False

    def _is_defined(self, call: MacroCall) -> bool | None:
        name = call.value(0)
        if call.unknown(0) or name in self.doubtful:
            return None
        found = self.texts.get(name)
        if self.view.unseen(name, after=-1 if found is None else found.order):
            return None
        if found is not None or self.acts(name, parenthesis=True):
            return True
        # Of other names it is not known here whether the cf tree sets them.
        return False if name in OPTION_OF else None

    def _alternatives(self, call: MacroCall) -> tuple[list[Argument], bool]:
        args = call.args
        possible = []
        certain = True
        at = 0
        while at + 2 < len(args):
            same = self._same(args[at], args[at + 1])
            if same is not False:
                possible.append(args[at + 2])
            if same is True:
                return possible, certain
            certain = certain and same is False
            at += 3
        return [*possible, *args[at : at + 1]], certain

    def _same(self, one: Argument, other: Argument) -> bool | None:
        for argument in (one, other):
            words = _WORD.findall(_QUOTED.sub("", argument.span.text))
            if argument.unknown or not all(word in self.texts or self.acts(word, parenthesis=True) for word in words):
                return None
        return one.value == other.value

    # Definitions.

    def look_up(self, name: str, parenthesis: bool) -> str | bool | None:  # noqa: FBT001
        """What ``expand`` asks for a name."""
        found = self.texts.get(name)
        if found is None:
            return None if self.acts(name, parenthesis=parenthesis) else False
        return None if parenthesis or name in self.doubtful else found.body

    def set(self, name: str, body: str | None, call: MacroCall | None, origin: str, *, removed: bool = False) -> None:
        """Note a definition, or the removal of one."""
        name_span, value_span = _places(call)
        conditional = call is not None and call.conditional
        span = call.span if call is not None else None
        order = self.tick()
        define = Define(name, body, span, name_span, value_span, origin, call, conditional, removed, order)
        self.view.defines.append(define)
        if conditional:
            self.doubtful.add(name)
            if not removed:
                self.texts.setdefault(name, define)
            return
        self.doubtful.discard(name)
        if removed:
            self.texts.pop(name, None)
        else:
            self.texts[name] = define

    def known(self, bodies: Bodies, origin: str, call: MacroCall | None) -> None:
        """Note what a file of the cf tree defines."""
        for name, body in bodies.items():
            self.set(name, body, call, origin)


def _places(call: MacroCall | None) -> tuple[Span | None, Span | None]:
    """Where the name and the value stand in a call that defines a macro by its own arguments."""
    if call is None or not call.args or call.name not in _DEFINING:
        return None, None
    if call.name == "MASQUERADE_AS":
        return None, call.args[0].inner
    return call.args[0].inner, call.args[1].inner if len(call.args) > 1 else None


_DEFINING = frozenset({"define", "pushdef", "undefine", "_DEFIFNOT", "MASQUERADE_AS"})
