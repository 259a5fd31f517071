"""Find the comments that suppress findings: ``mailaudit: ignore[ID] reason``, in the comment syntax of each file.

Makemap takes what stands behind a value into the map, sendmail does likewise with lines of a class file and of the
``.cf``, and libsasl with those of its files. There a comment stands on a line of its own, above what it is about.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from enum import Enum, auto

from auditor.model.pattern import lazy
from auditor.model.suppression import Suppression, Word
from auditor.model.text import Source

_MARK = "mailaudit:"
_BYTES = _MARK.encode()
_ASKS = lazy(r"mailaudit:[ \t]*([\w-]*)[ \t]*(?:\[([^\]\n]*)\])?[ \t]*([^\n]*)")
_DNL = lazy(r"\bdnl\b")
_MC = lazy(r"\.(?:mc|m4)(?:\.\w+)?$")
_CF = lazy(r"\.cf(?:\.\w+)?$")
#: Where a comment may stand behind what a line says.
_SHELL = ("/etc/default/", "/etc/sysconfig/", "/etc/rc", "/etc/init.d/", "/etc/conf.d/", "/etc/pam.d/")
_SHELL_NAMES = frozenset({"hosts", "nsswitch.conf", "services", "resolv.conf", "Makefile"})
_SASL = ("/usr/lib/sasl2/", "/usr/lib64/sasl2/", "/etc/sasl2/", "/etc/sasl/")


class Syntax(Enum):
    """What begins a comment in a file, and where."""

    M4 = auto()
    SHELL = auto()
    #: Where lines that begin with a blank go on with the line above.
    FOLDED = auto()
    LINES = auto()
    #: Not known to take text behind a value for part of it.
    OTHER = auto()


#: Gives the rule that a word names and an empty clause, or None and why it names none.
Named = Callable[[str], tuple[str | None, str]]


def syntax(path: str) -> Syntax:
    """The comment syntax of a file, by its path inside the root."""
    name = posixpath.basename(path)
    if _MC.search(name):
        return Syntax.M4
    if path.startswith(_SHELL) or name in _SHELL_NAMES or name.endswith(".sh") or path == "/etc/mail/sendmail.conf":
        return Syntax.SHELL
    if _CF.search(name) or name == "aliases":
        return Syntax.FOLDED
    return Syntax.LINES if path.startswith(("/etc/mail/", *_SASL)) else Syntax.OTHER


def suppressions(source: Source, named: Named) -> tuple[Suppression, ...]:
    """The comments of a file that speak to mailaudit, in the order of the file; none of what is no text."""
    if _BYTES not in source.data or b"\0" in source.data:
        return ()
    return _Reader(source, named).all()


class _Reader:
    def __init__(self, source: Source, named: Named) -> None:
        self._source = source
        self._named = named
        self._syntax = syntax(source.path)
        self._calls: dict[int, int] | None = None
        #: The lines that a comment on a line of its own is about, by the comment's line.
        self._below: dict[int, tuple[int, int]] = {}

    def all(self) -> tuple[Suppression, ...]:
        # From the end, so that a run of comments is crossed once and not again from each of its lines.
        found = [each for at in reversed(list(self._places())) if (each := self._one(at)) is not None]
        return tuple(reversed(found))

    def _places(self) -> Iterator[int]:
        """The offset of the first mark in each line that has one."""
        text = self._source.text
        at = text.find(_MARK)
        while at >= 0:
            yield at
            end = text.find("\n", at)
            at = text.find(_MARK, end) if end >= 0 else -1

    def _one(self, at: int) -> Suppression | None:
        line = self._source.position(at).line
        before = self._source.text[self._source.starts[line - 1] : at]
        stands = self._stands(before)
        if stands is None:
            return None
        asks = _ASKS.match(self._source.text, at)
        assert asks is not None  # noqa: S101  # The mark is there, and all else may be empty.
        is_alone, is_value = stands
        first, last = self._about(line) if is_alone else (line, line)
        span = self._source.span(at, asks.end()).stripped()
        words, problem = self._words(asks)
        return Suppression(span, words, asks[3].strip(), min(line, first), last, is_alone, is_value, problem)

    def _words(self, asks: re.Match[str]) -> tuple[tuple[Word, ...], str]:
        if asks[1] != "ignore":
            return (), f"{asks[1] or 'nothing'} is no word it knows; it is ignore[ID] reason"
        found = []
        for match in re.finditer(r"[^,]+", asks[2] or ""):
            start = asks.start(2) + match.start()
            span = self._source.span(start, start + len(match[0])).stripped()
            if span.text:
                found.append(Word(span, *self._named(span.shown)))
        return tuple(found), "" if found else "it names no rule in brackets, as in ignore[CFF020]"

    def _stands(self, before: str) -> tuple[bool, bool] | None:
        """Whether a comment is alone on its line and whether it is none; None for text that is no attempt at one."""
        if self._syntax is Syntax.M4:
            dnl = _DNL.search(before)
            if dnl is not None:
                return not before[: dnl.start()].strip(), False
        bare = before.rstrip(" \t#")
        if "#" not in before[len(bare) :]:
            return None
        # To makemap and sendmail a line that begins with a blank is no comment.
        if not bare and (before.startswith("#") or self._syntax in (Syntax.SHELL, Syntax.OTHER)):
            return True, False
        if self._syntax is Syntax.SHELL:
            return (False, False) if before[len(bare) : len(bare) + 1] in " \t" else None
        return None if self._syntax is Syntax.OTHER else (False, True)

    def _about(self, line: int) -> tuple[int, int]:
        """The lines of what stands below a run of comments; the comment's own where nothing does."""
        below = line + 1
        while below not in self._below and self._is_comment(below):
            below += 1
        if below in self._below:
            found = self._below[below]
        else:
            found = (below, self._end(below)) if self._text(below).strip() else (line, line)
        self._below[line] = found
        return found

    def _text(self, line: int) -> str:
        starts = self._source.starts
        if line > len(starts):
            return ""
        return self._source.text[starts[line - 1] : starts[line] if line < len(starts) else None]

    def _is_comment(self, line: int) -> bool:
        text = self._text(line)
        if self._syntax is Syntax.M4:
            return text.startswith("#") or re.match(r"[ \t]*dnl\b", text) is not None
        return text.lstrip(" \t").startswith("#")

    def _end(self, line: int) -> int:
        """The last line of what begins on a line."""
        if self._syntax is Syntax.M4:
            if self._calls is None:
                self._calls = dict(_calls(self._source))
            return self._calls.get(line, line)
        if self._syntax is Syntax.SHELL:
            while self._text(line).rstrip("\r\n").endswith("\\") and self._text(line + 1):
                line += 1
        elif self._syntax is Syntax.FOLDED:
            while self._text(line + 1).startswith((" ", "\t")):
                line += 1
        return line


def _calls(source: Source) -> Iterator[tuple[int, int]]:
    """The first and the last line of each call of a .mc that goes over several; one that never ends is left out."""
    from auditor.readers.mc import read_mc  # noqa: PLC0415  # Most files hold no such comment.

    inside, quotes, start = 0, 0, 0
    for node in read_mc(source).nodes:
        if node.kind in ("open", "quote"):
            if not inside and not quotes:
                start = node.start
            inside += node.kind == "open" and not quotes
            quotes += node.kind == "quote"
        elif node.kind in ("close", "endquote") and (inside or quotes):
            inside -= node.kind == "close" and not quotes
            quotes -= node.kind == "endquote" and quotes > 0
            if not inside and not quotes:
                first, last = source.position(start).line, source.position(node.start).line
                if first < last:
                    yield first, last
