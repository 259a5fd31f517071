"""A unified diff of bytes, as patch takes it."""

from __future__ import annotations

from auditor.report.clean import clean

_CONTEXT = 3


def unified(path: str, before: bytes, after: bytes) -> bytes:
    """The difference of two contents of a file; lines end with a line feed and nothing else, whatever is in them."""
    from difflib import unified_diff  # noqa: PLC0415  # Only a diff needs it.

    # One character a byte: nothing is lost, and nothing but a line feed ends a line.
    old, new = _lines(before), _lines(after)
    name = clean(path).encode("utf-8", "backslashreplace")
    lines = list(unified_diff(old, new, n=_CONTEXT))[2:]
    return b"--- %b\n+++ %b\n" % (name, name) + "".join(lines).encode("latin-1")


def _lines(data: bytes) -> list[str]:
    *whole, rest = data.decode("latin-1").split("\n")
    lines = [f"{line}\n" for line in whole]
    return [*lines, f"{rest}\n\\ No newline at end of file\n"] if rest else lines
