"""Certificates of the installs in fixtures/: makes them anew, and completes a copy of an install.

    python tests/make_fixture_certificates.py          makes the certificates and revocation lists in fixtures/ anew

No private key is ever written below fixtures/: there the keys are thrown away as soon as they have signed. A test that
needs one copies an install and calls `complete`, which replaces the copy's certificates by a set with its key and gives
every file the owner, mode and time that the install records.
"""

import base64
import hashlib
import os
import shlex
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

FIXTURES = Path(__file__).parent.parent / "fixtures"
NAMES = ("john.doe.org", "mail.doe.org", "smtp.doe.org")
SINCE = datetime(2024, 1, 1, tzinfo=UTC)
UNTIL = datetime(2044, 1, 1, tzinfo=UTC)
#: When every file of a completed copy was last changed; what is made from other files is an hour younger.
CHANGED = datetime(2026, 1, 5, 8, 0, tzinfo=UTC).timestamp()

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Site:
    """Where one install keeps its certificates, as paths inside its root.

    Attributes:
        certificate: the server's certificate.
        key: its private key, written into copies only.
        chain: what CACertFile names: the issuing authority's certificate, then the root's.
        store: the host's own list of trusted roots.
        crl: the issuing authority's revocation list, or None where the install uses none.
        hashed: the folder of CACertPath and CRLPath, which gets a link by hash for each authority and list.
        parameters: the file of DHParameters.
        bits: length of the server's RSA key; 0 means an EC key on P-256.

    """

    certificate: str
    key: str
    chain: str
    store: str
    crl: str | None
    hashed: str
    parameters: str
    bits: int


SITES = {
    "modern": Site(
        "etc/mail/certs/smtp.cert.pem",
        "etc/mail/certs/smtp.key.pem",
        "etc/mail/certs/CA.cert.pem",
        "etc/ssl/certs/ca-certificates.crt",
        "etc/mail/certs/revoke.crl",
        "etc/mail/certs",
        "etc/mail/certs/dh3072.pem",
        0,
    ),
    "rhel": Site(
        "etc/pki/tls/certs/sendmail.pem",
        "etc/pki/tls/private/sendmail.key",
        "etc/pki/tls/certs/sendmail-chain.pem",
        "etc/pki/tls/certs/ca-bundle.crt",
        None,
        "etc/pki/tls/certs",
        "etc/pki/tls/certs/sendmail-dh.pem",
        3072,
    ),
    "debian": Site(
        "etc/mail/tls/sendmail-server.crt",
        "etc/mail/tls/sendmail-server.key",
        "etc/mail/tls/sendmail-chain.crt",
        "etc/ssl/certs/ca-certificates.crt",
        None,
        "etc/ssl/certs",
        "etc/mail/tls/sendmail-dh.pem",
        3072,
    ),
}
HOWTO = "etc/mail/certs"


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate that signs others, with its key, and the term of what it signs."""

    certificate: x509.Certificate
    key: Key
    since: datetime = SINCE
    until: datetime = UNTIL

    @property
    def name(self) -> x509.Name:
        """Whose authority it is."""
        return self.certificate.subject


def subject(common_name: str) -> x509.Name:
    """The name of an authority or server; only attributes that `name_hash` knows."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def new_authority(common_name: str, signer: Authority | None, bits: int = 0) -> Authority:
    """An authority, signed by another one or by itself."""
    key = new_key(bits)
    since, until = (signer.since, signer.until) if signer else (SINCE, UNTIL)
    issuer = signer.name if signer else subject(common_name)
    certificate = (
        blank(common_name, issuer, key, since, until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(key_usage(authority=True), critical=True)
        .sign(signer.key if signer else key, hashes.SHA256())
    )
    return Authority(certificate, key, since, until)


def new_leaf(signer: Authority, bits: int) -> tuple[x509.Certificate, Key]:
    """The server's certificate for all its names."""
    key = new_key(bits)
    certificate = (
        blank(NAMES[0], signer.name, key, signer.since, signer.until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in NAMES]), critical=False)
        .sign(signer.key, hashes.SHA256())
    )
    return certificate, key


def new_list(signer: Authority, since: datetime = SINCE, until: datetime = UNTIL) -> x509.CertificateRevocationList:
    """A revocation list with one certificate on it, none of ours."""
    revoked = x509.RevokedCertificateBuilder().serial_number(4711).revocation_date(since).build()
    return (
        x509.CertificateRevocationListBuilder()
        .issuer_name(signer.name)
        .last_update(since)
        .next_update(until)
        .add_revoked_certificate(revoked)
        .add_extension(x509.CRLNumber(1), critical=False)
        .sign(signer.key, hashes.SHA256())
    )


def blank(common_name: str, issuer: x509.Name, key: Key, since: datetime, until: datetime) -> x509.CertificateBuilder:
    """What every certificate has."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject(common_name))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def key_usage(*, authority: bool) -> x509.KeyUsage:
    """What the key may do: sign certificates and lists, or sign handshakes."""
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=not authority,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def new_key(bits: int) -> Key:
    """An RSA key of that length, or an EC key on P-256 for 0."""
    if bits:
        return rsa.generate_private_key(public_exponent=65537, key_size=bits)
    return ec.generate_private_key(ec.SECP256R1())


def ffdhe3072() -> bytes:
    """The Diffie-Hellman group of 3072 bits of RFC 7919, appendix A.2, computed as the RFC defines it."""
    guard = 64
    term = total = 1 << (2942 + guard)
    divisor = 1
    while term:
        term //= divisor
        total += term
        divisor += 1
    prime = 2**3072 - 2**3008 + ((total >> guard) + 2625351) * 2**64 - 1
    der = tlv(0x30, tlv(0x02, b"\0" + prime.to_bytes(384)) + tlv(0x02, b"\2"))
    text = textwrap.fill(base64.b64encode(der).decode(), 64)
    return f"-----BEGIN DH PARAMETERS-----\n{text}\n-----END DH PARAMETERS-----\n".encode()


def name_hash(name: x509.Name) -> str:
    """The hash by which OpenSSL looks an authority up in a folder (X509_NAME_hash, for plain ASCII names)."""
    canonical = b""
    for attribute in name:
        value = " ".join(str(attribute.value).lower().split()).encode()
        oid = {NameOID.ORGANIZATION_NAME: b"\x55\x04\x0a", NameOID.COMMON_NAME: b"\x55\x04\x03"}[attribute.oid]
        canonical += tlv(0x31, tlv(0x30, tlv(0x06, oid) + tlv(0x0C, value)))
    digest = hashlib.sha1(canonical, usedforsecurity=False).digest()
    return f"{int.from_bytes(digest[:4], 'little'):08x}"


def tlv(tag: int, value: bytes) -> bytes:
    """A DER element."""
    length = len(value)
    if length < 0x80:
        return bytes([tag, length]) + value
    octets = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(octets)]) + octets + value


def pem(*items: x509.Certificate | x509.CertificateRevocationList) -> bytes:
    """The items as PEM, one after the other."""
    return b"".join(item.public_bytes(serialization.Encoding.PEM) for item in items)


def write_site(site: Site, root: Path, *, with_key: bool) -> None:
    """Writes one install's certificates below its root; its private key only where asked for.

    Raises:
        OSError: a file cannot be written.

    """
    top = new_authority("Example Root CA", None)
    issuing = new_authority("Example Issuing CA", top)
    leaf, key = new_leaf(issuing, site.bits)
    put(root, site.certificate, pem(leaf))
    put(root, site.chain, pem(issuing.certificate, top.certificate))
    put(root, site.store, pem(top.certificate))
    put(root, site.parameters, ffdhe3072())
    hashed = {f"{site.hashed}/example-root.pem": pem(top.certificate)}
    hashed |= {f"{site.hashed}/example-issuing.pem": pem(issuing.certificate)}
    links = {f"{name_hash(top.name)}.0": "example-root.pem", f"{name_hash(issuing.name)}.0": "example-issuing.pem"}
    if site.crl:
        put(root, site.crl, pem(new_list(issuing)))
        hashed |= {f"{site.hashed}/example-root.crl": pem(new_list(top))}
        links |= {f"{name_hash(top.name)}.r0": "example-root.crl", f"{name_hash(issuing.name)}.r0": Path(site.crl).name}
    for path, data in hashed.items():
        put(root, path, data)
    for name, target in links.items():
        link = root / site.hashed / name
        link.unlink(missing_ok=True)
        link.symlink_to(target)
    if with_key:
        put_key(root, site.key, key)


def write_howto(root: Path, *, with_key: bool) -> None:
    """Writes the howto's set: a short key, one name only, all of it long expired, and a list in DER.

    Raises:
        OSError: a file cannot be written.

    """
    since, until = datetime(2007, 7, 15, tzinfo=UTC), datetime(2009, 7, 14, tzinfo=UTC)
    top = replace(new_authority("Free Certificates Root", None, 2048), since=since, until=until)
    key = new_key(1024)
    leaf = blank("mail.doe.org", top.name, key, since, until).sign(top.key, hashes.SHA256())
    crl = new_list(top, since, datetime(2007, 8, 14, tzinfo=UTC))
    put(root, f"{HOWTO}/smtp.cert.pem", pem(leaf))
    put(root, f"{HOWTO}/CA.cert.pem", pem(top.certificate))
    put(root, f"{HOWTO}/revoke.crl", crl.public_bytes(serialization.Encoding.DER))
    if with_key:
        put_key(root, f"{HOWTO}/smtp.key.pem", key)


def put(root: Path, path: str, data: bytes) -> None:
    """Writes a file below the root, its folder first."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


def put_key(root: Path, path: str, key: Key) -> None:
    """Writes a private key without a passphrase, as sendmail needs it, readable by its owner alone."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def complete(root: Path) -> None:
    """Makes a copy of an install whole: a certificate set with its key, the folders git cannot hold, owners and modes.

    Owners are set only for root; a copy made by anybody else belongs to them.

    Raises:
        ValueError: the folder is no copy of an install from fixtures/.
        OSError: a file cannot be written.

    """
    for site in SITES.values():
        if (root / site.parameters).exists():
            write_site(site, root, with_key=True)
            break
    else:
        if not (root / HOWTO / "revoke.crl").exists():
            message = f"{root} is no copy of an install from fixtures/"
            raise ValueError(message)
        write_howto(root, with_key=True)
    set_times(root)
    for command, path in recorded(root / ".etckeeper"):
        apply(root, command, root / path)


def recorded(file: Path) -> Iterator[tuple[list[str], str]]:
    """The commands of an `.etckeeper` file with their paths, in its order."""
    for line in file.read_text(encoding="utf-8").splitlines():
        words = shlex.split(line, comments=True)
        if words:
            yield [word for word in words[:-1] if word != "maybe"], words[-1]


def apply(root: Path, command: list[str], path: Path) -> None:
    """Does what one line of an `.etckeeper` file asks for.

    Raises:
        ValueError: the file holds another command than etckeeper writes.

    """
    match command:
        case ["mkdir", "-p"]:
            path.mkdir(parents=True, exist_ok=True)
        case ["chmod", mode]:
            path.chmod(int(mode, 8))
        case ["chown", user]:
            own(path, number(root / "etc/passwd", user), -1)
        case ["chgrp", group]:
            own(path, -1, number(root / "etc/group", group))
        case _:
            message = f"not a command of etckeeper's: {command}"
            raise ValueError(message)


def own(path: Path, uid: int, gid: int) -> None:
    """Changes owner or group where this process may; the mode, which the kernel then trims, stays as it was."""
    if os.geteuid() == 0:
        mode = path.stat().st_mode & 0o7777
        os.chown(path, uid, gid)
        path.chmod(mode)


def number(file: Path, name: str) -> int:
    """A user's or group's number in the install's own passwd or group file.

    Raises:
        KeyError: the file has no such name.

    """
    rows = (line.split(":") for line in file.read_text(encoding="utf-8").splitlines())
    return {row[0]: int(row[2]) for row in rows if len(row) > 2}[name]


def set_times(root: Path) -> None:
    """Gives every file one age, and the files that are made from others a younger one."""
    for path in root.rglob("*"):
        if path.is_file() and not path.is_symlink():
            changed = CHANGED + 3600 * (path.suffix in {".db", ".cf"})
            os.utime(path, (changed, changed))


def main() -> None:
    """Makes the committed certificates anew, without keys."""
    for name, site in SITES.items():
        write_site(site, FIXTURES / name, with_key=False)
    write_howto(FIXTURES / "howto", with_key=False)


if __name__ == "__main__":
    main()
