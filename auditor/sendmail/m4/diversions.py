"""m4's output: what is printed, and what is kept back in diversions, with its origins."""

from __future__ import annotations

from auditor.sendmail.m4.places import Place


class Diversion:
    """Text with its origins.

    Attributes:
        texts: the runs of characters.
        origins: where each came from.

    """

    __slots__ = ("origins", "texts")

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.origins: list[Place] = []

    def add(self, text: str, origin: Place) -> None:
        """Add a run of characters."""
        self.texts.append(text)
        self.origins.append(origin)


class Diversions:
    """All diversions; number 0 is what is printed.

    Attributes:
        number: of the diversion in use; negative where output is thrown away.
        current: the diversion in use; None where output is thrown away.
        printed: diversion 0.

    """

    __slots__ = ("_kept", "current", "number", "printed")

    def __init__(self) -> None:
        self.printed = Diversion()
        self.current: Diversion | None = self.printed
        self.number = 0
        self._kept: dict[int, Diversion] = {}

    def divert(self, number: int) -> None:
        """Use another diversion."""
        self.number = number
        if number < 0:
            self.current = None
        elif number == 0:
            self.current = self.printed
        else:
            self.current = self._kept.setdefault(number, Diversion())

    def bring_back(self, number: int) -> None:
        """Move a diversion's text to the one in use; nothing happens for itself and for what is printed."""
        if number <= 0 or number == self.number:
            return
        kept = self._kept.pop(number, None)
        if kept is not None and self.current is not None:
            self.current.texts += kept.texts
            self.current.origins += kept.origins

    def bring_all_back(self) -> None:
        """Move the text of all diversions, in the order of their numbers."""
        for number in sorted(self._kept):
            self.bring_back(number)
