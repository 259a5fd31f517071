r"""Every host of the host's own domain may relay.

FEATURE(relay_entire_domain) takes $m, what follows the first dot of the host's name, for the own
domain: all its hosts may relay, and anybody to it. A host that is called example.com relays for com
(cf/README, relay_entire_domain).

In the log or at the client:
    nothing
Bad:
    FEATURE(`relay_entire_domain')dnl
    define(`confDOMAIN_NAME', `example.com')dnl
Bad:
    FEATURE(`relay_entire_domain')dnl
Good:
    RELAY_DOMAIN(`192.0.2')dnl
Not when: the feature is not used; a domain of one's own makes it less bad, not good.
See: cf/README, relay_entire_domain.
"""

from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.features import Features
from auditor.facts.listeners import Listeners
from auditor.facts.macros import CfMacros
from auditor.facts.network import HostName
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity
from auditor.model.unknown import NotApplicable, Unknown
from checks.rly import is_public, place, removed, uses


@check("RLY004", severity=Severity.HIGH, confidence=Confidence.HIGH)
def whole_domain_relays(
    features: Features,
    listeners: Listeners,
    files: ConfigurationFiles,
    name: HostName | Unknown,
    macros: CfMacros | Unknown,
) -> Verdicts:
    """Judge the feature by the domain it opens the host for."""
    for use in uses(features, "relay_entire_domain"):
        if listeners.only_loopback:
            yield NotApplicable("only this host itself can connect")
            return
        domain = _domain(name, macros)
        public = domain is not None and is_public(domain)
        yield Finding(
            place(use, files),
            f"relay_entire_domain opens this host for {domain or 'the whole of its domain'}",
            "Anybody below that domain sends mail to the whole world through this host."
            if public
            else "Every machine of the domain, and whoever takes one over, sends mail anywhere through this host.",
            removed(use, "remove the feature, and name networks: RELAY_DOMAIN(`192.0.2')"),
            severity=Severity.CRITICAL if public else Severity.MEDIUM,
        )


def _domain(name: HostName | Unknown, macros: CfMacros | Unknown) -> str | None:
    set_ = macros.get("m") if isinstance(macros, CfMacros) else None
    if set_ is not None and "$" not in set_.value:
        return set_.value.strip() or None
    return name.name.partition(".")[2] or None if isinstance(name, HostName) else None
