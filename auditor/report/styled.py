"""Lines of text with styles, which need no terminal library until they meet a terminal.

A report that goes into a file or a pipe has no colours, and importing rich and rendering through it took a sixth of a
scan's time.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.text import Text


class Line:
    """One line, in pieces that each have a style of rich's, such as "bold red"; the empty style is plain."""

    __slots__ = ("pieces",)

    def __init__(self, text: str = "", style: str = "") -> None:
        self.pieces = [(text, style)] if text else []

    def append(self, text: str, style: str = "") -> Line:
        """Add a piece at the end, and give the line back."""
        self.pieces.append((text, style))
        return self

    @property
    def plain(self) -> str:
        """The text alone."""
        return "".join(text for text, _ in self.pieces)

    def as_rich(self) -> Text:
        """The line as rich's own type; markup in it means nothing."""
        from rich.text import Text  # noqa: PLC0415  # Only a terminal and the documentation's picture want it.

        return Text.assemble(*self.pieces)


def write(lines: Iterable[Line], out: TextIO, *, colour: bool) -> None:
    """Write lines; colour is for a terminal only."""
    if not colour:
        out.writelines(f"{line.plain}\n" for line in lines)
        return
    from rich.console import Console  # noqa: PLC0415

    console = Console(
        file=out, force_terminal=True, color_system="standard", markup=False, highlight=False, emoji=False
    )
    for line in lines:
        console.print(line.as_rich(), soft_wrap=True)
