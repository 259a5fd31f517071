r"""A sender that cannot exist is accepted.

Mail from a domain that does not resolve can never be answered or returned, and is spam nearly always;
sendmail turns it down unless accept_unresolvable_domains is set. A sender without a domain comes from
a badly kept program (cf/README, "ANTI-SPAM CONFIGURATION CONTROL").

In the log or at the client:
    250 2.1.0 <x@mailaudit-no-such-domain.invalid>... Sender ok
Bad:
    --- @ mail.doe.org:25 endpoint(unresolvable_sender="250 2.1.0 Sender ok")
Bad:
    --- @ mail.doe.org:25 endpoint(unqualified_sender="250 2.1.0 Sender ok")
Good:
    --- @ mail.doe.org:25 endpoint(unresolvable_sender="553 5.1.8 Domain of sender address does not exist")
Good:
    --- @ mail.doe.org:587 endpoint(unresolvable_sender="530 5.7.0 Authentication required", unqualified_sender="530 5.7.0 Authentication required")
Not when: the server wants a login first, or the client is one that it may trust, to whom it may be kinder.
See: RLY007; cf/README, accept_unresolvable_domains and accept_unqualified_senders.
"""  # noqa: E501  # An endpoint is described on one line.

from auditor.facts.wire_parts import Commands, Relaying
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import Inconclusive, NotApplicable, Unknown
from checks.prb import exchanged, trust, undecided


@check("PRB051", severity=Severity.MEDIUM)
def any_sender_accepted(commands: Commands, relaying: Relaying | Unknown | NotApplicable) -> Verdicts:
    """Judge the answers to both senders."""
    cases = (
        (
            commands.unresolvable_sender,
            "whose domain does not exist",
            "Nothing that goes wrong with such mail can ever be returned; most of it is spam.",
            "accept_unresolvable_domains",
            None,
        ),
        (
            commands.unqualified_sender,
            "without a domain",
            "The server adds a domain of its own to it, and bounces go to somebody here.",
            "accept_unqualified_senders",
            Severity.LOW,
        ),
    )
    trusted = trust(relaying)
    for heard, what, consequence, feature, severity in cases:
        if isinstance(heard, Inconclusive):
            yield heard
        elif (doubt := undecided(heard)) is not None:
            yield doubt
        elif heard.accepted and trusted:
            yield Inconclusive(f"a sender {what} is accepted here, but {trusted}")
        elif heard.accepted:
            yield Finding(
                None,
                f"a sender {what} is accepted",
                consequence,
                Fix(f"in sendmail: take FEATURE(`{feature}') and the listener's modifiers u out"),
                evidence=exchanged(heard),
                severity=severity,
            )
