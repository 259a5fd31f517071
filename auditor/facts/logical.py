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
    first: TextLine | None = None
    text, end = "", 0
    for line in view.lines:
        if first is not None and _continues(first, line):
            text, end = f"{text}\n{line.text}", line.span.end
            continue
        if first is not None:
            yield first, text, Span(first.span.source, first.span.start, end)
        first, text, end = line, line.text, line.span.end
    if first is not None:
        yield first, text, Span(first.span.source, first.span.start, end)


def _continues(first: TextLine, line: TextLine) -> bool:
    together = line.diversion == first.diversion and line.span.source is first.span.source
    return together and line.text[:1] in (" ", "\t")
