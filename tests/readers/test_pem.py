"""PEM files are cut without loss, keys are blotted out, and what is no PEM is told by what it is."""

from __future__ import annotations

import re
import ssl
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model.text import Source
from auditor.readers import pem, x509
from tests import certificates as made

CERTIFICATE = made.certificate()
KEY = made.key()
PIECES = [
    CERTIFICATE,
    KEY,
    made.crl(),
    made.dh(),
    b"-----BEGIN CERTIFICATE-----\n",
    b"-----END CERTIFICATE-----",
    b"-----END X509 CRL-----\r\n",
    b"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: x\n\nAAAA\n",
    b"subject=/CN=x\n",
    b"\xff\xfe\0",
    b"\n",
    b" ",
]
files = st.one_of(st.binary(max_size=300), st.lists(st.sampled_from(PIECES) | st.binary(max_size=20)).map(b"".join))


def read(data: bytes) -> pem.PEMFile:
    """A file's blocks and text."""
    return pem.read(Source("/etc/mail/certs/x.pem", data))


@given(files)
def test_nodes_tile_the_source(data: bytes) -> None:
    """Whatever the bytes, the nodes in order are the file."""
    document = read(data)
    assert "".join(node.text for node in document.nodes) == document.source.text
    assert [node.start for node in document.nodes[1:]] == [node.end for node in document.nodes[:-1]]
    for block in document.blocks:
        block.der()
        assert block.start <= block.body.start <= block.body.end <= block.end


@given(files)
def test_redaction_moves_nothing(data: bytes) -> None:
    """A redacted file has the same length, lines and blocks, and the rest of its text is as it was."""
    source = Source("/x", data)
    redacted = pem.redacted(source)
    assert len(redacted.data) == len(data)
    assert redacted.starts == source.starts
    before, after = pem.read(source).blocks, pem.read(redacted).blocks
    assert [(b.start, b.end, b.label, b.kind) for b in before] == [(b.start, b.end, b.label, b.kind) for b in after]
    assert all(a.text == b.text for a, b in zip(before, after, strict=True) if not a.is_key)


@pytest.mark.parametrize("cut", [0, 60, 400])
@pytest.mark.parametrize("form", ["PKCS8", "PKCS1"])
def test_no_key_survives_redaction(form: str, cut: int) -> None:
    """No line of a private key is left in a redacted file, though its END line may be lost."""
    key = made.key(form=form)
    other = made.certificate(owner="other")
    data = other + (key[:-cut] if cut else key)
    text = pem.redacted(Source("/x", data)).text
    secret = [line for line in key.decode().splitlines() if len(line) == 64 and not line.startswith("-----")]
    assert not any(line in text for line in secret)
    assert other.decode() in text


def test_bare_key_is_redacted() -> None:
    """A key in DER, or in base64 without its BEGIN line, is blotted out as a whole."""
    der = made.key(form="DER")
    assert pem.sniff(der) == pem.PRIVATE_KEY
    assert der[40:60] not in pem.redacted(Source("/x", der)).data
    bare = b"".join(KEY.splitlines(keepends=True)[1:-1])
    assert bare[:60] not in pem.redacted(Source("/x", bare)).data


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", pem.EMPTY),
        (b"\r\n ", pem.EMPTY),
        (made.certificate(der=True), pem.CERTIFICATE),
        (made.authority(der=True), pem.CERTIFICATE),
        (made.crl(der=True), pem.REVOCATION_LIST),
        (made.crl(der=True, revoked=[7]), pem.REVOCATION_LIST),
        (made.key(kind="ec", form="DER"), pem.PRIVATE_KEY),
        (made.key(kind="ec", form="DER", passphrase="x"), pem.PRIVATE_KEY),
        (made.key(form="DER"), pem.PRIVATE_KEY),
        (b"<!DOCTYPE html><html><body>404</body>", pem.HTML),
        (b"\n<HTML>\n", pem.HTML),
        (CERTIFICATE.decode().encode("utf-16"), pem.UTF16),
        (CERTIFICATE.decode().encode("utf-16-le"), pem.UTF16),
        (b" " + CERTIFICATE, pem.SHIFTED),
        (b"".join(CERTIFICATE.splitlines(keepends=True)[1:-1]), pem.BASE64),
        (b"0\x82\xff\xff", pem.OTHER),
        (b"hello", pem.OTHER),
    ],
)
def test_content_without_pem_is_named(data: bytes, expected: str) -> None:
    """What is no PEM is recognised by its first bytes or its structure."""
    assert not read(data).blocks
    assert pem.sniff(data) == expected


@pytest.mark.parametrize(
    "data",
    [
        CERTIFICATE,
        CERTIFICATE.replace(b"\n", b"\r\n"),
        CERTIFICATE.replace(b"-----\n", b"-----  \t\n"),
        b"Bag Attributes\n  friendlyName: x\n" + CERTIFICATE,
        KEY + CERTIFICATE,
        CERTIFICATE[:-1],
        b"-----BEGIN X-----\n-----END X-----\n" + CERTIFICATE,
        b"-----BEGIN X-----\nAAAA\n-----END X-----\n" + CERTIFICATE,
        b"-----BEGIN X-----\nAAAA\n-----END Y-----\n" + CERTIFICATE,
        b"-----END X-----\n" + CERTIFICATE,
        CERTIFICATE.replace(b"\nM", b"\n\nM", 1),
        CERTIFICATE.replace(b"\nM", b"\n M", 1),
        CERTIFICATE.replace(b"-----END", b"\n-----END"),
        CERTIFICATE.replace(b"-----END", b"=\n-----END"),
        b"".join(CERTIFICATE.splitlines()[1:-1]).join(
            [b"-----BEGIN CERTIFICATE-----\n", b"\n-----END CERTIFICATE-----\n"]
        ),
        CERTIFICATE.replace(b"BEGIN CERT", b"BEGIN X509 CERT").replace(b"END CERT", b"END X509 CERT"),
        b" " + CERTIFICATE,
        CERTIFICATE.replace(b"END CERTIFICATE", b"END CERTIFICAT"),
        CERTIFICATE.replace(b"M", b"*", 1),
        CERTIFICATE[: len(CERTIFICATE) // 2],
        b"\xef\xbb\xbf" + CERTIFICATE,
        CERTIFICATE.decode().encode("utf-16"),
        CERTIFICATE.replace(b"-----BEGIN", b"----BEGIN"),
    ],
)
def test_openssl_takes_the_same_files(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A file has a readable certificate here exactly where OpenSSL's own reader, which sendmail calls, finds one."""
    path = tmp_path_factory.mktemp("pem")
    (path / "certificate.pem").write_bytes(data)
    (path / "key.pem").write_bytes(KEY)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(path / "certificate.pem", path / "key.pem")
        taken = True
    except ssl.SSLError:
        taken = False
    block = read(data).first(frozenset({"CERTIFICATE", "X509 CERTIFICATE"}))
    der = block.der() if block else None
    assert (der is not None and isinstance(x509.certificate(der), x509.Certificate)) == taken


@given(st.binary(max_size=200))
def test_any_bytes_are_no_certificate_and_no_crash(data: bytes) -> None:
    """Random bytes come back as unreadable with a reason, from every reader of DER."""
    for take in (x509.certificate, x509.revocation_list, x509.dh_bits):
        found = take(data)
        assert not isinstance(found, x509.Unreadable) or found.reason
    pem.sniff(data)


@settings(max_examples=300)
@given(st.sampled_from(["certificate", "crl"]), st.integers(0, 5000), st.binary(min_size=1, max_size=3))
def test_mutated_der_never_raises(kind: str, at: int, patch: bytes) -> None:
    """A certificate or list with bytes changed anywhere is taken apart or refused, and never raises."""
    der = made.certificate(der=True) if kind == "certificate" else made.crl(der=True, revoked=[1, 2])
    at %= len(der)
    changed = der[:at] + patch + der[at + len(patch) :]
    pem.sniff(changed)
    if kind == "crl":
        found = x509.revocation_list(changed)
        signer = x509.certificate(made.authority(der=True))
        assert isinstance(signer, x509.Certificate)
        if isinstance(found, x509.RevocationList) and changed != der:
            assert x509.list_signed_by(found, signer) in {False, None}
        return
    certificate = x509.certificate(changed)
    if isinstance(certificate, x509.Certificate):
        x509.subject_hash(certificate)
        x509.signed_by(certificate, certificate)
        repr(certificate)


@pytest.mark.parametrize("kind", ["rsa", "ec", "dsa", "ed25519"])
@pytest.mark.parametrize("form", ["PKCS8", "PKCS1"])
def test_public_half_is_that_of_the_certificate(kind: str, form: str) -> None:
    """The digest derived from a key is the digest of its certificate, for every kind and form of key."""
    if (kind, form) == ("ed25519", "PKCS1"):
        pytest.skip("Ed25519 has but one form")
    half = x509.public_half(read(made.key(kind=kind, form=form)).blocks[0])
    certificate = x509.certificate(made.certificate(kind=kind, der=True))
    assert isinstance(half, x509.PublicHalf)
    assert isinstance(certificate, x509.Certificate)
    assert half.digest == certificate.key_digest
    assert (half.key_type, half.bits) == (certificate.key_type, certificate.bits)


@pytest.mark.parametrize("form", ["PKCS8", "PKCS1"])
def test_encrypted_key_is_told(form: str) -> None:
    """A key under a passphrase is recognised in both forms, and is certain to be of no use."""
    block = read(made.key(form=form, passphrase="secret")).blocks[0]
    assert block.is_encrypted
    assert x509.public_half(block) == x509.Unreadable(x509.ENCRYPTED, certain=True)


@given(st.binary(max_size=80))
def test_garbage_in_a_key_block_stays_in_it(data: bytes) -> None:
    """A key block of garbage is unreadable, and neither its representation nor the verdict shows a part of it."""
    body = re.sub(rb"[^A-Za-z0-9]", b"Q", data)
    block = read(b"-----BEGIN PRIVATE KEY-----\n" + body + b"\n-----END PRIVATE KEY-----\n").blocks[0]
    verdict = x509.public_half(block)
    assert isinstance(verdict, x509.Unreadable)
    assert len(body) < 9 or body.decode() not in repr(block) + repr(verdict)


def test_subject_hash_is_openssls(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The hash of a subject is the one openssl links certificates under, whatever its case, blanks and script."""
    for number, name in enumerate(["Example Root", "  A   b  C ", "Prüfstelle ÄÖ", "x" * 60]):
        found = x509.certificate(made.authority(name, der=True))
        assert isinstance(found, x509.Certificate)
        path = tmp_path_factory.mktemp("hash") / f"{number}.pem"
        path.write_bytes(made.authority(name))
        try:
            line = subprocess.run(
                ["openssl", "x509", "-noout", "-subject_hash", "-in", str(path)],
                capture_output=True,
                text=True,
                check=True,
            )
        except FileNotFoundError:
            pytest.skip("there is no openssl program")
        assert x509.subject_hash(found) == line.stdout.strip()


def test_old_signatures_are_verified() -> None:
    """A SHA-1 signature is checked like any other, so that an old certificate still has an issuer."""
    root = x509.certificate(made.authority(der=True))
    old = read(made.certificate(sha1=True)).blocks[0].der()
    assert old is not None
    leaf = x509.certificate(old)
    assert isinstance(root, x509.Certificate)
    assert isinstance(leaf, x509.Certificate)
    assert leaf.signature_hash == "sha1"
    assert x509.signed_by(leaf, root) is True
