"""What the probe says of the real sendmail is what sslscan, OpenSSL's client and swaks say of it at the same moment."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from auditor.probe.observed import Logins
from auditor.probe.relay import Relaying
from auditor.probe.tls.offer import CONNECTIONS
from tests import certificates as made
from tests.lab.conftest import run
from tests.lab.daemon import AGE, NAME, Daemon, Recipe, daemon
from tests.lab.probing import (
    EHLO,
    HOSTS,
    RELAY_FROM,
    RELAY_TO,
    STRANGER,
    WORD,
    as_alice,
    fully,
    mechanisms,
    offered,
    probed,
    scanned,
    talk,
)

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(os.geteuid() != 0, reason="a daemon of its own needs root"),
]

Program = Callable[[str], str]
SERVERS = {
    "as it comes": Recipe(hosts=HOSTS),
    "ECDSA": Recipe(
        hosts=HOSTS,
        certificate=made.certificate(owner="lab", kind="ec", names=(NAME,), cn=NAME, since=AGE - 30, days=AGE + 90),
        key=made.key(owner="lab", kind="ec"),
    ),
    "client certificates": Recipe(hosts=HOSTS, tls_options=None),
    "without TLS 1.2": Recipe(hosts=HOSTS, cf_lines=("O ServerSSLOptions=+SSL_OP_NO_TLSv1_2",)),
    "without TLS 1.3": Recipe(hosts=HOSTS, cf_lines=("O ServerSSLOptions=+SSL_OP_NO_TLSv1_3",)),
    "old versions": Recipe(hosts=HOSTS, cf_lines=("O CipherList=AES+SHA1:@SECLEVEL=0",)),
    "neither key nor secret": Recipe(hosts=HOSTS, cf_lines=("O CipherList=kRSA+AES:ADH+AES:eNULL:@SECLEVEL=0",)),
}


@pytest.mark.parametrize("recipe", SERVERS.values(), ids=SERVERS)
def test_versions_and_suites_agree_with_sslscan(recipe: Recipe, trusted: Path, program: Program) -> None:
    """At full depth the probe finds the protocols and the suites of each that sslscan finds, by STARTTLS."""
    with daemon(trusted, recipe) as mail:
        found = fully(mail)
        expected = scanned(program("sslscan"), mail.plain, "--starttls-smtp")
    said = {each.name: {s.number for s in (*each.suites, *each.inferred)} for each in found.versions if each.is_offered}
    assert said == expected
    assert not any(each.unfinished for each in found.versions)
    assert found.connections <= CONNECTIONS["full"]


def test_every_suite_that_openssl_has_agrees_with_sslscan(trusted: Path, program: Program) -> None:
    """With every suite there is, what is found is a part of what sslscan finds, and is said to be a part."""
    with daemon(trusted, Recipe(hosts=HOSTS, cf_lines=("O CipherList=ALL:@SECLEVEL=0",))) as mail:
        found = fully(mail, "TLSMTA")
        expected = scanned(program("sslscan"), mail.smtps)
    assert {each.name for each in found.versions if each.is_offered} == set(expected)
    for each in found.versions:
        numbers = {suite.number for suite in (*each.suites, *each.inferred)}
        assert numbers <= expected.get(each.name, set())
        assert each.unfinished or numbers == expected.get(each.name, set())


@pytest.fixture(scope="module")
def mail(trusted: Path, program: Program) -> Iterator[Daemon]:
    """A daemon that takes logins in clear too, for a swaks without TLS."""
    program("saslauthd")
    with daemon(trusted, Recipe(hosts=HOSTS, saslauthd="shadow", auth_options="A")) as found:
        yield found


@pytest.mark.parametrize("listener", ["MTA", "TLSMTA", "MSA"])
def test_the_handshake_agrees_with_openssl(listener: str, mail: Daemon, program: Program) -> None:
    """OpenSSL's client gets the same version, suite and certificate, and finds it as trustworthy."""
    start = () if listener == "TLSMTA" else ("-starttls", "smtp", "-name", EHLO)
    trust = ("-CAfile", mail.authorities, "-verify_hostname", NAME)
    said = run(program("openssl"), "s_client", "-connect", f"127.0.0.1:{mail.ports[listener]}", *start, *trust)
    met = probed(mail, listener)
    tls = talk(met).tls
    assert tls is not None
    assert f"New, {tls.version}, Cipher is {tls.cipher}\n" in said
    assert tls.verified == ("Verify return code: 0 (ok)" in said)
    assert hashlib.sha256(tls.chain[0]).hexdigest() == fingerprint(program("openssl"), mail)
    assert [chain.certificates for chain in offered(met).chains] == [tls.chain]
    assert said.count("\n   i:CN = ") == len(tls.chain)


def fingerprint(openssl: str, mail: Daemon) -> str:
    """The SHA-256 of the certificate on disk, as OpenSSL prints it."""
    said = run(openssl, "x509", "-noout", "-fingerprint", "-sha256", "-in", mail.place / "tls" / "cert.pem")
    return said.partition("=")[2].strip().replace(":", "").lower()


@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
def test_the_suite_of_each_version_agrees_with_openssl(version: str, trusted: Path, program: Program) -> None:
    """With one suite of each kind to choose from, OpenSSL's client ends with the one that the probe found."""
    with daemon(trusted, Recipe(hosts=HOSTS, cf_lines=("O CipherList=AES128-SHA256",))) as mail:
        option = f"-{version.lower().replace('v', '').replace('.', '_')}"
        connect = ("-connect", f"127.0.0.1:{mail.plain}", "-starttls", "smtp", "-name", EHLO, option)
        said = run(program("openssl"), "s_client", *connect)
        found = fully(mail).version(version)
    [suite] = re.findall(rf"New, {version}, Cipher is (\S+)", said)
    assert suite in {each.name for each in found.suites}
    assert [each.name for each in found.suites] == ["AES128-SHA256"] or version == "TLSv1.3"


def swaks(program: Program, mail: Daemon, *ways: str) -> tuple[int, str]:
    """The last reply of 5xx or 2xx that matters to swaks, from the same address and with the same name as ours."""
    usual = ("--server", "127.0.0.1", "--port", str(mail.plain), "--local-interface", STRANGER, "--helo", EHLO)
    said = run(program("swaks"), *usual, *ways)
    replies = re.findall(r"^<(?:-|\*\*)\s+([2-5][0-9]{2}) (.*)$", said.split(" -> QUIT")[0], re.MULTILINE)
    assert replies, said
    return int(replies[-1][0]), replies[-1][1]


@pytest.mark.parametrize("is_open", [False, True])
def test_relaying_agrees_with_swaks(is_open: bool, trusted: Path, program: Program) -> None:  # noqa: FBT001
    """A recipient that swaks is granted is one that the probe finds open, and the same reply decides for both."""
    features = ("`promiscuous_relay'",) if is_open else ()
    with daemon(trusted, Recipe(hosts=HOSTS, features=features)) as mail:
        met = probed(mail)
        said = {sender: swaks(program, mail, "--from", sender, "--to", RELAY_TO, "--quit-after", "RCPT")
                for sender in (RELAY_FROM, "<>")}  # fmt: skip
    assert isinstance(met.relaying, Relaying)
    assert met.relaying.verdict == ("open" if is_open else "closed")
    found = {each.form.name: each for each in met.relaying.attempts}
    for name, sender in (("foreign sender", RELAY_FROM), ("null sender", "<>")):
        reply = found[name].reply
        assert reply is not None
        assert (reply.code, reply.text) == said[sender]
        assert found[name].verdict == ("open" if said[sender][0] == 250 else "closed")


@pytest.mark.parametrize("word", [WORD, "w-r-o-n-g"])
def test_logins_agree_with_swaks(word: str, mail: Daemon, program: Program) -> None:
    """What PLAIN and LOGIN are answered is what swaks is answered with the same password."""
    met = probed(mail, login=as_alice(word))
    assert isinstance(met.logins, Logins)
    assert len(met.logins.results) == 2
    for each in met.logins.results:
        asked = ("--auth", each.mechanism, "--auth-user", "alice", "--auth-password", word, "--quit-after", "AUTH")
        assert each.reply is not None
        assert (each.reply.code, each.reply.text) == swaks(program, mail, *asked)
        assert each.accepted is (word == WORD)


def test_what_is_advertised_agrees_with_swaks(mail: Daemon, program: Program) -> None:
    """EHLO is answered to swaks as to the probe, mechanisms and STARTTLS among the rest."""
    usual = ("--server", "127.0.0.1", "--port", str(mail.plain), "--local-interface", STRANGER, "--helo", EHLO)
    said = run(program("swaks"), *usual, "--quit-after", "EHLO")
    lines = re.findall(r"^<-\s+250[- ](.*)$", said, re.MULTILINE)[1:]
    clear = talk(probed(mail)).clear
    assert clear is not None
    assert ("STARTTLS" in lines) is ("STARTTLS" in clear)
    assert [set(line.split()[1:]) for line in lines if line.startswith("AUTH ")] == [mechanisms(clear)]
    assert all(line.split()[0] in clear for line in lines)
