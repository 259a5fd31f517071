r"""Who logs in with an offered mechanism may not relay.

AuthMechanisms says how users can log in, class {TrustAuthMech}, filled by TRUST_AUTH_MECH, which of
those logins allow relaying. A mechanism in the first list only lets the login succeed and refuses
the mail (cf/README, "SMTP AUTHENTICATION").

In the log or at the client:
    550 5.7.1 <alice@example.net>... Relaying denied. Proper authentication required.
Bad:
    TRUST_AUTH_MECH(`PLAIN')dnl
Bad:
    TRUST_AUTH_MECH(`LOGIN,PLAIN')dnl
Good:
    TRUST_AUTH_MECH(`LOGIN PLAIN')dnl
Good:
    define(`confAUTH_MECHANISMS', `EXTERNAL PLAIN LOGIN')dnl
Good:
    TRUST_AUTH_MECH(`PLAIN')dnl
    DAEMON_OPTIONS(`Port=smtp, Name=MTA, Addr=127.0.0.1')dnl
    DAEMON_OPTIONS(`Port=submission, Name=MSA, Addr=127.0.0.1, M=Ea')dnl
    DAEMON_OPTIONS(`Port=smtps, Name=TLSMSA, Addr=127.0.0.1, M=sa')dnl
Not when: the mechanism is EXTERNAL or ANONYMOUS, which are better not trusted; or no listener that other
    hosts reach offers AUTH, so that the mechanisms are for sendmail's own login at a relay host.
See: howto step 6; cf/README, "SMTP AUTHENTICATION".
"""

from auditor.facts.auth import AuthOffer
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import NotApplicable
from checks.sas import KERBEROS, are

_BETTER_NOT = ("EXTERNAL", "ANONYMOUS")


@check("SAS003", severity=Severity.HIGH, howto="6")
def offered_but_not_trusted(offer: AuthOffer) -> Verdicts:
    """Compare AuthMechanisms with the class, both ways."""
    setup = offer.setup
    if setup.mechanisms is None:
        yield NotApplicable("AuthMechanisms is not set")
        return
    untrusted = [name for name in setup.untrusted if name in offer.mechanisms and name not in _BETTER_NOT]
    if untrusted:
        wanted = " ".join(name for name in offer.mechanisms if name not in _BETTER_NOT)
        yield Finding(
            setup.mechanisms.span,
            f"{are(untrusted)} offered and not trusted",
            "The login succeeds and the mail is refused: Relaying denied.",
            Fix(f"TRUST_AUTH_MECH(`{wanted}')dnl"),
            ((setup.trusted[0].span, "the trusted ones stand here"),) if setup.trusted else (),
            severity=Severity.LOW if all(name.startswith(KERBEROS) for name in untrusted) else None,
        )
    for member in setup.trusted:
        if member.word.upper() not in setup.offered and "," not in member.word:
            yield Finding(
                member.span,
                f"{member.word} is trusted and not among AuthMechanisms",
                "Nobody can log in with it; should it ever be offered, its users may relay at once.",
                Fix("name the same mechanisms in both lists"),
                ((setup.mechanisms.span, "the offered ones stand here"),),
                severity=Severity.INFO,
            )
