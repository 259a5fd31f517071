r"""VRFY, EXPN, VERB or ETRN answer strangers.

VRFY tells which users exist, EXPN who is behind an alias, VERB shows how mail is delivered, and ETRN
starts queue runs. None of them is needed by anybody outside. Reply 252 to VRFY, which tells nothing,
is what RFC 5321, 3.5.3, has for hosts that keep silent; sendmail does so with novrfy (Sendmail
Installation and Operation Guide, 5.6, PrivacyOptions).

In the log or at the client:
    250 2.1.5 Postmaster <postmaster@mail.doe.org>, in answer to VRFY postmaster
    550 5.1.1 nobody... User unknown
Bad:
    --- @ mail.doe.org:25 endpoint(vrfy="250 2.1.5 <postmaster@mail.doe.org>", vrfy_made_up="550 5.1.1 User unknown")
Bad:
    --- @ mail.doe.org:25 endpoint(expn="250 2.1.5 <root@mail.doe.org>")
Bad:
    --- @ mail.doe.org:25 endpoint(verb="250 2.0.0 Verbose mode")
Bad:
    --- @ mail.doe.org:25 endpoint(etrn="250 2.0.0 Queuing for node x.invalid started")
Good:
    --- @ mail.doe.org:25 endpoint(vrfy="252 2.5.2 Cannot VRFY user", vrfy_made_up="252 2.5.2 Cannot VRFY user")
Good:
    --- @ mail.doe.org:25 endpoint(vrfy="250 2.0.0 ok", vrfy_made_up="250 2.0.0 ok", etrn="459 4.5.4 not allowed")
Not when: VRFY answers 252, or the same to everybody.
See: CFF010; Sendmail Installation and Operation Guide, 5.6, PrivacyOptions.
"""

from auditor.facts.wire_parts import Answer, Commands
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import Inconclusive
from checks.prb import exchanged

_FLAGS = {"expn": "noexpn", "verb": "noverb", "etrn": "noetrn"}
_LEADS_TO = {
    "expn": (Severity.MEDIUM, "tells who is behind an alias", "Strangers read lists and users' real addresses."),
    "verb": (Severity.LOW, "switches to verbose replies", "Strangers watch which programs and hosts take the mail."),
    "etrn": (Severity.LOW, "starts queue runs", "Strangers keep the host busy with runs of its queue."),
}


@check("PRB011", severity=Severity.MEDIUM)
def users_and_queues_disclosed(commands: Commands) -> Verdicts:
    """Judge the answers; each that is missing is told."""
    tells = commands.vrfy_discloses
    if isinstance(tells, Inconclusive):
        yield tells
    elif tells and isinstance(commands.vrfy, Answer) and isinstance(commands.vrfy_made_up, Answer):
        yield Finding(
            None,
            "VRFY tells users from names that nobody has",
            "Senders of spam and guessers of passwords collect the valid names.",
            _fix("novrfy"),
            evidence=(*exchanged(commands.vrfy), *exchanged(commands.vrfy_made_up)),
        )
    for name, (severity, what, consequence) in _LEADS_TO.items():
        answer = getattr(commands, name)
        if not isinstance(answer, Answer):
            yield answer
        elif answer.accepted:
            message = f"{name.upper()} is answered and {what}"
            evidence = exchanged(answer)
            yield Finding(None, message, consequence, _fix(_FLAGS[name]), evidence=evidence, severity=severity)


def _fix(flag: str) -> Fix:
    return Fix(f"in sendmail: define(`confPRIVACY_FLAGS', `goaway,noetrn')dnl, of which {flag} is the part for this")
