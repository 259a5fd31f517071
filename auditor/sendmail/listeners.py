"""What sendmail makes of ``DaemonPortOptions``: one listener for each line.

The items are separated by commas. The first letter of an item's key alone says what it is; an item without "=" is
dropped without a word, and a later ``M=`` replaces an earlier one (Sendmail Installation and Operation Guide, 5.6;
what the guide leaves open is as setsockaddroptions does it).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from auditor.model.text import Span
from auditor.model.value import field, frozen

#: The services of the mail ports as the services files of the usual systems name them; names are case-sensitive.
SERVICES: Mapping[str, int] = {
    "smtp": 25,
    "mail": 25,
    "urd": 465,
    "smtps": 465,
    "ssmtp": 465,
    "submissions": 465,
    "submission": 587,
}
#: The port of a listener that names none.
DEFAULT_PORT = 25
#: What each letter of ``Modifiers=`` asks for; sendmail ignores any other letter without a word.
MODIFIERS: Mapping[str, str] = {
    "a": "authentication is required",
    "b": "mail goes out through the interface it came in by",
    "c": "hostnames are canonified",
    "f": "sender addresses must be fully qualified",
    "h": "the interface's name is used for HELO",
    "r": "recipient addresses must be fully qualified",
    "s": "TLS from the first byte",
    "u": "unqualified addresses are allowed",
    "A": "AUTH is not offered",
    "C": "hostnames are not canonified",
    "E": "ETRN is refused",
    "O": "a failure to open the listener is ignored",
    "S": "STARTTLS is not offered",
}
# The field each first letter sets, and the names that people write for it; case counts where two letters differ by it.
_KEYS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "A": ("address", ("address",)),
    "a": ("address", ("address",)),
    "c": ("children", ("children",)),
    "D": ("delivery_mode", ("deliverymode",)),
    "d": ("delay_la", ("delayla",)),
    "F": ("family", ("family",)),
    "f": ("family", ("family",)),
    "I": ("input_filters", ("inputmailfilters",)),
    "i": ("input_filters", ("inputmailfilters",)),
    "L": ("backlog", ("listen", "listenqueue")),
    "l": ("backlog", ("listen", "listenqueue")),
    "M": ("modifiers", ("modifiers", "modifyers")),
    "m": ("modifiers", ("modifiers", "modifyers")),
    "N": ("name", ("name",)),
    "n": ("name", ("name",)),
    "P": ("port", ("port",)),
    "p": ("port", ("port",)),
    "q": ("queue_la", ("queuela",)),
    "R": ("receive_size", ("receivesize", "receivebufsize", "rcvbufsize")),
    "r": ("refuse_la", ("refusela",)),
    "S": ("send_size", ("sendsize", "sendbufsize", "sndbufsize")),
    "s": ("send_size", ("sendsize", "sendbufsize", "sndbufsize")),
}
_FAMILIES = {
    "inet": "inet",
    "inet6": "inet6",
    "unix": "local",
    "local": "local",
}
#: Numbers are taken for what the system's C headers call them; these are Linux's.
_FAMILY_NUMBERS = {"1": "local", "2": "inet", "10": "inet6"}


class Item(NamedTuple):
    """One item of a ``DaemonPortOptions`` value: the key as written, the value, and the place of the whole item."""

    key: str
    value: str | None
    span: Span


@frozen
class Listener:
    """One port the daemon listens on, as sendmail understands the line.

    Attributes:
        name: what ``Name=`` says, else ``Daemon`` and the listener's number from 0.
        port: the port's number; None where the service is unknown or the listener is a local socket.
        port_text: the port as written, or None where it is left to the default, 25.
        address: the address or host name as written, or None for every address.
        family: ``inet``, ``inet6`` or ``local``, or the number of another one.
        modifiers: the letters that count, those of the last ``M=``, without blanks.
        input_filters: the filters of ``InputMailFilters=`` as written, or None where the option of that name holds.
        span: the place of the whole value, where it is to be mended.
        problems: places, each with what sendmail makes of them.
        others: the items of other kinds by field, such as ``children``.

    """

    name: str
    port: int | None
    port_text: str | None
    address: str | None
    family: str
    modifiers: str
    input_filters: str | None
    span: Span
    problems: tuple[tuple[Span, str], ...] = ()
    others: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_loopback(self) -> bool:
        """Whether only the host itself can connect."""
        address = self.address or ""
        return self.family == "local" or address.startswith("127.") or address in ("::1", "IPv6:::1", "localhost")


def items(value: str, span: Span) -> Iterator[Item]:
    """The items of a ``DaemonPortOptions`` value, in order; an item without "=" has no value."""
    exact = span.text == value
    at = 0
    for piece in value.split(","):
        stripped = piece.lstrip()
        start = at + len(piece) - len(stripped)
        at += len(piece) + 1
        if not stripped:
            continue
        place = span.part(start, start + len(stripped.rstrip())) if exact else span
        key, equals, rest = stripped.partition("=")
        yield Item(key, rest.lstrip() if equals else None, place)


def listener(value: str, span: Span, number: int = 0, services: Mapping[str, int] = SERVICES) -> Listener:
    """The listener one ``DaemonPortOptions`` value makes.

    Args:
        value: the value as readcf takes it.
        span: its place.
        number: how many listeners come before it.
        services: port numbers by service name.

    """
    problems: list[tuple[Span, str]] = []
    found: dict[str, Item] = {}
    family = "inet"
    for item in items(value, span):
        _take(item, found, problems)
        family = _family(item, family, problems)
    values = {name: item.value or "" for name, item in found.items()}
    port = _port(found.get("port"), family, services, problems)
    address = values.get("address")
    if address is not None and family == "inet" and ":" in address:
        problems.append((found["address"].span, f"{address} is no IPv4 address, so it is taken for a host name"))
    modifiers = "".join(letter for letter in values.get("modifiers", "") if "!" <= letter <= "~")
    problems += [
        (found["modifiers"].span, f"sendmail knows no modifier {letter}")
        for letter in modifiers
        if letter not in MODIFIERS
    ]
    return Listener(
        name=values.get("name", f"Daemon{number}"),
        port=port,
        port_text=values.get("port"),
        address=address,
        family=family,
        modifiers=modifiers,
        input_filters=values.get("input_filters"),
        span=span,
        problems=tuple(problems),
        others={name: text for name, text in values.items() if name not in _FIELDS},
    )


_FIELDS = frozenset(("name", "port", "address", "family", "modifiers", "input_filters"))


def _take(item: Item, found: dict[str, Item], problems: list[tuple[Span, str]]) -> None:
    if item.value is None:
        problems.append((item.span, f'"{item.key.rstrip()}" has no "=", so sendmail drops it without a word'))
        return
    meant = _KEYS.get(item.key[:1])
    written = item.key.rstrip()
    if meant is None:
        problems.append((item.span, f'sendmail knows no parameter "{written}" and does not start'))
        return
    name, names = meant
    if not any(full.startswith(written.lower()) for full in names):
        problems.append((item.span, f'sendmail reads only the first letter of "{written}" and takes it for {names[0]}'))
    if name in found:
        problems.append((found[name].span, f"a later {written}= replaces this one"))
    found[name] = item


def _family(item: Item, before: str, problems: list[tuple[Span, str]]) -> str:
    if item.key[:1] not in ("F", "f") or item.value is None:
        return before
    digits = _digits(item.value)
    if digits:
        return _FAMILY_NUMBERS.get(digits, digits)
    family = _FAMILIES.get(item.value.lower())
    if family is None:
        problems.append((item.span, f'sendmail knows no address family "{item.value}" and does not start'))
    return family or before


def _port(item: Item | None, family: str, services: Mapping[str, int], problems: list[tuple[Span, str]]) -> int | None:
    if family not in ("inet", "inet6"):
        return None
    if item is None or item.value is None:
        return DEFAULT_PORT
    digits = _digits(item.value)
    if not digits:
        port = services.get(item.value)
        if port is None:
            problems.append((item.span, f'"{item.value}" is no service that is known here'))
        return port
    if item.value != digits:
        problems.append((item.span, f'sendmail reads {digits} and ignores "{item.value[len(digits) :].strip()}"'))
    number = int(digits[:9]) & 0xFFFF
    return number or DEFAULT_PORT


def _digits(text: str) -> str:
    return text[: len(text) - len(text.lstrip("0123456789"))]
