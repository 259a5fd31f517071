r"""An entry has no tag, so that it speaks of clients, senders and recipients at once.

Without Connect:, From: or To: before the key, one line is all three; cf/README calls such entries
deprecated. RELAY for a domain then lets every client relay whose name is below it, accepts every
sender who claims it, and relays to it and to all its subdomains (cf/README, "ANTI-SPAM
CONFIGURATION CONTROL").

In the log or at the client:
    nothing
Bad:
    doe.org	RELAY
Bad:
    spam.example	REJECT
Good:
    To:partner.example	RELAY
    Connect:198.51.100	RELAY
    From:spam.example	REJECT
Not when: the key is an IPv6 address without IPv6:, which no look-up asks for; ACS016 says that.
See: howto step 2; cf/README, "ANTI-SPAM CONFIGURATION CONTROL".
"""

from auditor.facts.classes import LocalNames
from auditor.facts.mapfiles import AccessMap
from auditor.facts.network import HostName
from auditor.model.check import Verdicts, check
from auditor.model.finding import Edit, Finding, Fix, Severity, replace
from auditor.model.unknown import Unknown
from auditor.readers.maps import AccessEntry
from auditor.sendmail.access import action_of, is_ipv6, octets
from checks.acs import is_new, mended, names_a_domain, own_names


@check("ACS004", severity=Severity.LOW, howto="2")
def entry_without_tag(access: AccessMap, names: LocalNames, host: HostName | Unknown) -> Verdicts:
    """Report each domain that is accepted, and of all others the first."""
    own = own_names(names, host)
    others = []
    for entry in access:
        if entry.tag is not None or (is_ipv6(entry.lhs.text.split("%")[0]) and ":" in entry.lhs.text):
            continue
        action = action_of(entry)
        if action not in ("OK", "RELAY") or not names_a_domain(entry):
            others.append(entry)
            continue
        yield Finding(
            entry.lhs,
            f"{entry.key.text} {action} has no tag: it is for clients, senders and recipients alike",
            f"Clients named below {entry.key.text} and senders who claim it are accepted as well, not only mail to it."
            if action == "OK"
            else f"Clients named below {entry.key.text} may relay, and senders who claim it are accepted untested.",
            mended(entry, own),
            severity=Severity.MEDIUM,
        )
    if others:
        count = "an entry has" if len(others) == 1 else f"{len(others)} entries have"
        yield Finding(
            others[0].lhs,
            f"{count} no tag, {others[0].lhs.text} {'' if len(others) == 1 else 'the first'}".rstrip(),
            "One line acts on clients, on senders and on recipients, whichever of them was meant.",
            _fix(others),
        )


def _fix(entries: list[AccessEntry]) -> Fix:
    """A tag for all of them at once where all are addresses, which are clients'; else one for the first."""
    title = "say what is meant: Connect: for clients, From: for senders, To: for recipients, a line for each"
    if all(_is_address(entry) for entry in entries):
        edits = tuple(Edit(entry.lhs, f"Connect:{entry.key.text}") for entry in entries)
        safe = all(is_new(entry, f"Connect:{entry.key.text}") for entry in entries)
        return Fix(title, edits=edits, safe=safe)
    first = entries[0]
    tag = "Connect" if _is_address(first) else "From"
    return replace(first.lhs, f"{tag}:{first.key.text}", title)


def _is_address(entry: AccessEntry) -> bool:
    return octets(entry.key.text) is not None or entry.key.text.startswith("[")
