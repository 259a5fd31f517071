"""The files by which a host knows names: hosts, resolv.conf, nsswitch.conf, services, and its host name file.

Each is cut into whole lines as the C library does it (hosts(5), resolv.conf(5), nsswitch.conf(5), services(5)); what
the library passes over is a node with a kind of its own.
"""

from __future__ import annotations

import re
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

from auditor.model.pattern import lazy
from auditor.model.text import Document, Node, Source, Span
from auditor.readers.flat import Words, as_node, before, lines, words_of

#: glibc takes this many name servers and passes over the rest.
NAMESERVER_LIMIT = 3

_RESOLVER_LINES = r"(?P<blank>[\t\r\ ]*+\n|[\t\r\ ]++\Z) | (?P<comment>[\#;][^\n]*+\n?) | (?P<line>[^\n]++\n?)"
_PORT = lazy(r"([0-9]{1,5})/([A-Za-z0-9-]+)")
_DATABASE = lazy(r"\s*([^\s:]+)\s*:", re.ASCII)
_ACTION = lazy(r"\[[^\]\n]*\]?|[^\s\[]+", re.ASCII)


class HostLine(Words):
    """A line of /etc/hosts that names an address: ``words`` are the address, the canonical name, the aliases."""

    __slots__ = ()

    @property
    def address(self) -> IPv4Address | IPv6Address:
        """The address; a zone behind ``%`` belongs to it."""
        return ip_address(self.words[0].text)

    @property
    def names(self) -> tuple[Span, ...]:
        """The canonical name and the aliases."""
        return self.words[1:]


class HostsText(Document):
    """/etc/hosts: nodes of kind ``host``, ``comment``, ``blank``, ``no-name`` or ``bad-address``."""

    __slots__ = ()

    @property
    def hosts(self) -> list[HostLine]:
        """The lines that count, in the order of the file."""
        return [node for node in self.nodes if isinstance(node, HostLine)]

    def of_name(self, name: str) -> list[HostLine]:
        """The lines that carry a name, whatever the case of its letters."""
        return [host for host in self.hosts if any(each.text.lower() == name.lower() for each in host.names)]


def read_hosts(source: Source) -> HostsText:
    """The lines of a hosts file."""
    return HostsText(source, lines(source, _host_line))


def _host_line(span: Span) -> Node:
    words = words_of(before(span, "#"))
    if len(words) < _PAIR:
        return as_node(span, "no-name")
    return HostLine(span, "host", words) if is_address(words[0].text) else as_node(span, "bad-address")


class ResolverText(Document):
    """/etc/resolv.conf: ``Words`` named for their keyword, ``comment``, ``blank``, ``ignored`` for all other lines.

    The keyword stands in the first column, in lower case, with a blank or tab behind it; glibc reads nothing else.
    """

    __slots__ = ()

    @property
    def nameservers(self) -> list[Span]:
        """The addresses that are usable, in the order of the file, more than glibc takes included.

        An address spelled with a CR behind it, as CRLF leaves it, is not usable.
        """
        return [line.words[1] for line in self.lines("nameserver") if _is_server(line)]

    @property
    def unusable(self) -> list[Words]:
        """The nameserver lines without an address that glibc takes."""
        return [line for line in self.lines("nameserver") if not _is_server(line)]

    @property
    def search(self) -> Words | None:
        """The ``search`` or ``domain`` line that counts, which is the last one."""
        lines = self.lines("search", "domain")
        return lines[-1] if lines else None

    def lines(self, *keywords: str) -> list[Words]:
        """The lines of the given keywords; ``words`` begins with the keyword itself."""
        return [node for node in self.nodes if isinstance(node, Words) and node.kind in keywords]


_KEYWORD = lazy(r"(nameserver|search|domain|options|sortlist)[ \t]")
_PAIR = 2


def read_resolver(source: Source) -> ResolverText:
    """The lines of a resolv.conf."""
    return ResolverText(source, lines(source, _resolver_line, _RESOLVER_LINES))


def _resolver_line(span: Span) -> Node:
    words = words_of(span, " \\t\\n")
    match = _KEYWORD.match(span.text)
    return Words(span, match[1], words) if match is not None else as_node(span, "ignored")


def _is_server(line: Words) -> bool:
    return len(line.words) > 1 and is_server_address(line.words[1].text)


def is_address(text: str) -> bool:
    """Whether a word is an address in its usual form."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def is_server_address(text: str) -> bool:
    """Whether glibc takes a word for a name server's address: also ``10.1``, but nothing with a blank or CR in it."""
    if not text.isascii() or not text.isprintable() or " " in text:
        return False
    try:
        socket.inet_aton(text)
    except OSError:
        return is_address(text)
    return True


class DatabaseLine(Words):
    """A line of nsswitch.conf; ``words`` are the sources and the actions in brackets, ``name`` the database."""

    __slots__ = ("name",)

    def __init__(self, span: Span, name: Span, words: tuple[Span, ...]) -> None:
        super().__init__(span, "database", words)
        self.name = name

    @property
    def sources(self) -> tuple[Span, ...]:
        """The sources that are asked, in their order."""
        return tuple(word for word in self.words if not word.text.startswith("["))


class SwitchText(Document):
    """/etc/nsswitch.conf: nodes of kind ``database``, ``comment``, ``blank`` or ``ignored``."""

    __slots__ = ()

    def get(self, name: str) -> DatabaseLine | None:
        """The line that counts for a database, the last one, or None where it has none."""
        lines = [node for node in self.nodes if isinstance(node, DatabaseLine) and node.name.text == name]
        return lines[-1] if lines else None


def read_switch(source: Source) -> SwitchText:
    """The lines of an nsswitch.conf."""
    return SwitchText(source, lines(source, _switch_line))


def _switch_line(whole: Span) -> Node:
    span = before(whole, "#")
    match = _DATABASE.match(span.text)
    if match is None:
        return as_node(whole, "ignored")
    rest = span.part(match.end())
    words = tuple(rest.part(*found.span()) for found in _ACTION.finditer(rest.text))
    return DatabaseLine(whole, span.part(*match.span(1)), words)


class ServiceLine(Words):
    """A line of /etc/services: ``words`` are the name, ``port/protocol``, the aliases."""

    __slots__ = ("port", "protocol")

    def __init__(self, span: Span, words: tuple[Span, ...], port: int, protocol: str) -> None:
        super().__init__(span, "service", words)
        self.port = port
        self.protocol = protocol

    @property
    def names(self) -> tuple[Span, ...]:
        """The name and the aliases."""
        return (self.words[0], *self.words[2:])


class ServicesText(Document):
    """/etc/services: nodes of kind ``service``, ``comment``, ``blank`` or ``ignored``."""

    __slots__ = ()

    @property
    def services(self) -> list[ServiceLine]:
        """The lines that count, in the order of the file."""
        return [node for node in self.nodes if isinstance(node, ServiceLine)]

    def get(self, name: str, protocol: str = "tcp") -> ServiceLine | None:
        """The first line that carries a name, which is compared with its case, or None."""
        for line in self.services:
            if line.protocol == protocol and any(each.text == name for each in line.names):
                return line
        return None


def read_services(source: Source) -> ServicesText:
    """The lines of a services file."""
    return ServicesText(source, lines(source, _service_line))


def _service_line(span: Span) -> Node:
    words = words_of(before(span, "#"))
    port = _PORT.fullmatch(words[1].text) if len(words) >= _PAIR else None
    return as_node(span, "ignored") if port is None else ServiceLine(span, words, int(port[1]), port[2])


def read_hostname(source: Source) -> Document:
    """The lines of /etc/hostname or /etc/HOSTNAME: ``Words`` of kind ``line``, ``comment``, ``blank``."""
    return Document(source, lines(source, lambda span: Words(span, "line", words_of(before(span, "#")))))
