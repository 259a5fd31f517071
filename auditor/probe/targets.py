"""The targets a command line names: ``HOST``, ``HOST:PORT``, ``[IPv6]:PORT``, ``[IPv6]``, or a bare IPv6 address."""

from __future__ import annotations

from auditor.model.pattern import lazy
from auditor.probe.settings import IMPLICIT, STARTTLS, Settings
from auditor.probe.words import excerpt

#: The port where no other is named.
DEFAULT_PORT = 25
#: The port on which TLS begins at once (RFC 8314, section 3.3).
SMTPS = 465

_HIGHEST_PORT = 65535
_LONGEST_NAME = 253
_BRACKETED = lazy(r"\[([^\[\]]*)\](?::(.*))?")
# A label of a host name; sendmail's users have underscores in theirs, and resolvers do not mind.
_LABEL = lazy(r"[^\W_](?:[\w-]{0,61}\w)?|_[\w-]{0,62}")
_DIGITS = lazy(r"[0-9]{1,5}")
_NUMERIC = lazy(r"[0-9.]+")


def target(text: str) -> Settings:
    """The host and port that a target names, with TLS as the port has it and all else as it is by default.

    Raises:
        ValueError: it names no host or no port; the text is a sentence.

    """
    host, port = split(text)
    return Settings(host, port, IMPLICIT if port == SMTPS else STARTTLS)


def full_name(found: Settings) -> str:
    """What reports call a target: ``HOST:PORT``, the port that goes without saying included."""
    return f"[{found.host}]:{found.port}" if ":" in found.host else f"{found.host}:{found.port}"


def split(text: str) -> tuple[str, int]:
    """The host, IPv6 without brackets, and the port.

    Raises:
        ValueError: as `target`.

    """
    bracketed = _BRACKETED.fullmatch(text)
    if bracketed:
        address, port = bracketed.groups()
        if _family(address) != 6:  # noqa: PLR2004  # IP has no other name for it.
            raise _malformed(text, "what stands in brackets is no IPv6 address")
        return address, _port(text, port)
    if _family(text):
        return text, DEFAULT_PORT
    host, colon, port = text.rpartition(":")
    return (_host(text, host), _port(text, port)) if colon else (_host(text, text), DEFAULT_PORT)


def source_address(text: str) -> str:
    """An address of this machine to connect from.

    Raises:
        ValueError: it is no IP address; the text is a sentence.

    """
    address = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if not _family(address):
        message = f"{excerpt(text)!r} is no address to connect from: an IPv4 or IPv6 address is wanted"
        raise ValueError(message)
    return address


def _host(text: str, host: str) -> str:
    if _family(host) == 4:  # noqa: PLR2004
        return host
    if ":" in host:
        raise _malformed(text, "an IPv6 address with a port stands in brackets, [ADDRESS]:PORT")
    name = host.removesuffix(".")
    if not name or len(host) > _LONGEST_NAME + 1 or not all(map(_LABEL.fullmatch, name.split("."))):
        raise _malformed(text, "there is no host name in it" if not name else "that is no host name")
    if _NUMERIC.fullmatch(name):
        raise _malformed(text, "that is no IPv4 address")
    return host


def _port(text: str, port: str | None) -> int:
    if port is None:
        return DEFAULT_PORT
    if not _DIGITS.fullmatch(port) or not 1 <= int(port) <= _HIGHEST_PORT:
        raise _malformed(text, f"a port is a number from 1 to {_HIGHEST_PORT}")
    return int(port)


def _family(text: str) -> int:
    """4 or 6 for an IP address, 0 for anything else; an IPv6 address may have a zone."""
    import ipaddress  # noqa: PLC0415  # It is not needed to start.

    try:
        return ipaddress.ip_address(text).version
    except ValueError:
        return 0


def _malformed(text: str, why: str) -> ValueError:
    return ValueError(f"{excerpt(text)!r} is no target: {why}")
