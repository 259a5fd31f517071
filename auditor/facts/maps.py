"""The maps a configuration declares."""

from collections.abc import Iterator

from auditor.facts.classes_static import static_maps
from auditor.facts.configurations import CfFile
from auditor.facts.features import Defines, Features
from auditor.model.facts import fact, provider
from auditor.model.subjects import Configuration
from auditor.model.unknown import Unknown
from auditor.sendmail.cf import view_of
from auditor.sendmail.cf_commands import Map, map_line
from auditor.sendmail.mc import McView

__all__ = ["Map", "Maps"]


@fact(Configuration)
class Maps:
    """The K lines.

    Args:
        lines: the maps in order.
        doubt: why there may be more, where only the .mc was read; else None.

    """

    def __init__(self, lines: tuple[Map, ...], doubt: str | None = None) -> None:
        self.lines = lines
        self.doubt = doubt
        self._last = {each.name.lower(): each for each in lines}

    def __iter__(self) -> Iterator[Map]:
        return iter(self._last.values())

    def get(self, name: str) -> Map | None:
        """The map of that name, the last one declared."""
        return self._last.get(name.lower())


@provider
def maps(
    cf: CfFile | Unknown, view: McView | Unknown, defines: Defines | Unknown, features: Features | Unknown
) -> Maps | Unknown:
    """The maps of the .cf where there is one, else those the features of the .mc declare."""
    if isinstance(cf, CfFile):
        return Maps(tuple(each for line in view_of(cf.document).lines("map") if (each := map_line(line)) is not None))
    if isinstance(view, McView) and isinstance(defines, Defines) and isinstance(features, Features):
        found, doubt = static_maps(view, defines, features)
        return Maps(found, doubt)
    return cf
