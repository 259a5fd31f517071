"""Regular expressions that are compiled when they are first used.

A scan imports some two hundred of them and needs half; compiling takes a quarter of a millisecond each.
"""

from __future__ import annotations

import re
from typing import Any, cast


class _Lazy:
    """Stands for a compiled pattern and becomes one at the first look at an attribute."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._made = (text, flags)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # Any attribute of a pattern.
        text, flags = self.__dict__["_made"]
        # The module keeps compiled patterns itself, so that asking again for another attribute costs a look-up.
        found = self.__dict__[name] = getattr(re.compile(text, flags), name)
        return found


def lazy(text: str, flags: int | re.RegexFlag = 0) -> re.Pattern[str]:
    """A pattern of text, compiled when it is first used; an expression that is wrong is noticed only then."""
    return cast("re.Pattern[str]", _Lazy(text, flags))


def lazy_bytes(text: bytes, flags: int | re.RegexFlag = 0) -> re.Pattern[bytes]:
    """A pattern of bytes, compiled when it is first used."""
    return cast("re.Pattern[bytes]", _Lazy(text, flags))
