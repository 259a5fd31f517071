r"""An entry of the mailertable leads nowhere.

The value is mailer:host, with the mailer one of the configuration's. Without a mailer the entry is
not used at all. A host in brackets is taken as it is; without them its MX records are followed,
which may lead back here. A colon inside the host parts several hosts, so a port cannot be given.
Domains of class w are delivered before the table is asked (cf/README, "USING MAILERTABLES").

In the log or at the client:
    554 5.3.5 buildaddr: unknown mailer xsmtp
    553 5.3.5 example.net. config error: mail loops back to me (MX problem?)
Bad:
    --- +/etc/mail/mailertable
    example.net	xsmtp:[198.51.100.25]
Bad:
    --- +/etc/mail/mailertable
    example.net	mail.example.net
Bad:
    --- +/etc/mail/mailertable
    example.net	esmtp:example.net
Bad:
    --- +/etc/mail/mailertable
    example.net	esmtp:[198.51.100.25]:587
Bad:
    --- +/etc/mail/mailertable
    doe.org	esmtp:[198.51.100.25]
Bad:
    --- +/etc/mail/mailertable
    *.example.net	esmtp:[198.51.100.25]
Good:
    --- +/etc/mail/mailertable
    .example.net	esmtp:[198.51.100.25]
    example.org	error:5.7.1:550 Not from here
    example.com	SMTP:mail.example.com:[198.51.100.26]
    example.edu	local:bob
Not when: the mailers are not known; a local or error entry has forms of its own.
See: cf/README, "USING MAILERTABLES".
"""

import re

from auditor.facts.classes import LocalNames
from auditor.facts.features import MailerUses
from auditor.facts.mailers import Mailers
from auditor.facts.mapfiles import MapFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.model.pattern import lazy
from auditor.model.unknown import NotApplicable, Unknown
from auditor.readers.maps import MapEntry, MapText

_VALUE = lazy(r"([^\[:\s]+)\s*:\s*(.*)", re.DOTALL)
_PORT = lazy(r":\d+$")
#: The mailers that each MAILER of cf.m4 brings.
_BROUGHT = {
    "local": ("local", "prog"),
    "smtp": ("smtp", "esmtp", "smtp8", "dsmtp", "relay"),
    "procmail": ("procmail",),
    "cyrus": ("cyrus", "cyrusbb"),
    "cyrusv2": ("cyrusv2",),
    "uucp": ("uucp", "uucp-old", "suucp", "uucp-new", "uucp-uudom", "uucp-dom"),
    "fax": ("fax",),
    "usenet": ("usenet",),
}


@check("MAP006", severity=Severity.HIGH)
def mailertable_entry(
    files: MapFiles, mailers: Mailers | Unknown, uses: MailerUses | Unknown, names: LocalNames
) -> Verdicts:
    """Judge every entry of the table."""
    file = files.get("mailertable")
    if file is None or not isinstance(file.text, MapText):
        yield (
            file.text
            if file is not None and isinstance(file.text, Unknown)
            else NotApplicable("there is no mailertable")
        )
        return
    known = _known(mailers, uses)
    local = {member.word.lower() for member in names}
    if isinstance(known, Unknown):
        yield known
    for entry in file.text.entries:
        found = _key(entry, local) or _value(entry, known, local)
        if found is not None:
            yield found
    if names.unseen is not None and file.text.entries:
        yield Unknown(names.unseen)


def _known(mailers: Mailers | Unknown, uses: MailerUses | Unknown) -> frozenset[str] | Unknown:
    if isinstance(mailers, Mailers):
        return frozenset(mailer.name.lower() for mailer in mailers) | {"prog", "error"}
    if isinstance(uses, MailerUses) and uses.doubt is None and all(name in _BROUGHT for name in uses.names):
        return frozenset(mailer for name in uses.names for mailer in _BROUGHT[name]) | {"prog", "error", "local"}
    return mailers


def _key(entry: MapEntry, local: set[str]) -> Finding | None:
    key = entry.key.text
    if key.lower() in local:
        return Finding(
            entry.key,
            f"{key} is one of this host's own names: the entry is never asked for",
            "Mail to it is delivered here, and not where the table says.",
            Fix(f"take {key} out of local-host-names, or delete the line"),
        )
    if "*" in key or "@" in key or (key.endswith(".") and key != "."):
        return Finding(
            entry.key,
            f"{key} matches nothing: a key is a domain, or .domain for all that is below it",
            "Mail to the domain goes its usual way.",
            replace(
                entry.key, "." + key.lstrip("*@.").rstrip("."), "write .domain for what is below it, domain for itself"
            ),
        )
    return None


def _value(entry: MapEntry, known: frozenset[str] | Unknown, local: set[str]) -> Finding | None:
    value = entry.value.text.strip()
    place = entry.value.stripped()
    match = _VALUE.fullmatch(value)
    if match is None:
        fix = replace(place, f"esmtp:{value}", "name a mailer")
        return Finding(place, f"{value} names no mailer", "The entry is not used, and mail goes its usual way.", fix)
    mailer, host = match[1].lower(), match[2].strip()
    if mailer in ("error", "local"):
        return None
    if not isinstance(known, Unknown) and mailer not in known:
        fix = replace(place.part(0, len(match[1])), "esmtp", "name a mailer of the configuration")
        lost = "Mail to the domain is returned: 554 5.3.5 buildaddr: unknown mailer."
        return Finding(place, f"the configuration has no mailer {match[1]}", lost, fix, confidence=Confidence.HIGH)
    if not host or len(host.split()) > 1:
        return Finding(
            place,
            f"{value} is not mailer:host",
            "The mailer gets a host that does not exist.",
            Fix("write esmtp:[host]"),
        )
    port = _PORT.search(host)
    if port is not None and host.count(":") == len(port[0]) - len(port[0].lstrip(":")):
        fix = replace(
            place.find(port[0]), "", "take the port away, and give a mailer of its own that port: A=TCP $h 587"
        )
        return Finding(
            place, f"{port[0]} is no port: a colon parts several hosts", "sendmail tries a host of that name.", fix
        )
    return _loops(entry, host, local)


def _loops(entry: MapEntry, host: str, local: set[str]) -> Finding | None:
    place = entry.value.stripped()
    if host.lower() != entry.key.text.lower().lstrip(".") and host.lower() not in local:
        return None
    return Finding(
        place,
        f"{host} without brackets is looked up by its MX records, which may lead back here",
        "If this host is the best MX of it, the mail is returned: config error, mail loops back to me.",
        replace(place.find(host), f"[{host}]", "put the host that is meant into brackets"),
        severity=Severity.MEDIUM,
        confidence=Confidence.LOW,
    )
