r"""The server relays for strangers.

It took a recipient in a foreign domain from a foreign sender without a login. Whoever finds that
sends spam through it within hours, and block lists refuse its mail from then on. The test gives
recipients only, never a message, and tries forms of address that hide a second destination as well
(cf/README, "ANTI-SPAM CONFIGURATION CONTROL").

In the log or at the client:
    250 2.1.5 <mailaudit@example.org>... Recipient ok
Bad:
    --- @ mail.doe.org:25 endpoint(relay_open={"foreign sender": "250 2.1.5 Recipient ok"})
Bad:
    --- @ mail.doe.org:25 endpoint(relay_open={"percent hack": "250 2.1.5 ok"}, may_relay="192.0.2.7 may be near")
Good:
    --- @ mail.doe.org:25 endpoint(relay="550 5.7.1 <mailaudit@example.org>... Relaying denied")
Good:
    --- @ mail.doe.org:587 endpoint(relay="530 5.7.0 Authentication required")
Not when: the client is an address that may always relay, such as 127.0.0.1; then nothing is said of
    strangers. Where the client may be in the server's own network it is a note.
See: RLY001 to RLY006; cf/README, "ANTI-SPAM CONFIGURATION CONTROL".
"""

from auditor.facts.wire_parts import Relaying
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Inconclusive

#: The forms that every client gets through with whom the server trusts.
_PLAIN = ("null sender", "foreign sender")
_FIX = Fix(
    "in sendmail: take promiscuous_relay, relay_local_from, relay_based_on_MX, loose_relay_check and RELAY for wide"
    " networks out; FEATURE(`nopercenthack', `reject')dnl and FEATURE(`nouucp', `reject')dnl turn hidden routes down"
)
_SHOWN = 3


@check("PRB050", severity=Severity.CRITICAL, confidence=Confidence.HIGH)
def relays_for_strangers(relaying: Relaying) -> Verdicts:
    """Judge which forms got through, and whether the client counts as a stranger."""
    opened = relaying.opened
    # A client that the server trusts gets through with the plain forms, whatever it makes of the others.
    trusted = any(attempt.form.name in _PLAIN for attempt in opened)
    if opened and trusted and relaying.always_may:
        yield Inconclusive(f"{relaying.may_relay}; probe from outside")
    elif opened:
        near = relaying.may_relay if trusted else ""
        names = ", ".join(attempt.form.name for attempt in opened)
        yield Finding(
            None,
            f"the server relays to a foreign domain ({names})" + (f", though {near}" if near else ""),
            "That may be as it should for this client; only a probe from outside shows what strangers get."
            if near
            else "Anybody sends spam through it, and its address is soon on every block list.",
            _FIX,
            evidence=tuple(
                line
                for attempt in opened[:_SHOWN]
                for line in (
                    f"> MAIL FROM:<{attempt.form.sender or ''}>",
                    f"> RCPT TO:<{attempt.form.recipient}>",
                    f"< {attempt.reply}",
                )
            ),
            severity=Severity.INFO if near else None,
            confidence=Confidence.LOW if near else None,
        )
    elif relaying.verdict == "inconclusive":
        yield Inconclusive(relaying.reason)
    if relaying.interrupted and opened:
        yield Inconclusive(relaying.interrupted)
    for attempt in relaying.attempts:
        # Another refusal than that to relay closes the form as well; what was put off or is in doubt stays open.
        reply = attempt.reply
        if attempt.verdict == "inconclusive" and (reply is None or not reply.refused):
            yield Inconclusive(f"{attempt.form.name}: {attempt.reason}")
