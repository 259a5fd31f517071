r"""The access map refuses mail to postmaster or abuse.

RFC 5321, section 4.5.1, wants mail to postmaster taken, and RFC 2142 names abuse for complaints;
who is refused by mistake has no other way to say so. An entry for user@ without a tag is looked up
for senders and recipients alike (cf/README, blocklist_recipients).

In the log or at the client:
    550 5.2.1 <postmaster@doe.org>... Mailbox disabled for this recipient
Bad:
    To:postmaster@	REJECT
Bad:
    To:abuse@doe.org	ERROR:5.1.1:"550 No such user"
Good:
    To:noreply@	REJECT
Good:
    From:abuse@example.net	REJECT
Not when: blocklist_recipients is not used, so that recipients are not looked up, or the domain is
not one of this host's.
See: RFC 5321, 4.5.1; RFC 2142.
"""

from auditor.facts.classes import LocalNames
from auditor.facts.features import Features
from auditor.facts.mapfiles import AccessMap
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import Unknowable, Unknown
from auditor.sendmail.access import refuses, tag_name

_USERS = ("postmaster", "abuse")


@check("ACS018", severity=Severity.MEDIUM)
def postmaster_refused(access: AccessMap, features: Features, names: LocalNames) -> Verdicts:
    """Look at the entries for those recipients."""
    for entry in access:
        user, at, host = entry.key.text.lower().partition("@")
        if not at or user not in _USERS or tag_name(entry) not in ("", "to") or not refuses(entry):
            continue
        try:
            local = not host or host in names
            used = bool(features.seen("blacklist_recipients")) or features.get("blocklist_recipients") is not None
        except Unknowable as unknowable:
            yield Unknown(unknowable.unknown.reason)
            continue
        if local and used:
            yield Finding(
                entry.lhs,
                f"{entry.lhs.text} {entry.value.text.strip()} refuses mail to {user}",
                "Whoever is refused by mistake, or has a complaint, cannot reach you; some sites list hosts for it.",
                Fix("delete the line, or give it the tag From: if the sender is meant"),
            )
