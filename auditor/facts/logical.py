"""The lines of text a .mc passes on to the .cf, joined to commands as readcf will join them."""

from collections.abc import Iterator
from typing import NamedTuple

from auditor.model.text import Span
from auditor.sendmail.cf import Line, live
from auditor.sendmail.mc import McView, TextLine


class Passed(NamedTuple):
    """A command that a .mc passes on: its first line of text, and the whole of it as readcf will see it."""

    first: TextLine
    line: Line


def passed(view: McView, letters: str) -> Iterator[Passed]:
    """The commands with one of the given letters."""
    for first, text, span in _joined(view):
        if text[:1] in letters and text[1:2]:
            yield Passed(first, Line(span, live(text)))


def _joined(view: McView) -> Iterator[tuple[TextLine, str, Span]]:
    lines: list[TextLine] = []
    for line in view.lines:
        if lines and not _continues(lines[0], line):
            yield _whole(lines)
            lines = []
        lines.append(line)
    if lines:
        yield _whole(lines)


def _whole(lines: list[TextLine]) -> tuple[TextLine, str, Span]:
    place = Span(lines[0].span.source, lines[0].span.start, lines[-1].span.end)
    return lines[0], "\n".join(line.text for line in lines), place


def _continues(first: TextLine, line: TextLine) -> bool:
    together = line.diversion == first.diversion and line.span.source is first.span.source
    return together and line.text[:1] in (" ", "\t")
