"""The tree of a regular expression in GNU's Emacs syntax, and its translation to Python's."""

from __future__ import annotations

import re

_REPEATS = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_LETTERS = "[A-Za-z0-9_]"
_NO_LETTERS = "[^A-Za-z0-9_]"
#: What a backslash gives a meaning to.
_CLASSES = {"w": _LETTERS, "W": _NO_LETTERS, "s": "[ \\t\\n\\v\\f\\r]", "S": "[^ \\t\\n\\v\\f\\r]"}
_EDGES = {
    "b": f"(?:(?<={_LETTERS})(?!{_LETTERS})|(?<!{_LETTERS})(?={_LETTERS}))",
    "B": f"(?:(?<={_LETTERS})(?={_LETTERS})|(?<!{_LETTERS})(?!{_LETTERS}))",
    "<": f"(?<!{_LETTERS})(?={_LETTERS})",
    ">": f"(?<={_LETTERS})(?!{_LETTERS})",
    "`": "\\A",
    "'": "\\Z",
}

#: What GNU's library says.
_UNCLOSED = "Unmatched ( or \\("
_TRAILING = "Trailing backslash"
_UNOPENED = "Unmatched ) or \\)"
_NO_GROUP = "Invalid back reference"
_OPEN_SET = "Unmatched [, [^, [:, [., or [="
_BACKWARDS = "Invalid range end"


class Refused(Exception):  # noqa: N818  # It ends a run; it is no error of this program.
    """What GNU's library says of an expression it does not take."""


class Node:
    """A part of a pattern.

    Attributes:
        kind: ``one`` (a character by its class), ``edge`` (a place), ``all`` (a sequence), ``any`` (alternatives),
            ``group``, ``repeat``, ``back`` (what a group matched).
        parts: the parts of it.
        text: Python's pattern, for a character or a place.
        low: of a repeat, how often at least; of a group and of ``back``, the group's number.
        high: how often at most; None for any number.

    """

    __slots__ = ("high", "kind", "low", "parts", "test", "text")

    def __init__(
        self, kind: str, parts: list[Node] | None = None, text: str = "", low: int = 0, high: int | None = None
    ) -> None:
        self.kind, self.parts, self.text, self.low, self.high = kind, parts or [], text, low, high
        self.test = re.compile(text, re.MULTILINE).match if text else None


class _Level:
    """What stands between two parentheses."""

    __slots__ = ("cases", "group")

    def __init__(self, group: int) -> None:
        self.group = group
        self.cases: list[list[Node]] = [[]]

    def node(self) -> Node:
        """The level as one part."""
        sequences = [case[0] if len(case) == 1 else Node("all", case) for case in self.cases]
        return sequences[0] if len(sequences) == 1 else Node("any", sequences)


class _Parser:
    """Reads an expression from the left, the open groups on a stack."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.levels = [_Level(0)]
        self.groups = 0
        self.closed: set[int] = set()
        self.simple = True

    def whole(self) -> Node:
        while self.at < len(self.text):
            character = self.text[self.at]
            self.at += 1
            if character == "\\":
                self._escaped()
            elif character == "[":
                self._add(Node("one", text=self._bracket()))
            elif character in _REPEATS and self._case() and self._case()[-1].kind != "start":
                self._repeat(character)
            else:
                self._plain(character)
        if len(self.levels) > 1:
            raise Refused(_UNCLOSED)
        return self.levels[0].node()

    def _case(self) -> list[Node]:
        return self.levels[-1].cases[-1]

    def _add(self, node: Node) -> None:
        self._case().append(node)

    def _plain(self, character: str) -> None:
        if character == ".":
            self._add(Node("one", text="[^\\n]"))
        elif character == "^" and not self._case():
            self._add(Node("start", text="^"))
        elif character == "$" and (self.at == len(self.text) or self.text.startswith(("\\)", "\\|"), self.at)):
            self._add(Node("edge", text="(?=\\n|\\Z)"))
        else:
            self._add(Node("one", text=re.escape(character)))

    def _escaped(self) -> None:
        if self.at == len(self.text):
            raise Refused(_TRAILING)
        character = self.text[self.at]
        self.at += 1
        if character == "(":
            self.groups += 1
            self.levels.append(_Level(self.groups))
        elif character == ")":
            self._close()
        elif character == "|":
            self.simple = False
            self.levels[-1].cases.append([])
        elif character in "123456789":
            self._back(int(character))
        elif character in _EDGES:
            self._add(Node("edge", text=_EDGES[character]))
        else:
            self._add(Node("one", text=_CLASSES.get(character, re.escape(character))))

    def _close(self) -> None:
        if len(self.levels) == 1:
            raise Refused(_UNOPENED)
        level = self.levels.pop()
        self.closed.add(level.group)
        self._add(Node("group", [level.node()], low=level.group))

    def _back(self, group: int) -> None:
        if group not in self.closed:
            raise Refused(_NO_GROUP)
        self._add(Node("back", low=group))

    def _repeat(self, mark: str) -> None:
        case = self._case()
        low, high = _REPEATS[mark]
        node = case.pop()
        self.simple = self.simple and node.kind == "one"
        case.append(Node("repeat", [node], low=low, high=high))

    def _bracket(self) -> str:
        """Read a set of characters, and give it as Python writes it."""
        text, begin = self.text, self.at
        negated = text.startswith("^", begin)
        at = begin + negated
        end = text.find("]", at + 1)
        if end < 0:
            raise Refused(_OPEN_SET)
        self.at = end + 1
        members: list[str] = []
        while at < end:
            if at + 2 < end and text[at + 1] == "-":
                if text[at] > text[at + 2]:
                    raise Refused(_BACKWARDS)
                members.append(f"{re.escape(text[at])}-{re.escape(text[at + 2])}")
                at += 3
            else:
                members.append(re.escape(text[at]))
                at += 1
        return f"[{'^' * negated}{''.join(members)}]"


def parse(expression: str) -> tuple[Node, int, bool]:
    """The tree of an expression, how many groups it has, and whether Python's own matcher finds what GNU's finds.

    Raises:
        Refused: GNU's library does not take it.

    """
    parser = _Parser(expression)
    tree = parser.whole()
    return tree, parser.groups, parser.simple


def python(node: Node) -> str:
    """The pattern in Python's syntax."""
    inner = [python(part) for part in node.parts]
    if node.kind == "any":
        return f"(?:{'|'.join(inner)})"
    if node.kind == "group":
        return f"({inner[0]})"
    if node.kind == "repeat":
        return f"(?:{inner[0]}){'?' if node.high else '+' if node.low else '*'}"
    if node.kind == "back":
        return f"(?:\\{node.low})"
    return node.text or "".join(inner)


def repeats(node: Node) -> int:
    """How many parts of a pattern are repeated any number of times."""
    return (node.kind == "repeat" and node.high is None) + sum(map(repeats, node.parts))
