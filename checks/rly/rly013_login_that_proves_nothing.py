r"""A login that proves nothing is enough to relay.

Who logs in with a mechanism of class {TrustAuthMech} may relay. ANONYMOUS asks for no password;
EXTERNAL takes any client certificate that verifies, and with an operating system's bundle of
authorities anybody can have one (cf/README, "SMTP AUTHENTICATION"; RFC 4505; RFC 4422, appendix A).

In the log or at the client:
    AUTH=server, relay=..., authid=anonymous, mech=ANONYMOUS
Bad:
    define(`confAUTH_MECHANISMS', `PLAIN LOGIN ANONYMOUS')dnl
    TRUST_AUTH_MECH(`PLAIN LOGIN ANONYMOUS')dnl
Bad:
    define(`confAUTH_MECHANISMS', `PLAIN LOGIN EXTERNAL')dnl
    TRUST_AUTH_MECH(`PLAIN LOGIN EXTERNAL')dnl
    define(`confTLS_SRV_OPTIONS', `')dnl
    define(`confCACERT', `/etc/ssl/certs/ca-certificates.crt')dnl
Good:
    define(`confAUTH_MECHANISMS', `PLAIN LOGIN')dnl
    TRUST_AUTH_MECH(`PLAIN LOGIN')dnl
Not when: the mechanism is not offered, or clients are not asked for a certificate (TLSSrvOptions
    V). What is offered and not trusted is SAS003's.
See: cf/README, TRUST_AUTH_MECH.
"""

from auditor.facts.classes import Classes, Member
from auditor.facts.listeners import Listeners
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import Unknown

#: What sendmail offers where AuthMechanisms is not set, as far as Cyrus SASL has it.
_DEFAULT = "EXTERNAL GSSAPI KERBEROS_V4 DIGEST-MD5 CRAM-MD5"
#: How operating systems call the file or folder with everybody's authorities.
_EVERYBODYS = ("ca-bundle", "ca-certificates", "/cert.pem", "ca-root-nss", "/etc/ssl/certs", "/etc/pki/tls/certs")


@check("RLY013", severity=Severity.HIGH, confidence=Confidence.MEDIUM)
def login_that_proves_nothing(classes: Classes, options: Options, listeners: Listeners) -> Verdicts:  # noqa: ARG001  # A daemon's only.
    """Look for both mechanisms among those that are offered and trusted."""
    setting = options.get("AuthMechanisms")
    offered = (setting.value if setting is not None else _DEFAULT).upper().replace(",", " ").split()
    trusted = {member.word.upper(): member for member in classes.get("TrustAuthMech") if member.word.upper() in offered}
    if "ANONYMOUS" in trusted:
        yield _finding(
            trusted["ANONYMOUS"], "which asks for no password", "Anybody logs in without a name, and relays."
        )
    authorities = _everybodys(options)
    if "EXTERNAL" in trusted and authorities is not None and "V" not in options.letters("TLSSrvOptions"):
        why = f"and the authorities are everybody's ({authorities})"
        yield _finding(
            trusted["EXTERNAL"], why, "Whoever has a client certificate of any public authority logs in, and relays."
        )
    unseen = classes.unseen("TrustAuthMech")
    if unseen is not None:
        yield Unknown(unseen)


def _everybodys(options: Options) -> str | None:
    if options.get("ServerCertFile") is None:
        return None
    for name in ("CACertFile", "CACertPath"):
        setting = options.get(name)
        if setting is not None and any(part in setting.value for part in _EVERYBODYS):
            return setting.value
    return None


def _finding(member: Member, why: str, consequence: str) -> Finding:
    return Finding(
        member.span,
        f"class {{TrustAuthMech}} has {member.word}, {why}",
        consequence,
        Fix(f"take {member.word} out of TRUST_AUTH_MECH and confAUTH_MECHANISMS"),
    )
