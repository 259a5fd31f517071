"""Make foreign text safe to print: audited files may hold terminal escapes and direction overrides."""

from __future__ import annotations

from auditor.model.pattern import lazy

# C0 and C1 controls, zero-width characters, line and paragraph separators, bidirectional controls, the byte order mark;
# and what neither UTF-8 nor XML holds: lone surrogates, which stand for a file name's odd bytes, and two code points.
_UNSAFE = lazy("[\x00-\x08\x0a-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
#: What Python makes of a byte of a file name that is no UTF-8 is this and the byte (PEP 383).
_ODD_BYTE = range(0xDC80, 0xDD00)
_TAB = 4


def clean(text: str) -> str:
    """The text with every character that could steer a terminal written as an escape, and tabs kept."""
    return _UNSAFE.sub(lambda match: _escaped(match[0]), text)


def cleaned_lines(text: str) -> list[str]:
    """Text of our own that may hold foreign words, line by line, each line cleaned."""
    return [clean(line) for line in text.split("\n")]


def expanded(line: str, column: int) -> tuple[str, int]:
    """A cleaned line with its tabs as blanks, and the width of what stands before a column (from 1) of the original."""
    before = clean(line[: column - 1]).replace("\t", " " * _TAB)
    return clean(line).replace("\t", " " * _TAB), len(before)


def _escaped(character: str) -> str:
    code = ord(character)
    if code in _ODD_BYTE:
        code -= 0xDC00
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"  # noqa: PLR2004  # The last code of one byte.
