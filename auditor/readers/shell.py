"""Shell files of which nothing is ever run: assignments and the words of commands.

For ``/etc/default/*``, ``/etc/sysconfig/*``, ``/etc/conf.d/*``, ``rc.conf``, Debian's ``/etc/mail/sendmail.conf`` and
the start scripts below ``/etc/rc.d`` and ``/etc/init.d``. Commands are cut where sh(1) cuts them; loops and conditions
are not nested here, their keywords are words like any other. What the words mean is told by
``auditor.readers.expansion``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from auditor.model.pattern import lazy
from auditor.model.text import UNPARSED, Document, Node, Source, Span
from auditor.readers.flat import cut

# A command inside a string may hold quotes of its own. Its length is bounded, so that a lost parenthesis stays cheap.
_SUBSTITUTION = r"""\$\((?>(?:[^()'"\n]|'[^'\n]{0,200}'|"[^"\n]{0,200}"|\([^()\n]{0,200}\)){0,500})\)"""
_STRING = rf'"(?>(?:[^"\\$`]++|\\[\s\S]|`[^`]{{0,500}}`|{_SUBSTITUTION}|[$`])*)"'
_SEGMENT = rf"""
    (?:[^\ \t\n'"\\$`;&|<>()\#]++|'[^']*'|{_STRING}|\\[^\n]|\$\{{[^}}\n]{{0,500}}\}}|{_SUBSTITUTION}|`[^`]{{0,500}}`|\$)
"""
# The rest of a here document's first line is taken with it; what it feeds to a command is of no interest.
_HEREDOC = r"""<<-?[\ \t]*["'\\]?(?P<tag>\w+)["']?[^\n]*+\n(?>(?:(?!\t*(?P=tag)(?:\n|\Z))[^\n]*+(?:\n|(?<=[^\n])\Z))*)
    (?:\t*(?P=tag)(?:\n|\Z))?"""
_GRAMMAR = rf"""
    (?P<blank>(?>(?:[\ \t]|\\\n)+))
  | (?P<newline>\r?\n)
  | (?P<comment>\#[^\n]*+)
  | (?P<heredoc>{_HEREDOC})
  | (?P<redirection>[0-9]*(?:&>>?|>>|>\||[<>]&|<>|[<>]))
  | (?P<operator>;;&?|;&|&&|\|\||\|&|[;&|()])
  | (?P<word>{_SEGMENT}(?>(?:{_SEGMENT}|\#)*))
  | (?P<unparsed>[\s\S])
"""
_ASSIGNED = lazy(r"([A-Za-z_][A-Za-z0-9_]*)(\+?)=", re.ASCII)
#: Commands whose arguments may be assignments.
_DECLARING = frozenset({"export", "readonly", "local", "declare", "typeset"})
#: Words that stand in front of a command without being one, with those that run what follows them.
KEYWORDS = frozenset(
    {"if", "then", "else", "elif", "while", "until", "do", "!", "{", "time", "exec", "nohup", "command"}
)


class Assignment(Span):
    """``NAME=value``; ``value`` as written, with its quotes. ``appends`` for ``NAME+=value``."""

    __slots__ = ("appends", "name", "value")

    def __init__(self, span: Span, match: re.Match[str]) -> None:
        super().__init__(span.source, span.start, span.end)
        self.name = match[1]
        self.appends = bool(match[2])
        self.value = span.part(match.end())


class Command(Node):
    """A simple command, of kind ``assignment`` where it is nothing else and ``command`` otherwise.

    Attributes:
        words: its words without assignments and redirections, as written.
        assignments: what it assigns.

    """

    __slots__ = ("assignments", "words")

    def __init__(self, source: Source, words: Iterable[Span], end: int) -> None:
        every = list(words)
        start = every[0].start
        declaring = every[0].text in _DECLARING
        assigned: list[Assignment] = []
        kept: list[Span] = []
        for word in every:
            may_assign = declaring or all(each.text in KEYWORDS for each in kept)
            match = _ASSIGNED.match(word.text) if may_assign else None
            if match is not None:
                assigned.append(Assignment(word, match))
            else:
                kept.append(word)
        super().__init__(source, start, end, "command" if kept and not declaring else "assignment")
        self.assignments = tuple(assigned)
        self.words = tuple(kept)

    @property
    def plain(self) -> tuple[Span, ...]:
        """The words behind keywords such as ``then`` or ``exec``."""
        at = 0
        while at < len(self.words) and self.words[at].text in KEYWORDS:
            at += 1
        return self.words[at:]


class ShellText(Document):
    """A shell file: ``assignment``, ``command``, ``operator``, ``redirection``, ``comment``, ``blank``, ``heredoc``."""

    __slots__ = ()

    @property
    def commands(self) -> list[Command]:
        """Commands and assignments, in the order of the file."""
        return [node for node in self.nodes if isinstance(node, Command)]

    @property
    def assignments(self) -> list[Assignment]:
        """Everything that is assigned, in the order of the file."""
        return [assignment for command in self.commands for assignment in command.assignments]

    def get(self, name: str) -> Assignment | None:
        """The last assignment of a variable, or None."""
        return next((each for each in reversed(self.assignments) if each.name == name), None)


class _Pieces:
    """Gathers the words of a command until something ends it."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.nodes: list[Node] = []
        self.words: list[Span] = []
        self.end = 0
        self.blank: tuple[int, int] | None = None
        self.redirected = False

    def word(self, start: int, end: int) -> None:
        """A word, which belongs to the command at hand unless it is where a redirection goes."""
        if not self.words:
            self.flush()
        if self.redirected and not self.words:
            self.nodes.append(Node(self.source, start, end, "redirection"))
        else:
            self.blank = None
            self.end = end
            if not self.redirected:
                self.words.append(Span(self.source, start, end))
        self.redirected = False

    def redirection(self, start: int, end: int) -> None:
        """The sign of a redirection; the next word is its file."""
        if self.words:
            self.blank = None
            self.end = end
        else:
            self.flush()
            self.nodes.append(Node(self.source, start, end, "redirection"))
        self.redirected = True

    def space(self, start: int, end: int) -> None:
        """A blank, which belongs to a command where more of it follows."""
        self.blank = (start if self.blank is None else self.blank[0], end)

    def flush(self) -> None:
        """End the command at hand."""
        if self.words:
            self.nodes.append(Command(self.source, self.words, self.end))
            self.words = []
        if self.blank is not None:
            self.nodes.append(Node(self.source, *self.blank, "blank"))
            self.blank = None


def read_shell(source: Source) -> ShellText:
    """The commands and assignments of a shell file."""
    pieces = _Pieces(source)
    for start, end, match in cut(source, _GRAMMAR):
        kind = UNPARSED if match is None else match.lastgroup
        if kind == "word" and source.text[start:end] != "\r":
            pieces.word(start, end)
        elif kind == "redirection":
            pieces.redirection(start, end)
        elif kind in ("blank", "word"):
            pieces.space(start, end)
        else:
            pieces.flush()
            pieces.redirected = False
            pieces.nodes.append(Node(source, start, end, "blank" if kind == "newline" else kind or UNPARSED))
    pieces.flush()
    return ShellText(source, tuple(pieces.nodes))
