r"""A domain is a local name, and a table routes it elsewhere.

Local names are looked at first: for a domain in class w the mailertable is not asked. In
relay-domains such a domain only means that hosts named below it may relay through this one
(cf/README, mailertable; "ANTI-SPAM CONFIGURATION CONTROL").

In the log or at the client:
    550 5.1.1 <info@lists.example.net>... User unknown
Bad:
    --- +/etc/mail/local-host-names
    lists.example.net
Bad:
    --- +/etc/mail/relay-domains
    doe.org
Good:
    --- /etc/mail/mailertable
    .doe.org	esmtp:[198.51.100.25]
    lists.example.net	esmtp:[198.51.100.25]
Not when: the table has .doe.org, which is for the hosts below it.
See: cf/README, mailertable.
"""

from auditor.facts.classes import LocalNames, Member, RelayDomains
from auditor.facts.features import Features
from auditor.facts.mapfiles import MapFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.subjects import Configuration
from auditor.model.unknown import Unknown
from auditor.readers.maps import MapText
from checks.dns import keeps_no_mail


@check("DNS024", severity=Severity.MEDIUM)
def domain_local_and_routed(
    names: LocalNames,
    relayed: RelayDomains,
    files: MapFiles | Unknown,
    features: Features | Unknown,
    configuration: Configuration,
) -> Verdicts:
    """Compare class w with the keys of the mailertable and with class R."""
    reason = keeps_no_mail(configuration, features)
    if reason is not None:
        yield reason
        return
    members = {member.word.lower(): member for member in names}
    if isinstance(files, Unknown):
        yield files
    else:
        yield from _routed(files, members)
    for each in relayed:
        if "." in each.word and each.word.lower() in members:
            yield Finding(
                each.span,
                f"{each.word} is in class R, and a local name",
                "The entry changes nothing for its mail; it lets every host that is named below the domain relay.",
                Fix("remove it from the domains to relay for unless that is meant"),
                ((members[each.word.lower()].span, "it is a local name here"),),
                severity=Severity.LOW,
            )


def _routed(files: MapFiles, members: dict[str, Member]) -> Verdicts:
    table = files.get("mailertable")
    if table is None:
        return
    if isinstance(table.text, Unknown):
        yield table.text
    elif isinstance(table.text, MapText):
        for entry in table.text.entries:
            member = members.get(entry.lhs.text.lower())
            if member is not None:
                yield Finding(
                    entry.lhs,
                    f"the mailertable routes {entry.lhs.text}, which is a local name",
                    "The line has no effect: its mail is delivered on this host, or bounces as unknown here.",
                    Fix("remove the domain from the local names, or the line from the mailertable"),
                    ((member.span, "it is a local name here"),),
                )
