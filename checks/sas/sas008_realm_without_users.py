r"""The realm is one that no user of the password database belongs to.

CRAM-MD5, DIGEST-MD5 and SCRAM look a user up in sasldb2 under the name and a realm. The realm is
what AuthRealm says, else the host's name; users entered with another one are not found. The
database is listed by sasldblistusers2, which shows no password (Sendmail Installation and Operation
Guide, 5.6, AuthRealm; sendmail's KNOWNBUGS). AuthMaxBits set to 0 takes encryption by the
mechanism itself away, which under TLS nobody needs.

In the log or at the client:
    AUTH failure (CRAM-MD5): user not found (-20) SASL(-13): user not found: no secret in database
Bad:
    define(`confAUTH_REALM', `doe.org')dnl
    define(`confAUTH_MECHANISMS', `CRAM-MD5 PLAIN')dnl
    TRUST_AUTH_MECH(`CRAM-MD5 PLAIN')dnl
    --- /usr/lib64/sasl2/libcrammd5.so
    a plug-in
    --- /usr/lib64/sasl2/Sendmail.conf
    pwcheck_method: auxprop
    --- $ sasldblistusers2
    alice@john.doe.org: userPassword
Good:
    define(`confAUTH_REALM', `doe.org')dnl
Not when: nothing but PLAIN and LOGIN is offered and saslauthd verifies them.
See: Sendmail Installation and Operation Guide, 5.6.
"""

import re

from auditor.facts.auth import AuthOffer
from auditor.facts.given import Host
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import NotApplicable, known


@check("SAS008", severity=Severity.HIGH)
def realm_without_users(offer: AuthOffer, options: Options, host: Host) -> Verdicts:
    """Compare AuthRealm with the realms of the users, where the host can list them."""
    bits = options.get("AuthMaxBits")
    if bits is not None and bits.number == 0:
        yield Finding(
            bits.span,
            "AuthMaxBits is 0: no mechanism encrypts the session by itself",
            "Without TLS the session stays readable, whatever the mechanism.",
            severity=Severity.INFO,
        )
    realm = offer.setup.realm
    if realm is None or not (offer.shared or "auxprop" in offer.verifiers):
        yield NotApplicable("no realm is set, or nobody is looked up in a realm")
        return
    realms = set(re.findall(r"@(\S+): ", known(host.output(("sasldblistusers2",)))))
    if realms and realm.value.lower() not in {each.lower() for each in realms}:
        yield Finding(
            realm.span,
            f"AuthRealm is {realm.value}, and the users of sasldb2 are in {', '.join(sorted(realms))}",
            "No user is found, and every login with a shared secret fails.",
            Fix(f"enter the users in that realm: saslpasswd2 -c -u {realm.value} USER"),
        )
