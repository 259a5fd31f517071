"""What the probe says of real servers is how they were started, and what sslscan says of them."""

from __future__ import annotations

import contextlib
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from auditor.model.unknown import Inconclusive, NotApplicable
from auditor.probe.tls.offer import CONNECTIONS, Depth, offer
from auditor.probe.tls.offered import TLSOffer
from auditor.readers.cipher_suites import suites
from tests import certificates as made
from tests.lab.conftest import run
from tests.lab.probing import scanned
from tests.probe.tls.servers import SocketStream

pytestmark = pytest.mark.lab
_OLD = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"
Start = Callable[..., contextlib.AbstractContextManager[int]]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with keys, certificates and an authority."""
    folder = tmp_path_factory.mktemp("tls")
    for kind in ("rsa", "ec"):
        (folder / f"{kind}.crt").write_bytes(made.certificate(kind=kind) + made.authority())
        (folder / f"{kind}.key").write_bytes(made.key(kind=kind))
    (folder / "authority.crt").write_bytes(made.authority())
    return folder


@pytest.fixture
def start(program: Callable[[str], str], files: Path) -> Start:
    """Starts ``openssl s_server`` with its arguments, and gives its port."""

    @contextmanager
    def started(*arguments: str) -> Iterator[int]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        command = [program("openssl"), "s_server", "-quiet", "-accept", f"127.0.0.1:{port}", *arguments]
        server = subprocess.Popen(
            command, cwd=files, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            _await(port)
            yield port
        finally:
            server.kill()
            server.wait()

    return started


def _await(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the server does not start")


def probed(port: int, depth: Depth = "default", connections: int | None = None) -> TLSOffer:
    """What the probe says of a port."""
    return offer(
        lambda: SocketStream(socket.create_connection(("127.0.0.1", port), 5)),
        "mail.example.org",
        depth,
        lambda _: None,
        connections=connections,
    )


def said(found: TLSOffer) -> dict[str, set[int]]:
    """The same as the probe has it."""
    return {v.name: {s.number for s in (*v.suites, *v.inferred)} for v in found.versions if v.is_offered}


RSA = ("-cert", "rsa.crt", "-cert_chain", "authority.crt", "-key", "rsa.key")
BOTH = (*RSA, "-dcert", "ec.crt", "-dkey", "ec.key")
SERVERS = {
    "as it comes": RSA,
    "ECDSA": ("-cert", "ec.crt", "-key", "ec.key"),
    "both kinds of keys": (*BOTH, "-cipher", "HIGH:!ARIA:!CAMELLIA"),
    "its own order": (*RSA, "-serverpref", "-cipher", "AES128-SHA:ECDHE+AESGCM:AES256-SHA", "-no_tls1_3"),
    "old protocols": (*RSA, "-cipher", "AES:SEED:@SECLEVEL=0", "-no_tls1_2", "-no_tls1_3"),
    "TLS 1.0 and 1.2": (*RSA, "-cipher", "kRSA+AES:@SECLEVEL=0", "-no_tls1_1"),
    "TLS 1.1 alone": (*RSA, "-cipher", "ALL:@SECLEVEL=0", "-tls1_1"),
    "TLS 1.3 alone": (*RSA, "-tls1_3"),
    "no certificate": ("-nocert", "-cipher", "aNULL:@SECLEVEL=0"),
    "no encryption": (*RSA, "-cipher", "eNULL:@SECLEVEL=0", "-no_tls1_3"),
}


@pytest.mark.parametrize("arguments", SERVERS.values(), ids=SERVERS)
def test_versions_and_suites_agree_with_sslscan(
    arguments: tuple[str, ...], start: Start, program: Callable[[str], str]
) -> None:
    """Full depth finds the protocols and the suites of each that sslscan finds, in no more connections than allowed."""
    with start(*arguments) as port:
        found = probed(port, "full")
        expected = scanned(program("sslscan"), port)
    assert said(found) == expected
    assert found.connections <= CONNECTIONS["full"]
    assert not any(version.unfinished for version in found.versions)


def test_everything_at_once_agrees_with_sslscan(start: Start, program: Callable[[str], str]) -> None:
    """With connections enough, a server with every suite agrees as well; with the usual number, nothing is made up."""
    with start(*BOTH, "-cipher", _OLD) as port:
        whole, part = probed(port, "full", 300), probed(port, "full")
        expected = scanned(program("sslscan"), port)
    assert said(whole) == expected
    assert part.connections == CONNECTIONS["full"]
    assert part.version("TLSv1.2").unfinished
    assert all(numbers <= said(whole)[name] for name, numbers in said(part).items())
    assert [weak.accepted for weak in part.weak] == [weak.accepted for weak in whole.weak]


@pytest.mark.parametrize("arguments", SERVERS.values(), ids=SERVERS)
def test_depths_agree(arguments: tuple[str, ...], start: Start) -> None:
    """The default depth says the same as full depth, of what both say, in fifteen connections."""
    with start(*arguments) as port:
        quick, full = probed(port), probed(port, "full")
    assert quick.connections <= CONNECTIONS["default"]
    assert [version.state for version in quick.versions] == [version.state for version in full.versions]
    assert [version.preferred for version in quick.versions] == [version.preferred for version in full.versions]
    assert [weak.accepted for weak in quick.weak] == [weak.accepted for weak in full.weak]
    for name in ("client_certificate", "compression", "fallback_scsv", "server_preference", "secure_renegotiation"):
        assert getattr(quick, name) == getattr(full, name)


@pytest.mark.parametrize("arguments", [(), ("-no_tls1_3",), ("-tls1_3",)], ids=["both", "TLS 1.2", "TLS 1.3"])
@pytest.mark.parametrize("wanted", [False, True])
def test_chain_and_request(wanted: bool, arguments: tuple[str, ...], start: Start, files: Path) -> None:  # noqa: FBT001
    """The chain is the one on disk, and a client certificate is asked for where the server was told to."""
    verify = ("-Verify", "1", "-CAfile", "authority.crt") if wanted else ()
    with start(*RSA, *verify, *arguments) as port:
        found = probed(port)
    leaf = made.certificate(der=True)
    assert [chain.certificates for chain in found.chains] == [(leaf, made.authority(der=True))]
    assert found.client_certificate is wanted
    assert (b"Example Authority" in b"".join(found.authorities)) == wanted


def test_both_chains(start: Start) -> None:
    """Of a server with two kinds of keys both certificates are seen."""
    with start(*BOTH) as port:
        found = probed(port)
    leaves = {chain.certificates[0] for chain in found.chains}
    assert leaves == {made.certificate(der=True), made.certificate(kind="ec", der=True)}


def test_its_own_order_is_seen(start: Start) -> None:
    """A server with an order of its own is told from one that follows the client's."""
    with start(*RSA, "-serverpref", "-cipher", "AES128-SHA:AES256-SHA", "-no_tls1_3") as port:
        found = probed(port)
    assert found.server_preference is True
    assert found.version("TLSv1.2").preferred == suites()[0x002F]
    with start(*RSA, "-cipher", "AES128-SHA:AES256-SHA", "-no_tls1_3") as port:
        assert probed(port).server_preference is False
    with start(*RSA, "-cipher", "AES128-SHA", "-no_tls1_3") as port:
        assert isinstance(probed(port).server_preference, NotApplicable)


def test_size_of_the_finite_field(start: Start, files: Path, program: Callable[[str], str]) -> None:
    """The size of the prime is that of the file with the parameters."""
    made_of = ("-algorithm", "DH", "-pkeyopt", "group:ffdhe4096", "-out", "dh.pem")
    run(program("openssl"), "genpkey", "-genparam", *made_of, cwd=files)
    with start(*RSA, "-dhparam", "dh.pem") as port:
        found = probed(port)
    assert ("DHE", 4096) in {(seen.exchange.kind, seen.exchange.bits) for seen in found.exchanges}


@pytest.mark.parametrize("group", ["P-384", "P-521", "X448", "ffdhe2048"])
def test_a_server_that_wants_another_group(group: str, start: Start) -> None:
    """A retry is followed to the certificate where a share can be made, and tells the group where none can."""
    with start(*RSA, "-groups", group, "-tls1_3") as port:
        found = probed(port)
    assert found.version("TLSv1.3").is_offered
    exchange = found.version("TLSv1.3").exchange
    assert exchange is not None
    assert exchange.group == {"P-384": "secp384r1", "P-521": "secp521r1"}.get(group, group.lower())
    assert bool(found.chains) == (group != "ffdhe2048")


@pytest.mark.parametrize(
    "suite",
    ["TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_CCM_8_SHA256", "TLS_AES_128_CCM_SHA256"],
)
def test_every_suite_of_tls13_is_opened(suite: str, start: Start) -> None:
    """The certificate is read whatever encrypts it."""
    with start(*RSA, "-ciphersuites", suite, "-tls1_3") as port:
        found = probed(port, "full")
    assert [s.name for s in found.version("TLSv1.3").suites] == [suite]
    assert found.chains


def test_groups_agree_with_how_it_was_started(start: Start) -> None:
    """The groups are those that the server was given, those that it prefers first."""
    with start(*RSA, "-groups", "P-384:X25519:P-256", "-serverpref") as port:
        assert probed(port, "full").groups == ("secp384r1", "x25519", "secp256r1")
    with start(*RSA, "-groups", "P-384:P-256", "-no_tls1_3") as port:
        assert probed(port, "full").groups == ("secp256r1", "secp384r1")


def test_shared_keys_are_a_weak_class(start: Start) -> None:
    """A server with a shared key accepts that class, and no other."""
    with start(*RSA, "-psk", "1a2b3c", "-cipher", "ALL:!aNULL:!CAMELLIA") as port:
        weak = {offer.name: offer.accepted for offer in probed(port).weak}
    assert weak.pop("PSK") is True
    assert not any(weak.values())


def test_no_tls_at_all(program: Callable[[str], str]) -> None:
    """Of a server that speaks something else nothing is said."""
    del program
    listener = socket.create_server(("127.0.0.1", 0))
    with listener, contextlib.suppress(OSError):
        listener.settimeout(5)
        port = int(listener.getsockname()[1])

        def opened() -> SocketStream:
            ours = socket.create_connection(("127.0.0.1", port), 5)
            theirs, _ = listener.accept()
            with theirs:
                theirs.sendall(b"220 mail.example.org ESMTP\r\n")
            return SocketStream(ours)

        found = offer(opened, "mail", "full", lambda _: None)
        assert all(isinstance(version.state, Inconclusive) for version in found.versions)


def test_names_agree_with_openssl(program: Callable[[str], str]) -> None:
    """Number, both names, key exchange, authentication, strength and oldest protocol are those OpenSSL prints."""
    exchanges = {"ECDH": "ECDHE", "DH": "DHE"}
    text = run(program("openssl"), "ciphers", "-V", "-stdname", _OLD)
    lines = [line.split() for line in text.splitlines() if "0x" in line]
    assert len(lines) > 100
    for code, _, iana, _, name, protocol, exchange, authentication, encryption, mac in lines:
        suite = suites()[int(code.replace(",0x", ""), 16)]
        assert (suite.iana, suite.name, suite.protocol) == (iana, name, protocol)
        assert suite.exchange == exchanges.get(exchange[3:], exchange[3:])
        assert suite.authentication == authentication[3:].replace("None", "NULL")
        assert f"({suite.bits})" in encryption or (suite.bits == 0 and encryption == "Enc=None")
        assert suite.mac == mac[4:].replace("SHA1", "SHA")


def test_the_standard_library_sees_the_same_certificate(start: Start) -> None:
    """The certificate that the probe reads is the one that the library's own handshake gets."""
    with start(*RSA) as port:
        found = probed(port)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with socket.create_connection(("127.0.0.1", port), 5) as raw, context.wrap_socket(raw) as wrapped:
            assert wrapped.getpeercert(binary_form=True) == found.chains[0].certificates[0]
            assert wrapped.cipher()
    assert shutil.which("openssl")
