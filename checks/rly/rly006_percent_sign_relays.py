r"""user%site@here is not looked at twice.

A recipient such as user%example.net@doe.org is split before it is checked, and the rest is checked
again. FEATURE(loose_relay_check) leaves that out: where the own domain is in class R, anybody
relays that way (cf/README, loose_relay_check).

In the log or at the client:
    RCPT To:<user%example.net@doe.org> is accepted
Bad:
    FEATURE(`loose_relay_check')dnl
Good:
    dnl FEATURE(`loose_relay_check')dnl
Not when: the host is a gateway for systems that only know such addresses, and says so.
See: cf/README, loose_relay_check.
"""

from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.features import Features
from auditor.facts.listeners import Listeners
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity
from auditor.model.unknown import NotApplicable
from checks.rly import place, removed, uses


@check("RLY006", severity=Severity.HIGH, confidence=Confidence.HIGH)
def percent_sign_relays(features: Features, listeners: Listeners, files: ConfigurationFiles) -> Verdicts:
    """Look for the feature, or for the rule it changes."""
    for use in uses(features, "loose_relay_check"):
        if listeners.only_loopback:
            yield NotApplicable("only this host itself can connect")
            return
        yield Finding(
            place(use, files),
            "loose_relay_check lets user%site@here through",
            "With a percent sign in the address strangers send mail anywhere by way of a domain this host relays for.",
            removed(use, "remove the feature"),
        )
