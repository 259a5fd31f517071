r"""Whoever points an MX at this host may relay through it.

FEATURE(relay_based_on_MX) takes mail for every domain whose MX record names this host. The record
is in the zone of whoever wants it, and each recipient costs DNS queries (cf/README,
relay_based_on_MX).

In the log or at the client:
    nothing
Bad:
    FEATURE(`relay_based_on_MX')dnl
Good:
    dnl FEATURE(`relay_based_on_MX')dnl
Not when: every listener is bound to the loopback interface. A backup exchanger had better list its
    domains.
See: cf/README, relay_based_on_MX.
"""

from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.features import Features
from auditor.facts.listeners import Listeners
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity
from auditor.model.unknown import NotApplicable
from checks.rly import place, removed, uses


@check("RLY005", severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def mx_relays(features: Features, listeners: Listeners, files: ConfigurationFiles) -> Verdicts:
    """Look for the feature, or for its map."""
    for use in uses(features, "relay_based_on_MX"):
        if listeners.only_loopback:
            yield NotApplicable("only this host itself can connect")
            return
        yield Finding(
            place(use, files),
            "relay_based_on_MX relays for every domain whose MX names this host",
            "Strangers make this host carry their mail, and keep it in its queue, by a record in their own zone.",
            removed(use, "remove the feature, and list the domains: To:example.org RELAY in the access map"),
        )
