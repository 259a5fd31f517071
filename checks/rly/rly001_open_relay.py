r"""The host is an open relay: it takes mail from anybody to anybody.

FEATURE(promiscuous_relay) takes away the rule that refuses everything else, and with it every check
of who the client is. Such hosts are found within hours and end on every block list (cf/README,
"ANTI-SPAM CONFIGURATION CONTROL").

In the log or at the client:
    *** WARNING: FEATURE(`promiscuous_relay') configures your system as open, from m4
Bad:
    FEATURE(`promiscuous_relay')dnl
Good:
    dnl FEATURE(`promiscuous_relay')dnl
Not when: every listener is bound to the loopback interface.
See: cf/README, promiscuous_relay.
"""

from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.features import Features
from auditor.facts.listeners import Listeners
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity
from auditor.model.unknown import NotApplicable
from checks.rly import place, removed, uses


@check("RLY001", severity=Severity.CRITICAL, confidence=Confidence.HIGH)
def open_relay(features: Features, listeners: Listeners, files: ConfigurationFiles) -> Verdicts:
    """Look for the feature, or for the rule it takes away."""
    for use in uses(features, "promiscuous_relay"):
        if listeners.only_loopback:
            yield NotApplicable("only this host itself can connect")
            return
        yield Finding(
            place(use, files),
            "promiscuous_relay makes this host an open relay",
            "Anybody sends mail to anybody through it, until block lists have it and nobody takes its mail any more.",
            removed(use, "remove the feature; let users log in instead (TRUST_AUTH_MECH)"),
        )
