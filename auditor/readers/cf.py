"""Read a ``sendmail.cf`` or ``submit.cf``: logical lines, each a node named for its command.

The cut is sendmail's own: a line that begins with a blank or a tab continues the one before, whatever that was, and the
first character of a logical line is its command (Sendmail Installation and Operation Guide, section 5). What stands
inside a command is not looked at here; ``auditor.sendmail.cf`` does that when a fact asks.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from auditor.model.text import UNPARSED, Document, Node, Source

if TYPE_CHECKING:
    from pyparsing import ParserElement

#: What each command letter is called; ``L`` and ``N``, which some manuals list, are refused by every usual build.
COMMANDS = {
    "C": "class",
    "D": "macro",
    "E": "environment",
    "F": "class file",
    "H": "header",
    "K": "map",
    "M": "mailer",
    "O": "option",
    "P": "precedence",
    "Q": "queue group",
    "R": "rule",
    "S": "ruleset",
    "T": "trusted user",
    "V": "version",
    "X": "milter",
}
_KINDS = {**COMMANDS, "#": "comment", "\n": "blank", "\r": "blank"}
#: A run of empty lines is one node, except for a last one that is continued: that logical line begins with a line feed
#: and is refused.
_LINE = r"(?:\r?\n(?![ \t]))+|(?=[\s\S])[^\n]*(?:\n[ \t][^\n]*)*\n?"


class CfDocument(Document):
    """A configuration file as sendmail's readcf cuts it.

    The kinds are the values of ``COMMANDS``, ``comment``, ``blank`` and ``unparsed``, which is what sendmail calls an
    unknown configuration line.
    """

    __slots__ = ()


def read_cf(source: Source) -> CfDocument:
    """Cut a configuration file into logical lines, whatever its bytes; never fails."""
    text = source.text
    kinds = _KINDS
    nodes = []
    for _, start, end in _grammar().scan_string(text, always_skip_whitespace=False):
        kind = kinds.get(text[start], UNPARSED)
        if kind in _DOUBTFUL:
            kind = _second_look(text, start, end, kind)
        nodes.append(Node(source, start, end, kind))
    return CfDocument(source, tuple(nodes))


_DOUBTFUL = frozenset(("blank", "precedence"))


def _second_look(text: str, start: int, end: int, kind: str) -> str:
    # Two commands are known by more than their first letter: a P line without "=" and an empty line that is continued
    # are unknown configuration lines.
    if kind == "precedence":
        return kind if text.find("=", start, end) >= 0 else UNPARSED
    return UNPARSED if text[start:end].replace("\r\n", "\n").strip("\n") else kind


@cache
def _grammar() -> ParserElement:
    from pyparsing import Regex  # noqa: PLC0415  # Importing it costs 0.1 s, which only those pay who read a file.

    return Regex(_LINE).leave_whitespace().parse_with_tabs()
