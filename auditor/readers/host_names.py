"""Host names in certificates against host names in use (RFC 6125 section 6.4, RFC 9525 section 6.3)."""

from __future__ import annotations

from auditor.model.pattern import lazy

_ADDRESS = lazy(r"[0-9.]+|\[.*\]|.*:.*")
#: A wildcard stands for one whole label, and at least two must follow it.
_LABELS_BELOW_WILDCARD = 2


def normal(name: str) -> str:
    """A host name for comparing: lower case, in its ASCII form (IDNA), without a trailing dot.

    A name that has no ASCII form comes back in lower case as it stands.
    """
    name = name.strip().removesuffix(".").lower()
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name


def matches(presented: str, host: str) -> bool:
    """Whether a name that a certificate presents is good for a host.

    A wildcard counts only as the whole first label, stands for exactly one label, and not for a label in ASCII form of
    another script's. An address is matched by no name.
    """
    presented, host = normal(presented), normal(host)
    if not host or _ADDRESS.fullmatch(host):
        return False
    if not presented.startswith("*."):
        return presented == host
    suffix = presented[2:]
    first, dot, rest = host.partition(".")
    if "*" in suffix or suffix.count(".") + 1 < _LABELS_BELOW_WILDCARD:
        return False
    return bool(first and dot) and rest == suffix and not first.startswith("xn--")


def any_matches(presented: tuple[str, ...], host: str) -> bool:
    """Whether one of several presented names is good for a host."""
    return any(matches(name, host) for name in presented)
