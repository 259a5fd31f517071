"""The copy of the .mc that a Makefile puts behind what m4 prints, each line a comment."""

import posixpath
import re
from collections import Counter
from itertools import takewhile

from auditor.facts.configurations import CfFile, McFile
from auditor.model.facts import fact, provider
from auditor.model.pattern import lazy
from auditor.model.subjects import Configuration
from auditor.model.text import Source, Span
from auditor.model.unknown import NotApplicable
from auditor.model.value import frozen

#: The line above the copy has the name of the .mc, with or without its path.
_TITLE = lazy(r"^### (\S+\.mc) ###\r?\n", re.MULTILINE)


@fact(Configuration)
@frozen
class McCopy:
    """The copy of the .mc at the end of a .cf, against the .mc as it is.

    Attributes:
        count: how many lines differ.
        in_cf: the first line of the copy that differs, or what stands where it would be.
        in_mc: the first line of the .mc that differs, likewise.

    """

    count: int
    in_cf: Span
    in_mc: Span


def without_copy(text: str) -> str:
    """A .cf without the copy."""
    found = _copy(text)
    return text if found is None else text[: found[1]] + text[found[2] :]


@provider
def mc_copy(cf: CfFile, mc: McFile) -> McCopy | NotApplicable:
    """Compare the copy line by line; blanks at a line's end and empty lines at the file's end say nothing."""
    source, own = cf.document.source, mc.document.source
    found = _copy(source.text)
    if found is None:
        return NotApplicable("the .cf has no copy of the .mc")
    name, start, end = found
    if posixpath.basename(name) != posixpath.basename(own.path):
        return NotApplicable(f"the .cf has a copy of {name}")
    start = source.text.index("\n", start) + 1
    theirs, ours = _lines(source, start, end), _lines(own, 0, len(own.text))
    has, gives = [each.text[2:].rstrip() for each in theirs], [each.text.rstrip() for each in ours]
    same = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(has, gives, strict=False))))
    count = max((Counter(has) - Counter(gives)).total(), (Counter(gives) - Counter(has)).total())
    differs = has != gives
    return McCopy(
        max(count, 1) if differs else 0,
        theirs[same] if same < len(theirs) else source.span(end, end),
        ours[same] if same < len(ours) else own.span(len(own.text), len(own.text)),
    )


def _copy(text: str) -> tuple[str, int, int] | None:
    """The name on the title, and where the copy begins, title included, and ends."""
    titles = list(_TITLE.finditer(text))
    if not titles:
        return None
    at = titles[-1].end()
    while text.startswith("# ", at) or text.startswith("#\n", at):
        at = text.find("\n", at) + 1 or len(text)
    return titles[-1][1], titles[-1].start(), at


def _lines(source: Source, start: int, end: int) -> list[Span]:
    found = []
    while start < end:
        stop = source.text.find("\n", start, end)
        stop = end if stop < 0 else stop
        found.append(source.span(start, stop))
        start = stop + 1
    while found and not found[-1].text.lstrip("#").strip():
        found.pop()
    return found
