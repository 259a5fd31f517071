"""The macros a .cf defines (D lines), and the version it was made for."""

from collections.abc import Iterator

from auditor.facts.configurations import CfFile
from auditor.model.facts import fact, provider
from auditor.model.subjects import Configuration
from auditor.sendmail.cf import CfView, view_of
from auditor.sendmail.cf_commands import Macro, macro

__all__ = ["CfMacros", "Macro"]


@fact(Configuration)
class CfMacros:
    """The D lines of a .cf. A macro sendmail knows of itself (``$w``, ``$j``) is here only where the file sets it."""

    def __init__(self, lines: tuple[Macro, ...]) -> None:
        self.lines = lines
        self._last = {each.name: each for each in lines}

    def __iter__(self) -> Iterator[Macro]:
        return iter(self._last.values())

    def get(self, name: str) -> Macro | None:
        """The definition that counts, by the macro's name without braces: ``Z``, ``sendmailMTACluster``."""
        return self._last.get(name)


@provider
def cf_macros(cf: CfFile) -> CfMacros:
    """Read the D lines."""
    return macros_of(view_of(cf.document))


def macros_of(view: CfView) -> CfMacros:
    """The D lines of a view."""
    return CfMacros(tuple(each for line in view.lines("macro") if (each := macro(line)) is not None))
