r"""No mechanism is offered whose passwords saslauthd can verify.

saslauthd is given a name and a password, so it serves PLAIN and LOGIN alone. Neither is in the list
that sendmail uses where AuthMechanisms is not set: EXTERNAL GSSAPI KERBEROS_V4 DIGEST-MD5 CRAM-MD5
(Sendmail Installation and Operation Guide, 5.6, AuthMechanisms).

In the log or at the client:
    503 5.3.3 AUTH not available
    504 5.3.3 AUTH mechanism LOGIN not available
Bad:
    undefine(`confAUTH_MECHANISMS')dnl
Bad:
    define(`confAUTH_MECHANISMS', `DIGEST-MD5 CRAM-MD5')dnl
Good:
    define(`confAUTH_MECHANISMS', `PLAIN LOGIN')dnl
Good:
    define(`confAUTH_MECHANISMS', `GSSAPI')dnl
    TRUST_AUTH_MECH(`GSSAPI')dnl
    --- /usr/lib64/sasl2/libgssapiv2.so
    a plug-in
    --- /usr/lib64/sasl2/Sendmail.conf
    pwcheck_method: saslauthd
Not when: the site logs in with Kerberos, or passwords are verified by something else than saslauthd.
See: howto steps 6 and 10; cf/README, "SMTP AUTHENTICATION".
"""

from auditor.facts.auth import AuthOffer
from auditor.facts.configurations import ConfigurationFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import NotApplicable
from checks.sas import KERBEROS, MECHANISMS, mechanisms_place


@check("SAS004", severity=Severity.HIGH, howto="6")
def no_mechanism_for_saslauthd(offer: AuthOffer, files: ConfigurationFiles) -> Verdicts:
    """Judge AuthMechanisms where saslauthd is the only verifier."""
    setup = offer.setup
    if "saslauthd" not in offer.verifiers or "auxprop" in offer.verifiers:
        yield NotApplicable("passwords are not left to saslauthd alone")
    elif setup.mechanisms is not None and any(name.startswith(KERBEROS) for name in setup.offered):
        yield NotApplicable("users log in with Kerberos")
    elif any("," in name for name in setup.offered):
        yield NotApplicable("the mechanisms are parted by commas, which SAS007 says")
    elif not setup.plain:
        names = " ".join(setup.offered)
        is_set = "is" if setup.mechanisms is not None else "is not set and comes to"
        yield Finding(
            mechanisms_place(offer, files),
            f"AuthMechanisms {is_set} {names}: saslauthd can verify none of them",
            "Mail programs find no way to log in, or every login fails although the password is right.",
            Fix(f"define(`confAUTH_MECHANISMS', `{MECHANISMS}')dnl"),
        )
