"""What GNU m4 and sendmail's cf tree make of a ``.mc`` file, as far as reading it tells; nothing is executed.

The static view walks the file as m4 does: calls with their arguments, what acts and what only looks like a call, the
text that reaches the ``.cf``, and what is defined in the end. Whatever it cannot follow it names: a condition, an
``include`` of a file that is not there, a template's directive, a quote that is never closed. Sources: the GNU m4
manual; cf/README, "A BRIEF INTRODUCTION TO M4"; cfhead.m4 and proto.m4 for what the cf tree defines.
"""

from __future__ import annotations

from auditor.readers.mc import McDocument
from auditor.sendmail.mc_view import Argument, Define, Include, MacroCall, McView, Opaque, TextLine, Trouble
from auditor.sendmail.mc_walk import Walk

__all__ = [
    "Argument",
    "Define",
    "Include",
    "MacroCall",
    "McView",
    "Opaque",
    "TextLine",
    "Trouble",
    "calls",
    "static_view",
]


def calls(document: McDocument, include: Include | None = None) -> list[MacroCall | TextLine | Trouble]:
    """The calls, lines of text and troubles of a ``.mc`` file in the order m4 meets them."""
    return static_view(document, include).items


def static_view(document: McDocument, include: Include | None = None) -> McView:
    """Read a ``.mc`` file as m4 would, without executing anything; never fails.

    Args:
        document: the file.
        include: gives the document of a file that is included; without it, or where it gives None, an ``include`` is
            opaque.

    """
    view = McView(document)
    Walk(view, include).run()
    return view
