"""SASLprep: one form for the many ways of writing one user name or password (RFC 4013)."""

from __future__ import annotations

from auditor.probe.auth.base import Unfit


def prepared(text: str) -> str:
    """A name or password in the form that SCRAM computes with; characters Unicode 3.2 did not know are let pass.

    Raises:
        Unfit: it holds a character that SASLprep forbids, mixes directions of writing, or nothing is left of it.

    """
    if text.isascii() and text.isprintable() and text:
        return text
    import stringprep  # noqa: PLC0415  # Few passwords need its tables.
    import unicodedata  # noqa: PLC0415

    mapped = [" " if stringprep.in_table_c12(each) else each for each in text if not stringprep.in_table_b1(each)]
    found = unicodedata.ucd_3_2_0.normalize("NFKC", "".join(mapped))
    if not found:
        message = "nothing is left of it after SASLprep"
    elif any(_is_prohibited(each) for each in found):
        message = "it holds a character that SASLprep forbids"
    elif not _is_one_way(found):
        message = "it mixes letters written from the left and from the right, which SASLprep forbids"
    else:
        return found
    raise Unfit(message)


def _is_prohibited(character: str) -> bool:
    import stringprep  # noqa: PLC0415

    tables = (
        stringprep.in_table_c12,
        stringprep.in_table_c21_c22,
        stringprep.in_table_c3,
        stringprep.in_table_c4,
        stringprep.in_table_c5,
        stringprep.in_table_c6,
        stringprep.in_table_c7,
        stringprep.in_table_c8,
        stringprep.in_table_c9,
    )
    return any(table(character) for table in tables)


def _is_one_way(text: str) -> bool:
    """Whether the rules for text written from the right hold (RFC 3454, section 6)."""
    import stringprep  # noqa: PLC0415

    if not any(map(stringprep.in_table_d1, text)):
        return True
    ends = stringprep.in_table_d1(text[0]) and stringprep.in_table_d1(text[-1])
    return ends and not any(map(stringprep.in_table_d2, text))
