"""The access map as the rulesets of cf.m4 use it: its tags, the keys each looks up, and what a value leads to.

Sources: cf/README, "ANTI-SPAM CONFIGURATION CONTROL", and the rulesets ``D``, ``A``, ``F``, ``E`` and ``U`` of
proto.m4, asked in address test mode. Clients are looked up by name, then by address, shortened from the end part by
part; senders and recipients by full address, by ``user@`` and by domain. Upper and lower case are alike throughout.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from auditor.model.pattern import lazy
from auditor.readers.maps import AccessEntry


class Tag(NamedTuple):
    """A tag of the access map.

    Attributes:
        name: its spelling in cf/README.
        keys: what is looked up with it: ``h`` host names and domains, ``a`` addresses of hosts, ``u`` mail addresses
            and ``user@``; empty for keys of another kind, such as names in certificates.
        default: whether the tag with nothing behind it is looked up last.
        feature: the feature that looks it up; None where proto.m4 does so by itself.

    """

    name: str
    keys: str
    default: bool = False
    feature: str | None = None


#: What an entry without a tag is looked up as.
UNTAGGED = Tag("", "hau")
_TAGS = (
    Tag("Connect", "ha"),
    Tag("From", "hau"),
    Tag("To", "hau"),
    Tag("Spam", "hau", feature="delay_checks"),
    Tag("ClientRate", "a", default=True, feature="ratecontrol"),
    Tag("ClientConn", "a", default=True, feature="conncontrol"),
    Tag("GreetPause", "ha", feature="greet_pause"),
    Tag("AuthInfo", "ha", default=True),
    Tag("CertIssuer", ""),
    Tag("CertSubject", ""),
    Tag("TLS_Srv", "ha", default=True),
    Tag("TLS_Clt", "ha", default=True),
    Tag("TLS_Rcpt", "hau", default=True),
    Tag("Try_TLS", "ha", default=True),
    Tag("Srv_Features", "ha", default=True),
    Tag("Clt_Features", "ha", default=True),
    Tag("TLS_Srv_Features", "ha", feature="tls_session_features"),
    Tag("TLS_Clt_Features", "ha", feature="tls_session_features"),
    Tag("QGRP", "hau", feature="queuegroup"),
    Tag("Compat", "", feature="compat_check"),
    Tag("Bcc", "h", feature="bcc"),
    Tag("STS", ""),
)
#: The tags by their name in lower case.
TAGS: Mapping[str, Tag] = {tag.name.lower(): tag for tag in _TAGS}

_ACTIONS = frozenset({"OK", "RELAY", "REJECT", "DISCARD"})
_REPLY = lazy(r'"?\d{3}\b|ERROR:', re.IGNORECASE)
_OCTETS = lazy(r"\d{1,3}(?:\.\d{1,3}){0,3}")
_GROUP = r"[0-9A-Fa-f]{1,4}"
_IPV6 = lazy(rf"(?:IPv6:)?(?:{_GROUP}|(?:{_GROUP})?(?::{_GROUP}|::(?:{_GROUP})?)+:?)(?:/\d+)?", re.IGNORECASE)
_RANGE = lazy(r"\d+(?:\.\d+){2,3}-\d+(?:\.\d+)*")
_DOTTED = lazy(r"[\d.*]*\d[\d.*]*")
_NO_SIGNS = {
    "*": "there are no wildcards",
    "/": "addresses are looked up octet by octet, not as a network with a mask",
}
_LARGEST_OCTET = 255
_GROUPS = 8


def tag_name(entry: AccessEntry) -> str:
    """The entry's tag in lower case; empty where it has none."""
    return entry.tag.text.lower() if entry.tag is not None else ""


def tag_of(entry: AccessEntry) -> Tag | None:
    """What is known of the entry's tag; None of one that cf.m4 does not look up."""
    name = tag_name(entry)
    return UNTAGGED if not name and entry.tag is None else TAGS.get(name)


def value_of(entry: AccessEntry) -> str:
    """The value without the blanks, and the CR, at its ends, which make no difference to the rulesets."""
    return entry.value.text.strip()


def action_of(entry: AccessEntry) -> str:
    """What a value of an entry about hosts, senders or recipients leads to.

    ``OK``, ``RELAY``, ``REJECT``, ``DISCARD``, ``SKIP``, ``QUARANTINE``, ``ERROR`` for a reply that is spelled out, and
    ``TEXT`` for anything else, which sendmail answers with as it stands.
    """
    value = value_of(entry)
    word = value.upper()
    if word in _ACTIONS or word == "SKIP":
        return word
    if re.match(r"QUARANTINE:.", word):
        return "QUARANTINE"
    return "ERROR" if _REPLY.match(value) else "TEXT"


def refuses(entry: AccessEntry) -> bool:
    """Whether the entry, about hosts, senders or recipients, turns mail away or throws it away."""
    return action_of(entry) not in ("OK", "RELAY", "SKIP", "QUARANTINE")


def octets(key: str) -> tuple[int, ...] | None:
    """The numbers of an IPv4 address or of the beginning of one, in the only spelling that is looked up; else None."""
    if _OCTETS.fullmatch(key) is None:
        return None
    parts = key.split(".")
    numbers = tuple(int(part) for part in parts)
    return numbers if all(n <= _LARGEST_OCTET and str(n) == p for n, p in zip(numbers, parts, strict=True)) else None


def is_ipv6(text: str) -> bool:
    """Whether a key, with or without ``IPv6:``, is an IPv6 address or the beginning of one in any spelling."""
    match = _IPV6.fullmatch(text)
    return match is not None and (text[:5].lower() == "ipv6:" or text.count(":") > 1)


def expanded(address: str) -> str | None:
    """An IPv6 address or network in full, as sendmail looks it up since 8.15: ``IPv6:2001:db8:0:0:0:0:0:1``.

    The address may have ``IPv6:`` before it, ``/32`` and the like behind it, and end in ``::`` for a network. Of a
    network the groups that its length covers are kept. None where it is no address.
    """
    text, _, length = address.lower().removeprefix("ipv6:").partition("/")
    open_end = text.endswith("::") and not length and text != "::"
    try:
        groups = ipaddress.IPv6Address(text if "::" in text else _filled(text)).exploded.split(":")
    except ValueError:
        return None
    if length.isdigit():
        kept = max(1, min(int(length), 128) // 16)
    elif open_end:
        kept = len(text.removesuffix("::").split(":"))
    else:
        kept = _GROUPS if "::" in text else len(text.rstrip(":").split(":"))
    return "IPv6:" + ":".join(f"{int(group, 16):x}" for group in groups[:kept])


def _filled(text: str) -> str:
    text = text.rstrip(":")
    return text + "::" if text.count(":") < _GROUPS - 1 else text


def why_dead(entry: AccessEntry, *, dots: bool) -> str | None:
    """Why no look-up ever asks for a key, as a clause; None where one may. IPv6 addresses are not judged here.

    Args:
        entry: the entry.
        dots: whether ``.domain`` is looked up (``lookupdotdomain``).

    """
    tag = tag_of(entry)
    key = entry.key.text
    if tag is None or not tag.keys or is_ipv6(entry.lhs.text) or is_ipv6(key):
        return None
    if not key:
        return None if tag.default or tag.name == "GreetPause" else f"{entry.lhs.text} alone is never looked up"
    user, at, host = key.rpartition("@")
    if at and "u" not in tag.keys:
        return f"{tag.name}: is looked up with hosts, not with mail addresses"
    if at and not user and host:
        return "a domain is looked up without the @"
    if "*" in user and not user.endswith("+*"):
        return _NO_SIGNS["*"]
    return _why_dead_host(host, dots=dots) if host else None


def _why_dead_host(host: str, *, dots: bool) -> str | None:
    for sign, why in _NO_SIGNS.items():
        if sign in host:
            return why
    if _RANGE.fullmatch(host):
        return "there are no ranges"
    if host.startswith(".") and not dots:
        return "names with a leading dot are looked up with FEATURE(`lookupdotdomain') only"
    if host.endswith("."):
        return "names and addresses are looked up without a dot at the end"
    if _DOTTED.fullmatch(host) and octets(host) is None:
        return "no address is written so"
    return None


@cache
def suggested_network(key: str) -> tuple[str, ...]:
    """The keys that say what a network, wildcard or trailing dot means; none where it is unclear or takes too many."""
    text = key.removesuffix(".").removesuffix("*").removesuffix(".")
    if octets(text) is not None and text != key:
        return (text,)
    try:
        network = ipaddress.IPv4Network(key, strict=False)
    except ValueError:
        return ()
    kept = max(1, (network.prefixlen + 7) // 8)
    parts = str(network.network_address).split(".")
    count = 1 << (8 * kept - network.prefixlen)
    if not network.prefixlen or count > _MANY:
        return ()
    return tuple(".".join((*parts[: kept - 1], str(int(parts[kept - 1]) + n))) for n in range(count))


_MANY = 32
