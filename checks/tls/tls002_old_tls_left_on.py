r"""TLS 1.0 and 1.1 are not switched off.

Both are deprecated, and mail submission wants TLS 1.2 at least (RFC 8996; RFC 8314 as changed by
RFC 8997). sendmail switches off what ServerSSLOptions says; without it the OpenSSL library decides.
On port 25, where the alternative is no encryption at all, old TLS does less harm (Sendmail
Installation and Operation Guide, 5.6).

In the log or at the client:
    STARTTLS=server, relay=client.example.org, version=TLSv1, verify=NO, cipher=ECDHE-RSA-AES256-SHA
Bad:
    --- +/etc/mail/sendmail.mc
    define(`confSERVER_SSL_OPTIONS', `+SSL_OP_NO_SSLv2 +SSL_OP_NO_SSLv3')dnl
    --- /etc/ssl/openssl.cnf
    # No policy.
Good:
    define(`confSERVER_SSL_OPTIONS', `+SSL_OP_NO_SSLv2 +SSL_OP_NO_SSLv3 +SSL_OP_NO_TLSv1 +SSL_OP_NO_TLSv1_1')dnl
Good:
    --- +/etc/mail/sendmail.mc
    undefine(`confSERVER_SSL_OPTIONS')dnl
    --- /etc/ssl/openssl.cnf
    openssl_conf = defaults
    [defaults]
    ssl_conf = policies
    [policies]
    system_default = policy
    [policy]
    MinProtocol = TLSv1.2
Not when: the profile allows the protocols, openssl.cnf sets MinProtocol, the library is OpenSSL 3,
    which speaks them at security level 0 only, or the cipher list has suites of TLS 1.2 alone.
See: RFC 8996; RFC 8997; Sendmail Installation and Operation Guide, 5.6, ServerSSLOptions.
"""

from auditor.facts.configurations import CfFile, ConfigurationFiles
from auditor.facts.given import Profile, Tree
from auditor.facts.listeners import Listeners
from auditor.facts.live import Binary
from auditor.facts.options import Options
from auditor.facts.version import Version
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Severity
from auditor.model.unknown import NotApplicable, Unknown
from auditor.sendmail.strength import DEPRECATED_PROTOCOLS, protocols_severity
from checks.tls import CHOOSES_PROTOCOLS, open_protocols, release_of, serves_users, switch_off


@check("TLS002", severity=Severity.MEDIUM)
def old_tls_left_on(  # noqa: PLR0913  # Three things can keep a protocol away: option, cipher list, library.
    options: Options,
    listeners: Listeners,
    profile: Profile,
    place: ConfigurationFiles,
    tree: Tree,
    cf: CfFile | Unknown,
    binary: Binary | Unknown,
    version: Version | Unknown,
) -> Verdicts:
    """Look for what keeps TLS 1.0 and 1.1 away."""
    setting = options.get("ServerSSLOptions")
    if options.get("ServerCertFile") is None:
        yield NotApplicable("no server certificate is configured")
        return
    release = release_of(binary, version)
    if not (setting and setting.value) and release and release < CHOOSES_PROTOCOLS:
        yield NotApplicable("this sendmail is older than the option that chooses protocols, as TLS001 says")
        return
    asked = [protocol for protocol in profile.words("forbidden_protocols") if protocol in DEPRECATED_PROTOCOLS]
    found = open_protocols(asked, options, tree, cf)
    if not found:
        return
    submission = serves_users(listeners)
    what = "ServerSSLOptions leaves" if setting is not None else "ServerSSLOptions is not set, which leaves"
    yield Finding(
        setting.span if setting is not None else place.to_mend,
        f"{what} {' and '.join(found)} to the OpenSSL library",
        "Where the library speaks them, "
        + ("users' passwords" if submission else "sessions")
        + " are protected by what is held breakable, and security scans report it.",
        switch_off(found, options),
        severity=protocols_severity(found, submission=submission),
        confidence=None if setting is not None else Confidence.LOW,
    )
