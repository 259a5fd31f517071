"""syslog.conf and rsyslog.conf: which messages go where (syslog.conf(5), rsyslog.conf(5)).

The lines of a selector and an action are understood; rsyslog's own statements are kept as such and not judged, for what
they select is decided by a program.
"""

from __future__ import annotations

import re

from auditor.model.pattern import lazy
from auditor.model.text import Document, Node, Source, Span
from auditor.readers.flat import as_node, lines, trimmed

_LINES = r"""
    (?P<blank>[\t\v\f\r\ ]*+\n|[\t\v\f\r\ ]++\Z)
  | (?P<block>\#?[!+][^\n]*+\n?)
  | (?P<comment>[\t\v\f\r\ ]*+\#[^\n]*+\n?)
  | (?P<line>(?>(?:[^\n\\]++|\\\r?\n|\\)+)\n?)
"""
_RULE = lazy(r"\s*([\w*,]+\.[!=<>]*[\w*]+(?:\s*;\s*[\w*,]+\.[!=<>]*[\w*]+)*;?)(?:[ \t]|\\\r?\n)+(\S[^\n]*)", re.ASCII)
_INCLUDE = lazy(r"""\s*(?:\$IncludeConfig\s+(\S+)|include\s*\(\s*file\s*=\s*"([^"]*)")""", re.ASCII | re.IGNORECASE)
_FACILITY = lazy(r"([\w*,]+)\.([!=<>]*)([\w*]+)", re.ASCII)


class SyslogRule(Node):
    """A selector and an action; the action's leading ``-``, which only spares the disk, is part of it."""

    __slots__ = ("action", "selector")

    def __init__(self, span: Span, selector: Span, action: Span) -> None:
        super().__init__(span.source, span.start, span.end, "rule")
        self.selector = selector
        self.action = action

    def takes(self, facility: str) -> bool:
        """Whether any message of a facility matches; of several selectors that name it the last one decides."""
        taken = False
        for names, comparison, priority in _FACILITY.findall(self.selector.text.lower()):
            if not {"*", facility} & set(names.split(",")):
                continue
            if priority == "none" or (comparison.startswith("!") and priority == "*"):
                taken = False
            elif not comparison.startswith("!"):
                taken = True
        return taken

    @property
    def file(self) -> str | None:
        """The file that is written to, or None where the messages go elsewhere."""
        word = self.action.text.lstrip("-").split(";")[0].split(maxsplit=1)
        return word[0] if word and word[0].startswith("/") else None


class SyslogInclude(Node):
    """The inclusion of further files; ``pattern`` may hold the wild cards of a shell."""

    __slots__ = ("pattern",)

    def __init__(self, span: Span, pattern: Span) -> None:
        super().__init__(span.source, span.start, span.end, "include")
        self.pattern = pattern


class SyslogText(Document):
    """``rule``, ``include``, ``comment``, ``blank``, ``block`` (BSD's ``!program``), ``statement`` (rsyslog's own)."""

    __slots__ = ()

    @property
    def rules(self) -> list[SyslogRule]:
        """The rules, in the order of the file."""
        return [node for node in self.nodes if isinstance(node, SyslogRule)]

    @property
    def includes(self) -> list[SyslogInclude]:
        """The inclusions, in the order of the file."""
        return [node for node in self.nodes if isinstance(node, SyslogInclude)]


def read_syslog(source: Source) -> SyslogText:
    """The rules of a syslog.conf or rsyslog.conf."""
    return SyslogText(source, lines(source, _line, _LINES))


def _line(span: Span) -> Node:
    match = _RULE.match(span.text)
    if match is not None:
        return SyslogRule(span, span.part(*match.span(1)), trimmed(span.part(*match.span(2))))
    match = _INCLUDE.match(span.text)
    if match is not None:
        return SyslogInclude(span, span.part(*match.span(match.lastindex or 0)))
    return as_node(span, "statement")
