r"""Certificates are to decide, and no client is asked for one.

The letter V in TLSSrvOptions keeps the server from requesting certificates. Entries of the access
map that go by a certificate (CertIssuer, CertSubject, TLS_Clt with VERIFY) then never match, and
AUTH EXTERNAL is never offered (cf/README, STARTTLS; Sendmail Installation and Operation Guide,
5.6).

In the log or at the client:
    550 5.7.1 <john@example.com>... Relaying denied
Bad:
    --- +/etc/mail/access
    CertIssuer:/C=US/ST=Example/O=Doe/CN=Doe+20CA\tRELAY
Bad:
    define(`confAUTH_MECHANISMS', `EXTERNAL')dnl
Good:
    define(`confTLS_SRV_OPTIONS', `V')dnl
Good:
    --- +/etc/mail/access
    Srv_Features:client.example.org\tv
    TLS_Clt:client.example.org\tVERIFY
Not when: an entry Srv_Features with a small v has some clients asked after all, or EXTERNAL is one
    mechanism among others.
See: cf/README, STARTTLS; Sendmail Installation and Operation Guide, 5.6, TLSSrvOptions.
"""

from auditor.facts.listeners import Listeners
from auditor.facts.mapfiles import AccessMap
from auditor.facts.options import Options
from auditor.facts.sasl import AuthSetup
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import NotApplicable, Unknown
from checks.tls import features_of_server, judges_certificates


@check("TLS012", severity=Severity.HIGH)
def certificates_wanted_but_not_asked(
    options: Options,
    listeners: Listeners,  # noqa: ARG001  # The server's letters.
    auth: AuthSetup | Unknown,
    access: AccessMap | Unknown | NotApplicable,
) -> Verdicts:
    """Hold V against what needs certificates."""
    setting = options.get("TLSSrvOptions")
    if setting is None or "V" not in options.letters("TLSSrvOptions"):
        yield NotApplicable("clients are asked for certificates")
        return
    related = ((setting.span, "V is set here"),)
    fix = Fix("take V out of TLSSrvOptions, or have those clients asked: Srv_Features:HOST v in the access map")
    if isinstance(auth, AuthSetup) and auth.mechanisms is not None and set(auth.offered) == {"EXTERNAL"}:
        at = auth.mechanisms.span
        yield Finding(
            at,
            "EXTERNAL is the only mechanism, and no client is asked for a certificate",
            "Nobody can log in.",
            fix,
            related,
        )
    if isinstance(access, Unknown):
        yield access
    if not isinstance(access, AccessMap) or features_of_server(access, "v"):
        return
    for entry in judges_certificates(access):
        yield Finding(
            entry.lhs,
            f"{entry.lhs.text} goes by a certificate, and no client is asked for one",
            "The entry never lets a client in, or keeps every client it is for out.",
            fix,
            related,
        )
