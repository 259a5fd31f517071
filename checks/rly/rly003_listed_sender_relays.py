r"""Whoever claims a sender that the access map lists may relay.

FEATURE(relay_mail_from) looks up MAIL FROM, which anybody can write, for From: entries with RELAY;
with the argument domain a sender's domain is enough (cf/README, relay_mail_from, which says to use
it only as a last resort).

In the log or at the client:
    nothing; spam with such a sender
Bad:
    FEATURE(`relay_mail_from')dnl
Bad:
    FEATURE(`relay_mail_from', `domain')dnl
Good:
    dnl FEATURE(`relay_mail_from')dnl
Not when: every listener is bound to the loopback interface.
See: cf/README, relay_mail_from.
"""

from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.features import Features
from auditor.facts.listeners import Listeners
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity
from auditor.model.unknown import NotApplicable
from checks.rly import place, removed, uses


@check("RLY003", severity=Severity.HIGH, confidence=Confidence.HIGH)
def listed_sender_relays(features: Features, listeners: Listeners, files: ConfigurationFiles) -> Verdicts:
    """Look for the feature, or for its rule."""
    for use in uses(features, "relay_mail_from"):
        if listeners.only_loopback:
            yield NotApplicable("only this host itself can connect")
            return
        what = "domain" if "domain" in use.args[:1] else "address"
        yield Finding(
            place(use, files),
            f"relay_mail_from relays for anybody who writes a listed {what} as sender",
            "A sender costs nothing to forge: who knows one of the entries sends mail anywhere through this host.",
            removed(use, "remove the feature; let users log in instead (TRUST_AUTH_MECH)"),
        )
