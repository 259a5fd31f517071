"""Verdicts on certificate chains, and the contexts that connections are made with."""

from __future__ import annotations

import ssl
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from hypothesis import given
from hypothesis import strategies as st

from auditor.probe import anchors, verify
from auditor.probe.errors import WireError
from auditor.probe.handshake import UNVERIFIED, HandshakeFailed
from auditor.probe.session import Session, Settings
from auditor.probe.verify import OURS, Verified, permissive_context, verifying_context
from tests import certificates
from tests.probe.servers import NAME, SMTPServer, current_certificate, server_context

PASSED = (datetime.now(UTC) - certificates.NOW).days
SUB = "Example Subordinate"


def der(pem: bytes) -> tuple[bytes, ...]:
    """The certificates of a PEM text."""
    return tuple(found.public_bytes(serialization.Encoding.DER) for found in x509.load_pem_x509_certificates(pem))


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """A file with the authority that the builders' certificates come from."""
    file = tmp_path / "authority.pem"
    file.write_bytes(certificates.authority())
    return file


@cache
def with_address() -> bytes:
    """A certificate for an IP address and for nothing else."""
    key = certificates.private_key("rsa", 2048, "host")
    name = x509.Name([])
    issuer = x509.load_pem_x509_certificate(certificates.authority()).subject
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder(issuer, name, key.public_key(), 5, now - timedelta(1), now + timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=True)
        .sign(certificates.private_key(owner=certificates.AUTHORITY), hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )


def judged(pem: bytes, ca_file: Path | None, name: str = NAME) -> Verified:
    """The verdict on the certificates of a PEM text, now."""
    return verify.verify(der(pem), name, datetime.now(UTC), ca_file)


def strictly(settings: Settings) -> str | None:
    """Why a connection that verifies does not come about; None where it does."""
    try:
        with Session.open(settings, context=verifying_context(settings.ca)) as session:
            assert session.tls is not None
            assert session.tls.verified
    except HandshakeFailed as error:
        return error.kind
    return None


#: What can be wrong with a chain: its PEM, the name asked for, OpenSSL's number of the error, words of the reason.
CHAINS: dict[str, tuple[Callable[[], bytes], str, int, str]] = {
    "right": (current_certificate, NAME, 0, ""),
    "right, any name below": (lambda: current_certificate(names=["*.example.org"]), NAME, 0, ""),
    "right, elliptic": (lambda: current_certificate(kind="ec"), NAME, 0, ""),
    "right, Ed25519": (lambda: current_certificate(kind="ed25519"), NAME, 0, ""),
    "right, an address": (with_address, "127.0.0.1", 0, ""),
    "right, with an intermediate": (
        lambda: current_certificate(issuer=SUB) + certificates.authority(SUB, issuer=certificates.AUTHORITY),
        NAME,
        0,
        "",
    ),
    "right, with a useless root": (lambda: current_certificate() + certificates.authority(), NAME, 0, ""),
    "intermediate missing": (lambda: current_certificate(issuer=SUB), NAME, 20, "issuer is not among the trusted"),
    "another name": (lambda: current_certificate(names=["www.example.org"]), NAME, 62, "not for mail.example.org"),
    "another address": (with_address, "127.0.0.2", 64, "not for 127.0.0.2"),
    "a name like an address": (lambda: current_certificate(names=["127.0.0.1"]), "127.0.0.1", 64, "not for 127.0.0.1"),
    "a common name only": (lambda: current_certificate(names=None), NAME, 62, "not for mail.example.org"),
    "expired": (lambda: current_certificate(days=PASSED - 1), NAME, 10, "has expired"),
    "not valid yet": (lambda: current_certificate(since=PASSED + 5), NAME, 9, "not valid yet"),
    "self-signed": (lambda: current_certificate(issuer=None), NAME, 18, "self-signed"),
    "an unknown authority": (
        lambda: current_certificate(issuer="Nobody") + certificates.authority("Nobody"),
        NAME,
        19,
        "an authority that is not trusted",
    ),
    "a weak key": (lambda: current_certificate(rsa=1024), NAME, 66, "key is too weak"),
    "a weak signature": (lambda: current_certificate(sha1=True), NAME, 68, "hash that is too weak"),
    "for clients": (lambda: current_certificate(uses=["clientAuth"]), NAME, 26, "not for servers"),
}


@pytest.mark.parametrize("case", CHAINS)
def test_verdicts(case: str, authority: Path) -> None:
    """Each thing that can be wrong with a chain has OpenSSL's number and a reason, and a right chain has neither."""
    make, name, code, reason = CHAINS[case]
    found = judged(make(), authority, name)
    assert (found.ok, found.code) == (code == 0, code)
    assert reason in found.reason
    assert bool(found.reason) != found.ok


@pytest.mark.parametrize("case", [name for name in CHAINS if name not in ("a weak key", "a weak signature")])
def test_verdicts_are_those_of_connections(case: str, authority: Path) -> None:
    """A connection that verifies comes about exactly where the chain of a connection that does not is found right."""
    make, name, code, _ = CHAINS[case]
    pem = make()
    kind = {"right, elliptic": "ec", "right, Ed25519": "ed25519"}.get(case, "rsa")
    key = certificates.key(kind=kind)
    with SMTPServer(tls=server_context(pem, key), implicit=True) as server:
        settings = server.settings(name=name, ca=authority)
        with Session.open(settings) as session:
            assert session.tls is not None
            assert session.tls.chain == der(pem)
            assert session.tls.verified == (code == 0)
        assert strictly(settings) == (None if code == 0 else UNVERIFIED)


@pytest.mark.parametrize(
    "name", ["mail.example.org.", "", ".", "a..b", "a" * 64, "\0", "mail.example.org\0.x", "x y", "ü" * 60]
)
def test_names_that_are_none(name: str, authority: Path) -> None:
    """A name that no certificate can carry, or that says something else to C than to us, never verifies."""
    assert not judged(current_certificate(), authority, name).ok


def test_another_moment(authority: Path) -> None:
    """A chain is judged for the moment given, its authority's validity too."""
    chain = der(current_certificate())

    def at(days: float) -> Verified:
        return verify.verify(chain, NAME, datetime.now(UTC) + timedelta(days), authority)

    assert at(0).ok
    assert at(80).ok
    assert at(95).code == at(5000).code == 10
    assert at(-40).code == at(-5000).code == 9
    assert verify.verify(chain, "www.example.org", datetime.now(UTC) + timedelta(80), authority).code == 62


def test_a_named_file_is_trusted_as_it_is(tmp_path: Path) -> None:
    """The file may hold the server's own certificate, self-signed or not."""
    for pem in (current_certificate(issuer=None), current_certificate()):
        file = tmp_path / "own.pem"
        file.write_bytes(pem)
        assert judged(pem, file).ok
        assert judged(pem, file, "www.example.org").code == 62


@pytest.mark.parametrize("content", [None, b"", b"no certificate", certificates.authority(der=True)])
def test_files_that_are_of_no_use(tmp_path: Path, content: bytes | None) -> None:
    """A file of authorities that is missing or holds none is told in a sentence that names it."""
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    for use in (lambda: verifying_context(file), lambda: judged(current_certificate(), file)):
        with pytest.raises(ValueError, match=r"ca\.pem (holds no certificate|cannot be read: No such file)"):
            use()


@pytest.mark.parametrize("case", [name for name in CHAINS if "address" not in name])
def test_the_systems_authorities(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the system's authorities those that matter are loaded, which gives the verdict that all of them would give."""
    others = b"".join(certificates.authority(f"Other {number}") for number in range(3))
    file = tmp_path / "bundle.pem"
    file.write_bytes(b"# Comment\n" + others + certificates.authority() + others)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    make, name, code, _ = CHAINS[case]
    assert judged(make(), None, name).code == code
    few, all_of_them = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anchors.load_for(few, None, der(make()))
    anchors.load_all(all_of_them, None)
    assert len(few.get_ca_certs()) <= 1 < len(all_of_them.get_ca_certs())


def test_no_system_authorities(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system trusts nobody, nothing verifies."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert judged(current_certificate(), None).code == 20


def test_a_folder_of_authorities(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Authorities that lie in a folder under their hashes are found there."""
    subject = x509.load_pem_x509_certificate(certificates.authority())
    from auditor.readers.x509 import Certificate, certificate, subject_hash  # noqa: PLC0415

    found = certificate(subject.public_bytes(serialization.Encoding.DER))
    assert isinstance(found, Certificate)
    (tmp_path / f"{subject_hash(found)}.0").write_bytes(certificates.authority())
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert judged(current_certificate(), None).ok


def test_a_library_that_verifies_later(authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence is no verdict: without the proof that a chain nobody trusts is refused, none is right."""
    monkeypatch.setattr(verify, "_refusing", lambda *_: False)
    found = judged(current_certificate(), authority)
    assert (found.ok, found.code) == (False, OURS)


def test_no_chain() -> None:
    """A server that sent no certificate is not verified, nor is one that sent far too many."""
    now = datetime.now(UTC)
    assert "no certificate" in verify.verify((), NAME, now).reason
    assert "absurdly long" in verify.verify((bytes(1000),) * 2000, NAME, now).reason
    assert verify.verify(der(current_certificate()) * 200, NAME, now).code == OURS


@given(chain=st.lists(st.binary(max_size=60) | st.just(der(current_certificate())[0][:300]), min_size=1, max_size=4))
def test_any_bytes_as_a_chain(chain: list[bytes]) -> None:
    """Bytes that are no certificates never verify and never raise."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(certificates.authority())
        file.flush()
        assert not verify.verify(tuple(chain), NAME, datetime.now(UTC), Path(file.name)).ok


@given(der=st.binary(max_size=80))
def test_any_bytes_have_no_issuer_to_fail_on(der: bytes) -> None:
    """Looking for an issuer raises for no bytes."""
    assert isinstance(anchors._issuer(der), bytes)


def test_the_permissive_context_takes_what_others_refuse() -> None:
    """It asks for no certificate's sake, and starts at the oldest version that the library has."""
    context = permissive_context()
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_NONE, False)
    assert context.minimum_version == ssl.TLSVersion.MINIMUM_SUPPORTED


def test_the_verifying_context_is_strict() -> None:
    """It verifies, checks the name, among the alternative names only, and speaks TLS 1.2 at least."""
    context = verifying_context()
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert not context.hostname_checks_common_name
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert verifying_context() is context


def test_a_file_that_changes(authority: Path) -> None:
    """A context belongs to the file's present content."""
    before = verifying_context(authority)
    authority.write_bytes(certificates.authority("Another"))
    assert verifying_context(authority) is not before


def test_no_secret_passes_to_another_server(authority: Path) -> None:
    """A server whose chain was fine a moment ago gets nothing from a verifying connection once it shows another."""
    with SMTPServer(tls=server_context(), implicit=True) as server:
        settings = server.settings(ca=authority)
        with Session.open(settings) as session:
            assert session.tls is not None
            assert session.tls.verified
        server.tls = server_context(current_certificate(issuer=None))
        with pytest.raises(WireError), Session.open(settings, context=verifying_context(authority)) as session:
            session.command("AUTH PLAIN AHVzZXIAcGFzcw==")
        assert not server.clear_lines
        assert server.secured_lines == []
