"""The access map: who is let in, who may relay, and who is turned away."""

import re
from collections.abc import Iterable

from auditor.facts.classes import LocalNames
from auditor.facts.configurations import CfFile
from auditor.facts.features import Features
from auditor.facts.network import HostName
from auditor.model.finding import Fix, replace
from auditor.model.unknown import Unknown
from auditor.readers.maps import AccessEntry
from auditor.sendmail.access import octets, tag_name

USUAL_FILE = "/etc/mail/access"


def names_a_domain(entry: AccessEntry) -> bool:
    """Whether the key is a host name or domain, rather than an address of either kind."""
    key = entry.key.text
    return bool(key) and "@" not in key and ":" not in key and key[0] != "[" and octets(key) is None


def is_loopback(entry: AccessEntry) -> bool:
    """Whether the key is a name of the loopback interface, under which no mail is addressed."""
    return entry.key.text.lower() in ("localhost", "localhost.localdomain")


def own_names(names: LocalNames, host: HostName | Unknown) -> frozenset[str]:
    """The names in sight that this host goes by, in lower case, without localhost."""
    found = {member.word.lower() for member in names}
    if isinstance(host, HostName):
        found.add(host.name.lower())
    return frozenset(found - {"localhost"})


def is_above(key: str, names: Iterable[str]) -> bool:
    """Whether a domain of at least two labels is above one of some names."""
    return "." in key and any(name.endswith("." + key.lower()) for name in names)


def is_new(entry: AccessEntry, lhs: str) -> bool:
    """Whether no line of an entry's file begins with a left-hand side, so that a changed entry is no second one."""
    return re.search(rf"^{re.escape(lhs)}(?:\s|$)", entry.source.text, re.IGNORECASE | re.MULTILINE) is None


def mended(entry: AccessEntry, own: frozenset[str]) -> Fix:
    """What all rules advise for an entry that accepts a domain without a tag, or as a sender."""
    key = entry.key.text
    if is_loopback(entry):
        return replace(entry.lhs, f"Connect:{key}", "give it the tag Connect:", safe=is_new(entry, f"Connect:{key}"))
    if key.lower() in own:
        return replace(entry, "", "delete the line: class w has the name already")
    if tag_name(entry) == "from":
        return replace(entry, "", "delete the line")
    title = "give it the tag To:, and hosts that send from there a Connect: line with their address"
    return replace(entry.lhs, f"To:{key}", title)


def has_argument(features: Features, cf: CfFile | Unknown, word: str, sign: str) -> bool:
    """Whether FEATURE(`access_db') has an extra argument.

    Args:
        features: the features.
        cf: the .cf.
        word: the argument, which may also be a feature of its own.
        sign: what the argument leaves in the .cf, for where the .mc is not there.

    Raises:
        Unknowable: neither can tell.

    """
    use = features.get("access_db")
    if use is not None and use.call is not None:
        return word in (argument.lower() for argument in use.args[1:4]) or bool(features.seen(word))
    return isinstance(cf, CfFile) and sign in cf.document.source.text
