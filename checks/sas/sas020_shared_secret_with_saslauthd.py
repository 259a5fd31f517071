r"""A mechanism is offered that saslauthd cannot verify.

CRAM-MD5, DIGEST-MD5, SCRAM and NTLM never send the password. The server computes with it, so it must
have it in clear: in sasldb2 or another store of libsasl's own. saslauthd is handed a password and
says yes or no; such a login never reaches it. Mail programs that pick the strongest mechanism offered
fail, others succeed (Cyrus SASL, "Options", pwcheck_method).

In the log or at the client:
    AUTH failure (CRAM-MD5): user not found (-20) SASL(-13): user not found: no secret in database
Bad:
    define(`confAUTH_MECHANISMS', `LOGIN PLAIN DIGEST-MD5 CRAM-MD5')dnl
    --- /usr/lib64/sasl2/Sendmail.conf
    pwcheck_method: saslauthd
    --- /usr/lib64/sasl2/libcrammd5.so
    a plug-in
Good:
    define(`confAUTH_MECHANISMS', `LOGIN PLAIN DIGEST-MD5 CRAM-MD5')dnl
    TRUST_AUTH_MECH(`LOGIN PLAIN DIGEST-MD5 CRAM-MD5')dnl
Not when: mech_list keeps the mechanism away, auxprop verifies as well, auxprop_plugin names another
    store, or sasldb2 holds users.
See: howto steps 6 and 10; Cyrus SASL, "Options".
"""

from auditor.facts.auth import AuthOffer
from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.given import Host, Tree
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity, replace
from auditor.model.unknown import NotApplicable, Unknown, known
from checks.sas import are, has_secrets, mechanisms_place, not_asked


@check("SAS020", severity=Severity.HIGH, howto="6")
def shared_secret_with_saslauthd(offer: AuthOffer, files: ConfigurationFiles, tree: Tree, host: Host) -> Verdicts:
    """Look for such a mechanism among those that are offered, and for passwords it could work with."""
    useless = not_asked(offer)
    settings = known(offer.settings)
    if useless is not None:
        yield useless
        return
    if "auxprop" in offer.verifiers or settings.get("auxprop_plugin") is not None:
        yield NotApplicable("libsasl has a store of its own besides saslauthd")
        return
    secrets = has_secrets(tree, host.output(("sasldblistusers2",))) if offer.shared else False
    if isinstance(secrets, Unknown) and tree.tells_absence:
        yield secrets
        return
    if not offer.shared or secrets is True:
        return
    line, listed = settings.get("pwcheck_method"), settings.get("mech_list")
    names = " ".join(offer.plain).lower()
    yield Finding(
        mechanisms_place(offer, files),
        f"{are(offer.shared)} offered, and saslauthd cannot verify such logins",
        "Mail programs that choose one of them are refused although the password is right.",
        Fix(f"write into Sendmail.conf: mech_list: {names}")
        if listed is None
        else replace(listed.value, names, "allow what saslauthd can verify"),
        () if line is None else ((line.value, "saslauthd is named here"),),
        confidence=Confidence.LOW if isinstance(secrets, Unknown) else None,
    )
