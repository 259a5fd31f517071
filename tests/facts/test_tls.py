"""Facts about certificates, keys, authorities and lists, from trees held in memory."""

# ruff: noqa: ANN401  # A fact asked for by its type may be of any type.

from __future__ import annotations

import posixpath
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from auditor.engine.resolve import Facts
from auditor.facts import certificates as facts
from auditor.facts import tls as tls_facts
from auditor.facts.given import Tree
from auditor.facts.options import Options
from auditor.facts.revocations import Revocations
from auditor.model.subjects import Configuration, Credential, Install
from auditor.model.text import Source
from auditor.model.unknown import Missing, NotApplicable, Unknowable, Unknown
from auditor.readers import pem, x509
from auditor.trees.base import Entry
from auditor.trees.memory import MemoryFile, MemoryTree
from tests import certificates as made

CERTS = "/etc/mail/certs"
VALUES = {
    "ServerCertFile": f"{CERTS}/cert.pem",
    "ServerKeyFile": f"{CERTS}/key.pem",
    "CACertFile": f"{CERTS}/ca.pem",
    "CACertPath": CERTS,
}
FILES = {f"{CERTS}/cert.pem": made.certificate(), f"{CERTS}/key.pem": made.key(), f"{CERTS}/ca.pem": made.authority()}
DAEMON = Configuration("sendmail.cf", Install("host"))
SERVER = Credential("server certificate", DAEMON)


class Stated:
    """Options with given values, and names of which nothing can be known."""

    def __init__(self, values: dict[str, str], doubts: dict[str, str]) -> None:
        self.values = {name.lower(): value for name, value in values.items()}
        self.doubts = doubts

    def get(self, name: str) -> Any:
        """The value and the place of one option."""
        if name.lower() in self.doubts:
            raise Unknowable(self.doubts[name.lower()])
        value = self.values.get(name.lower())
        if value is None:
            return None
        return SimpleNamespace(value=value, span=Source("/etc/mail/sendmail.cf", f"O {name}={value}\n".encode()).span())


def resolver(
    values: dict[str, str] = VALUES,
    files: dict[str, bytes | MemoryFile] = FILES,  # type: ignore[assignment]
    *,
    complete: bool = True,
    doubts: dict[str, str] | None = None,
) -> Facts:
    """The facts of an install with these options and files."""
    held = {path: data if isinstance(data, MemoryFile) else MemoryFile(data) for path, data in files.items()}
    found = Facts(DAEMON.parent, {Tree: MemoryTree(held, complete=complete)})  # type: ignore[arg-type]
    found._values[Options, DAEMON] = Stated(values, doubts or {})
    return found


def fact(kind: type, subject: Any = DAEMON, **changes: Any) -> Any:
    """One fact of the usual install with changes: `values` and `files` are laid over the usual ones."""
    values = VALUES | changes.pop("values", {})
    files = FILES | changes.pop("files", {})
    return resolver({k: v for k, v in values.items() if v is not None}, files, **changes).get(kind, subject)


def test_files_are_looked_up() -> None:
    """Every configured name comes with its place and with what is there."""
    found = fact(tls_facts.TLSFiles, values={"CRLFile": f"{CERTS}/gone.crl", "DHParameters": "2048"})
    assert [file.option for file in found] == [*VALUES, "CRLFile"]
    (certificate,) = found.of("ServerCertFile")
    assert isinstance(certificate.entry, Entry)
    assert certificate.span.text == certificate.path
    assert found.of("CRLFile")[0].entry == Missing(f"{CERTS}/gone.crl")
    assert found.of("DHParameters") == ()
    assert found.what_keeps_server_off == ()


def test_relative_name_keeps_the_server_off() -> None:
    """A name that is not absolute is never looked up, and keeps STARTTLS off."""
    found = fact(tls_facts.TLSFiles, values={"CACertFile": "certs/ca.pem"})
    assert isinstance(found.of("CACertFile")[0].entry, Unknown)
    assert found.what_keeps_server_off == ("CACertFile",)


def test_doubt_is_kept_to_its_option() -> None:
    """An option that may be set out of sight raises when asked for, and leaves the others known."""
    found = fact(tls_facts.TLSFiles, values={"CACertPath": None}, doubts={"cacertpath": "set elsewhere"})
    assert found.value("CACertFile") == f"{CERTS}/ca.pem"
    with pytest.raises(Unknowable, match="set elsewhere"):
        found.of("CACertPath")
    with pytest.raises(Unknowable):
        _ = found.what_keeps_server_off


def test_credentials_are_listed() -> None:
    """Each pair of which one half is named is a credential, the second with a number."""
    second = {"ServerCertFile": f"{CERTS}/cert.pem,{CERTS}/ec.pem", "ServerKeyFile": f"{CERTS}/key.pem,{CERTS}/ec.key"}
    found = fact(tls_facts.Credentials, values={**second, "ClientKeyFile": "/k"})
    assert [each.name for each in found.subjects] == [
        "server certificate",
        "server certificate 2",
        "client certificate",
    ]
    bare = {"ServerCertFile": None, "ServerKeyFile": None}
    assert isinstance(fact(tls_facts.Credentials, values=bare), NotApplicable)
    assert isinstance(fact(tls_facts.Credentials, values=bare, doubts={"servercertfile": "?"}), Unknown)


def test_second_pair() -> None:
    """The facts of a second pair are those of the names after the comma."""
    values = {"ServerCertFile": f"{CERTS}/cert.pem,{CERTS}/ec.pem", "ServerKeyFile": f"{CERTS}/key.pem,{CERTS}/ec.key"}
    files = {f"{CERTS}/ec.pem": made.certificate(kind="ec"), f"{CERTS}/ec.key": made.key(kind="ec")}
    subject = Credential("server certificate 2", DAEMON)
    leaf = fact(facts.Leaf, subject, values=values, files=files)
    key = fact(facts.PrivateKey, subject, values=values, files=files)
    assert (leaf.certificate.key_type, leaf.certificate.bits) == ("EC", 256)
    assert key.matches(leaf.certificate) is True


def test_leaf_is_the_first_certificate() -> None:
    """Only the first certificate of the file counts; the rest are told, and so is the place."""
    bundle = b"some text\n" + made.key() + made.certificate() + made.authority()
    leaf = fact(facts.Leaf, SERVER, files={f"{CERTS}/cert.pem": bundle})
    certificate = leaf.certificate
    assert certificate.subject == "CN=mail.example.org"
    assert certificate.names == ("mail.example.org",)
    assert (certificate.key_type, certificate.bits, certificate.signature_hash) == ("RSA", 2048, "sha256")
    assert certificate.not_after == made.NOW + timedelta(90)
    assert certificate.uses == ("serverAuth", "clientAuth")
    assert (certificate.serial, certificate.is_authority, leaf.is_self_signed) == (4711, False, False)
    assert leaf.span.line == bundle[: bundle.index(b"-----BEGIN CERT")].count(b"\n") + 1
    assert [other.is_authority for other in leaf.others] == [True]
    secret = made.key().splitlines()[5].decode()
    assert secret not in leaf.span.source.text


def test_self_signed() -> None:
    """A certificate that signs itself says so, one that only carries its own name as issuer does not."""
    assert fact(facts.Leaf, SERVER, files={f"{CERTS}/cert.pem": made.certificate(issuer=None)}).is_self_signed
    other = made.certificate(issuer="mail.example.org")
    assert not fact(facts.Leaf, SERVER, files={f"{CERTS}/cert.pem": other}).is_self_signed


@pytest.mark.parametrize("broken", [made.certificate(der=True), b"<html>", b"", made.key(), made.certificate()[:300]])
def test_leaf_without_certificate_is_unknown(broken: bytes) -> None:
    """A file that OpenSSL cannot use gives no leaf, and the problem is told by a fact of its own."""
    files = {f"{CERTS}/cert.pem": broken}
    leaf = fact(facts.Leaf, SERVER, files=files)
    assert isinstance(leaf, Unknown)
    assert f"{CERTS}/cert.pem cannot be used as a certificate: " in leaf.reason
    (problem,) = fact(facts.LoadProblems, files=files).problems
    assert (problem.file.option, problem.certain) == ("ServerCertFile", True)


def test_usual_install_has_no_load_problem() -> None:
    """Good files raise no problem."""
    assert fact(facts.LoadProblems).problems == ()


@pytest.mark.parametrize("complete", [True, False])
def test_absent_files_are_unknown(complete: bool) -> None:  # noqa: FBT001
    """Without the files nothing is known of what is in them, whether they are missing or not in the checkout."""
    found = resolver(files={"/etc/mail/sendmail.mc": b""}, complete=complete)
    for kind in (facts.Leaf, facts.PrivateKey):
        value = found.get(kind, SERVER)
        assert isinstance(value, Unknown)
        assert CERTS in value.reason
    assert found.get(facts.LoadProblems, DAEMON).problems == ()


def test_key_match() -> None:
    """A key matches the certificate of its own pair and no other; a key that cannot be read gives no verdict."""
    leaf = fact(facts.Leaf, SERVER).certificate
    assert fact(facts.PrivateKey, SERVER).matches(leaf) is True
    assert fact(facts.PrivateKey, SERVER, files={f"{CERTS}/key.pem": made.key(owner="other")}).matches(leaf) is False
    locked = fact(facts.PrivateKey, SERVER, files={f"{CERTS}/key.pem": made.key(passphrase="x")})
    assert locked.encrypted
    assert locked.matches(leaf) is None


def test_no_fact_keeps_a_key() -> None:
    """Whatever a fact about a key or a file with a key holds, its private part is not in it."""
    files = {f"{CERTS}/cert.pem": made.key() + made.certificate(), f"{CERTS}/ca.pem": made.authority() + made.key()}
    secrets = made.key().decode().splitlines()[10:-2]
    found = resolver(files=FILES | files)  # type: ignore[arg-type]
    key = found.get(facts.PrivateKey, SERVER)
    authorities = found.get(facts.Authorities, DAEMON)
    leaf = found.get(facts.Leaf, SERVER)
    for source in (key.span.source, authorities.from_file[0].span.source, leaf.span.source):
        assert not any(secret in source.text for secret in secrets)
    assert not any(secret in repr(key) + repr(leaf) + repr(authorities) for secret in secrets)


def test_issuer_is_found() -> None:
    """The issuer of a leaf is found by its signature, the chain up to the root with it."""
    middle = made.authority("Middle", issuer=made.AUTHORITY)
    files = {f"{CERTS}/cert.pem": made.certificate(issuer="Middle"), f"{CERTS}/ca.pem": middle + made.authority()}
    leaf = fact(facts.Leaf, SERVER, files=files).certificate
    authorities = fact(facts.Authorities, files=files)
    assert authorities.issuer_of(leaf).certificate.subject == "CN=Middle"
    chain, complete = authorities.chain(leaf)
    assert [each.certificate.subject for each in chain] == ["CN=Middle", f"CN={made.AUTHORITY}"]
    assert complete is True
    without = fact(facts.Authorities, files={**files, f"{CERTS}/ca.pem": made.authority()})
    assert without.issuer_of(leaf) is None
    assert without.chain(leaf) == ((), False)


def test_issuer_out_of_sight_is_unknown() -> None:
    """Where a part of the authorities is not in the tree, an issuer that is not found is unknown."""
    leaf = fact(facts.Leaf, SERVER).certificate
    files = {f"{CERTS}/cert.pem": made.certificate()}
    authorities = resolver(files=files, complete=False).get(facts.Authorities, DAEMON)  # type: ignore[arg-type]
    assert isinstance(authorities.issuer_of(leaf), Unknown)


def test_hash_links() -> None:
    """Links in CACertPath lead to authorities; wrong digits and certificates without a link are told."""
    root = x509.certificate(made.authority(der=True))
    assert isinstance(root, x509.Certificate)
    files = {
        f"{CERTS}/{x509.subject_hash(root)}.0": MemoryFile(target="root.pem"),
        f"{CERTS}/root.pem": made.authority(),
        f"{CERTS}/00000000.0": MemoryFile(target="other.pem"),
        f"{CERTS}/other.pem": made.authority("Other"),
        f"{CERTS}/ca.pem": made.authority("Third"),
    }
    found = fact(facts.Authorities, files=files)
    assert {each.certificate.subject for each in found.from_path} == {f"CN={made.AUTHORITY}", "CN=Other"}
    assert found.wrong_links == ("00000000.0",)
    assert set(found.unlinked) == {"ca.pem", "cert.pem", "key.pem"}
    assert found.issuer_of(fact(facts.Leaf, SERVER).certificate).certificate == root
    assert len(found.all) == 3


def crl_fact(data: bytes | None) -> Any:
    """The fact about a CRLFile with this content, or without the file."""
    path = f"{CERTS}/revoke.crl"
    return fact(Revocations, values={"CRLFile": path}, files={path: data} if data is not None else {})


def test_revocation_list() -> None:
    """A list in PEM is read with its issuer, its next update and what it revokes."""
    found = crl_fact(made.crl(revoked=[4711, 1]) + made.crl(issuer="Other"))
    assert found.problem is None
    assert found.list.serials == {4711, 1}
    assert found.list.next_update == made.NOW + timedelta(30)
    assert found.further == 1
    assert found.signer(fact(facts.Authorities)).certificate.subject == f"CN={made.AUTHORITY}"
    assert crl_fact(made.crl(issuer="Other")).signer(fact(facts.Authorities)) is None
    assert crl_fact(made.crl(expired=True)).list.next_update < made.NOW


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (made.crl(der=True), pem.REVOCATION_LIST),
        (b"<html>Not found</html>", pem.HTML),
        (b"", pem.EMPTY),
        (made.certificate(), "no X509 CRL block but CERTIFICATE"),
        (made.crl()[:200], "cut short"),
        (None, "missing"),
    ],
)
def test_unusable_revocation_list(data: bytes | None, reason: str) -> None:
    """What is no list in PEM is a problem with its reason, and no list is used."""
    found = crl_fact(data)
    assert found.list is None
    assert reason in found.problem.reason
    assert found.problem.certain


def test_revocation_list_out_of_sight() -> None:
    """In a checkout a list that is not there is unknown, and without the option there is nothing to judge."""
    values = VALUES | {"CRLFile": f"{CERTS}/revoke.crl"}
    assert isinstance(resolver(values, complete=False).get(Revocations, DAEMON), Unknown)
    assert isinstance(fact(Revocations), NotApplicable)


@pytest.mark.parametrize(
    ("value", "data", "expected"),
    [
        (None, None, ("unset", 2048, None)),
        ("1", None, ("number", 1024, None)),
        ("none", None, ("none", None, None)),
        ("/etc/mail/dh.pem", made.dh(1024), ("file", 1024, None)),
        ("/etc/mail/dh.pem", made.dh(2048), ("file", 2048, None)),
        ("/etc/mail/dh.pem", b"", ("file", None, "it holds nothing")),
        ("/etc/mail/dh.pem", made.key(), ("file", None, "it holds no DH PARAMETERS block but PRIVATE KEY")),
    ],
)
def test_dh_parameters(value: str | None, data: bytes | None, expected: tuple[object, ...]) -> None:
    """The group is that of the first character, or of the file."""
    files = {value: data} if value and data is not None else {}
    found = fact(tls_facts.DHParameters, values={"DHParameters": value}, files=files)
    assert (found.kind, found.bits, found.problem) == expected


def test_missing_dh_file_is_unknown() -> None:
    """The reason names the missing path."""
    found = fact(tls_facts.DHParameters, values={"DHParameters": "/etc/mail/dh.pem"})
    assert found == Unknown("/etc/mail/dh.pem is missing")


def test_hostile_directory() -> None:
    """A CACertPath full of garbage, of links in a circle and of directories is read without a crash."""
    files = {
        f"{CERTS}/11111111.0": b"\xff" * 100,
        f"{CERTS}/22222222.0": MemoryFile(target="22222222.0"),
        f"{CERTS}/33333333.0/x": b"",
        f"{CERTS}/44444444.0": b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    }
    found = fact(facts.Authorities, files=files)
    assert found.from_path == ()
    assert posixpath.basename(found.from_file[0].path) == "ca.pem"
