r"""Passwords may cross the net in clear.

PLAIN and LOGIN send the password itself. Only the letter p in AuthOptions makes sendmail wait for
TLS before it offers them; m4 does not set it by itself. The access map can ask for the same with c
under the tag Srv_Features (Sendmail Installation and Operation Guide, 5.6, AuthOptions, and 5.1.4;
cf/README, "SMTP AUTHENTICATION").

In the log or at the client:
    250-AUTH LOGIN PLAIN, before STARTTLS
Bad:
    define(`confAUTH_OPTIONS', `A')dnl
Bad:
    undefine(`confAUTH_OPTIONS')dnl
Good:
    define(`confAUTH_OPTIONS', `A p y')dnl
Good:
    define(`confAUTH_OPTIONS', `A')dnl
    DAEMON_OPTIONS(`Name=MSA-v4, Family=inet, Port=submission, Addr=127.0.0.1, M=Ea')dnl
Good:
    define(`confAUTH_OPTIONS', `A')dnl
    --- +/etc/mail/access
    Srv_Features:\tc
Not when: every listener that offers AUTH is bound to the loopback interface or speaks TLS from the
    first byte, or the letter is there and not read, which SAS002 says.
See: howto step 6, the notes; Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.auth import AuthOffer
from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.mapfiles import AccessMap
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import NotApplicable, Unknown
from auditor.sendmail.strength import AUTH_OPTIONS, IN_CLEAR
from checks.sas import are, lost_letters, mechanisms_place


@check("SAS001", severity=Severity.CRITICAL, howto="N6")
def passwords_in_clear(
    offer: AuthOffer, access: AccessMap | NotApplicable | Unknown, files: ConfigurationFiles
) -> Verdicts:
    """Look for p wherever PLAIN or LOGIN is offered to other hosts before TLS."""
    exposed = [each for each in offer.listeners if "s" not in each.modifiers]
    settings = offer.setup.options
    if not offer.plain or not exposed:
        yield NotApplicable("no mechanism that sends the password is offered to other hosts before TLS")
    elif any(letter in "pP" for each in settings for letter, _ in lost_letters(each, offer.setup.letters)):
        yield NotApplicable("AuthOptions has a p that is not read, which SAS002 says")
    elif not offer.setup.needs_tls and not _forbidden(access):
        yield Finding(
            settings[-1].span if settings else mechanisms_place(offer, files),
            f"{are(offer.plain)} offered before TLS: AuthOptions lacks p",
            IN_CLEAR,
            settings[-1].set_to(AUTH_OPTIONS, "offer it after TLS only")
            if settings
            else Fix(f"define(`confAUTH_OPTIONS', `{AUTH_OPTIONS}')dnl"),
            ((exposed[0].span, f"the listener {exposed[0].name} offers it"),),
            confidence=Confidence.LOW if isinstance(access, Unknown) else None,
        )


def _forbidden(access: AccessMap | NotApplicable | Unknown) -> bool:
    """Whether the access map asks for TLS before passwords, from everybody."""
    return isinstance(access, AccessMap) and any(
        entry.tag is not None
        and entry.tag.text.lower() == "srv_features"
        and not entry.key.text
        and any(word.startswith("c") for word in entry.value.text.replace(",", " ").split())
        for entry in access
    )
