"""The names and addresses of a mail host and the exchangers of a domain, as the DNS gives them."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address

from auditor.model.unknown import Unknown
from auditor.model.value import frozen
from auditor.probe.resolver import Answer, Resolver, plain
from auditor.probe.words import excerpt
from auditor.readers.addresses import is_inside

#: Exchangers of a domain that are looked at.
MX_LIMIT = 20
#: Addresses of a host that are looked at.
ADDRESS_LIMIT = 20
#: Names of an address that are looked at.
PTR_LIMIT = 20
_ROOT = "."


@frozen
class Reverse:
    """What the PTR records of an address say, and whether their names lead back to it.

    Attributes:
        address: the address.
        names: the names of its PTR records, or why there was no answer.
        confirmed: those of the names that have the address.
        denied: those that have it not.
        doubtful: those for which the resolver gave no answer.
        surplus: how many more PTR records there are than are looked at.

    """

    address: str
    names: tuple[str, ...] | Unknown
    confirmed: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    surplus: int = 0

    @property
    def is_inside(self) -> bool:
        """Whether no stranger is routed to the address, so that it needs no PTR record in the public DNS."""
        return is_inside(ip_address(self.address))


@frozen
class HostNames:
    """A host's name, its addresses and what these are called.

    Attributes:
        name: the name that was asked for, or an address.
        ipv4: its A records, or why there was no answer.
        ipv6: its AAAA records, or why there was no answer.
        exists: whether the name is there at all; where both questions are unanswered it counts as if it were.
        alias: the name it is an alias of (CNAME), None where it is none.
        authenticated: whether the resolver says that DNSSEC proves both answers.
        reverse: what each address is called.
        surplus: how many more addresses there are than are looked at.

    """

    name: str
    ipv4: tuple[str, ...] | Unknown
    ipv6: tuple[str, ...] | Unknown
    exists: bool
    alias: str | None
    authenticated: bool
    reverse: tuple[Reverse, ...]
    surplus: int = 0

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses that are known."""
        return tuple(address for found in (self.ipv4, self.ipv6) if isinstance(found, tuple) for address in found)

    @property
    def doubt(self) -> Unknown | None:
        """Why there may be more addresses, or None."""
        return next((found for found in (self.ipv4, self.ipv6) if isinstance(found, Unknown)), None)


@frozen
class Exchanger:
    """One host that takes a domain's mail.

    Attributes:
        preference: a smaller number is tried first.
        name: the host.
        addresses: its A and AAAA records, or why they are not known.
        alias: the name it is an alias of, which an exchanger must not be (RFC 2181, section 10.3); None for none.
        authenticated: whether the resolver says that DNSSEC proves the addresses.

    """

    preference: int
    name: str
    addresses: tuple[str, ...] | Unknown
    alias: str | None = None
    authenticated: bool = False


@frozen
class Exchangers:
    """The hosts that take a domain's mail, the preferred ones first (RFC 5321, section 5.1).

    Attributes:
        domain: the domain.
        hosts: its exchangers; none where it takes no mail.
        is_null: whether a null MX says that it takes none (RFC 7505).
        is_implicit: whether it has no MX record, so that its own addresses stand in.
        authenticated: whether the resolver says that DNSSEC proves the MX records, or that there are none.
        alias: the name the domain is an alias of, None for none.
        problems: what is wrong with the records, a clause each.
        surplus: how many more exchangers there are than are looked at.

    """

    domain: str
    hosts: tuple[Exchanger, ...]
    is_null: bool = False
    is_implicit: bool = False
    authenticated: bool = False
    alias: str | None = None
    problems: tuple[str, ...] = ()
    surplus: int = 0


def same(one: str, other: str) -> bool:
    """Whether two domain names are the same, whatever the case of letters and the dot at the end."""
    return plain(one) == plain(other)


def is_address(text: str) -> bool:
    """Whether a text is an IP address rather than a name."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def host_names(resolver: Resolver, host: str, peers: Iterable[str] = ()) -> HostNames:
    """Ask for a host's addresses and for what they are called.

    Args:
        resolver: who is asked.
        host: a name, or an address, which is asked for its names only.
        peers: further addresses to look at, such as the one that was connected to.

    """
    if is_address(host):
        return HostNames(host, (), (), True, None, False, _reverse(resolver, (host, *peers)))  # noqa: FBT003
    four, six = resolver.ask_all([(host, "A"), (host, "AAAA")])
    found = [answer for answer in (four, six) if isinstance(answer, Answer)]
    ipv4, ipv6 = _records(four), _records(six)
    every = [address for part in (ipv4, ipv6) if isinstance(part, tuple) for address in part]
    return HostNames(
        plain(host),
        ipv4,
        ipv6,
        not found or any(answer.exists for answer in found),
        next((answer.aliases[-1] for answer in found if answer.aliases), None),
        len(found) == 2 and all(answer.authenticated for answer in found),  # noqa: PLR2004  # Both questions.
        _reverse(resolver, (*every, *peers)),
        sum(_surplus(answer, ADDRESS_LIMIT) for answer in found),
    )


def mx_hosts(resolver: Resolver, domain: str) -> Exchangers | Unknown:
    """The hosts that take a domain's mail, with their addresses."""
    answer = resolver.ask(domain, "MX")
    if isinstance(answer, Unknown):
        return answer
    alias = answer.aliases[-1] if answer.aliases else None
    if not answer.records:
        return _implicit(resolver, domain, answer, alias)
    pairs = [(int(preference), name) for preference, _, name in (text.partition(" ") for text in answer.records)]
    real = [pair for pair in pairs if pair[1] != _ROOT]
    return Exchangers(
        plain(domain),
        _exchangers(resolver, real[:MX_LIMIT]),
        is_null=not real,
        authenticated=answer.authenticated,
        alias=alias,
        problems=tuple(_problems(pairs, real)),
        surplus=max(0, len(real) - MX_LIMIT) + answer.surplus,
    )


def _implicit(resolver: Resolver, domain: str, answer: Answer, alias: str | None) -> Exchangers | Unknown:
    (host,) = _exchangers(resolver, [(0, plain(domain))]) if answer.exists else (None,)
    if host is not None and isinstance(host.addresses, Unknown):
        return host.addresses
    hosts = (host,) if host is not None and host.addresses else ()
    return Exchangers(plain(domain), hosts, is_implicit=bool(hosts), authenticated=answer.authenticated, alias=alias)


def _exchangers(resolver: Resolver, pairs: list[tuple[int, str]]) -> tuple[Exchanger, ...]:
    # An address in the place of a name is no name to ask for; that it stands there is a problem of its own.
    names = [name for _, name in pairs if not is_address(name)]
    answers = resolver.ask_all([(name, kind) for name in names for kind in ("A", "AAAA")])
    of_name = {name: answers[2 * index : 2 * index + 2] for index, name in enumerate(names)}
    return tuple(_exchanger(preference, name, of_name.get(name, ())) for preference, name in pairs)


def _exchanger(preference: int, name: str, answers: tuple[Answer | Unknown, ...]) -> Exchanger:
    found = [answer for answer in answers if isinstance(answer, Answer)]
    addresses = tuple(record for answer in found for record in answer.records[:ADDRESS_LIMIT])
    failed = next((answer for answer in answers if isinstance(answer, Unknown)), None)
    return Exchanger(
        preference,
        name,
        # One family's addresses are enough to deliver to; that there are none takes both answers.
        addresses or failed or (),
        next((answer.aliases[-1] for answer in found if answer.aliases), None),
        bool(found) and len(found) == len(answers) and all(answer.authenticated for answer in found),
    )


def _problems(pairs: list[tuple[int, str]], real: list[tuple[int, str]]) -> Iterable[str]:
    nulls = [preference for preference, name in pairs if name == _ROOT]
    if nulls and real:
        yield "a null MX, which says that the domain takes no mail, stands beside other MX records"
    elif nulls and (len(nulls) > 1 or nulls[0]):
        yield "the null MX has another preference than 0, or stands there twice"
    seen: set[str] = set()
    for _, name in real[:MX_LIMIT]:
        if is_address(name):
            yield f"the MX record names the address {excerpt(name)} where a host name belongs"
        if plain(name) in seen:
            yield f"{excerpt(name)} is named by two MX records"
        seen.add(plain(name))


def _reverse(resolver: Resolver, addresses: tuple[str, ...]) -> tuple[Reverse, ...]:
    # An interface behind a percent sign is of this host alone, and no part of the address in the DNS.
    chosen = tuple(dict.fromkeys(address.partition("%")[0] for address in addresses))[: 2 * ADDRESS_LIMIT + 1]
    answers = dict(zip(chosen, resolver.ask_all([(address, "PTR") for address in chosen]), strict=True))
    names = {
        address: answer.records[:PTR_LIMIT] if isinstance(answer, Answer) else () for address, answer in answers.items()
    }
    # All names of all addresses are asked for at once; what is asked for again below is answered from memory.
    resolver.ask_all([(name, _family(address)) for address in chosen for name in names[address]])
    return tuple(_confirmed(resolver, address, answers[address]) for address in chosen)


def _confirmed(resolver: Resolver, address: str, answer: Answer | Unknown) -> Reverse:
    if isinstance(answer, Unknown):
        return Reverse(address, answer)
    names = answer.records[:PTR_LIMIT]
    sorts: dict[bool | None, list[str]] = {True: [], False: [], None: []}
    for name in names:
        back = resolver.ask(name, _family(address))
        sorts[None if isinstance(back, Unknown) else _has(back, address)].append(name)
    return Reverse(
        address,
        names,
        tuple(sorts[True]),
        tuple(sorts[False]),
        tuple(sorts[None]),
        _surplus(answer, PTR_LIMIT),
    )


def _has(answer: Answer, address: str) -> bool | None:
    wanted = ip_address(address)
    if any(ip_address(record) == wanted for record in answer.records):
        return True
    return None if answer.surplus else False


def _family(address: str) -> str:
    return "A" if ip_address(address).version == 4 else "AAAA"  # noqa: PLR2004  # The Internet Protocol's versions.


def _records(answer: Answer | Unknown) -> tuple[str, ...] | Unknown:
    return answer if isinstance(answer, Unknown) else answer.records[:ADDRESS_LIMIT]


def _surplus(answer: Answer, limit: int) -> int:
    return max(0, len(answer.records) - limit) + answer.surplus
