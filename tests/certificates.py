"""Certificates, keys, revocation lists and parameters made to order, as the bytes of the files an administrator has.

Everything is made when asked for; keys are kept for the session and shared by their owner's name, since making them is
what takes time.
"""

# ruff: noqa: ANN401  # Keys of every kind, whose types are the library's own.

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

#: The moment that validity counts from where a test names no other.
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
AUTHORITY = "Example Authority"
_SHA256_RSA = bytes.fromhex("06092a864886f70d01010b")
_SHA1_RSA = bytes.fromhex("06092a864886f70d010105")
_USES = {"serverAuth": ExtendedKeyUsageOID.SERVER_AUTH, "clientAuth": ExtendedKeyUsageOID.CLIENT_AUTH}


@cache
def private_key(kind: str = "rsa", bits: int = 2048, owner: str = "host") -> Any:
    """A private key; the same arguments give the same key."""
    if kind == "rsa":
        return rsa.generate_private_key(65537, bits)
    if kind == "ec":
        return ec.generate_private_key({224: ec.SECP224R1(), 256: ec.SECP256R1(), 384: ec.SECP384R1()}[bits])
    return dsa.generate_private_key(bits) if kind == "dsa" else ed25519.Ed25519PrivateKey.generate()


def key(  # noqa: PLR0913  # The ways in which a key can be kept.
    *,
    rsa: int = 2048,
    kind: str = "rsa",
    bits: int | None = None,
    owner: str = "host",
    form: str = "PKCS8",
    passphrase: str | None = None,
) -> bytes:
    """The key that `certificate` with the same arguments certifies, in PEM; ``form`` is PKCS8, PKCS1 or DER."""
    found = private_key(kind, bits or _bits(kind, rsa), owner)
    encryption: Any = serialization.NoEncryption()
    if passphrase is not None:
        encryption = serialization.BestAvailableEncryption(passphrase.encode())
    encoding = serialization.Encoding.DER if form == "DER" else serialization.Encoding.PEM
    layout = serialization.PrivateFormat.TraditionalOpenSSL if form == "PKCS1" else serialization.PrivateFormat.PKCS8
    return bytes(found.private_bytes(encoding, layout, encryption))


def _bits(kind: str, rsa: int) -> int:
    return {"rsa": rsa, "ec": 256, "dsa": 2048, "ed25519": 0}[kind]


@cache
def _authority(name: str, issuer: str | None, until: int = 3650) -> x509.Certificate:
    own = private_key(owner=name)
    signer = private_key(owner=issuer or name)
    builder = _builder(name, issuer or name, own.public_key(), NOW - timedelta(3650), NOW + timedelta(until))
    return builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(
        signer, hashes.SHA256()
    )


def authority(name: str = AUTHORITY, *, issuer: str | None = None, der: bool = False, until: int = 3650) -> bytes:
    """The certificate of an authority, self-signed unless it has an issuer; ``until`` counts days from now."""
    return _encoded(_authority(name, issuer, until), der=der)


def certificate(  # noqa: PLR0913  # Each is one thing that can be wrong with a certificate.
    *,
    rsa: int = 2048,
    kind: str = "rsa",
    bits: int | None = None,
    owner: str = "host",
    names: Sequence[str] | None = ("mail.example.org",),
    cn: str | None = "mail.example.org",
    days: int = 90,
    since: int = -30,
    issuer: str | None = AUTHORITY,
    serial: int = 4711,
    sha1: bool = False,
    ca: bool = False,
    uses: Sequence[str] | None = ("serverAuth", "clientAuth"),
    der: bool = False,
) -> bytes:
    """A certificate in PEM.

    Args:
        rsa: the size of its RSA key in bits.
        kind: ``rsa``, ``ec``, ``dsa`` or ``ed25519``.
        bits: the size of a key that is not RSA.
        owner: whose key it is; another owner has another key.
        names: the DNS names among its alternative names, None for a certificate without any.
        cn: its common name.
        days: until how many days after `NOW` it is valid.
        since: from how many days after `NOW`.
        issuer: the authority that signs it, None for a self-signed one.
        serial: its serial number.
        sha1: whether it is signed with SHA-1.
        ca: whether it says that it is an authority.
        uses: its extended key usages, None for no restriction.
        der: whether it comes in DER.

    """
    own = private_key(kind, bits or _bits(kind, rsa), owner)
    subject = cn or ""
    signer = own if issuer is None else private_key(owner=issuer)
    builder = _builder(
        subject, issuer or subject, own.public_key(), NOW + timedelta(since), NOW + timedelta(days), serial
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    if names is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName(list(map(x509.DNSName, names))), critical=False)
    if uses is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([_USES[use] for use in uses]), critical=False)
    algorithm = None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    made = builder.sign(signer, algorithm)
    if not sha1:
        return _encoded(made, der=der)
    forged = _with_sha1(made, signer)
    return forged if der else _pem("CERTIFICATE", forged)


def crl(
    *,
    issuer: str = AUTHORITY,
    signer: str | None = None,
    der: bool = False,
    expired: bool = False,
    revoked: Sequence[int] = (),
) -> bytes:
    """A revocation list in PEM or DER, with the serial numbers it revokes, signed by its issuer or by somebody else."""
    due = NOW + timedelta(-1 if expired else 30)
    builder = x509.CertificateRevocationListBuilder(_name(issuer), NOW - timedelta(40), due)
    for serial in revoked:
        entry = x509.RevokedCertificateBuilder(serial, NOW - timedelta(50)).build()
        builder = builder.add_revoked_certificate(entry)
    made = builder.sign(private_key(owner=signer or issuer), hashes.SHA256())
    return made.public_bytes(serialization.Encoding.DER if der else serialization.Encoding.PEM)


def dh(bits: int = 2048) -> bytes:
    """Diffie-Hellman parameters in PEM with a modulus of the given size; only their size is of use to a test."""
    prime = (1 << bits) - 93
    size = bits // 8 + 1
    numbers = _tlv(0x02, prime.to_bytes(size)) + _tlv(0x02, b"\x02")
    return _pem("DH PARAMETERS", _tlv(0x30, numbers))


def _builder(  # noqa: PLR0913  # The parts of every certificate.
    subject: str, issuer: str, public: Any, since: datetime, until: datetime, serial: int = 1
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(public)
        .serial_number(serial)
        .not_valid_before(since)
        .not_valid_after(until)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)] if text else [])


def _encoded(made: x509.Certificate, *, der: bool) -> bytes:
    return made.public_bytes(serialization.Encoding.DER if der else serialization.Encoding.PEM)


def _with_sha1(made: x509.Certificate, signer: Any) -> bytes:
    # The library makes no new SHA-1 certificates, but both algorithm identifiers have the same length.
    body = made.tbs_certificate_bytes.replace(_SHA256_RSA, _SHA1_RSA)
    signature = signer.sign(body, padding.PKCS1v15(), hashes.SHA1())
    algorithm = _tlv(0x30, _SHA1_RSA + b"\x05\x00")
    return _tlv(0x30, body + algorithm + _tlv(0x03, b"\0" + signature))


def _tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes((size,)) if size < 0x80 else bytes((0x82,)) + size.to_bytes(2)
    return bytes((tag,)) + length + content


def _pem(label: str, der: bytes) -> bytes:
    text = base64.encodebytes(der).decode().replace("\n", "")
    lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n".encode()
