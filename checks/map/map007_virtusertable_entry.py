r"""An entry of the virtusertable is never asked for, or leads nowhere.

The table is asked for addresses in domains of class w or {VirtHost} only, as user@domain,
user+detail@domain and @domain; a key without @ is none of them. The value is one address, local
user or error:code text. A list of several is refused as an address, and a name that is neither an
alias nor a user is unknown (cf/README, virtusertable).

In the log or at the client:
    553 5.1.3 Invalid route address
    550 5.1.1 <info@doe.org>... User unknown
Bad:
    --- +/etc/mail/virtusertable
    info@other.example	alice
Bad:
    --- +/etc/mail/virtusertable
    postmaster	alice
Bad:
    --- +/etc/mail/virtusertable
    all@doe.org	alice,bob
Bad:
    --- +/etc/mail/virtusertable
    help@doe.org	nobodyknows
Good:
    --- +/etc/mail/virtusertable
    help@doe.org	alice
    @john.doe.org	%1@example.net
    old@doe.org	error:nouser 550 No such user
    hot@doe.org	error:5.7.0:550 Not here
Not when: the domain's class cannot be seen in full, or users come from elsewhere than /etc/passwd.
See: cf/README, virtusertable.
"""

from collections.abc import Callable

from auditor.facts.accounts import Accounts
from auditor.facts.classes import Classes
from auditor.facts.features import Features
from auditor.facts.mailers import Mailers
from auditor.facts.mapfiles import AliasFiles, MapFiles
from auditor.facts.network import HostName
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity, replace
from auditor.model.unknown import NotApplicable, Unknowable, Unknown, known
from auditor.readers.maps import MapEntry, MapText

_CLASSES = ("w", "VirtHost")


@check("MAP007", severity=Severity.HIGH)
def virtusertable_entry(  # noqa: PLR0913  # Each is something a value or a key may name.
    files: MapFiles,
    classes: Classes,
    features: Features,
    host: HostName | Unknown,
    mailers: Mailers | Unknown,
    aliases: AliasFiles | Unknown | NotApplicable,
    accounts: Accounts | Unknown,
) -> Verdicts:
    """Judge the keys' domains and the values."""
    file = files.get("virtuser")
    if file is None or not isinstance(file.text, MapText):
        text = file.text if file is not None else None
        yield text if isinstance(text, Unknown) else NotApplicable("there is no virtusertable")
        return
    own = _own(classes, features, host)
    unknown: set[Unknown] = set()
    for entry in file.text.entries:
        try:
            yield from _key(entry, own)
            yield from _value(entry, mailers, aliases, accounts)
        except Unknowable as unknowable:
            unknown.add(unknowable.unknown)
    yield from sorted(unknown, key=lambda each: each.reason)


def _own(classes: Classes, features: Features, host: HostName | Unknown) -> Callable[[str], bool]:
    """Tells whether the table is asked for a domain; raises Unknowable where that is not known."""
    own = {member.word.lower() for name in _CLASSES for member in classes.get(name)}
    unseen = next((why for name in _CLASSES if (why := classes.unseen(name)) is not None), None)
    below = bool(features.seen("virtuser_entire_domain"))

    def asked(domain: str) -> bool:
        if domain in own or (below and any(domain.endswith("." + each) for each in own)):
            return True
        if unseen is not None:
            raise Unknowable(unseen)
        return domain == known(host).name.lower()

    return asked


def _key(entry: MapEntry, asked: Callable[[str], bool]) -> Verdicts:
    _, at, domain = entry.key.text.lower().rpartition("@")
    if not at:
        yield _no_domain(entry)
    elif not asked(domain):
        yield _foreign(entry, domain)


def _no_domain(entry: MapEntry) -> Finding:
    return Finding(
        entry.key,
        f"{entry.key.text} has no @: the table is never asked for it",
        "The entry has no effect; mail to the user goes where aliases and accounts send it.",
        Fix("write user@domain or @domain, or put the name into the aliases"),
    )


def _foreign(entry: MapEntry, domain: str) -> Finding:
    return Finding(
        entry.key.find(domain),
        f"{domain} is not in class w, and not in class {{VirtHost}}: the entry is never asked for",
        "Mail to the address is relayed or refused, and does not go where the table says.",
        Fix(f"put {domain} into /etc/mail/local-host-names, or VIRTUSER_DOMAIN(`{domain}')dnl into sendmail.mc"),
    )


def _value(
    entry: MapEntry,
    mailers: Mailers | Unknown,
    aliases: AliasFiles | Unknown | NotApplicable,
    accounts: Accounts | Unknown,
) -> Verdicts:
    value = entry.value.text.strip()
    place = entry.value.stripped()
    if value.lower().startswith("error:") or "@" not in entry.key.text:
        return
    if "," in value:
        yield Finding(
            place,
            f"{value} is several addresses, and the table takes one",
            "Mail to the address is refused: 553 5.1.3 Invalid route address.",
            Fix("name an alias here, and list the addresses there"),
        )
    elif value.replace("-", "").replace("_", "").replace(".", "").isalnum() and not _exists(
        value, mailers, aliases, accounts
    ):
        yield Finding(
            place,
            f"{value} is neither an alias nor a user",
            "Mail to the address is refused: 550 5.1.1 User unknown.",
            replace(place, "postmaster", "name an alias or user that exists"),
        )


def _exists(
    name: str, mailers: Mailers | Unknown, aliases: AliasFiles | Unknown | NotApplicable, accounts: Accounts | Unknown
) -> bool:
    local = known(mailers).get("local")
    # Without the flag w the mailer, not sendmail, knows the users.
    if local is None or "w" not in local.flags:
        return True
    named = known(aliases)
    if isinstance(named, AliasFiles) and named.get(name) is not None:
        return True
    users = known(accounts)
    return users.user(name) is not None or users.user(name.lower()) is not None
