r"""An entry relays mail to one of this host's own names.

Mail to a name in class w is local, and local mail needs no leave to be relayed; a client that goes
by such a name may relay as well. What the entry does beyond that is accept senders and clients
before any other test (cf/README, "ANTI-SPAM CONFIGURATION CONTROL").

In the log or at the client:
    nothing
Bad:
    john.doe.org	RELAY
Bad:
    To:doe.org	RELAY
Good:
    To:partner.example	RELAY
Good:
    Connect:localhost	RELAY
Not when: the entry has the tag Connect:, which also spares those hosts the block lists.
See: howto step 2; cf/README, "ANTI-SPAM CONFIGURATION CONTROL".
"""

from auditor.facts.classes import LocalNames
from auditor.facts.mapfiles import AccessMap
from auditor.facts.network import HostName
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity
from auditor.model.unknown import Unknown
from auditor.sendmail.access import action_of, tag_name
from checks.acs import is_loopback, mended, names_a_domain, own_names


@check("ACS001", severity=Severity.LOW, howto="2")
def own_name_relayed(access: AccessMap, names: LocalNames, host: HostName | Unknown) -> Verdicts:
    """Look for names of class w."""
    own = own_names(names, host)
    doubtful = False
    for entry in access:
        if tag_name(entry) not in ("", "to") or action_of(entry) not in ("OK", "RELAY") or not names_a_domain(entry):
            continue
        if is_loopback(entry):
            continue
        if entry.key.text.lower() in own:
            yield Finding(
                entry.lhs,
                f"{entry.key.text} is one of this host's own names and needs no {action_of(entry)}",
                "Mail to it is delivered without the entry; with it, the name alone opens doors it need not open.",
                mended(entry, own),
            )
        else:
            doubtful = True
    if doubtful and names.unseen is not None:
        yield Unknown(names.unseen)
