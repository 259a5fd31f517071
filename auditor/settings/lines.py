"""Where each key of a TOML document stands, which ``tomllib`` does not tell.

The text is read once, from left to right, with the containers that are open on a stack. It has to be TOML that
``tomllib`` takes: what is wrong in a document is said by that.

Source: TOML v1.0.0, https://toml.io/en/v1.0.0.
"""

from __future__ import annotations

import re
import tomllib

from auditor.model.pattern import lazy

#: Keys and indices that lead to a value.
Path = tuple[str | int, ...]

_SPACE = lazy(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = lazy(r"""[ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[A-Za-z0-9_-]+)[ \t]*""")
_STRING = lazy(
    r'''"""(?:[^"\\]|\\[\s\S]|"(?!""))*"{3,5}|\'\'\'(?:[^']|'(?!''))*'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*\''''
)
_SCALAR = lazy(r"[^,\]}#\n]+")


def places(text: str) -> dict[Path, tuple[int, int]]:
    """The offsets at which each key begins and ends, by the path to its value; of an array's element, its own.

    Args:
        text: a TOML document, its bytes decoded as latin-1, as of a ``Source``.

    """
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._found: dict[Path, tuple[int, int]] = {}
        #: How many tables each array of tables has so far.
        self._tables: dict[Path, int] = {}

    def read(self) -> dict[Path, tuple[int, int]]:
        above: Path = ()
        self._pass_space()
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                above = self._header()
            else:
                path = self._keys(above)
                self._at += 1
                self._value(path)
            self._pass_space()
        return self._found

    def _header(self) -> Path:
        brackets = 2 if self._text.startswith("[[", self._at) else 1
        self._at += brackets
        start = self._at
        path = self._keys((), is_array=brackets == 2)  # noqa: PLR2004  # Two open an array of tables.
        if isinstance(path[-1], int):
            self._found[path] = (start, self._at)
        self._at += brackets
        return path

    def _keys(self, above: Path, *, is_array: bool = False) -> Path:
        """Read a dotted key; of arrays of tables on the way the last table is meant."""
        path = above
        is_last = False
        while not is_last:
            match = _KEY.match(self._text, self._at)
            assert match is not None  # noqa: S101  # tomllib has found a key here.
            path = (*path, _plain(match[1]))
            self._found.setdefault(path, match.span(1))
            self._at = match.end()
            is_last = not self._text.startswith(".", self._at)
            self._at += not is_last
            if is_last and is_array:
                self._tables[path] = self._tables.get(path, 0) + 1
            if path in self._tables:
                path = (*path, self._tables[path] - 1)
        return path

    def _value(self, path: Path) -> None:
        """Read a value; arrays and inline tables stay open on a stack, each with its path and its next element."""
        open_: list[tuple[Path, int | None]] = []
        self._pass_space()
        while True:
            start = self._at
            here = self._text[self._at]
            if here in "[{":
                self._at += 1
                open_.append((path, 0 if here == "[" else None))
            else:
                match = _STRING.match(self._text, self._at) or _SCALAR.match(self._text, self._at)
                assert match is not None  # noqa: S101  # tomllib has found a value here.
                self._at = match.end()
            if isinstance(path[-1], int) and path not in self._found:
                self._found[path] = (start, max(self._at, start + 1))
            if not self._closed(open_):
                return
            path = self._next(open_)

    def _closed(self, open_: list[tuple[Path, int | None]]) -> bool:
        """Pass commas and closing brackets; whether another value follows inside one that is open."""
        while open_:
            self._pass_space()
            here = self._text[self._at]
            if here == ",":
                self._at += 1
            elif here in "]}":
                self._at += 1
                open_.pop()
            else:
                return True
        return False

    def _next(self, open_: list[tuple[Path, int | None]]) -> Path:
        """The path of the next value inside what is open."""
        path, number = open_[-1]
        if number is not None:
            open_[-1] = (path, number + 1)
            return (*path, number)
        found = self._keys(path)
        self._at += 1
        self._pass_space()
        return found

    def _pass_space(self) -> None:
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match is not None else self._at


def _plain(key: str) -> str:
    if key[0] not in "\"'":
        return key
    return next(iter(tomllib.loads(f"{key.encode('latin-1').decode()}=0")))


def broken_line(error: Exception, text: str) -> int:
    """The line that an error of ``tomllib`` is about, the last one where it says no other."""
    said = re.search(r"at line (\d+)", str(error))
    return int(said[1]) if said is not None else text.rstrip("\n").count("\n") + 1
