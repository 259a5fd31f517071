r"""An entry of class R opens the host for too many, or for nobody.

relay-domains, RELAY_DOMAIN and C{R} lines name domains, each with all that is below it, and
networks by the beginning of their addresses: 10 is 10.0.0.0/8. A network as 192.0.2.0/24, or a name
with *, never matches (cf/README, RELAY_DOMAIN).

In the log or at the client:
    550 5.7.1 <x@example.net>... Relaying denied, for an entry that never matches
Bad:
    --- /etc/mail/relay-domains
    com
Bad:
    --- /etc/mail/relay-domains
    203
Bad:
    RELAY_DOMAIN(`192.0.2.0/24')dnl
Bad:
    --- /etc/mail/relay-domains
    gmail.com
Good:
    --- /etc/mail/relay-domains
    example.org
    10
    192.168
    172.16.5.
    .lab.example.org
Not when: the network is a private one, RFC 1918 or fc00::/7. A provider's own large network is to
    be named in smaller pieces.
See: cf/README, RELAY_DOMAIN.
"""

import re

from auditor.facts.classes import Member, RelayDomains
from auditor.facts.listeners import Listeners
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.model.pattern import lazy
from auditor.model.unknown import NotApplicable, Unknown
from checks.rly import is_public

_FREE = frozenset(
    """
    gmail.com googlemail.com hotmail.com outlook.com live.com msn.com yahoo.com aol.com icloud.com me.com gmx.de gmx.net
    web.de mail.ru yandex.ru qq.com 163.com 126.com proton.me protonmail.com
    """.split()
)
_PRIVATE = lazy(
    r"(?:10|127|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))(?:\.|$)"
)
_NETWORK = lazy(r"\d{1,3}(?:\.\d{1,3}){0,3}\.?")
_CIDR = lazy(
    r"(?P<address>\d{1,3}(?:\.\d{1,3}){0,3})/(?P<bits>\d{1,2})|(?P<six>(?:IPv6:)?[0-9a-f:]+)/\d{1,3}", re.IGNORECASE
)
_PROVIDER = 2


@check("RLY010", severity=Severity.CRITICAL, confidence=Confidence.HIGH)
def relay_domain_too_wide(relay: RelayDomains, listeners: Listeners) -> Verdicts:
    """Judge each entry."""
    if listeners.only_loopback:
        yield NotApplicable("only this host itself can connect")
        return
    for member in relay:
        yield from _one(member)
    if relay.unseen is not None:
        yield Unknown(relay.unseen)


def _one(member: Member) -> Verdicts:
    word = member.word.lower()
    cidr = _CIDR.fullmatch(word)
    if cidr is not None or "*" in word:
        yield _never(member, cidr)
    elif _NETWORK.fullmatch(word):
        yield from _network(member)
    elif re.fullmatch(r"ipv6:[0-9a-f]{1,4}:?", word) and not re.match(r"ipv6:(?:f[cd]..|fe[89ab].)", word):
        yield _wide(member, "a part of the Internet of IPv6")
    elif is_public(word):
        yield _wide(member, f"every domain below {word.strip('.')}")
    elif word.strip(".") in _FREE:
        yield _wide(member, "a provider whose addresses everybody writes to", Severity.HIGH)


def _network(member: Member) -> Verdicts:
    octets = [part for part in member.word.split(".") if part]
    if _PRIVATE.match(member.word) or len(octets) > _PROVIDER:
        return
    size = "16 million addresses" if len(octets) == 1 else "65536 addresses"
    yield _wide(member, size, None if len(octets) == 1 else Severity.HIGH)


def _wide(member: Member, what: str, severity: Severity | None = None) -> Finding:
    return Finding(
        member.span,
        f"class R has {member.word}: {what}",
        "All of them send mail anywhere through this host, and anybody sends to them.",
        Fix("name your own domains and networks only"),
        severity=severity,
        confidence=None if severity is None else Confidence.MEDIUM,
    )


def _never(member: Member, cidr: re.Match[str] | None) -> Finding:
    bits = int(cidr["bits"]) if cidr is not None and cidr["bits"] else 0
    title = "write the beginning of the addresses, up to a dot; several entries where the network ends elsewhere"
    exact = cidr is not None and bits in (8, 16, 24, 32) and member.span.text == member.word
    prefix = ".".join(cidr["address"].split(".")[: bits // 8]) if exact and cidr is not None else ""
    return Finding(
        member.span,
        f"class R has {member.word}, which never matches",
        "Those it was meant for are told that relaying is denied.",
        replace(member.span, prefix, title) if exact else Fix(title if "*" not in member.word else "leave out the *"),
        severity=Severity.HIGH,
    )
