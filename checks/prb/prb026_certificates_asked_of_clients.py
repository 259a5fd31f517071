r"""The server asks its clients for certificates.

Few mail programs have one; some ask their user to choose one, some break off. With the request goes the
name of every authority in CACertFile, and a long list makes handshakes fail (Sendmail Installation and
Operation Guide, 5.6, CACertFile and TLSSrvOptions). Between servers the request does no harm.

In the log or at the client:
    STARTTLS=client, error: connect failed=-1, reason=sslv3 alert illegal parameter
Bad:
    --- @ mail.doe.org:587 endpoint(client_certificate=True, authorities=1)
Bad:
    --- @ mail.doe.org:25 endpoint(client_certificate=True, authorities=140)
Good:
    --- @ mail.doe.org:25 endpoint(client_certificate=True, authorities=2)
Good:
    --- @ mail.doe.org:587 endpoint()
Not when: users log in by certificate (AUTH EXTERNAL), or the port is for servers and the list is short.
See: howto step 6, the notes; Sendmail Installation and Operation Guide, 5.6, TLSSrvOptions.
"""

from auditor.facts.wire import Conversation, Observed
from auditor.facts.wire_parts import TLSOffer
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Inconclusive, NotApplicable, Unknown
from auditor.sendmail.strength import ASK_FOR_NONE, CERTIFICATES_ASKED
from checks.prb import mechanisms, serves_users

#: So many authorities make a request that some implementations no longer take.
_MANY = 50
_FIX = Fix(f"ask for none; in sendmail: {ASK_FOR_NONE}")
_SHORTEN = Fix(
    "keep in CACertFile what completes your own chain, the others as hash links in CACertPath;"
    f" or ask for no certificate: {ASK_FOR_NONE}"
)


@check("PRB026", severity=Severity.LOW, confidence=Confidence.HIGH, same_as=("TLS010",))
def certificates_asked_of_clients(
    offer: TLSOffer, observed: Observed, talk: Conversation | Unknown | NotApplicable
) -> Verdicts:
    """Look for the request and count the authorities in it."""
    if isinstance(offer.client_certificate, Inconclusive):
        yield offer.client_certificate
        return
    if not offer.client_certificate:
        return
    count = len(offer.authorities)
    if count > _MANY:
        yield Finding(
            None,
            f"the server asks for a client certificate and names {count} authorities",
            "Some clients cannot take a request of that size, and the handshake fails.",
            _SHORTEN,
            severity=Severity.MEDIUM,
        )
    elif serves_users(observed) and not (isinstance(talk, Conversation) and "EXTERNAL" in mechanisms(talk.within)):
        yield Finding(
            None,
            "the server asks mail programs for a certificate",
            CERTIFICATES_ASKED,
            _FIX,
        )
