"""The flags of m4's debugging."""

from __future__ import annotations

_ALL = "aceflipqtx"
_USUAL = "aeq"


def debug_flags(now: str, given: str | None) -> str | None:
    """The flags after a ``debugmode``.

    Args:
        now: the flags there are.
        given: the argument; None for a call without one, which clears them.

    Returns:
        The flags; None where the argument has a letter that is none.

    """
    if given is None:
        return ""
    sign, letters = (given[0], given[1:]) if given[:1] in {"+", "-"} else ("", given)
    letters = _ALL if "V" in letters else letters or _USUAL
    if not set(letters) <= set(_ALL):
        return None
    if sign == "+":
        return now + letters
    return "".join(flag for flag in now if flag not in letters) if sign else letters
