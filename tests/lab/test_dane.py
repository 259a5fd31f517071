"""What matches a TLSA record, held against OpenSSL, whose verdict is that of the mail servers that go by DANE."""

from __future__ import annotations

import hashlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import product
from pathlib import Path

import pytest

from auditor.probe.dane import MATCHED, UNDECIDED, TLSARecord, judge
from auditor.readers import pem
from tests import certificates as made
from tests.certificates import NOW
from tests.lab.conftest import run

pytestmark = pytest.mark.lab

HOST = "mail.example.org"
BETWEEN = "Between"
MIDDLE = made.authority(BETWEEN, issuer=made.AUTHORITY)
ROOT = made.authority()
STRANGER = made.authority("Stranger")
GOOD = made.certificate(issuer=BETWEEN)
OWN = made.certificate(issuer=None, names=("elsewhere.example.net",), days=-1)
#: Chains as a server sends them.
CHAINS = {
    "whole": (GOOD, MIDDLE, ROOT),
    "without the root": (GOOD, MIDDLE),
    "alone": (GOOD,),
    "with a stranger": (GOOD, STRANGER, MIDDLE),
    "signed by itself": (OWN,),
    "expired": (made.certificate(issuer=BETWEEN, days=-1), MIDDLE),
    "not valid yet": (made.certificate(issuer=BETWEEN, since=1), MIDDLE),
    "for another host": (made.certificate(issuer=BETWEEN, names=("other.example.org",)), MIDDLE),
    "for any host": (made.certificate(issuer=BETWEEN, names=("*.example.org",)), MIDDLE),
    "by common name": (made.certificate(issuer=BETWEEN, names=None), MIDDLE),
    "for clients": (made.certificate(issuer=BETWEEN, uses=("clientAuth",)), MIDDLE),
    "with an expired authority": (GOOD, made.authority(BETWEEN, issuer=made.AUTHORITY, until=-1), ROOT),
    "by somebody of the same name": (made.certificate(issuer="Stranger", cn=HOST), MIDDLE),
}


def der(certificate: bytes) -> bytes:
    """A certificate's bytes without the armour."""
    return ssl.PEM_cert_to_DER_cert(certificate.decode())


def record(usage: int, certificate: bytes, selector: int, matching: int) -> TLSARecord:
    """The record for a certificate."""
    whole = der(certificate)
    part = pem.public_key(whole) if selector else whole
    assert part is not None
    return TLSARecord(
        usage, selector, matching, hashlib.new(("", "sha256", "sha512")[matching], part).digest() if matching else part
    )


@contextmanager
def server(chain: tuple[bytes, ...], folder: Path) -> Iterator[int]:
    """A TLS server on loopback that sends a chain; its port."""
    (folder / "chain").write_bytes(b"".join(chain))
    (folder / "key").write_bytes(made.key())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "chain", folder / "key")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve, args=(listener, context), daemon=True).start()
        yield listener.getsockname()[1]


def _serve(listener: socket.socket, context: ssl.SSLContext) -> None:
    with suppress(OSError):
        while True:
            taken = listener.accept()[0]
            with suppress(OSError), context.wrap_socket(taken, server_side=True) as wrapped:
                wrapped.recv(1)


@pytest.mark.parametrize("name", CHAINS)
def test_records_match_where_openssl_matches(name: str, program: Callable[[str], str], tmp_path: Path) -> None:
    """Whatever a record is about, it matches a chain if and only if OpenSSL's client is content with both."""
    chain = CHAINS[name]
    forms = list(product((0, 1), (0, 1, 2)))
    records: list[tuple[TLSARecord, ...]] = [(record(3, chain[0], *form),) for form in forms]
    records += [
        (record(2, each, *form),) for each in (*chain, ROOT, MIDDLE, STRANGER) for form in ((0, 0), (1, 1), (0, 2))
    ]
    good, bad = record(3, chain[0], 1, 1), record(3, STRANGER, 1, 2)
    records += [(good, bad), (record(3, STRANGER, 1, 1), record(3, chain[0], 1, 2)), (good, record(3, STRANGER, 0, 2))]
    wrong = []
    with server(chain, tmp_path) as port:
        for these in dict.fromkeys(records):
            ours = judge(these, tuple(map(der, chain)), (HOST,), NOW).outcome
            assert ours != UNDECIDED
            theirs = _content(program("openssl"), port, these)
            if (ours == MATCHED) != theirs:
                wrong.append(f"{[str(each)[:12] for each in these]}: ours {ours}, OpenSSL's {theirs}")
    assert not wrong


def _content(openssl: str, port: int, records: tuple[TLSARecord, ...]) -> bool:
    options = [
        word
        for each in records
        for word in ("-dane_tlsa_rrdata", f"{each.usage} {each.selector} {each.matching} {each.data.hex()}")
    ]
    said = run(
        *(openssl, "s_client", "-connect", f"127.0.0.1:{port}", "-dane_tlsa_domain", HOST, "-brief"),
        *("-dane_ee_no_namechecks", "-attime", str(int(NOW.timestamp()))),
        *options,
    )
    assert "Verification" in said, said
    return "Verification: OK" in said and "TLSA" in said
