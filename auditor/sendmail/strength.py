"""What is held safe of TLS and of logins, for rules about files and rules about the wire, which must say the same.

Sources: RFC 8996 and RFC 8997 (protocols), RFC 7465 and RFC 9325 (suites), https://weakdh.org (groups), RFC 8314 and
RFC 6331 (logins).
"""

from __future__ import annotations

from collections.abc import Iterable

from auditor.model.finding import Severity

#: The ports where mail programs of users submit; between servers, on port 25, the alternative to weak is clear text.
SUBMISSION_PORTS = (465, 587)

BROKEN_PROTOCOLS, DEPRECATED_PROTOCOLS = ("SSLv2", "SSLv3"), ("TLSv1", "TLSv1.1")


def protocols_severity(names: Iterable[str], *, submission: bool) -> Severity:
    """How bad it is to speak old protocols, with users or only between servers."""
    if not set(names).isdisjoint(BROKEN_PROTOCOLS):
        return Severity.HIGH
    return Severity.MEDIUM if submission else Severity.LOW


def without_protocols(names: Iterable[str]) -> str:
    """The words of ServerSSLOptions that switch protocols off."""
    return " ".join(f"+SSL_OP_NO_{name.replace('.', '_')}" for name in names)


#: Classes of suites that are old rather than broken, and those that need a secret which both sides share.
_MILD, _SECRET = frozenset(("3DES", "IDEA", "SEED", "CAMELLIA")), frozenset(("PSK", "SRP"))
_NEVER_WANTED = ("aNULL", "eNULL", "EXPORT", "DES", "3DES", "RC4", "MD5", "PSK", "SRP")
WEAK_SUITES = "A peer, or somebody who changes the handshake, can bring a session down to a suite that protects little."


def suites_severity(classes: Iterable[str], *, submission: bool) -> Severity:
    """How bad the worst of some classes of suites is, of which there is at least one."""
    return max(_suite_severity(name, submission=submission) for name in classes)


def _suite_severity(name: str, *, submission: bool) -> Severity:
    if name == "aNULL":
        # A client that wants to know its server does not offer them; on port 25 hardly any client wants to.
        return Severity.MEDIUM if submission else Severity.INFO
    if name in _SECRET:
        return Severity.LOW
    return Severity.MEDIUM if name in _MILD else Severity.HIGH


def cipher_list(classes: Iterable[str]) -> str:
    """A cipher list without the classes, and without what nobody wants."""
    return ":".join(("HIGH", *(f"!{name}" for name in dict.fromkeys((*_NEVER_WANTED, *classes)))))


#: Peers leave where the group is short; who has recorded a session can compute its key.
SHORT_GROUP = "Current peers break the handshake off, and recorded sessions can be read later."
_COMPUTABLE_BITS = 768


def group_severity(bits: int, otherwise: Severity | None = None) -> Severity | None:
    """How bad a short group of Diffie-Hellman is: critical where a university can compute its logarithms."""
    return Severity.CRITICAL if bits < _COMPUTABLE_BITS else otherwise


CERTIFICATES_ASKED = "Some mail programs pop up a choice of certificates, or break off, where none is needed."
ASK_FOR_NONE = "define(`confTLS_SRV_OPTIONS', `V')dnl"

#: Mechanisms that send the password itself, and those that send a token which is as good.
SENDS_PASSWORD, SENDS_TOKEN = ("PLAIN", "LOGIN"), ("XOAUTH2", "OAUTHBEARER")
IN_CLEAR = "A mail program without TLS sends the password readable to everybody on the way."
#: What a public server with passwords wants in AuthOptions.
AUTH_OPTIONS = "A p y"
#: Mechanisms on broken hashes: who has listened can try passwords, and Cyrus SASL is giving them up.
ON_BROKEN_HASHES = ("DIGEST-MD5", "CRAM-MD5", "NTLM")
#: How the names of mechanisms begin that compute with a secret which the server must have; saslauthd cannot serve them.
SHARED_SECRET = ("CRAM-", "DIGEST-", "SCRAM-", "NTLM", "OTP", "SRP", "PASSDSS-")
