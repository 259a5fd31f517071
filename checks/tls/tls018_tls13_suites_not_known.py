r"""CipherSuites is set for a sendmail that does not know it, or TLS 1.3 is switched off.

CipherSuites chooses the suites of TLS 1.3, as CipherList does for the older protocols. It came
after 8.15: an older program refuses the option and does not start. No suite of TLS 1.3 is weak, and
SSL_OP_NO_TLSv1_3 takes the best protocol away (SSL_CTX_set_ciphersuites(3)).

In the log or at the client:
    readcf: unknown option name CipherSuites
Bad:
    --- +/etc/mail/sendmail.cf
    DZ8.15.2
    O CipherSuites=TLS_AES_256_GCM_SHA384
Bad:
    define(`confSERVER_SSL_OPTIONS', `+SSL_OP_NO_TLSv1 +SSL_OP_NO_TLSv1_1 +SSL_OP_NO_TLSv1_3')dnl
Good:
    LOCAL_CONFIG
    O CipherSuites=TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256
Not when: the version is not known, or is 8.16 or later.
See: Sendmail Installation and Operation Guide, 5.6.
"""

from auditor.facts.live import Binary
from auditor.facts.options import Options
from auditor.facts.version import Version
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import Unknown
from auditor.sendmail.tls import disabled_protocols
from checks.tls import release_of

#: 8.17.1 takes the option; the last release before TLS 1.3 was there does not have it.
_NOT_BEFORE = (8, 16)


@check("TLS018", severity=Severity.CRITICAL)
def tls13_suites_not_known(options: Options, binary: Binary | Unknown, version: Version | Unknown) -> Verdicts:
    """Hold CipherSuites against the version, and look for TLS 1.3 switched off."""
    suites, protocols = options.get("CipherSuites"), options.get("ServerSSLOptions")
    release = release_of(binary, version)
    if suites is not None and release and release < _NOT_BEFORE:
        yield Finding(
            suites.span,
            f"CipherSuites is set, which sendmail {'.'.join(map(str, release))} does not know",
            "The daemon does not start with this configuration.",
            Fix("drop the line, or update sendmail"),
        )
    if protocols is not None and "TLSv1.3" in disabled_protocols(protocols.value):
        yield Finding(
            protocols.span,
            "ServerSSLOptions switches TLS 1.3 off",
            "Clients that could use it settle for TLS 1.2.",
            Fix("take SSL_OP_NO_TLSv1_3 out"),
            severity=Severity.INFO,
        )
