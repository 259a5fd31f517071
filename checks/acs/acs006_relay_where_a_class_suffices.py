r"""Relaying to a domain stands in the access map where a class would do.

For relaying alone there is class R, filled from relay-domains: it lets a domain's hosts relay and
relays to the domain, and says nothing of senders. An entry without a tag says all that and accepts
the domain's senders besides; one for a domain that class R has already says nothing new (cf/README,
"ANTI-SPAM CONFIGURATION CONTROL").

In the log or at the client:
    nothing
Bad:
    partner.example	RELAY
Bad:
    To:lists.example.net	RELAY
Good:
    To:partner.example	RELAY
Not when: the entry has the tag Connect:, which also spares those hosts the block lists.
See: howto step 2; cf/README, "ANTI-SPAM CONFIGURATION CONTROL".
"""

from auditor.facts.classes import LocalNames, RelayDomains
from auditor.facts.mapfiles import AccessMap
from auditor.facts.network import HostName
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity, replace
from auditor.model.unknown import Unknown
from auditor.sendmail.access import action_of, tag_name
from checks.acs import is_loopback, names_a_domain, own_names


@check("ACS006", severity=Severity.INFO, howto="2")
def relay_where_a_class_suffices(
    access: AccessMap, relayed: RelayDomains, names: LocalNames, host: HostName | Unknown
) -> Verdicts:
    """Compare RELAY for domains with class R."""
    own = own_names(names, host)
    listed = {member.word.lower(): member for member in relayed}
    for entry in access:
        key = entry.key.text.lower()
        tag = tag_name(entry)
        if tag not in ("", "to") or action_of(entry) != "RELAY" or not names_a_domain(entry):
            continue
        if key in own or is_loopback(entry):
            continue
        if key in listed:
            yield Finding(
                entry.lhs,
                f"class R has {entry.key.text} already",
                "Two places say the same, and one of them will be forgotten when it changes.",
                replace(entry, "", "delete the line"),
                related=((listed[key].span, "it is listed here"),),
            )
        elif not tag:
            yield Finding(
                entry.lhs,
                f"{entry.key.text} RELAY relays what a line in relay-domains would relay without touching senders",
                "What is meant for relaying also lets in whoever claims a sender of the domain.",
                Fix("use the tag To:, or put the domain into /etc/mail/relay-domains and delete this line"),
            )
