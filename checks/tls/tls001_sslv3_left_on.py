r"""SSLv3, or SSLv2, is not switched off.

Whoever sits between two hosts can read what they send in these protocols. sendmail's server
switches no protocol off by itself, in no version; ServerSSLOptions does, which exists since 8.15.
Whether the OpenSSL library still has SSLv3 is the library's matter: 1.1.0 and later leave it out
unless built otherwise (RFC 7568; Sendmail Installation and Operation Guide, 5.6).

In the log or at the client:
    STARTTLS=server, relay=client.example.org, version=SSLv3, verify=NO, cipher=DES-CBC3-SHA
Bad:
    --- +/etc/mail/sendmail.mc
    define(`confSERVER_SSL_OPTIONS', `+SSL_OP_NO_TLSv1 +SSL_OP_NO_TLSv1_1')dnl
    --- /etc/ssl/openssl.cnf
    # No policy.
Bad:
    --- +/etc/mail/sendmail.cf
    DZ8.14.4
    O ServerSSLOptions=
    O CipherList=HIGH:MEDIUM:!aNULL
    EOPENSSL_CONF=/nowhere
Good:
    define(`confSERVER_SSL_OPTIONS', `+SSL_OP_NO_SSLv2 +SSL_OP_NO_SSLv3 +SSL_OP_NO_TLSv1 +SSL_OP_NO_TLSv1_1')dnl
Good:
    --- +/etc/mail/sendmail.mc
    define(`confSERVER_SSL_OPTIONS', `+SSL_OP_CIPHER_SERVER_PREFERENCE')dnl
    --- /usr/lib64/libssl.so.3
    the library
Not when: the profile allows the protocol, the library is OpenSSL 3 or its openssl.cnf sets
    MinProtocol, or the cipher list has no suite for the protocol.
See: howto step 6, the notes; RFC 7568; Sendmail Installation and Operation Guide, 5.6,
    ServerSSLOptions.
"""

from auditor.facts.configurations import CfFile, ConfigurationFiles
from auditor.facts.given import Profile, Tree
from auditor.facts.listeners import Listeners
from auditor.facts.live import Binary
from auditor.facts.options import Options
from auditor.facts.version import Version
from auditor.model.check import Verdicts, check
from auditor.model.finding import Confidence, Finding, Fix, Severity
from auditor.model.unknown import NotApplicable, Unknown
from auditor.sendmail.strength import BROKEN_PROTOCOLS
from checks.tls import CHOOSES_PROTOCOLS, open_protocols, release_of, switch_off

#: sendmail of this release and later is built with an OpenSSL that has no SSLv3 unless somebody made an effort.
_MODERN = (8, 16)


@check("TLS001", severity=Severity.HIGH, howto="N6")
def sslv3_left_on(  # noqa: PLR0913  # Three things can keep a protocol away: option, cipher list, library.
    options: Options,
    listeners: Listeners,  # noqa: ARG001  # A daemon's options only.
    profile: Profile,
    place: ConfigurationFiles,
    tree: Tree,
    cf: CfFile | Unknown,
    binary: Binary | Unknown,
    version: Version | Unknown,
) -> Verdicts:
    """Look for what keeps SSLv2 and SSLv3 away."""
    certificate, setting = options.get("ServerCertFile"), options.get("ServerSSLOptions")
    if certificate is None:
        yield NotApplicable("no server certificate is configured")
        return
    asked = [protocol for protocol in profile.words("forbidden_protocols") if protocol in BROKEN_PROTOCOLS]
    found = open_protocols(asked, options, tree, cf)
    if not found:
        return
    release = release_of(binary, version)
    shown = " and ".join(found)
    if not (setting and setting.value) and release and release < CHOOSES_PROTOCOLS:
        number = ".".join(map(str, release))
        message = f"nothing switches {shown} off, and sendmail {number} as released has no option for it"
        fix = Fix("update sendmail to 8.15.2 or later")
    else:
        what = "ServerSSLOptions leaves" if setting is not None else "ServerSSLOptions is not set, which leaves"
        message, fix = f"{what} {shown} to the OpenSSL library", switch_off(found, options)
    old = bool(release) and release < _MODERN
    yield Finding(
        setting.span if setting is not None else place.to_mend,
        message,
        "Where the library has the protocol, an attacker makes both sides fall back to it and reads the session.",
        fix,
        ((certificate.span, "STARTTLS is configured here"),),
        severity=None if old else Severity.LOW,
        confidence=None if old else Confidence.LOW,
    )
