r"""Whoever claims a local sender may relay.

FEATURE(relay_local_from) believes MAIL FROM, which anybody can write: the name of a local user is
enough to send mail anywhere (cf/README, relay_local_from, which warns of it).

In the log or at the client:
    nothing; spam with a local sender
Bad:
    FEATURE(`relay_local_from')dnl
Good:
    dnl FEATURE(`relay_local_from')dnl
Not when: every listener is bound to the loopback interface.
See: cf/README, relay_local_from.
"""

from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.features import Features
from auditor.facts.listeners import Listeners
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity
from auditor.model.unknown import NotApplicable
from checks.rly import place, removed, uses


@check("RLY002", severity=Severity.CRITICAL, confidence=Confidence.HIGH)
def local_sender_relays(features: Features, listeners: Listeners, files: ConfigurationFiles) -> Verdicts:
    """Look for the feature, or for its rule."""
    for use in uses(features, "relay_local_from"):
        if listeners.only_loopback:
            yield NotApplicable("only this host itself can connect")
            return
        yield Finding(
            place(use, files),
            "relay_local_from relays for anybody who writes a local sender",
            "Spammers know or guess one local address, and send through this host as through an open relay.",
            removed(use, "remove the feature; let users log in instead (TRUST_AUTH_MECH)"),
        )
