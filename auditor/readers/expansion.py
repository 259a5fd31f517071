"""What the words of a shell file come to, as far as that can be told without running anything.

Quotes, backslashes and plain variables are resolved (sh(1), "Word Expansions"); commands in place of words, arithmetic,
positional parameters and everything else that only a running shell knows make a word unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from auditor.model.pattern import lazy
from auditor.model.text import Span
from auditor.model.value import frozen

_PIECE = lazy(
    r"""
    '(?P<single>[^']*)'
  | "(?P<double>(?>(?:[^"\\]|\\[\s\S])*))"
  | \\(?P<escaped>[\s\S])
  | \$\{(?P<braced>[A-Za-z_]\w*)(?:(?P<how>:?[-=+?])(?P<other>[^}]*))?\}
  | \$(?P<variable>[A-Za-z_]\w*)
  | (?P<unknown>[$`'"\\])
  | (?P<plain>[^'"\\$`]+)
    """,
    re.VERBOSE | re.ASCII,
)
_BLANK = lazy(r"[ \t\n]+")


@frozen
class Value:
    """A variable's value, None where it cannot be told, and the place it is written at."""

    text: str | None
    span: Span


@frozen
class Argument:
    """A word as a program receives it, and the place it is written at: in a variable's value where it is from there."""

    text: str
    span: Span


class UntoldError(Exception):
    """A word's value is only known to a running shell."""


class Expansion:
    """Resolves words with the variables that are known.

    Args:
        variables: the variables that have been set.
        unset: what a variable that has not been set stands for; None where it may come from elsewhere.

    """

    def __init__(self, variables: Mapping[str, Value], unset: str | None = "") -> None:
        self.variables = variables
        self.unset = unset

    def value(self, word: Span) -> str | None:
        """The one string a word comes to where it is assigned, or None where that cannot be told."""
        try:
            return "".join(text for text, _ in self._pieces(word.text))
        except UntoldError:
            return None

    def arguments(self, words: Sequence[Span]) -> tuple[Argument, ...] | None:
        """The arguments that words give a program, or None where one of them cannot be told."""
        try:
            return tuple(argument for word in words for argument in self._fields(word))
        except UntoldError:
            return None

    def _fields(self, word: Span) -> Iterator[Argument]:
        fields: list[str] = []
        is_open = False
        for text, splits in self._pieces(word.text):
            parts = _BLANK.split(text) if splits else [text]
            for at, part in enumerate(parts):
                if at:
                    is_open = False
                if not part and splits:
                    continue
                if is_open:
                    fields[-1] += part
                else:
                    fields.append(part)
                    is_open = True
        origin = self._origin(word)
        for field in fields:
            yield Argument(field, origin.find(field) if field else origin)

    def _origin(self, word: Span) -> Span:
        """Where a word is written: the value of the variable that is all of it, or the word itself."""
        match = _PIECE.fullmatch(word.text)
        name = (match["braced"] or match["variable"] or match["double"]) if match is not None else None
        found = self.variables.get(name.strip("${}")) if name is not None else None
        return word if found is None else found.span

    def _pieces(self, text: str, depth: int = 0) -> Iterator[tuple[str, bool]]:
        """The parts of a word's value, each with whether blanks in it cut the word."""
        for match in _PIECE.finditer(text):
            kind = match.lastgroup or ""
            if kind == "double":
                yield self._string(match[kind], depth), False
            elif kind == "escaped":
                yield "" if match[kind] == "\n" else match[kind], False
            elif kind == "single":
                yield match[kind], False
            elif kind == "plain":
                # What stands in for a variable that is not set is cut like the variable's own value.
                yield match[kind], depth > 0
            elif kind == "unknown":
                raise UntoldError
            else:
                yield from self._variable(match, depth)

    def _string(self, inside: str, depth: int) -> str:
        parts = []
        at = 0
        for match in re.finditer(r"\\([$`\"\\\n])|`|\$\{[^}]*\}|\$\w+|\$\(", inside, re.ASCII):
            parts.append(inside[at : match.start()])
            if match[1] is not None:
                parts.append("" if match[1] == "\n" else match[1])
            else:
                parts.append("".join(text for text, _ in self._pieces(match[0], depth)))
            at = match.end()
        return "".join(parts) + inside[at:]

    def _variable(self, match: re.Match[str], depth: int) -> Iterator[tuple[str, bool]]:
        value = self.variables.get(match["braced"] or match["variable"])
        text = self.unset if value is None else value.text
        how = match["how"] or ""
        if text is None and (value is not None or not how):
            raise UntoldError
        is_set = bool(text) if how[:1] == ":" else value is not None
        if how and is_set == (how[-1] == "+"):
            yield from self._other(match, depth)
        else:
            yield text or "", True

    def _other(self, match: re.Match[str], depth: int) -> Iterator[tuple[str, bool]]:
        if depth > _DEPTH or (match["how"] or "").endswith("?"):
            raise UntoldError
        yield from self._pieces(match["other"] or "", depth + 1)


_DEPTH = 8
