"""What is known of single releases of sendmail, and of what distributions made of them."""

from __future__ import annotations

from auditor.model.pattern import lazy

#: The first release that takes nothing but CRLF for the end of a line (CVE-2023-51765; sendmail RELEASE_NOTES).
STRICT_LINE_ENDS = (8, 18, 1)
#: Debian's package has the correction for CVE-2023-51765 from this revision on.
_CORRECTED = lazy(r"8\.17\.1\.9/Debian-2\+deb12u[1-9]|8\.17\.1\.9/Debian-[3-9]")


def is_corrected(version: str) -> bool:
    """Whether a distribution's version, below 8.18.1, is known to take nothing but CRLF for the end of a line."""
    return bool(_CORRECTED.search(version))


def release_of(version: str) -> tuple[int, ...]:
    """The numbers a version begins with: ``(8, 17, 1, 9)`` of ``8.17.1.9/Debian-2``; empty where there is none."""
    found = _NUMBERS.match(version.strip())
    return tuple(int(part) for part in found[0].split(".")) if found else ()


_NUMBERS = lazy(r"[0-9]{1,9}(?:\.[0-9]{1,9})*")
