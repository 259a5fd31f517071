"""The real sendmail offers STARTTLS where the facts say so, and complains of the values they call wrong."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Timer

import pytest

from auditor.engine.resolve import Facts
from auditor.facts import certificates as facts
from auditor.facts.given import Tree
from auditor.facts.options import Options
from auditor.facts.tls import TLSFiles
from auditor.model.unknown import Missing
from auditor.sendmail import tls
from auditor.trees.memory import MemoryFile, MemoryTree
from tests import certificates as made
from tests.facts.test_tls import DAEMON, SERVER, Stated

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(os.geteuid() != 0, reason="another host name of its own needs root"),
]

#: Seconds after which a sendmail that says nothing is stopped.
DEADLINE = 20
FILES: dict[str, bytes] = {
    "cert.pem": made.certificate(),
    "key.pem": made.key(),
    "ca.pem": made.authority(),
    "both.pem": made.key() + made.certificate(),
    "fullchain.pem": made.certificate() + made.authority(),
    "crlf.pem": made.certificate().replace(b"\n", b"\r\n"),
    "der.pem": made.certificate(der=True),
    "half.pem": made.certificate()[:300],
    "empty.pem": b"",
    "utf16.pem": made.certificate().decode().encode("utf-16"),
    "other.key": made.key(owner="other"),
    "pkcs1.key": made.key(form="PKCS1"),
    "ec.pem": made.certificate(kind="ec"),
    "ec.key": made.key(kind="ec"),
    "spoilt.pem": made.authority() + b"-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----\n",
    "list.pem": made.crl(),
    "list.der": made.crl(der=True),
    "list.html": b"<html></html>",
    "dh.pem": made.dh(1024),
}
USUAL = {"ServerCertFile": "cert.pem", "ServerKeyFile": "key.pem", "CACertFile": "ca.pem", "CACertPath": ""}
# A key under a passphrase is not among them: OpenSSL asks for it on standard input, which here is the SMTP client.
CASES: dict[str, dict[str, str | None]] = {
    "usual": {},
    "no certificate": {"ServerCertFile": None},
    "no key": {"ServerKeyFile": None},
    "no CA file": {"CACertFile": None},
    "no CA path": {"CACertPath": None},
    "missing CA path": {"CACertPath": "nowhere"},
    "missing certificate": {"ServerCertFile": "nowhere.pem"},
    "missing CA file": {"CACertFile": "nowhere.pem"},
    "key in the certificate file": {"ServerCertFile": "both.pem", "ServerKeyFile": "both.pem"},
    "further certificates": {"ServerCertFile": "fullchain.pem"},
    "CRLF": {"ServerCertFile": "crlf.pem"},
    "DER": {"ServerCertFile": "der.pem"},
    "half": {"ServerCertFile": "half.pem"},
    "UTF-16": {"ServerCertFile": "utf16.pem"},
    "other key": {"ServerKeyFile": "other.key"},
    "PKCS#1": {"ServerKeyFile": "pkcs1.key"},
    "EC": {"ServerCertFile": "ec.pem", "ServerKeyFile": "ec.key"},
    "spoilt CA file": {"CACertFile": "spoilt.pem"},
    "empty CA file": {"CACertFile": "empty.pem"},
    "key as CA file": {"CACertFile": "key.pem"},
    "list as CA file": {"CACertFile": "list.pem"},
    "list": {"CRLFile": "list.pem"},
    "list in DER": {"CRLFile": "list.der"},
    "list in HTML": {"CRLFile": "list.html"},
    "missing list": {"CRLFile": "nowhere.crl"},
    "DH file": {"DHParameters": "dh.pem"},
    "empty DH file": {"DHParameters": "empty.pem"},
    "missing DH file": {"DHParameters": "nowhere.pem"},
    "two pairs": {"ServerCertFile": "cert.pem,{}/ec.pem", "ServerKeyFile": "key.pem,{}/ec.key"},
    "second name relative": {"ServerCertFile": "cert.pem,ec.pem", "ServerKeyFile": "key.pem,{}/ec.key"},
    "second name after a blank": {"ServerCertFile": "cert.pem, {}/ec.pem", "ServerKeyFile": "key.pem,{}/ec.key"},
    "two keys for one": {"ServerKeyFile": "key.pem,{}/ec.key"},
}


def ask(program: str, where: Path, lines: Mapping[str, str]) -> str:
    """What sendmail says to EHLO on its standard input, host name and configuration made for it."""
    cf = where / "x.cf"
    basic = {"QueueDirectory": f"{where}/queue", "LogLevel": "0"}
    text = "".join(f"O {name}={value}\n" for name, value in {**basic, **lines}.items())
    cf.write_text(f"V10/Berkeley\nDjmx.example.org\n{text}Mlocal, P=/bin/cat, F=l, A=cat\n")
    hosts = where / "hosts"
    hosts.write_text("127.0.0.1 mx.example.org mx localhost\n")
    inner = f"mount --bind {hosts} /etc/hosts; hostname mx.example.org; exec {program} -bs -C {cf}"
    with subprocess.Popen(
        ["unshare", "-m", "-u", "sh", "-c", inner],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        alarm = Timer(DEADLINE, process.kill)
        alarm.start()
        try:
            return _dialogue(process)
        finally:
            alarm.cancel()
            process.kill()


def _dialogue(process: subprocess.Popen[str]) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    heard = ""
    for line in process.stdout:
        heard += line
        if line.startswith("220 "):
            process.stdin.write("EHLO client.example.org\r\n")
            process.stdin.flush()
        elif line[:3].isdigit() and line[3:4] == " ":
            break
    return heard


@pytest.fixture(scope="module")
def place(trusted: Path) -> Path:
    """A directory with the files and an empty queue."""
    (trusted / "queue").mkdir(mode=0o700)
    for name, data in FILES.items():
        (trusted / name).write_bytes(data)
        (trusted / name).chmod(0o600)
    return trusted


def expected(values: dict[str, str], place: Path) -> bool:
    """Whether STARTTLS is offered, by the facts."""
    tree = MemoryTree({f"{place}/{name}": MemoryFile(data) for name, data in FILES.items()})
    found = Facts(DAEMON.parent, {Tree: tree})  # type: ignore[arg-type]
    found._values[Options, DAEMON] = Stated(values, {})
    files = found.get(TLSFiles, DAEMON)
    needed = [file for option in (*tls.SIDES["server"], tls.AUTHORITY_FILE) for file in files.of(option)]
    if files.what_keeps_server_off or any(isinstance(file.entry, Missing) for file in needed):
        return False
    if any(problem.file.number == 1 for problem in found.get(facts.LoadProblems, DAEMON).problems):
        return False
    leaf, key = found.get(facts.Leaf, SERVER), found.get(facts.PrivateKey, SERVER)
    return bool(key.matches(leaf.certificate))


@pytest.mark.parametrize("case", CASES)
def test_starttls_is_offered_as_foretold(case: str, place: Path, program: Callable[[str], str]) -> None:
    """EHLO shows STARTTLS exactly where the facts say that the files can be loaded."""
    changed = {**USUAL, **CASES[case]}
    values = {
        name: f"{place}/{value.format(place)}".rstrip("/") for name, value in changed.items() if value is not None
    }
    heard = ask(program("sendmail"), place, values)
    assert "250 " in heard
    assert ("STARTTLS" in heard) == expected(values, place)


SSL_VALUES = [
    "+SSL_OP_NO_SSLv3 +SSL_OP_NO_TLSv1",
    "+SSL_OP_NO_SSLv3, -ssl_op_no_tlsv1,",
    "0x10 10x -16",
    "+",
    ",",
    "+ SSL_OP_NO_SSLv3",
    "+SSL_OP_NO_SSLv3,,+SSL_OP_NO_TLSv1",
    "+SSL_OP_NO_SSL3",
    "NO_SSLv3",
    "+SSL_OP_NO_SSLv3;+SSL_OP_NO_TLSv1",
    "+SSL_OP_NO_SSLv3+",
    "+SSL_OP_ENABLE_KTLS",
    " ".join(name.upper() for name in sorted(tls.SSL_OPTIONS)),
]


@pytest.mark.parametrize("value", SSL_VALUES)
@pytest.mark.parametrize("option", ["ServerSSLOptions", "ClientSSLOptions"])
def test_ssl_options_are_refused_as_foretold(
    option: str, value: str, place: Path, program: Callable[[str], str]
) -> None:
    """The real sendmail complains of exactly the items that are said to be wrong, and then does not start."""
    heard = ask(program("sendmail"), place, {option: value})
    for item in tls.ssl_options(value):
        complaint = f"option value {item.name} unrecognized"
        assert (complaint in heard) == (item.problem is not None)
    assert heard.startswith("220") == all(item.problem is None for item in tls.ssl_options(value))


@pytest.mark.parametrize("value", ["V", "V'", "VC", "V,,C", "v", "c Q", "'V", ""])
def test_letters_are_warned_of_as_foretold(value: str, place: Path, program: Callable[[str], str]) -> None:
    """The real sendmail warns of exactly the letters of TLSSrvOptions that are said to be unknown."""
    heard = ask(program("sendmail"), place, {"TLSSrvOptions": value})
    warned = [line.rpartition("parameter ")[2].strip()[1:-1] for line in heard.splitlines() if "TLSSrvOptions" in line]
    assert warned == [letter.letter for letter in tls.server_letters(value) if not letter.known]
