r"""Mechanisms are offered that have had their day.

DIGEST-MD5 is declared historic (RFC 6331), CRAM-MD5 and NTLM rest on broken hashes and need every
password stored in clear. Cyrus SASL has dropped all of them after 2.1.28, so that logins made with
them end with an upgrade. Under TLS, PLAIN and SCRAM do what they were for.

In the log or at the client:
    250-AUTH DIGEST-MD5 CRAM-MD5
Bad:
    define(`confAUTH_MECHANISMS', `PLAIN LOGIN CRAM-MD5')dnl
    --- /usr/lib64/sasl2/Sendmail.conf
    pwcheck_method: saslauthd
    --- /usr/lib64/sasl2/libcrammd5.so
    a plug-in
Good:
    define(`confAUTH_MECHANISMS', `PLAIN LOGIN')dnl
Good:
    define(`confAUTH_MECHANISMS', `PLAIN LOGIN CRAM-MD5')dnl
    TRUST_AUTH_MECH(`PLAIN LOGIN CRAM-MD5')dnl
Not when: mech_list or a missing plug-in keeps them from being offered.
See: howto step 6; RFC 6331; RFC 8314.
"""

from auditor.facts.auth import AuthOffer
from auditor.facts.configurations import ConfigurationFiles
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity
from auditor.sendmail.strength import ON_BROKEN_HASHES
from checks.sas import MECHANISMS, are, mechanisms_place


@check("SAS009", severity=Severity.LOW, howto="6")
def obsolete_mechanisms(offer: AuthOffer, files: ConfigurationFiles) -> Verdicts:
    """Judge what can be offered; LOGIN, which old mail programs need, is none of them."""
    found = [name for name in offer.mechanisms if name in ON_BROKEN_HASHES]
    setting = offer.setup.mechanisms
    if found:
        kept = [name for name in offer.setup.offered if name not in ON_BROKEN_HASHES] or [MECHANISMS]
        yield Finding(
            mechanisms_place(offer, files),
            f"{are(found)} offered",
            "They need passwords stored in clear, and they are gone in the Cyrus SASL to come.",
            None if setting is None else setting.set_to(" ".join(kept), "offer what TLS makes safe"),
        )
