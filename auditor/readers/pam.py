"""The files of /etc/pam.d: one rule a line, a backslash at a line's end joins it to the next (pam.d(5))."""

from __future__ import annotations

import re

from auditor.model.pattern import lazy
from auditor.model.text import Document, Node, Source, Span
from auditor.readers.flat import Words, as_node, before, lines

# A comment goes to the line's end; a backslash there does not continue it.
_LINES = r"""
    (?P<blank>[\t\v\f\r\ ]*+\n|[\t\v\f\r\ ]++\Z)
  | (?P<comment>[\t\v\f\r\ ]*+\#[^\n]*+\n?)
  | (?P<line>(?>(?:\\\n|\\(?=[^\n]|\Z)|[^\n\\])+)\n?)
"""
_TYPES = frozenset({"auth", "account", "password", "session"})
_WORD = lazy(r"\[(?:\\.|[^\]\\])*\]?|(?:[^\s\[\\]|\\(?!\n)|(?<=[^\s\\])\[)+", re.ASCII | re.DOTALL)
_INCLUDES = frozenset({"include", "substack"})


class PAMRule(Words):
    """A rule of a service: ``words`` are type, control, module or included service, arguments."""

    __slots__ = ()

    @property
    def type(self) -> str:
        """``auth``, ``account``, ``password`` or ``session``; a ``-`` in front of it is left out."""
        return self.words[0].text.lstrip("-").lower()

    @property
    def control(self) -> str:
        """``required``, ``include``, … or the bracketed form as written."""
        return self.words[1].text

    @property
    def module(self) -> Span:
        """The module, or the service that is included."""
        return self.words[2]

    @property
    def is_include(self) -> bool:
        """Whether the rule takes in another service's rules."""
        return self.control in _INCLUDES


class PAMInclude(Words):
    """Debian's ``@include SERVICE``."""

    __slots__ = ()

    @property
    def module(self) -> Span:
        """The service that is included."""
        return self.words[1]


class PAMText(Document):
    """A service's file: nodes of kind ``rule``, ``include``, ``comment``, ``blank`` or ``malformed``."""

    __slots__ = ()

    @property
    def rules(self) -> list[PAMRule]:
        """The rules, in the order of the file."""
        return [node for node in self.nodes if isinstance(node, PAMRule)]

    @property
    def included(self) -> list[Span]:
        """The names of the services whose rules are taken in, whichever way."""
        return [
            node.module
            for node in self.nodes
            if isinstance(node, PAMInclude) or (isinstance(node, PAMRule) and node.is_include)
        ]

    def has(self, type_: str) -> bool:
        """Whether the file itself, or what it takes in, may have a rule of a type."""
        return any(rule.type == type_ for rule in self.rules) or any(
            isinstance(node, PAMInclude) for node in self.nodes
        )


def read_pam(source: Source) -> PAMText:
    """The rules of one service."""
    return PAMText(source, lines(source, _line, _LINES))


def _line(span: Span) -> Node:
    inside = before(span, "#")
    words = tuple(inside.part(*match.span()) for match in _WORD.finditer(inside.text))
    if words and words[0].text == "@include" and len(words) > 1:
        return PAMInclude(span, "include", words)
    if len(words) >= 3 and words[0].text.lstrip("-").lower() in _TYPES:  # noqa: PLR2004  # Type, control, module.
        return PAMRule(span, "rule", words)
    return as_node(span, "malformed")
