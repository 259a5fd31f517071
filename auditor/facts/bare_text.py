"""The lines of a .mc that reach the .cf as text although nobody put them under a ``LOCAL_…`` keyword for that.

Each line has one cause, the most telling one, so that one rule speaks of it.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import pairwise

from auditor.facts.complaints import Complaints
from auditor.facts.generated import Generated
from auditor.facts.leaks import decided
from auditor.model.facts import fact, provider
from auditor.model.pattern import lazy
from auditor.model.subjects import Configuration
from auditor.model.text import Node, Span
from auditor.model.unknown import Unknown
from auditor.model.value import frozen
from auditor.sendmail.bare_text import Taken, taken
from auditor.sendmail.cf import Line
from auditor.sendmail.macros import NEED_PARENTHESIS, SECTIONS, nearest
from auditor.sendmail.mc import MacroCall, McView, TextLine
from auditor.sendmail.options import named

_OPTION = lazy(r"([A-Za-z][A-Za-z0-9]{3,})(?:\.[a-z.-]+)?[ \t]*=")
_GLUED = lazy(r"\b(?:dnl[A-Za-z_]\w*|\w+dnl)\b")
_WORD = lazy(r"[A-Za-z0-9]+")
_SHOUTED = lazy(r"[A-Z][A-Z0-9]*(?:[_-][A-Z0-9]+)+")
_PROSE = lazy(r"(?:[A-Za-z][A-Za-z'/,.:;()-]*[ \t]+){3,}[A-Za-z]")
_KEYWORDS = {keyword.replace("_", ""): keyword for keyword in SECTIONS}
#: Keywords consist of at most this many words.
_WORDS = 3
#: Macros whose files write comments where text goes; those that MAILER reads do not.
_TREE_FILES = frozenset(("OSTYPE", "DOMAIN", "HACK", "FEATURE"))
_BLANKS = (" ", "\t")


@frozen
class Stray:
    """One such line.

    Attributes:
        cause: ``call`` (a blank before a parenthesis), ``early`` (a macro of cf.m4 above its include), ``dnl`` (a dnl
            that is part of another word), ``section`` (a keyword misspelt), ``option`` (an option line without its O),
            ``text`` (anything else).
        line: the line.
        place: the word that is to blame, or the whole line.
        taken: what sendmail makes of it; None where that depends on the line above, which it continues.
        meant: what was probably meant: the keyword, the option's name; else None.
        call: the call of a ``call`` or ``early`` one.
        wrapped: whether it looks like a part of the comment next to it.

    """

    cause: str
    line: TextLine
    place: Span
    taken: Taken | None
    meant: str | None = None
    call: MacroCall | None = None
    wrapped: bool = False

    @property
    def refused(self) -> bool:
        """Whether sendmail certainly refuses the line."""
        return self.taken is not None and self.taken.refused


@fact(Configuration)
@frozen
class BareText:
    """The lines of text that were hardly meant for the .cf, in order.

    Attributes:
        lines: the lines.
        unread: places of lines that cannot be judged: a condition, a template or a macro decides what they say.
        made: whether m4's own output has decided what reading the .mc leaves open.

    """

    lines: tuple[Stray, ...]
    unread: tuple[Span, ...]
    made: bool = False

    def of(self, *causes: str) -> Iterator[Stray]:
        """The lines with one of the given causes."""
        return (stray for stray in self.lines if stray.cause in causes)


def foreign(view: McView) -> Unknown | None:
    """Why a file is hardly one for sendmail 8's m4 macros, or None where it is."""
    if view.includes_cf or any(call.args for call in view.of("OSTYPE", "MAILER", "FEATURE", "VERSIONID", "DOMAIN")):
        return None
    return Unknown(f"{view.document.path} uses none of sendmail 8's m4 macros")


@provider
def bare_text(view: McView, generated: Generated | Unknown, complaints: Complaints | Unknown) -> BareText | Unknown:
    """Sort the lines of text by what went wrong with them; a file for other macros than sendmail 8's is not judged."""
    odd = foreign(view)
    if odd is not None:
        return odd
    found: list[Stray] = []
    unread: list[TextLine] = []
    judge = _Judge(view)
    lines = [line for line in view.lines if not _deliberate(line)]
    for line, following in pairwise([*lines, None]):
        if line is None:
            continue
        if line.conditional or not judge.begins(line):
            unread.append(line)
            judge.above(line, None)
            continue
        stray = judge.stray(line, following)
        judge.above(line, stray)
        if stray is not None:
            found.append(stray)
    if isinstance(generated, Unknown) or isinstance(complaints, Unknown) or not complaints.whole:
        return BareText(tuple(found), tuple(line.span for line in unread))
    doubtful = {id(line) for line in unread}
    known = [line for line in view.lines if id(line) not in doubtful]
    strays = (judge.stray(line, None) for line in decided(generated, unread, known) if not _deliberate(line))
    found += [stray for stray in strays if stray is not None]
    return BareText(tuple(found), (), made=True)


def _deliberate(line: TextLine) -> bool:
    """Whether the line goes where a numbered divert sends it, which only those use who know why."""
    return line.section is None and line.diversion != 0


class _Judge:
    """What the lines of one file are judged by."""

    def __init__(self, view: McView) -> None:
        self._view = view
        live = [call for call in view.calls if call.live]
        dead = [call for call in view.calls if not call.live]
        self._made = {_place(call.span) for call in live}
        self._dead = {_place(call.name_span): call for call in dead}
        self._gaps = {_place(call.gap): call for call in live if call.gap is not None}
        self._files = sorted(call.span.start for call in live if call.name in _TREE_FILES)
        self._inside = sorted((call.span.start, call.span.end) for call in live)
        self._newlines = [node.start for node in view.document.nodes if node.kind == "newline"]
        self._comments = {node.line for node in view.document.nodes if _is_comment(node)}
        self._previous: TextLine | None = None
        self._kept = False
        self._ruleset = False

    def above(self, line: TextLine, stray: Stray | None) -> None:
        """Remember a line for those below it."""
        if line.section is not None:
            return
        if not line.text.startswith(_BLANKS):
            self._kept = stray is not None and stray.taken is not None and stray.taken.meant
        self._ruleset = self._ruleset or (stray is not None and line.text.startswith("S") and not stray.refused)
        self._previous = line

    def begins(self, line: TextLine) -> bool:
        """Whether it is known what the line begins with; how it goes on seldom counts."""
        if not line.partial or line.text.startswith("#"):
            return True
        text = line.text.lstrip(" \t")
        first = line.span.stripped()
        return first.text[:1] == text[:1] and _place(first) not in self._made and text[:1] not in ("<", "{", "@")

    def stray(self, line: TextLine, following: TextLine | None) -> Stray | None:
        """The line as a stray one, or None where it may stand there."""
        text = line.text
        if text.startswith(_BLANKS):
            return self._indented(line)
        if text.startswith("#"):
            return None
        if following is not None and following.text.startswith(_BLANKS) and following.section == line.section:
            text = f"{text}\n{following.text}"
        node = Node(line.span.source, line.span.start, line.span.end, "text")
        made = taken(Line(node, text), in_ruleset=self._ruleset)
        named_cause = self._named(line, made)
        if named_cause is not None or line.section is None:
            return named_cause or Stray("text", line, line.span, made, wrapped=self._wrapped(line))
        # Under a keyword a line may be any command; only what is none at all is out of place there.
        if made is not None and made.refused and made.what.startswith("unknown configuration line"):
            return Stray("text", line, line.span, made, wrapped=self._wrapped(line))
        return None

    def _named(self, line: TextLine, made: Taken | None) -> Stray | None:
        call = self._call(line)
        if call is not None:
            cause = "early" if not line.after_cf and call.gap is None else "call"
            return Stray(cause, line, call.name_span, made, call=call)
        glued = _GLUED.search(line.text)
        if glued is not None:
            return Stray("dnl", line, line.span.find(glued[0]), made, glued[0])
        keyword = misspelt(line.text)
        if keyword is not None:
            word, meant = keyword
            return Stray("section", line, line.span.find(word), made, meant)
        option = _option(line.text)
        if option is not None:
            return Stray("option", line, line.span.find(option[0]), made, option[1])
        return None

    def _call(self, line: TextLine) -> MacroCall | None:
        """The call that the line begins with, where that is none for m4."""
        call = self._dead.get(_place(line.span))
        if call is None or (call.gap is None and (line.after_cf or call.name in NEED_PARENTHESIS)):
            return None
        return call

    def _indented(self, line: TextLine) -> Stray | None:
        """A line that begins with a blank continues the one above it in the .cf."""
        call = self._gap_before(line)
        empty = self._empty_line_above(line)
        made = Taken("unknown configuration line", refused=True, meant=False) if empty else None
        if call is not None:
            return Stray("call", line, call.name_span, made, call=call)
        above = self._previous
        harmless = above is None or above.text.startswith("#") or self._kept or self._file_between(line)
        if line.section is not None or (harmless and not empty):
            return None
        return Stray("text", line, line.span.stripped(), made, wrapped=self._wrapped(line))

    def _gap_before(self, line: TextLine) -> MacroCall | None:
        """The call whose parenthesis, or whose name, is the first thing on an indented line."""
        call = self._gaps.get(_place(line.span)) or self._dead.get(_place(line.span.stripped()))
        return call if call is not None and call.gap is not None else None

    def _file_between(self, line: TextLine) -> bool:
        """Whether a file of the cf tree has written comments of its own since the last line of text."""
        above = self._previous
        if above is None or above.span.source is not line.span.source:
            return above is None
        return bisect_left(self._files, above.span.end) < bisect_left(self._files, line.span.start)

    def _empty_line_above(self, line: TextLine) -> bool:
        """Whether m4 writes an empty line just before this one."""
        source, previous = self._view.document.source, self._previous
        if line.span.source is not source or line.section is not None:
            return False
        start = self._view.document.include.start if self._view.document.include is not None else 0
        allowed = 0
        if previous is not None and previous.span.source is source:
            start, allowed = previous.span.end, 1
        ends = self._newlines[bisect_right(self._newlines, start - 1) : bisect_left(self._newlines, line.span.start)]
        return sum(1 for end in ends if not self._in_call(end)) > allowed

    def _in_call(self, offset: int) -> bool:
        at = bisect_right(self._inside, (offset, len(self._view.document.source.text) + 1)) - 1
        return at >= 0 and self._inside[at][0] <= offset < self._inside[at][1]

    def _wrapped(self, line: TextLine) -> bool:
        """Whether the line is prose right below or above a line of comment."""
        number = line.span.line
        beside = number - 1 in self._comments or number + 1 in self._comments
        return beside and line.span.source is self._view.document.source and _PROSE.match(line.text.strip()) is not None


def _place(span: Span) -> tuple[int, int]:
    return id(span.source), span.start


def _is_comment(node: Node) -> bool:
    return node.kind == "dnl" and re.match(r"dnl[\s#*-]*\w", node.text) is not None and _begins_line(node)


def _begins_line(node: Node) -> bool:
    before = node.source.text[max(0, node.start - 1) : node.start]
    return before in ("", "\n")


def misspelt(text: str) -> tuple[str, str] | None:
    """The words a line begins with, where they are nearly a ``LOCAL_…`` keyword, and the keyword."""
    words = list(_WORD.finditer(text))[:_WORDS]
    for word in reversed(words):
        written = text[: word.end()]
        keyword = _KEYWORDS.get(re.sub(r"[^A-Z0-9]", "", written.upper()))
        # Words in small letters, apart from each other, are prose.
        if keyword is not None and written != keyword and (written.isupper() or " " not in written):
            return (written, keyword) if not text[word.end() :].startswith(("(", "'")) else None
    shouted = _SHOUTED.match(text)
    close = nearest(shouted[0], frozenset(SECTIONS)) if shouted is not None else None
    return (shouted[0], close) if shouted is not None and close is not None and close != shouted[0] else None


def _option(text: str) -> tuple[str, str] | None:
    """The full name of an option that a line begins with, as written and as it is called."""
    found = _OPTION.match(text)
    if found is None:
        return None
    meant = named(found[1])
    if meant.option is None or meant.abbreviated:
        return None
    return found[0].rstrip("= \t"), meant.option.name
