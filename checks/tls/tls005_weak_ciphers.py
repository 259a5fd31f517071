r"""The cipher list lets in ciphers that do not protect.

Without authentication (aNULL) or encryption (eNULL), with export keys, DES, RC4 or MD5, whoever
sits in between can read or change a session. A list that begins with ALL has them until they are
taken away with ``!``; ``+EXP`` does not take away, it only moves to the end (openssl-ciphers(1);
RFC 7465; RFC 9325).

In the log or at the client:
    STARTTLS=server, relay=client.example.org [192.0.2.7], version=TLSv1, verify=NO, cipher=RC4-MD5, bits=128/128
Bad:
    define(`confCIPHER_LIST', `ALL:!ADH:!NULL:!EXPORT56:RC4+RSA:+HIGH:+MEDIUM:-LOW:+EXP')dnl
Bad:
    define(`confCIPHER_LIST', `HIGH:MEDIUM')dnl
Good:
    define(`confCIPHER_LIST', `HIGH:!aNULL:!eNULL:!EXPORT:!DES:!3DES:!RC4:!MD5:!PSK:!SRP')dnl
Good:
    define(`confCIPHER_LIST', `HIGH:!aNULL:!3DES')dnl
Not when: the suites are of TLS 1.3, which no cipher list touches, or need a shared secret (PSK,
    SRP), which sendmail has not; the profile allows the cipher; the library is OpenSSL 3, which has
    none of them but those without authentication, and these at security level 0 only.
See: howto step 6, the notes; openssl-ciphers(1).
"""

from auditor.facts.given import Profile, Tree
from auditor.facts.listeners import Listeners
from auditor.facts.options import Options
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Fix, Severity
from auditor.model.unknown import NotApplicable
from auditor.sendmail.ciphers import analyse
from auditor.sendmail.openssl import is_three
from auditor.sendmail.strength import WEAK_SUITES, cipher_list, suites_severity
from checks.tls import serves_users

#: sendmail sets no shared secrets, so that no handshake ends in one of these.
_NEVER = frozenset(("PSK", "SRP"))
_IN_OPENSSL_3 = frozenset(("aNULL", "eNULL"))


@check("TLS005", severity=Severity.HIGH, howto="N6")
def weak_ciphers(options: Options, listeners: Listeners, profile: Profile, tree: Tree) -> Verdicts:
    """Carry the list out and look what is left."""
    setting = options.get("CipherList")
    if setting is None:
        yield NotApplicable("CipherList is not set, so the library's own list holds")
        return
    found = analyse(setting.value)
    three = is_three(tree)
    weak = found.weak(1 if three else 0)
    asked = set(profile.words("weak_ciphers")) - _NEVER
    groups = [word for word in weak if word in asked and (not three or word in _IN_OPENSSL_3)]
    if not groups:
        return
    shown = ", ".join(f"{word} ({weak[word][0]})" for word in groups)
    yield Finding(
        setting.span,
        f"CipherList lets in, as far as the OpenSSL library has them: {shown}",
        WEAK_SUITES,
        Fix(f"define(`confCIPHER_LIST', `{cipher_list(profile.words('weak_ciphers'))}')dnl"),
        severity=suites_severity(groups, submission=serves_users(listeners)),
    )
