"""Which names m4 takes for macros once a ``.mc`` has been read, and what their bodies are."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.sendmail.macros import ACT_ALONE, CF_MACROS, CLASS_MACROS, NEED_PARENTHESIS, SECTIONS
from auditor.sendmail.mc_view import Define

#: What cf.m4 defines, apart from settings.
OF_CF = CF_MACROS | SECTIONS.keys() | CLASS_MACROS.keys()


class Words:
    """The macros in force at the end of a file.

    Attributes:
        settled: the last unconditional definition or removal of each macro.

    """

    def __init__(self, defines: Iterable[Define]) -> None:
        self.settled: dict[str, Define] = {}
        self._doubtful: set[str] = set()
        for define in defines:
            if define.conditional:
                self._doubtful.add(define.name)
            else:
                self._doubtful.discard(define.name)
                self.settled[define.name] = define

    def look_up(self, name: str, parenthesis: bool) -> str | bool | None:  # noqa: FBT001  # As ``expand`` asks it.
        """What ``expand`` asks for a name."""
        if name in self._doubtful:
            return None
        found = self.settled.get(name)
        if found is not None and not found.removed:
            return None if parenthesis else found.body
        if name in NEED_PARENTHESIS:
            return None if parenthesis else False
        return None if name in ACT_ALONE or name in OF_CF else False
