"""From a host's name to a connected socket: its addresses, tried in turn within one deadline."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

from auditor.probe.errors import Fate, TimedOut, Tried, Unreachable
from auditor.probe.words import excerpt

if TYPE_CHECKING:
    import socket

#: Addresses of one name that are tried at most.
MOST = 8


class Address(NamedTuple):
    """Where to connect to; ``place`` is what the socket module wants for the family."""

    family: int
    place: tuple[Any, ...]


def label(host: str, port: int) -> str:
    """Host and port as in a sentence: ``mail.example.org:25``, ``[2001:db8::1]:25``."""
    return f"[{excerpt(host)}]:{port}" if ":" in host else f"{excerpt(host)}:{port}"


def address_of(labelled: str) -> str:
    """The host in what `label` made, an IPv6 address without its brackets."""
    return labelled.rpartition(":")[0].strip("[]")


def connected(host: str, port: int, timeout: float, source: str | None = None) -> socket.socket:
    """A socket connected to the first address of the host that answers.

    Args:
        host: a name or an address, IPv6 without brackets.
        port: its TCP port.
        timeout: seconds for resolving and for all addresses together; each address gets an equal share of what is left,
            so that one that drops packets does not take the time of the others.
        source: the address of this machine to connect from; only addresses of its family are tried.

    Raises:
        Unreachable: the name does not resolve, or no address takes the connection.
        TimedOut: the resolver or every address let the time pass.

    """
    name = label(host, port)
    end = time.monotonic() + timeout
    addresses = _of_family(resolved(host, port, timeout), source, name)
    errors: list[OSError] = []
    for index, address in enumerate(addresses):
        share = max(end - time.monotonic(), 0.001) / (len(addresses) - index)
        try:
            return _to(address, share, source)
        except OSError as error:
            errors.append(error)
    if all(isinstance(error, TimeoutError) for error in errors):
        message = f"{name} did not take a connection within {timeout:g} seconds"
        raise TimedOut(message)
    told = {f"{_reason(error)} ({address.place[0]})": None for address, error in zip(addresses, errors, strict=True)}
    message = f"{name} cannot be reached: {', '.join(told)}"
    fates = tuple(Tried(address.place[0], _fate(error)) for address, error in zip(addresses, errors, strict=True))
    raise Unreachable(message, fates)


def resolved(host: str, port: int, timeout: float) -> list[Address]:
    """The addresses of a host in the system's order of preference, each once, `MOST` at most.

    Raises:
        Unreachable: the name does not resolve.
        TimedOut: the resolver gave no answer in time.

    """
    import socket  # noqa: PLC0415

    try:
        return _asked(host, port, socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return _in_time(host, port, timeout)


def _asked(host: str, port: int, flags: int) -> list[Address]:
    import socket  # noqa: PLC0415

    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return list(dict.fromkeys(Address(family, place) for family, _, _, _, place in found))[:MOST]


def _in_time(host: str, port: int, timeout: float) -> list[Address]:
    # The system's resolver takes no deadline and may be silent for a minute, so it is left behind in its own thread.
    import threading  # noqa: PLC0415

    answer: list[list[Address] | Exception] = []

    def ask() -> None:
        try:
            answer.append(_asked(host, port, 0))
        except (OSError, ValueError) as error:
            answer.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(timeout)
    name = label(host, port)
    if not answer:
        message = f"{name}: the resolver did not answer within {timeout:g} seconds"
        raise TimedOut(message)
    if isinstance(answer[0], Exception) or not answer[0]:
        message = f"{name} cannot be reached: the name does not resolve ({_reason(answer[0])})"
        raise Unreachable(message, (Tried(host, "unresolved"),))
    return answer[0]


def _of_family(addresses: list[Address], source: str | None, name: str) -> list[Address]:
    if source is None:
        return addresses
    import socket  # noqa: PLC0415

    family = socket.AF_INET6 if ":" in source else socket.AF_INET
    kept = [address for address in addresses if address.family == family]
    if not kept:
        message = f"{name} cannot be reached: none of its addresses is of the same kind as the source {excerpt(source)}"
        raise Unreachable(message, tuple(Tried(address.place[0], "no route") for address in addresses))
    return kept


def _to(address: Address, seconds: float, source: str | None) -> socket.socket:
    import socket  # noqa: PLC0415

    made = socket.socket(address.family, socket.SOCK_STREAM)
    try:
        if source is not None:
            made.bind((source, 0))
        made.settimeout(seconds)
        made.connect(address.place)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        made.close()
        raise
    return made


def _fate(error: OSError) -> Fate:
    import errno  # noqa: PLC0415  # Most connections come about.

    if isinstance(error, TimeoutError):
        return "no answer"
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    return "no route" if error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL) else "failed"


def _reason(error: object) -> str:
    if isinstance(error, TimeoutError):
        return "no answer"
    told = error.strerror if isinstance(error, OSError) and error.strerror else str(error) or "no address"
    return excerpt(told[:1].lower() + told[1:])
