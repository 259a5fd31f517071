r"""A login mechanism that is configured is not offered.

Within TLS EHLO should show every mechanism that AuthMechanisms names and mech_list in Sendmail.conf
allows. One that is missing has no plug-in, or sendmail was not restarted since it was named
(cf/README, "SMTP AUTHENTICATION"; Cyrus SASL, "Options").

In the log or at the client:
    504 5.3.3 AUTH mechanism LOGIN not available
Bad:
    --- +/etc/mail/sendmail.mc
    define(`confAUTH_MECHANISMS', `PLAIN LOGIN')dnl
    --- @ localhost:587 endpoint(within="ENHANCEDSTATUSCODES PIPELINING 8BITMIME SIZE=26214400 DSN AUTH=PLAIN")
Good:
    --- +/etc/mail/sendmail.mc
    define(`confAUTH_MECHANISMS', `PLAIN LOGIN')dnl
    --- @ localhost:587 endpoint()
Good:
    --- +/etc/mail/sendmail.mc
    define(`confAUTH_MECHANISMS', `PLAIN LOGIN')dnl
    --- @ localhost:25 endpoint()
Not when: the listener has the modifier A; the mechanism needs a certificate or a ticket of the client's,
    as EXTERNAL and GSSAPI do; AuthMechanisms is not set; AuthOptions excludes mechanisms.
See: SAS005; SAS015; SAS016; howto step 10.
"""

from auditor.facts.auth import AuthOffer
from auditor.facts.mapfiles import AccessMap
from auditor.facts.met import Met
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.pattern import lazy
from auditor.model.unknown import Inconclusive, NotApplicable, Unknown
from checks.prb import mechanisms
from checks.tls import features_of_server

#: Mechanisms that are offered to everybody; the others need something of the client or of the connection.
_ALWAYS = lazy(r"PLAIN|LOGIN|CRAM-MD5|DIGEST-MD5|SCRAM-SHA-(?:1|256|512)")
#: The letters of AuthOptions that ask for properties few mechanisms have.
_KEEPING_AWAY = "acdfm"


@check("PRB072", severity=Severity.MEDIUM)
def promised_mechanisms_not_offered(
    met: Met, offer: AuthOffer, access: AccessMap | Unknown | NotApplicable
) -> Verdicts:
    """Compare the lists with the EHLO within TLS."""
    setting = offer.setup.mechanisms
    promised = [name for name in offer.mechanisms if _ALWAYS.fullmatch(name)]
    if setting is None or not promised:
        yield NotApplicable("AuthMechanisms names no mechanism that every client is offered")
        return
    if any(letter in offer.setup.letters for letter in _KEEPING_AWAY):
        yield NotApplicable("AuthOptions keeps mechanisms away, as SAS005 says")
        return
    for meeting in met.meetings:
        talk = meeting.observed.conversation
        if isinstance(talk, Inconclusive):
            yield talk
            continue
        if talk.within is None or not meeting.lacks("A"):
            yield NotApplicable(f"{meeting.endpoint.name} has no TLS, or its listener offers no login")
            continue
        offered = mechanisms(talk.within)
        missing = [name for name in promised if name not in offered]
        if missing and isinstance(access, AccessMap) and features_of_server(access, "A"):
            yield Unknown("Srv_Features in the access map withholds AUTH from some clients")
        elif missing:
            yield Finding(
                setting.span,
                f"{' and '.join(missing)} should be offered within TLS on {meeting.endpoint.name}, "
                f"and {'only ' + ' '.join(offered) if offered else 'no login at all'} is",
                "Mail programs that are set to it say that the server does not support the login.",
                Fix("look for its plug-in and at mech_list in Sendmail.conf, then restart sendmail"),
                evidence=("> EHLO", f"< 250-AUTH {' '.join(offered)}" if offered else "< 250 without AUTH"),
                severity=None if offered else Severity.HIGH,
            )
