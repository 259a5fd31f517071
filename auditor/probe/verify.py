"""Whether a certificate chain verifies for a name, as a mail client would say; and the contexts for connections.

OpenSSL itself is the judge, through the ssl module, which has no function for that without a connection. But a client
verifies a chain when it reads the server's Certificate message, and in TLS 1.2 (RFC 5246, section 7.4) that message
comes in clear and proves nothing yet. So a ServerHello and that message can be laid before a client that is connected
to nobody: either it refuses them and says why, or it goes on to wait for the next message, which never comes.

A verdict is about the chain only. Who sends a password does so on a connection made with `verifying_context`, which no
other server's chain can pass.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.model.value import frozen
from auditor.probe.anchors import load_all, load_for
from auditor.probe.words import excerpt
from auditor.readers import x509

if TYPE_CHECKING:
    import ssl

#: The code of a verdict that is not OpenSSL's.
OURS = -1

# X509_V_FLAG_NO_CHECK_TIME; the ssl module has no name for it.
_NO_CHECK_TIME = 0x200000
# SSL_OP_LEGACY_SERVER_CONNECT; the ssl module names it since Python 3.12.
_LEGACY_SERVER_CONNECT = 0x4
_DER = 2
# Seconds by which a given moment may differ from the clock's and still be now.
_NOW = 60
# With a key of the one kind OpenSSL wants the one suite, with a key of the other kind the other.
_SUITES = {"ECDHE-RSA-AES128-GCM-SHA256": b"\xc0\x2f", "ECDHE-ECDSA-AES128-GCM-SHA256": b"\xc0\x2b"}
_LONGEST_RECORD = 16384
# Bytes of all certificates; OpenSSL itself takes a tenth of that.
_LARGEST_CHAIN = 1 << 20
# By OpenSSL's number of the error (X509_V_ERR_*), where its own words would leave an administrator in doubt.
_REASONS = {
    2: "its issuer is not among the trusted authorities",
    9: "a certificate of the chain is not valid yet",
    10: "a certificate of the chain has expired",
    18: "it is self-signed and not trusted itself",
    19: "the chain ends in an authority that is not trusted",
    20: "its issuer is not among the trusted authorities, and the server sent no certificate of it that leads to one",
    21: "its issuer is not among the trusted authorities, and the server sent no other certificate",
    26: "it is not for servers",
    66: "its key is too weak",
    67: "the key of an authority in the chain is too weak",
    68: "a signature in the chain uses a hash that is too weak",
}
_OTHER_NAME = (62, 64)


@frozen
class Verified:
    """A verdict on a chain.

    Attributes:
        ok: whether it verifies for the name.
        reason: a clause that says why not; empty where it does.
        code: OpenSSL's number of the error (``X509_V_ERR_*``), 0 where there is none, `OURS` where it had no say.

    """

    ok: bool
    reason: str = ""
    code: int = 0


def verifying_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """A context for connections that carry secrets: the handshake fails unless the certificate verifies for the name.

    It trusts the authorities in ``ca_file``, or the system's. Names are looked for among the alternative names only, as
    RFC 9525 demands. Versions and security level are the ssl module's and OpenSSL's defaults: TLS 1.2 and up. It is
    shared, so it must not be changed.

    Raises:
        ValueError: the file cannot be read or holds no certificate in PEM; the text is a sentence.

    """
    if ca_file is None:
        return _verifying(None, 0)
    try:
        return _verifying(ca_file, ca_file.stat().st_mtime_ns)
    except OSError as error:
        message = f"{ca_file} cannot be read: {error.strerror}"
        raise ValueError(message) from None


@cache
def _verifying(ca_file: Path | None, _changed: int) -> ssl.SSLContext:
    context = _strict()
    load_all(context, ca_file)
    return context


@cache
def permissive_context() -> ssl.SSLContext:
    """A context for looking: any certificate, every version and suite that the library still has.

    What clients use comes first among the suites. It is shared, so it must not be changed.
    """
    import ssl  # noqa: PLC0415

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("DEFAULT:ALL:@SECLEVEL=0")
    context.options |= _LEGACY_SERVER_CONNECT
    return context


def peer_chain(connection: ssl.SSLObject) -> tuple[bytes, ...]:
    """The certificates that the peer sent, in DER, its own first; that one alone where the ssl module tells no more."""
    found = _chain(connection, "get_unverified_chain")
    own = connection.getpeercert(binary_form=True)
    return found or ((own,) if own else ())


def verify(chain: tuple[bytes, ...], name: str, now: datetime, ca_file: Path | None = None) -> Verified:
    """Whether a chain leads to a trusted authority, is valid, is strong enough for OpenSSL, and names a host.

    Args:
        chain: the certificates as sent, in DER, the server's own first.
        name: a DNS name, or an IP address that has to be among the certificate's addresses.
        now: the moment to judge it for.
        ca_file: a PEM file with the authorities to trust, None for the system's.

    Raises:
        ValueError: ``ca_file`` cannot be used.

    """
    if not chain or sum(map(len, chain)) > _LARGEST_CHAIN:
        reason = "its chain of certificates is absurdly long" if chain else "the server sent no certificate"
        return Verified(ok=False, reason=reason, code=OURS)
    context = _strict()
    load_for(context, ca_file, chain)
    current = abs((now - datetime.now(UTC)).total_seconds()) <= _NOW
    if not current:
        context.verify_flags |= _NO_CHECK_TIME
    verdict, used = _judged(context, chain, name)
    if verdict.ok and not _refusing(chain, name):
        # Then this library verifies later than it reads, and that it did not refuse says nothing.
        reason = "the TLS library in use does not judge a chain without a connection"
        return Verified(ok=False, reason=reason, code=OURS)
    return verdict if current or not verdict.ok else _valid(used or chain, now)


def _strict() -> ssl.SSLContext:
    import ssl  # noqa: PLC0415

    # Verification and the check of the name are on by default in a client's context.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.hostname_checks_common_name = False
    return context


def _refusing(chain: tuple[bytes, ...], name: str) -> bool:
    verdict, _ = _judged(_strict(), chain, name)
    return not verdict.ok and verdict.code > 0


def _judged(context: ssl.SSLContext, chain: tuple[bytes, ...], name: str) -> tuple[Verified, tuple[bytes, ...]]:
    """The verdict of a context's authorities, and the chain that OpenSSL built to come to it where it says so."""
    import ssl  # noqa: PLC0415

    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(":".join(_SUITES))
    verdict = Verified(ok=False)
    for suite in _SUITES.values():
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        try:
            client = context.wrap_bio(incoming, outgoing, server_hostname=name or ".")
            incoming.write(_flight(suite, chain))
            client.do_handshake()
        except ssl.SSLWantReadError:
            return Verified(ok=True), _chain(client, "get_verified_chain")
        except ssl.SSLCertVerificationError as error:
            return Verified(ok=False, reason=_reason(error, name), code=error.verify_code), ()
        except ssl.SSLError as error:
            told = excerpt((error.reason or str(error)).lower().replace("_", " "))
            verdict = Verified(ok=False, reason=f"the TLS library cannot use it: {told}", code=OURS)
        except (TypeError, ValueError):
            # A label that is empty or too long, or a NUL.
            reason = f"{excerpt(name)!r} is no name that a certificate can be checked for"
            return Verified(ok=False, reason=reason, code=OURS), ()
    return verdict, ()


def _reason(error: ssl.SSLCertVerificationError, name: str) -> str:
    if error.verify_code in _OTHER_NAME:
        return f"it is not for {excerpt(name)}"
    return _REASONS.get(error.verify_code) or excerpt(error.verify_message)


def _valid(chain: tuple[bytes, ...], now: datetime) -> Verified:
    for der in chain:
        found = x509.certificate(der)
        if isinstance(found, x509.Unreadable):
            return Verified(ok=False, reason=found.reason, code=OURS)
        if now < found.not_before:
            return Verified(ok=False, reason=_REASONS[9], code=9)
        if now > found.not_after:
            return Verified(ok=False, reason=_REASONS[10], code=10)
    return Verified(ok=True)


def _flight(suite: bytes, chain: tuple[bytes, ...]) -> bytes:
    """The first messages of a TLS 1.2 server: ServerHello with a suite, and Certificate."""
    # An all-zero random, no session, no compression, and the extension of RFC 5746 that clients insist on.
    hello = b"\x03\x03" + bytes(32) + b"\0" + suite + b"\0" + b"\x00\x05\xff\x01\x00\x01\x00"
    messages = _message(2, hello) + _message(11, _sized(b"".join(map(_sized, chain))))
    pieces = (messages[at : at + _LONGEST_RECORD] for at in range(0, len(messages), _LONGEST_RECORD))
    return b"".join(b"\x16\x03\x03" + len(piece).to_bytes(2) + piece for piece in pieces)


def _message(kind: int, body: bytes) -> bytes:
    return bytes((kind,)) + _sized(body)


def _sized(content: bytes) -> bytes:
    return len(content).to_bytes(3) + content


def _chain(connection: ssl.SSLObject, method: str) -> tuple[bytes, ...]:
    # Public since Python 3.13; before, the object inside has the same method, which gives certificates and not bytes.
    public: Any = getattr(connection, method, None)
    if public is not None:
        return tuple(public())
    private: Any = getattr(getattr(connection, "_sslobj", None), method, None)
    return tuple(found.public_bytes(_DER) for found in private() or ()) if private is not None else ()
