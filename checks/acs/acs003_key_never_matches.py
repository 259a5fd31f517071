r"""A key is written so that no look-up ever asks for it.

Clients are looked up by address, octet after octet cut off at the end (192.0.2.7, 192.0.2, 192.0,
192), and by name, label after label cut off at the front. A network with a mask, a wildcard, a
range, a dot at the end or an @ before a domain is never among those keys, and an entry with it does
nothing (cf/README, "ANTI-SPAM CONFIGURATION CONTROL"). Each form was tried in sendmail's address
test mode. In relay-domains a trailing dot after an address does match; not here.

In the log or at the client:
    550 5.7.1 <x@example.net>... Relaying denied, to a client that was meant to relay
Bad:
    Connect:192.0.2.0/24	RELAY
Bad:
    Connect:198.51.100.	REJECT
Bad:
    From:*.example.net	REJECT
Bad:
    From:@example.net	REJECT
Bad:
    Connect:	REJECT
Bad:
    Connect:198.51.100.0	REJECT
Good:
    Connect:198.51.100	REJECT
Good:
    From:user+*@example.net	REJECT
Good:
    --- +/etc/mail/sendmail.mc
    FEATURE(`lookupdotdomain')dnl
    --- +/etc/mail/access
    Connect:.example.net	REJECT
Not when: the entry is for a certificate's issuer or subject; FEATURE(`lookupdotdomain') makes
.domain a key.
See: cf/README, "ANTI-SPAM CONFIGURATION CONTROL"; contrib/cidrexpand.
"""

from auditor.facts.configurations import CfFile
from auditor.facts.features import Features
from auditor.facts.mapfiles import AccessMap
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.model.unknown import Unknowable, Unknown
from auditor.readers.maps import AccessEntry
from auditor.sendmail.access import action_of, octets, suggested_network, tag_of, why_dead
from checks.acs import has_argument

_WHOLE = 4
_ONLY = "the key is for the one host whose address ends in .0"
_EFFECT = {
    "RELAY": "The hosts or domains it is for may not relay, although the file says so.",
    "OK": "What it is meant to accept gets no exception.",
}


@check("ACS003", severity=Severity.HIGH)
def key_never_matches(access: AccessMap, features: Features, cf: CfFile | Unknown) -> Verdicts:
    """Judge every key for hosts, domains and mail addresses."""
    for entry in access:
        if not entry.key.text and action_of(entry) == "TEXT":
            continue  # A blank after the colon, which ACS010 judges.
        why = why_dead(entry, dots=True) or _leading_dot(entry, features, cf)
        if isinstance(why, Unknown):
            yield why
            continue
        numbers = octets(entry.key.text)
        whole = why is None and numbers is not None and len(numbers) == _WHOLE and numbers[3] == 0 and any(numbers)
        tag = tag_of(entry)
        if why is None and not (whole and tag is not None and tag.keys):
            continue
        effect = _EFFECT.get(action_of(entry), "What it is meant to do, it does to nobody.")
        yield Finding(
            entry.key if entry.key.text else entry.lhs,
            f"{entry.lhs.text} matches nothing: {why}" if why else f"{entry.lhs.text}: {_ONLY}",
            effect if why else "The other hosts of the network, which it is probably meant for, are not covered.",
            _fix(entry),
            severity=None if why else Severity.MEDIUM,
            confidence=Confidence.HIGH if why else Confidence.LOW,
        )


def _leading_dot(entry: AccessEntry, features: Features, cf: CfFile | Unknown) -> str | Unknown | None:
    why = why_dead(entry, dots=False)
    if why is None:
        return None
    try:
        return None if has_argument(features, cf, "lookupdotdomain", "$: ? $) > <$1.$2>") else why
    except Unknowable as unknowable:
        return unknowable.unknown


def _fix(entry: AccessEntry) -> Fix:
    key = entry.key.text
    keys = (key.removesuffix(".0"),) if octets(key) else suggested_network(key)
    head = entry.lhs.text.removesuffix(key)
    between = entry.source.text[entry.lhs.end : entry.end].rstrip("\n")
    if keys:
        lines = f"{between}\n".join(head + each for each in keys)
        return replace(entry.lhs, lines, "write the network octet by octet")
    plain = key.removeprefix("*").lstrip(".@").removesuffix(".")
    if plain and not set("*/@-") & set(plain) and not plain[0].isdigit():
        return replace(entry.key, plain, "write the domain alone: it covers what is below it")
    return Fix("write the address octet by octet, the domain alone, or delete the line")
