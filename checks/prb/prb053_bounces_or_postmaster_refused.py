r"""Bounces, or mail to postmaster, are refused.

Notices of failure come with the empty sender, which every server must accept (RFC 5321, 4.5.5);
postmaster must be accepted on every host that takes mail, even without a domain (4.5.1), and abuse
should be (RFC 2142, 4).

In the log or at the client:
    550 5.7.1 <>... Access denied
    550 5.1.1 <postmaster>... User unknown
Bad:
    --- @ mail.doe.org:25 endpoint(null_sender="550 5.7.1 <>... Access denied")
Bad:
    --- @ mail.doe.org:25 endpoint(postmaster="550 5.1.1 <postmaster>... User unknown")
Bad:
    --- @ mail.doe.org:25 endpoint(abuse="550 5.1.1 <abuse@mail.doe.org>... User unknown")
Good:
    --- @ mail.doe.org:25 endpoint(null_sender="250 ok", postmaster="250 ok", postmaster_at="250 ok", abuse="250 ok")
Good:
    --- @ mail.doe.org:587 endpoint(postmaster="530 5.7.0 Authentication required")
Not when: the server puts them off, wants a login first, or refuses the client for being listed.
See: ALI001; ACS018; RFC 5321, 4.5.1 and 4.5.5.
"""

from collections.abc import Iterator

from auditor.facts.wire_parts import Commands, Heard, Relaying
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import Inconclusive, NotApplicable, Unknown
from checks.prb import denies_user, exchanged, undecided

_RECIPIENTS = (
    ("postmaster", "postmaster", Severity.HIGH),
    ("postmaster_at", "postmaster in the server's domain", Severity.HIGH),
    ("abuse", "abuse in the server's domain", Severity.LOW),
)


@check("PRB053", severity=Severity.HIGH)
def bounces_or_postmaster_refused(commands: Commands, relaying: Relaying | Unknown | NotApplicable) -> Verdicts:
    """Judge the empty sender, then the three recipients."""
    sender = commands.null_sender
    if isinstance(sender, Inconclusive):
        yield sender
    elif (doubt := undecided(sender)) is not None:
        yield doubt
    elif sender.accepted:
        for name, who, severity in _RECIPIENTS:
            yield from _recipient(getattr(commands, name), who, severity)
    elif _takes_senders(relaying):
        yield Finding(
            None,
            f"the empty sender is refused: {sender.reply}",
            "Users here never learn that their mail failed, and hosts that verify senders refuse their mail.",
            Fix("in sendmail: take the entry for <> out of the access map, and local rules that refuse it"),
            evidence=exchanged(sender),
        )
    else:
        yield Inconclusive(f"whether any sender is taken from here is not known: {sender.reply}")


def _recipient(heard: Heard, who: str, severity: Severity) -> Iterator[Finding | Unknown | NotApplicable]:
    if isinstance(heard, Inconclusive):
        yield heard
    elif (doubt := undecided(heard)) is not None:
        yield doubt
    elif denies_user(heard):
        yield Finding(
            None,
            f"mail to {who} is refused: {heard.reply}",
            "Nobody can tell that something is wrong here, and some lists name hosts without that address.",
            Fix(f"add to /etc/mail/aliases {who.partition(' ')[0]}: root, then run newaliases"),
            evidence=exchanged(heard),
            severity=severity,
        )
    elif not heard.accepted and heard.kind not in ("neutral", "relaying"):
        yield Inconclusive(f"{who} is refused, perhaps for what the client is: {heard.reply}")


def _takes_senders(relaying: Relaying | Unknown | NotApplicable) -> bool:
    """Whether a foreign sender came as far as the question of relaying, so that the client itself is not refused."""
    if not isinstance(relaying, Relaying):
        return False
    return any(each.form.name == "foreign sender" and each.verdict != "inconclusive" for each in relaying.attempts)
