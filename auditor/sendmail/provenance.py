"""Which call in the administrator's own files a part of the generated ``.cf`` comes from.

What m4 prints has a stack of calls behind it, most of them inside the cf tree. Of these only those can be mended that
stand in a file of one's own: the call whose expansion it is, or else the one that gave a macro on the way its text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Iterator
from functools import cache

from auditor.sendmail.m4 import Expansion, Place
from auditor.sendmail.macros import OPTION_OF

_OPTION = re.compile(r"O ([\w.-]+)").match
_INCLUDES = ("include", "sinclude")


def own_origin(expansion: Expansion, start: int, end: int, own: Container[str]) -> Place | None:
    """The call to mend for a part of the output; None where it comes from the cf tree alone.

    Where several definitions made a macro's text longer by and by, it is the last one that had part in it.

    Args:
        expansion: what m4 printed.
        start: the offset at which the part begins.
        end: the offset behind it; blanks and line feeds before it do not count.
        own: the names of the files that are the administrator's own.

    """
    end = max(start + 1, start + len(expansion.output[start:end].rstrip()))
    first: Place | None = None
    found: Place | None = None
    for place in _origins(expansion, start, end):
        if first is not None and not _same_call(place, first):
            continue
        mended = own_place(place, own)
        if mended is not None:
            first, found = first or place, mended
    return found or _of_option(expansion, start, own)


def _of_option(expansion: Expansion, start: int, own: Container[str]) -> Place | None:
    """The definition an O line is from that shows nothing of it: its text is empty, or proto.m4 compares it."""
    line = _OPTION(expansion.output, expansion.output.rfind("\n", 0, start) + 1)
    macro = _macros().get(line[1]) if line is not None else None
    definition = expansion.definitions.get(macro) if macro is not None else None
    return own_place(definition, own) if definition is not None else None


@cache
def _macros() -> dict[str, str]:
    return {option: macro for macro, option in OPTION_OF.items()}


def own_place(place: Place, own: Container[str]) -> Place | None:
    """The call to mend for what one place gave; None where no call in a file of one's own had part in it.

    It is the call in such a file, unless a macro on the way has its text from a definition in one, which is nearer.
    """
    defined: Place | None = None
    for each, below in _pairs(place):
        if each.file in own:
            return defined or _called(each, below)
        if each.definition is not None:
            # Of a macro in the text of a macro the outer one is what the cf tree asks for.
            calls = ((one, under) for one, under in _pairs(each.definition) if one.file in own)
            defined = next((found for call in calls if (found := _called(*call)) is not None), defined)
    return defined


def _pairs(place: Place) -> Iterator[tuple[Place, Place | None]]:
    """The stack of a place, each with the one before it."""
    below: Place | None = None
    for each in place.stack():
        yield each, below
        below = each


def _origins(expansion: Expansion, start: int, end: int) -> Iterator[Place]:
    yield expansion.origin(start)
    run = bisect_right(expansion.starts, start)
    while run < len(expansion.starts) and expansion.starts[run] < end:
        yield expansion.origins[run]
        run += 1


def _same_call(place: Place, other: Place) -> bool:
    """Whether both are parts of what one call expanded to."""
    return bool(place.macro) and (place.source, place.offset, place.macro, place.caller) == (
        other.source,
        other.offset,
        other.macro,
        other.caller,
    )


def _called(place: Place, below: Place | None) -> Place | None:
    """The outermost of the calls that a call in a file expands to, which all have its place."""
    for above in place.stack():
        if (above.source, above.offset) != (place.source, place.offset):
            break
        place = above
    # Who includes cf.m4 has all of its text on this stack, which says nothing of a single line.
    whole = place.macro in _INCLUDES and below is not None and below.file.endswith("m4/cf.m4")
    return None if whole else place
