r"""The server asks mail programs for certificates.

Without the letter V in TLSSrvOptions the server requests a certificate from every client. Few mail
programs have one; some ask their user to choose one, some break off, and here nothing looks at the
answer (Sendmail Installation and Operation Guide, 5.6, TLSSrvOptions).

In the log or at the client:
    STARTTLS=server, relay=client.example.org, version=TLSv1.3, verify=NO, cipher=TLS_AES_256_GCM_SHA384
Bad:
    undefine(`confTLS_SRV_OPTIONS')dnl
Good:
    define(`confTLS_SRV_OPTIONS', `V')dnl
Good:
    --- +/etc/mail/sendmail.mc
    undefine(`confTLS_SRV_OPTIONS')dnl
    --- +/etc/mail/access
    CertIssuer:/C=US/ST=Example/O=Doe/CN=Doe+20CA\tRELAY
Not when: the access map has entries that judge certificates (CertIssuer, CertSubject, TLS_Clt with
    VERIFY), AUTH offers nothing but EXTERNAL, or no user submits here.
See: howto step 6, the notes; cf/README, STARTTLS.
"""

from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.listeners import Listeners
from auditor.facts.mapfiles import AccessMap
from auditor.facts.options import Options
from auditor.facts.sasl import AuthSetup
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import NotApplicable, Unknown
from auditor.sendmail.strength import ASK_FOR_NONE, CERTIFICATES_ASKED
from checks.tls import features_of_server, judges_certificates, serves_users


@check("TLS010", severity=Severity.LOW, howto="N6")
def certificates_asked_from_users(
    options: Options,
    listeners: Listeners,
    place: ConfigurationFiles,
    auth: AuthSetup | Unknown,
    access: AccessMap | Unknown | NotApplicable,
) -> Verdicts:
    """Look for the letter V, and for what would make use of certificates."""
    if options.get("ServerCertFile") is None or not serves_users(listeners):
        yield NotApplicable("no user submits here over TLS")
        return
    if "V" in options.letters("TLSSrvOptions"):
        return
    if isinstance(auth, AuthSetup) and set(auth.offered) == {"EXTERNAL"}:
        yield NotApplicable("AUTH offers nothing but EXTERNAL, which needs certificates")
        return
    if isinstance(access, Unknown):
        yield access
        return
    if isinstance(access, AccessMap) and (judges_certificates(access) or features_of_server(access, "V")):
        yield NotApplicable("the access map says who is asked, or makes use of certificates")
        return
    setting = options.get("TLSSrvOptions")
    held = f"is {setting.value}" if setting is not None else "is not set"
    yield Finding(
        setting.span if setting is not None else place.to_mend,
        f"TLSSrvOptions {held}, so every client is asked for a certificate",
        CERTIFICATES_ASKED,
        Fix(ASK_FOR_NONE),
    )
