r"""Mail is taken from senders whose domain does not exist.

Nobody can answer such mail, and its bounces stay in the queue. sendmail refuses it unless
FEATURE(accept_unresolvable_domains) is used, which Red Hat's file has switched on; TEMP in class
{ResOk} lets those pass whose DNS gives no answer for the time being (cf/README,
accept_unresolvable_domains).

In the log or at the client:
    nothing; without the feature: 553 5.1.8 Domain of sender address does not exist
Bad:
    FEATURE(`accept_unresolvable_domains')dnl
Bad:
    LOCAL_CONFIG
    C{ResOk}TEMP
Good:
    dnl FEATURE(`accept_unresolvable_domains')dnl
Not when: the host is behind a firewall and sees a part of DNS only; on the loopback interface it
    matters less.
See: cf/README, accept_unresolvable_domains.
"""

from auditor.facts.classes import Classes
from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.features import Features
from auditor.facts.listeners import Listeners
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from checks.rly import place, removed, uses


@check("RLY007", severity=Severity.MEDIUM, confidence=Confidence.HIGH)
def sender_domain_not_looked_up(
    features: Features, classes: Classes, listeners: Listeners, files: ConfigurationFiles
) -> Verdicts:
    """Look for the feature, and for what class {ResOk} lets pass."""
    severity = Severity.LOW if listeners.only_loopback else None
    for member in classes.get("ResOk"):
        if member.word.upper() == "TEMP":
            yield Finding(
                member.span,
                "class {ResOk} has TEMP: senders pass whose domain cannot be looked up",
                "A domain with dead name servers is as good as one that exists; its mail can never be answered.",
                Fix("take TEMP out of the class"),
                severity=severity,
            )
    for use in uses(features, "accept_unresolvable_domains"):
        yield Finding(
            place(use, files),
            "accept_unresolvable_domains takes mail from domains that do not exist",
            "Much spam passes that a look-up would stop, and its bounces fill the queue: nobody can take them.",
            removed(use, "remove the feature"),
            severity=severity,
        )
