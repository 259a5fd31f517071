"""Read settings: TOML into ``Settings``; what cannot be used is answered with its file and line."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NoReturn

from auditor.engine import profiles
from auditor.model.finding import Severity
from auditor.model.nearest import nearest
from auditor.model.text import Source, Span
from auditor.settings.lines import Path, broken_line, places
from auditor.settings.model import Ignore, Override, Probed, Settings, SettingsError

_SEVERITIES = tuple(severity.word for severity in Severity)


def settings_of(source: Source, base: str, shown: str, table: Path = ()) -> Settings | None:
    """The settings that a file holds.

    Args:
        source: the file.
        base: the directory that patterns and relative paths in it start from.
        shown: what messages call it.
        table: the keys that lead to the settings in it.

    Returns:
        The settings; None where the table is not there.

    Raises:
        SettingsError: it is no TOML, or holds a key or value that means nothing.

    """
    try:
        document = tomllib.loads(source.data.decode())
    except UnicodeDecodeError as error:
        line = source.data.count(b"\n", 0, error.start) + 1
        message = f"{shown}:{line}: this is no UTF-8"
        raise SettingsError(message) from None
    except (ValueError, RecursionError) as error:
        # Numbers of many thousand digits and nesting without end are errors of their own kinds.
        said = str(error).partition(" (at")[0].rstrip(".") or type(error).__name__
        message = f"{shown}:{broken_line(error, source.text)}: broken TOML: {said[:200]!r}"
        raise SettingsError(message) from None
    reader = _Reader(source, shown, places(source.text))
    found: Any = document
    for key in table:
        if not isinstance(found, dict) or key not in found:
            return None
        found = found[key]
    return reader.settings(found, table, base)


def thresholds() -> Mapping[str, int | tuple[str, ...]]:
    """The thresholds there are, as the modern profile has them: every profile has the same."""
    return profiles.load("modern").thresholds


class _Reader:
    """Turns tables into values; every method takes a value and the keys that led to it."""

    def __init__(self, source: Source, shown: str, found: Mapping[Path, tuple[int, int]]) -> None:
        self._source = source
        self._shown = shown
        self._places = found

    def settings(self, value: object, path: Path, base: str) -> Settings:
        table = self._table(value, path, SETTINGS)
        given = {key: read(self, item, (*path, key)) for key, (item, read) in table.items()}
        origins = dict(self._origins(given, path))
        if "assume-flags" in given and "assume-version" not in given:
            self._refuse((*path, "assume-flags"), "assume-flags needs assume-version beside it")
        mixed = given.pop("ignore", ((), ()))
        fields = {_FIELDS.get(key, key.replace("-", "_")): item for key, item in given.items()}
        return Settings(
            base=base,
            shown=self._shown,
            source=self._source,
            origins=origins,
            ignore=mixed[0],
            ignores=mixed[1],
            **fields,
        )

    def _origins(self, given: Mapping[str, Any], path: Path) -> Iterator[tuple[str, str]]:
        for key, item in given.items():
            yield key, self._where((*path, key))
            if key in ("thresholds", "severity"):
                yield from ((f"{key}.{name}", self._where((*path, key, name))) for name in item)

    def word(self, value: object, path: Path) -> str:
        if not isinstance(value, str) or not value or not value.isprintable():
            self._refuse(path, f"{path[-1]} takes a text of printable characters, not {_kind(value)}")
        return value

    def words(self, value: object, path: Path) -> tuple[str, ...]:
        if not isinstance(value, list):
            self._refuse(path, f"{path[-1]} takes a list of texts, not {_kind(value)}")
        return tuple(self._element(each, (*path, number)) for number, each in enumerate(value))

    def patterns(self, value: object, path: Path) -> tuple[str, ...]:
        return (self.word(value, path),) if isinstance(value, str) else self.words(value, path)

    def profile(self, value: object, path: Path) -> str:
        return self._one_of(value, path, profiles.NAMES)

    def minimum(self, value: object, path: Path) -> str:
        return self._one_of(value, path, _SEVERITIES)

    def fail_on(self, value: object, path: Path) -> str:
        return self._one_of(value, path, (*_SEVERITIES, "never"))

    def severity(self, value: object, path: Path) -> dict[str, Severity | None]:
        found = {}
        for rule, word in self._any_table(value, path).items():
            name = self._one_of(word, (*path, rule), (*_SEVERITIES, "off"))
            found[rule] = None if name == "off" else Severity[name.upper()]
        return found

    def thresholds(self, value: object, path: Path) -> dict[str, int | tuple[str, ...]]:
        known = thresholds()
        found: dict[str, int | tuple[str, ...]] = {}
        for name, item in self._any_table(value, path).items():
            here = (*path, name)
            if name not in known:
                self._refuse(here, f"no threshold is called {name!r}{nearest(name, known)}")
            if isinstance(known[name], tuple):
                found[name] = self.words(item, here)
            elif isinstance(item, int) and not isinstance(item, bool) and item >= 0:
                found[name] = item
            else:
                self._refuse(here, f"{name} takes a number that is not negative, not {_kind(item)}")
        return found

    def overrides(self, value: object, path: Path) -> tuple[Override, ...]:
        return tuple(self._override(item, here) for item, here in self._tables(value, path))

    def _override(self, value: object, path: Path) -> Override:
        table = self._table(value, path, OVERRIDE, ("path",))
        given = {key: read(self, item, (*path, key)) for key, (item, read) in table.items()}
        return Override(
            paths=given["path"],
            select=given.get("select"),
            ignore=given.get("ignore", ()),
            severity=given.get("severity", {}),
            profile=given.get("profile"),
            thresholds=given.get("thresholds", {}),
            at=self._span((*path, "path")),
        )

    def targets(self, value: object, path: Path) -> tuple[Probed, ...]:
        if not isinstance(value, list):
            self._refuse(path, f"{path[-1]} takes a list of HOST:PORT, not {_kind(value)}")
        return tuple(self._target(each, (*path, number)) for number, each in enumerate(value))

    def _target(self, value: object, path: Path) -> Probed:
        if not isinstance(value, dict):
            return Probed(self._element(value, path), None, self._span(path))
        table = self._table(value, path, TARGET, ("target",))
        given = {key: read(self, item, (*path, key)) for key, (item, read) in table.items()}
        return Probed(given["target"], given.get("path"), self._span((*path, "target")))

    def ignore(self, value: object, path: Path) -> tuple[tuple[str, ...], tuple[Ignore, ...]]:
        """Rules that are not asked, which are texts, and findings that are accepted, which are tables."""
        if not isinstance(value, list):
            self._refuse(path, f"ignore takes a list of ids, or tables under [[ignore]], not {_kind(value)}")
        places = [(each, (*path, number)) for number, each in enumerate(value)]
        rules = tuple(self._element(each, here) for each, here in places if not isinstance(each, dict))
        return rules, tuple(self._ignored(each, here) for each, here in places if isinstance(each, dict))

    def _ignored(self, value: object, path: Path) -> Ignore:
        table = self._table(value, path, IGNORE, ("id", "reason"))
        given = {key: read(self, item, (*path, key)) for key, (item, read) in table.items()}
        at = self._span((*path, "id"))
        return Ignore(given["id"], given.get("path"), given.get("subject"), given["reason"], given.get("expires"), at)

    def day(self, value: object, path: Path) -> date:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(value if isinstance(value, str) else "")
        except ValueError:
            self._refuse(path, f"{path[-1]} takes a day such as 2027-01-31, not {_kind(value)}")

    def _table(
        self, value: object, path: Path, known: Mapping[str, Read], needed: tuple[str, ...] = ()
    ) -> dict[str, tuple[Any, Read]]:
        table = self._any_table(value, path)
        for key in table:
            if key not in known:
                self._refuse((*path, key), f"no setting is called {key!r}{nearest(key, known)}")
        for key in needed:
            if key not in table:
                self._refuse(path, f"{key} is missing here")
        return {key: (item, known[key]) for key, item in table.items()}

    def _any_table(self, value: object, path: Path) -> dict[str, Any]:
        if not isinstance(value, dict):
            self._refuse(path, f"{path[-1]} takes a table, not {_kind(value)}")
        return value

    def _tables(self, value: object, path: Path) -> Iterator[tuple[object, Path]]:
        if not isinstance(value, list):
            self._refuse(path, f"{path[-1]} takes tables under [[{path[-1]}]], not {_kind(value)}")
        return ((each, (*path, number)) for number, each in enumerate(value))

    def _element(self, value: object, path: Path) -> str:
        if not isinstance(value, str) or not value or not value.isprintable():
            self._refuse(path, f"{path[-2]} takes texts of printable characters, not {_kind(value)}")
        return value

    def _one_of(self, value: object, path: Path, known: tuple[str, ...]) -> str:
        if not isinstance(value, str):
            self._refuse(path, f"{path[-1]} takes {', '.join(known)}, not {_kind(value)}")
        if value not in known:
            self._refuse(path, f"{path[-1]} takes {', '.join(known)}, not {value!r}{nearest(value, known)}")
        return value

    def _span(self, path: Path) -> Span:
        start, end = self._places.get(path, (0, 0))
        return self._source.span(start, end)

    def _where(self, path: Path) -> str:
        return f"{self._shown}:{self._span(path).line}"

    def _refuse(self, path: Path, said: str) -> NoReturn:
        # A key that is written as part of a dotted one stands where its first part does.
        while path and path not in self._places:
            path = path[:-1]
        message = f"{self._where(path)}: {said}"
        raise SettingsError(message)


#: Reads the value of one key.
Read = Callable[[_Reader, Any, Path], Any]

SETTINGS: Mapping[str, Read] = {
    "profile": _Reader.profile,
    "select": _Reader.words,
    "ignore": _Reader.ignore,
    "fail-on": _Reader.fail_on,
    "min-severity": _Reader.minimum,
    "severity": _Reader.severity,
    "thresholds": _Reader.thresholds,
    "override": _Reader.overrides,
    "targets": _Reader.targets,
    "cf-dir": _Reader.word,
    "assume-version": _Reader.word,
    "assume-flags": _Reader.words,
}
OVERRIDE: Mapping[str, Read] = {
    "path": _Reader.patterns,
    "select": _Reader.words,
    "ignore": _Reader.words,
    "severity": _Reader.severity,
    "profile": _Reader.profile,
    "thresholds": _Reader.thresholds,
}
IGNORE: Mapping[str, Read] = {
    "id": _Reader.word,
    "path": _Reader.word,
    "subject": _Reader.word,
    "reason": _Reader.word,
    "expires": _Reader.day,
}
TARGET: Mapping[str, Read] = {"target": _Reader.word, "path": _Reader.word}
#: Where a key and the attribute of ``Settings`` are called differently.
_FIELDS = {"override": "overrides"}


def _kind(value: object) -> str:
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "this text",
        dict: "a table",
        list: "a list",
    }
    return names.get(type(value), "a date or time")
