r"""Whoever claims a sender of this domain is spared the tests on clients.

With FEATURE(`delay_checks') the sender is judged first, and what the access map accepts there is
accepted for good: check_relay, with the block lists and the Connect: entries in it, is not called
any more. An entry for the own domain without a tag, or with From:, that says RELAY or OK is such an
acceptance, and a sender is whatever a stranger writes (cf/README, "Delay all checks").

In the log or at the client:
    MAIL FROM:<anybody@doe.org> from a listed client, and no reject=
Bad:
    doe.org	RELAY
Bad:
    From:doe.org	OK
Good:
    To:partner.example	RELAY
    Connect:198.51.100.7	RELAY
Good:
    From:friend@partner.example	OK
Not when: delay_checks is not used, the entry has another tag, or the domain is a partner's with
From:.
See: howto steps 2 and 6; cf/README, "Delay all checks".
"""

from auditor.facts.classes import LocalNames
from auditor.facts.features import Features
from auditor.facts.mapfiles import AccessMap
from auditor.facts.network import HostName
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity
from auditor.model.unknown import NotApplicable, Unknown
from auditor.readers.maps import AccessEntry
from auditor.sendmail.access import action_of, tag_name
from checks.acs import is_above, mended, names_a_domain, own_names


@check("ACS005", severity=Severity.HIGH, confidence=Confidence.HIGH, howto="2")
def own_sender_skips_checks(
    access: AccessMap, features: Features, names: LocalNames, host: HostName | Unknown
) -> Verdicts:
    """Look for domains accepted as senders."""
    delay = features.get("delay_checks")
    if delay is None:
        yield NotApplicable("delay_checks is not used")
        return
    own = own_names(names, host)
    doubtful = False
    for entry in access:
        if tag_name(entry) not in ("", "from") or action_of(entry) not in ("OK", "RELAY") or not names_a_domain(entry):
            continue
        if _judged(entry, own):
            yield Finding(
                entry.lhs,
                f"with delay_checks, {entry.lhs.text} {action_of(entry)} spares every sender who claims "
                f"{entry.key.text} the tests on clients",
                f"A stranger who writes MAIL FROM:<x@{entry.key.text}> passes block lists and Connect: entries.",
                mended(entry, own),
                related=((delay.span, "delay_checks is switched on here"),) if delay.span is not None else (),
            )
        elif tag_name(entry) == "from":
            doubtful = True
    if doubtful and names.unseen is not None:
        yield Unknown(names.unseen)


def _judged(entry: AccessEntry, own: frozenset[str]) -> bool:
    # A partner's domain is accepted on purpose with From:; without a tag the sender's side is an accident.
    key = entry.key.text.lower()
    if key == "localhost":
        return False
    return key in own or is_above(key, own) or (tag_name(entry) == "" and action_of(entry) == "RELAY")
