r"""A recipient who does not exist is accepted.

What is accepted and cannot be delivered is returned, and since the sender of spam is forged, the
return goes to a stranger (backscatter). Block lists collect hosts that do so. A catch-all, LUSER_RELAY
or a second exchanger without the list of users accept everybody (cf/README, LUSER_RELAY; RFC 5321, 6.2).

In the log or at the client:
    250 2.1.5 <mailaudit-no-such-user@mail.doe.org>... Recipient ok
Bad:
    --- @ mail.doe.org:25 endpoint(made_up="250 2.1.5 <mailaudit-no-such-user@mail.doe.org>... Recipient ok")
Good:
    --- @ mail.doe.org:25 endpoint(made_up="550 5.1.1 <mailaudit-no-such-user@mail.doe.org>... User unknown")
Good:
    --- @ mail.doe.org:587 endpoint(made_up="530 5.7.0 Authentication required")
Not when: the server takes no mail for that domain, or wants a login first, or may relay for the client.
See: howto step 9; RFC 5321, 6.2; cf/README, LUSER_RELAY.
"""

from auditor.facts.wire_parts import Commands, Relaying
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import Inconclusive, NotApplicable, Unknown
from checks.prb import exchanged, trust, undecided


@check("PRB052", severity=Severity.MEDIUM)
def unknown_user_accepted(commands: Commands, relaying: Relaying | Unknown | NotApplicable) -> Verdicts:
    """Judge the answer to the made-up recipient."""
    heard = commands.made_up
    trusted = trust(relaying)
    if isinstance(heard, Inconclusive):
        yield heard
    elif (doubt := undecided(heard)) is not None:
        yield doubt
    elif heard.kind == "relaying":
        yield Inconclusive("the server takes no mail for the domain that was asked; --mx DOMAIN asks with another")
    elif heard.accepted and trusted:
        # What is no domain of the server's own is then accepted for being carried elsewhere.
        yield Inconclusive(f"a made-up recipient is accepted here, but {trusted}")
    elif heard.accepted:
        yield Finding(
            None,
            "a recipient that nobody has made is accepted",
            "Undeliverable spam is returned to forged senders, and its victims have this host listed.",
            Fix("in sendmail: take LUSER_RELAY and entries for whole @domains out; give a second exchanger the users"),
            evidence=exchanged(heard),
        )
