"""What the host's files say of names: hosts, resolv.conf, nsswitch.conf, services, and the name sendmail goes by."""

import re

from auditor.facts.features import Defines
from auditor.facts.given import Tree
from auditor.facts.macros import CfMacros
from auditor.facts.version import Version
from auditor.model.facts import fact, provider
from auditor.model.pattern import lazy
from auditor.model.subjects import Configuration, Install
from auditor.model.text import Source, Span
from auditor.model.unknown import Missing, Unknown
from auditor.model.value import frozen
from auditor.readers.host import (
    NAMESERVER_LIMIT,
    DatabaseLine,
    HostLine,
    HostsText,
    ResolverText,
    ServicesText,
    SwitchText,
    read_hostname,
    read_hosts,
    read_resolver,
    read_services,
    read_switch,
)
from auditor.readers.shell import read_shell

__all__ = ["HostLine", "HostName", "Hosts", "Nsswitch", "Resolver", "Services"]

#: What glibc asks for host names where nsswitch.conf says nothing of them.
DEFAULT_HOST_SOURCES = ("dns", "files")
_SHORT_NAME_LEVEL = 5
_PIECE = lazy(r"\$(\{\w+\}|.)|([^$]+)", re.ASCII | re.DOTALL)


@fact(Install)
@frozen
class Hosts:
    """/etc/hosts. A file that is missing is as good as an empty one."""

    document: HostsText
    is_missing: bool = False

    def of_name(self, name: str) -> list[HostLine]:
        """The lines that carry a name, whatever the case of its letters."""
        return self.document.of_name(name)


@fact(Install)
@frozen
class Resolver:
    """/etc/resolv.conf; where it names no server that can be used, glibc asks 127.0.0.1.

    Attributes:
        document: its lines.
        is_missing: whether there is no such file.
        links: the links that lead to it, which tell who writes it.

    """

    document: ResolverText
    is_missing: bool = False
    links: tuple[str, ...] = ()

    @property
    def nameservers(self) -> tuple[Span, ...]:
        """The servers that are asked, three at most."""
        return tuple(self.document.nameservers[:NAMESERVER_LIMIT])

    @property
    def surplus(self) -> tuple[Span, ...]:
        """The servers beyond the third, which are never asked."""
        return tuple(self.document.nameservers[NAMESERVER_LIMIT:])

    @property
    def search(self) -> tuple[Span, ...]:
        """The domains that are tried behind a short name; of ``domain`` only its first word counts."""
        line = self.document.search
        if line is None:
            return ()
        return line.words[1:2] if line.kind == "domain" else line.words[1:]

    @property
    def options(self) -> tuple[Span, ...]:
        """The options, of all lines."""
        return tuple(word for line in self.document.lines("options") for word in line.words[1:])


@fact(Install)
@frozen
class Nsswitch:
    """/etc/nsswitch.conf."""

    document: SwitchText
    is_missing: bool = False

    def get(self, database: str) -> DatabaseLine | None:
        """The line of a database, or None."""
        return self.document.get(database)

    def sources(self, database: str) -> tuple[str, ...] | None:
        """The sources of a database in their order, or None where the file says nothing of it."""
        line = self.get(database)
        return None if line is None else tuple(word.text for word in line.sources)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The sources that are asked for host names."""
        sources = self.sources("hosts")
        return DEFAULT_HOST_SOURCES if sources is None else sources


@fact(Install)
@frozen
class Services:
    """/etc/services."""

    document: ServicesText
    is_missing: bool = False

    def port(self, name: str) -> int | None:
        """The TCP port of a name or alias, or None where the file does not have it; the case of letters counts."""
        line = self.document.get(name)
        return None if line is None else line.port


@fact(Configuration)
@frozen
class HostName:
    """The name sendmail goes by, ``$j``.

    Attributes:
        name: the name.
        span: the place it is from: ``Dj`` or confDOMAIN_NAME, or the line of /etc/hosts, or the host name's own file.
        is_set: whether the configuration sets it, rather than sendmail finding it out.

    """

    name: str
    span: Span
    is_set: bool

    @property
    def is_qualified(self) -> bool:
        """Whether the name has a dot."""
        return "." in self.name.strip(".")


@provider
def hosts(tree: Tree) -> Hosts | Unknown:
    """Read /etc/hosts."""
    source = tree.read("/etc/hosts")
    return source if isinstance(source, Unknown) else Hosts(read_hosts(_there(source)), isinstance(source, Missing))


@provider
def resolver(tree: Tree) -> Resolver | Unknown:
    """Read /etc/resolv.conf."""
    source = tree.read("/etc/resolv.conf")
    if isinstance(source, Unknown):
        return source
    entry = tree.entry("/etc/resolv.conf")
    links = () if isinstance(entry, Missing | Unknown) else entry.links
    return Resolver(read_resolver(_there(source)), isinstance(source, Missing), links)


@provider
def nsswitch(tree: Tree) -> Nsswitch | Unknown:
    """Read /etc/nsswitch.conf."""
    source = tree.read("/etc/nsswitch.conf")
    return source if isinstance(source, Unknown) else Nsswitch(read_switch(_there(source)), isinstance(source, Missing))


@provider
def services(tree: Tree) -> Services | Unknown:
    """Read /etc/services."""
    source = tree.read("/etc/services")
    return (
        source if isinstance(source, Unknown) else Services(read_services(_there(source)), isinstance(source, Missing))
    )


@provider
def host_name(
    tree: Tree,
    hosts: Hosts | Unknown,
    macros: CfMacros | Unknown,
    defines: Defines | Unknown,
    version: Version | Unknown,
) -> HostName | Unknown:
    """``$j`` as the configuration sets it, else as sendmail finds it by the host's name in /etc/hosts."""
    found = _of_host(tree, hosts)
    if isinstance(macros, CfMacros):
        line = macros.get("j")
        # From level 5 on $w is the short name, before that the whole one.
        is_short = isinstance(version, Unknown) or version.level >= _SHORT_NAME_LEVEL
        return found if line is None else _expanded(line.value, line.span, found, is_short=is_short)
    if isinstance(defines, Defines):
        define, value = defines.get("confDOMAIN_NAME"), defines.value("confDOMAIN_NAME")
        span = None if define is None else define.value_span or define.span
        return found if value is None or span is None else _expanded(value, span, found)
    return macros


def _of_host(tree: Tree, hosts: Hosts | Unknown) -> HostName | Unknown:
    """The name that myhostname() of sendmail comes to, as far as files tell ("WHO AM I?" in cf/README)."""
    own = _own_name(tree)
    if own is None:
        return Unknown("no file tells the host's name")
    if isinstance(hosts, Unknown):
        return hosts
    lines = hosts.of_name(own.text)
    if not lines:
        return Unknown(f"{own.text} is not in /etc/hosts, so that only a DNS query tells its full name")
    names = lines[0].names
    if "." in names[0].text or "." not in own.text:
        dotted = next((name for name in names if "." in name.text), names[0])
        chosen = names[0] if "." in names[0].text else dotted
    else:
        chosen = own
    return HostName(chosen.text, chosen, is_set=False)


def _own_name(tree: Tree) -> Span | None:
    """What gethostname() gives: the first word of the host name's file, or ``hostname`` in rc.conf."""
    for path in ("/etc/hostname", "/etc/HOSTNAME"):
        source = tree.read(path)
        if isinstance(source, Source):
            words = [word for node in read_hostname(source).of_kind("line") for word in getattr(node, "words", ())]
            if words:
                return words[0]  # type: ignore[no-any-return]
    for path, name in (
        ("/etc/rc.conf", "hostname"),
        ("/etc/sysconfig/network", "HOSTNAME"),
        ("/etc/conf.d/hostname", "hostname"),
    ):
        source = tree.read(path)
        assignment = read_shell(source).get(name) if isinstance(source, Source) else None
        if assignment is not None and re.fullmatch(r"([\"']?)[\w.-]+\1", assignment.value.text, re.ASCII):
            return assignment.value.find(assignment.value.text.strip("\"'"))
    return None


def _expanded(value: str, span: Span, own: HostName | Unknown, *, is_short: bool = True) -> HostName | Unknown:
    """A value of ``$j`` with ``$w`` and ``$m`` put in: the host's own name, and what follows the first dot of it."""
    parts = []
    for macro, plain in _PIECE.findall(value):
        if plain or macro == "$":
            parts.append(plain or "$")
        elif macro.strip("{}") not in ("w", "m"):
            return Unknown(f"$j is {value}, which only the running sendmail can tell")
        elif isinstance(own, Unknown):
            return Unknown(f"$j is {value}, and {own.reason}")
        else:
            first, _, domain = own.name.partition(".")
            whole = first if is_short else own.name
            parts.append(whole if macro.strip("{}") == "w" else domain)
    return HostName("".join(parts), span, is_set=True)


def _there(source: Source | Missing) -> Source:
    return Source(source.path, b"") if isinstance(source, Missing) else source
