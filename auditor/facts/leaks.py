"""The lines of the generated .cf that are text of the administrator's own files, as m4 has written them."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from auditor.facts.generated import Generated
from auditor.model.text import Span
from auditor.model.value import replaced
from auditor.sendmail.mc import TextLine

if TYPE_CHECKING:
    from auditor.sendmail.m4 import Expansion, Place

#: What gives one of its arguments as it stands.
_CONDITIONS = frozenset(("", "ifdef", "ifelse"))
#: The section of a line of which only the output is known: any that may hold it.
SOME_SECTION = ""


def decided(generated: Generated, open_: Iterable[TextLine], known: Iterable[TextLine]) -> Iterator[TextLine]:
    """The lines that reading the .mc could not be sure of and m4 does write.

    Args:
        generated: what m4 makes of the .mc.
        open_: the lines that reading saw and could not decide.
        known: those it could.

    Yields:
        Each line with the text m4 gives it; one that reading did not see at all is in ``SOME_SECTION``.

    """
    settled, left = _Lines(known), _Lines(open_)
    for text, span in _written(generated):
        if settled.found(span, text) is not None or settled.found(span, None) is not None:
            continue
        line = left.found(span, text) or left.found(span, None)
        if line is not None:
            yield replaced(line, text=text, conditional=False, partial=False)
        elif not left.any(span):
            yield TextLine(text, span, SOME_SECTION, None, conditional=False, partial=False, after_cf=True)


class _Lines:
    """Lines by the file they are in and what they say, to look for those in a part of the file."""

    def __init__(self, lines: Iterable[TextLine]) -> None:
        self._by_text: dict[tuple[str, str | None], list[TextLine]] = {}
        self._starts: dict[str, list[int]] = {}
        for line in sorted(lines, key=_start):
            said = None if line.partial else line.text
            self._by_text.setdefault((line.span.path, said), []).append(line)
            self._starts.setdefault(line.span.path, []).append(line.span.start)

    def found(self, span: Span, text: str | None) -> TextLine | None:
        """The first line in a part of the file with a text; with None the first whose text is not known in full."""
        lines = self._by_text.get((span.path, text), [])
        at = bisect_left(lines, span.start, key=_start)
        return lines[at] if at < len(lines) and lines[at].span.start < _end(span) else None

    def any(self, span: Span) -> bool:
        """Whether any line begins in a part of the file."""
        starts = self._starts.get(span.path, [])
        at = bisect_left(starts, span.start)
        return at < len(starts) and starts[at] < _end(span)


def _start(line: TextLine) -> int:
    return line.span.start


def _end(span: Span) -> int:
    return max(span.end, span.start + 1)


def _written(generated: Generated) -> Iterator[tuple[str, Span]]:
    expansion = generated.expansion
    for offset in _beginnings(expansion, generated):
        end = expansion.output.find("\n", offset)
        text = expansion.output[offset:end] if end >= 0 else expansion.output[offset:]
        span = generated.origin(offset, offset + 1) if text.strip() and text[0] not in "# \t" else None
        if span is not None:
            yield text, span


def _beginnings(expansion: "Expansion", generated: Generated) -> Iterator[int]:
    """The offsets of lines that begin with text of the administrator's own."""
    output = expansion.output
    ends = (*expansion.starts[1:], len(output))
    for start, end, place in zip(expansion.starts, ends, expansion.origins, strict=True):
        if not _own(place, generated):
            continue
        at = start if start == 0 or output[start - 1] == "\n" else output.find("\n", start, end) + 1
        while start <= at < end and at >= 0:
            yield at
            at = output.find("\n", at, end) + 1 or -1


def _own(place: "Place", generated: Generated) -> bool:
    """Whether text is from a file of one's own: as it stands there, or by a macro that gives it."""
    if place.file not in generated.own:
        return False
    defined = place.definition is not None and place.definition.file in generated.own
    return place.macro in _CONDITIONS or defined
