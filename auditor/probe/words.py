"""Foreign bytes as short, printable words for a sentence of our own."""

from __future__ import annotations

#: Characters that an excerpt has at most, its mark of omission aside.
SHORT = 120


def excerpt(foreign: bytes | str, limit: int = SHORT) -> str:
    """What came from the wire, in at most ``limit`` characters, all but printable ASCII written as escapes."""
    text = foreign.decode("latin-1") if isinstance(foreign, bytes) else foreign
    # The end of a line that is the end of the excerpt too tells nobody anything.
    whole = text[: limit + 2].rstrip("\r\n")
    shown = "".join(map(_printable, whole))
    if len(shown) <= limit and len(text) <= limit + 2:
        return shown
    kept, length = [], 0
    for piece in map(_printable, whole):
        length += len(piece)
        if length > limit:
            break
        kept.append(piece)
    return "".join(kept) + "…"


def _printable(character: str) -> str:
    if " " <= character <= "~":
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"  # noqa: PLR2004  # The last code of one byte.
