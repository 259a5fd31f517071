"""Times as sendmail's options write them: numbers with units (Sendmail Installation and Operation Guide, 5.6)."""

from __future__ import annotations

from auditor.model.pattern import lazy

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_PIECE = lazy(r"(\d{1,9})([A-Za-z]?)")


def seconds(value: str, unit: str) -> int | None:
    """A time in seconds; None for ``now`` and whatever else is not numbers with units.

    Args:
        value: the time as written, ``5d`` or ``1h30m``.
        unit: the unit of a number without one: ``s``, ``m``, ``h``, ``d`` or ``w``.

    """
    value = value.strip()
    pieces = _PIECE.findall(value)
    if not pieces or "".join(number + letter for number, letter in pieces) != value:
        return None
    if any((letter or unit).lower() not in _SECONDS for _, letter in pieces):
        return None
    return sum(int(number) * _SECONDS[(letter or unit).lower()] for number, letter in pieces)


def spoken(length: int) -> str:
    """A number of seconds as an option would have it, in the largest unit that fits: ``1h``, ``90s``."""
    for unit in ("d", "h", "m"):
        if length and length % _SECONDS[unit] == 0:
            return f"{length // _SECONDS[unit]}{unit}"
    return f"{length}s"
