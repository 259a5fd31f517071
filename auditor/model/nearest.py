"""The nearest of some names to a misspelt word."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, names: Iterable[str]) -> str:
    """A clause that names the nearest of the names, or nothing where none is near."""
    from difflib import get_close_matches  # noqa: PLC0415  # Only mistakes need it.

    close = get_close_matches(word[:100], list(names), 1, 0.5)
    return f"; did you mean {close[0]}?" if close else ""
