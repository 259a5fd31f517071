"""Certificates, revocation lists and keys in DER, as far as a judge of them needs to know.

No function here raises for what it is given: bytes that cannot be taken apart come back as ``Unreadable``, and a part
that the cryptographic library does not support is None. Certificates are hostile input like any other.
"""

# ruff: noqa: PLC0415  # The cryptography library costs a tenth of a second, which only who has certificates pays.

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from auditor.model.value import field, frozen
from auditor.readers import pem

T = TypeVar("T")


@frozen
class Unreadable:
    """Bytes that are not what they should be.

    Attributes:
        reason: a clause that says what is wrong.
        certain: whether OpenSSL is sure to refuse them as well; where not, only this reader does not understand them.

    """

    reason: str
    certain: bool


@frozen
class Certificate:
    """One X.509 certificate (RFC 5280).

    Attributes:
        subject: the subject as text (RFC 4514), empty where there is none.
        issuer: the issuer as text.
        common_name: the subject's last common name.
        names: the DNS names among the alternative names, as they stand there.
        addresses: the IP addresses among the alternative names.
        key_type: ``RSA``, ``EC``, ``DSA``, ``Ed25519``, ``Ed448``, or the name of another kind.
        bits: the size of the key in bits; None where the kind has but one size, or is not supported.
        signature_hash: the hash of the signature, ``sha256``; None where the kind has none or is not supported.
        not_before: since when it is valid, in UTC.
        not_after: until when it is valid, in UTC.
        serial: the serial number, which hostile certificates make negative or zero.
        uses: the extended key usages by name (``serverAuth``), or by number where they have none; None where the
            certificate does not restrict them.
        key_usage: the key usages by name (``digitalSignature``); None where it does not restrict them.
        is_authority: whether its basic constraints say that it is one.
        is_self_issued: whether subject and issuer are the same.
        fingerprint: the SHA-256 of the certificate, in hexadecimal.
        der: the certificate itself.

    """

    subject: str
    issuer: str
    common_name: str | None
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    key_type: str
    bits: int | None
    signature_hash: str | None
    not_before: datetime
    not_after: datetime
    serial: int
    uses: tuple[str, ...] | None
    key_usage: frozenset[str] | None
    is_authority: bool
    is_self_issued: bool
    fingerprint: str
    der: bytes = field(repr=False)

    @property
    def key_digest(self) -> str | None:
        """The SHA-256 of the public key (SubjectPublicKeyInfo), in hexadecimal; None where it is not supported.

        It is worked out when asked for: what encodes keys costs a fortieth of a scan's time to import.
        """
        from cryptography import x509

        return _or_none(lambda: public_digest(x509.load_der_x509_certificate(self.der).public_key()))

    @property
    def all_names(self) -> tuple[str, ...]:
        """The names a lenient peer takes: the alternative ones, or the common name where there are none."""
        return self.names or ((self.common_name,) if self.common_name else ())


def certificate(der: bytes) -> Certificate | Unreadable:
    """Take a certificate apart."""
    from cryptography import x509

    def build() -> Certificate:
        found = x509.load_der_x509_certificate(der)
        key = _or_none(found.public_key)
        alternative = _extension(found, x509.SubjectAlternativeName)
        constraints = _extension(found, x509.BasicConstraints)
        uses = _extension(found, x509.ExtendedKeyUsage)
        usage = _extension(found, x509.KeyUsage)
        return Certificate(
            subject=_name(found.subject),
            issuer=_name(found.issuer),
            common_name=_common_name(found.subject),
            names=tuple(alternative.get_values_for_type(x509.DNSName)) if alternative else (),
            addresses=tuple(map(str, alternative.get_values_for_type(x509.IPAddress))) if alternative else (),
            key_type=_key_type(key, found),
            bits=getattr(key, "key_size", None),
            signature_hash=_or_none(lambda: found.signature_hash_algorithm.name),  # type: ignore[union-attr]
            not_before=found.not_valid_before_utc,
            not_after=found.not_valid_after_utc,
            serial=found.serial_number,
            uses=tuple(map(_use, uses)) if uses is not None else None,
            key_usage=_usages(usage) if usage is not None else None,
            is_authority=bool(constraints and constraints.ca),
            is_self_issued=found.subject == found.issuer,
            fingerprint=hashlib.sha256(der).hexdigest(),
            der=der,
        )

    return _built(build, der, pem.CERTIFICATE)


def signed_by(signed: Certificate, signer: Certificate) -> bool | None:
    """Whether a certificate carries the signature of another; None where the algorithm is not supported here."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature

    if signed.issuer != signer.subject:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            child, parent = map(x509.load_der_x509_certificate, (signed.der, signer.der))
            _verify(child, parent)
    except InvalidSignature:
        return False
    except Exception:  # noqa: BLE001  # Whatever a strange key or signature does to the library, no verdict came of it.
        return None
    return True


#: More issuers above one another than any authority has; who sends more wants to see a verifier sweat.
_LONGEST_PATH = 10


def path(leaf: Certificate, others: Sequence[Certificate]) -> tuple[Certificate, ...]:
    """The issuers above a certificate as far as they are among others, each the signer of the one before.

    A signature of a kind that is not supported here counts by the names.
    """
    found: list[Certificate] = []
    current = leaf
    while not current.is_self_issued and len(found) < _LONGEST_PATH:
        signers = (other for other in others if other not in found and signed_by(current, other) is not False)
        above = next(signers, None)
        if above is None:
            break
        found.append(above)
        current = above
    return tuple(found)


def _verify(child: Any, parent: Any) -> None:  # noqa: ANN401
    """Check a signature; SHA-1 too, which the library's own check of certificates no longer takes."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.x509.oid import SignatureAlgorithmOID

    if child.signature_algorithm_oid == SignatureAlgorithmOID.RSA_WITH_SHA1:
        body, algorithm = child.tbs_certificate_bytes, child.signature_hash_algorithm
        parent.public_key().verify(child.signature, body, PKCS1v15(), algorithm)
    else:
        child.verify_directly_issued_by(parent)


@frozen
class RevocationList:
    """One certificate revocation list (RFC 5280, section 5).

    Attributes:
        issuer: who issued it, as text.
        last_update: when it was issued, in UTC.
        next_update: when the next one is due, in UTC; None where it does not say.
        serials: the serial numbers of what is revoked.
        der: the list itself.

    """

    issuer: str
    last_update: datetime
    next_update: datetime | None
    serials: frozenset[int] = field(repr=False)
    der: bytes = field(repr=False)


def revocation_list(der: bytes) -> RevocationList | Unreadable:
    """Take a revocation list apart."""
    from cryptography import x509

    def build() -> RevocationList:
        found = x509.load_der_x509_crl(der)
        serials = frozenset(revoked.serial_number for revoked in found)
        return RevocationList(_name(found.issuer), found.last_update_utc, found.next_update_utc, serials, der)

    return _built(build, der, pem.REVOCATION_LIST)


def list_signed_by(signed: RevocationList, signer: Certificate) -> bool | None:
    """Whether a list carries the signature of a certificate; None where the algorithm is not supported here."""
    from cryptography import x509

    if signed.issuer != signer.subject:
        return False

    def verify() -> bool:
        key = x509.load_der_x509_certificate(signer.der).public_key()
        return x509.load_der_x509_crl(signed.der).is_signature_valid(key)  # type: ignore[arg-type]

    return _or_none(verify)


@frozen
class PublicHalf:
    """What may be known of a private key: its kind, its size in bits, and the digest of its public half."""

    key_type: str
    bits: int | None
    digest: str


#: Why a key under a passphrase is of no use: sendmail has nobody to ask for it.
ENCRYPTED = "the key is encrypted with a passphrase"


def public_half(block: pem.Block) -> PublicHalf | Unreadable:
    """Derive the public half of the private key in a PEM block; nothing of the private half outlives the call."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    if block.is_encrypted:
        return Unreadable(ENCRYPTED, certain=True)
    if block.der() is None:
        return Unreadable("the block is cut short or is no base64", certain=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            public = load_pem_private_key(block.text.encode("latin-1"), None).public_key()
        return PublicHalf(_key_type(public, None), getattr(public, "key_size", None), public_digest(public))
    except Exception:  # noqa: BLE001  # An exception that left here would carry the key in its frames.
        return Unreadable("the key is of a kind or in a form that is not understood here", certain=False)


def public_digest(key: Any) -> str:  # noqa: ANN401  # Public keys of every kind, whose types are the library's own.
    """The SHA-256 of a public key as SubjectPublicKeyInfo, in hexadecimal."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def dh_bits(der: bytes) -> int | Unreadable:
    """The size in bits of the prime of Diffie-Hellman parameters (PKCS#3, or X9.42, which begin alike)."""
    numbers = pem.integers(der)
    if not numbers or numbers[0] <= 0:
        return Unreadable("these are no Diffie-Hellman parameters", certain=True)
    return numbers[0].bit_length()


def subject_hash(found: Certificate) -> str | None:
    """The eight hexadecimal digits under which ``openssl rehash`` links a certificate; None where not to be told."""
    from cryptography import x509

    def compute() -> str:
        subject = x509.load_der_x509_certificate(found.der).subject
        canonical = b"".join(_canonical(rdn) for rdn in subject.rdns)
        digest = hashlib.sha1(canonical, usedforsecurity=False).digest()
        return f"{int.from_bytes(digest[:4], 'little'):08x}"

    return _or_none(compute)


def _canonical(rdn: Any) -> bytes:  # noqa: ANN401  # A RelativeDistinguishedName, of a module imported late.
    # OpenSSL compares names in lower case, with single blanks and as UTF-8, and hashes them in that form.
    parts = []
    for attribute in rdn:
        value = attribute.value if isinstance(attribute.value, str) else attribute.value.decode("latin-1")
        text = " ".join(value.translate(_LOWER).split()).encode()
        parts.append(_tlv(0x30, _oid(attribute.oid.dotted_string) + _tlv(0x0C, text)))
    return _tlv(0x31, b"".join(sorted(parts)))


_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def _oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    return _tlv(0x06, b"".join(_base128(number) for number in (first * 40 + second, *rest)))


def _base128(number: int) -> bytes:
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(number & 0x7F | 0x80)
    return bytes(reversed(digits))


def _tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:  # noqa: PLR2004  # Where DER's short form of a length ends.
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(length))) + length + content


def _built(build: Callable[[], T], der: bytes, expected: str) -> T | Unreadable:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return build()
    except Exception:  # noqa: BLE001  # The library raises what it likes for hostile bytes; each means the same.
        content = pem.sniff(der)
        if content != expected:
            return Unreadable(f"it holds {content}", certain=content in pem.CERTAIN)
        return Unreadable("it is malformed, or of a kind that is not understood here", certain=False)


def _or_none(take: Callable[[], T]) -> T | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return take()
    except Exception:  # noqa: BLE001  # A part that cannot be read is a part that is not known.
        return None


def _extension(found: Any, kind: type[T]) -> T | None:  # noqa: ANN401
    return _or_none(lambda: found.extensions.get_extension_for_class(kind).value)


def _name(name: Any) -> str:  # noqa: ANN401
    return _or_none(name.rfc4514_string) or ""


def _common_name(name: Any) -> str | None:  # noqa: ANN401
    from cryptography.x509.oid import NameOID

    values = [attribute.value for attribute in name.get_attributes_for_oid(NameOID.COMMON_NAME)]
    return values[-1] if values and isinstance(values[-1], str) else None


def _key_type(key: Any, found: Any) -> str:  # noqa: ANN401
    if key is None:
        return _or_none(lambda: str(found.public_key_algorithm_oid.dotted_string)) or "unsupported"
    name = type(key).__name__.removesuffix("PublicKey").lstrip("_")
    return {"EllipticCurve": "EC", "ECPublicKey": "EC"}.get(name, name)


def _use(oid: Any) -> str:  # noqa: ANN401
    name: str = oid._name  # noqa: SLF001  # The only place where the library names it.
    return str(oid.dotted_string) if name == "Unknown OID" else name


def _usages(usage: Any) -> frozenset[str]:  # noqa: ANN401
    table = {
        "digital_signature": "digitalSignature",
        "content_commitment": "nonRepudiation",
        "key_encipherment": "keyEncipherment",
        "data_encipherment": "dataEncipherment",
        "key_agreement": "keyAgreement",
        "key_cert_sign": "keyCertSign",
        "crl_sign": "cRLSign",
    }
    return frozenset(name for attribute, name in table.items() if getattr(usage, attribute))
