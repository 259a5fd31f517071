"""What testssl.sh says of protocols, preference and certificate is what the probe says: of sendmail and of OpenSSL.

It takes its time over each section, so that it is asked for few, and of two servers.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.probe.tls.offered import TLSOffer
from tests.lab.conftest import run
from tests.lab.daemon import Recipe, daemon
from tests.lab.probing import HOSTS, fully, probed, talk

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(os.geteuid() != 0, reason="a daemon of its own needs root"),
]

_NAMES = {
    "SSLv2": "SSLv2",
    "SSLv3": "SSLv3",
    "TLS1": "TLSv1",
    "TLS1_1": "TLSv1.1",
    "TLS1_2": "TLSv1.2",
    "TLS1_3": "TLSv1.3",
}


@pytest.fixture
def testssl(program: Callable[[str], str], tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Runs it with sections to look at, and gives what it found by its names for it."""
    path = program("testssl")

    def found(port: int, *sections: str) -> dict[str, str]:
        file = tmp_path / "found.json"
        quiet = ("--quiet", "--color", "0", "--warnings", "off", "--ip", "127.0.0.1", "--nodns", "min")
        run(path, *sections, *quiet, "-t", "smtp", "--jsonfile", file, f"127.0.0.1:{port}", limit=120)
        return {each["id"]: each["finding"] for each in json.loads(file.read_text())}

    return found


def agrees(found: TLSOffer, said: dict[str, str]) -> None:
    """Each protocol is offered to both or to neither."""
    for theirs, ours in _NAMES.items():
        assert said[theirs].startswith("offered") is found.version(ours).is_offered, theirs


def test_protocols_preference_and_certificate(trusted: Path, testssl: Callable[..., dict[str, str]]) -> None:
    """Of a sendmail with old protocols and an order of its own, all three are the same."""
    lines = (
        "O CipherList=AES256-SHA:ECDHE-RSA-AES128-SHA:@SECLEVEL=0",
        "O ServerSSLOptions=+SSL_OP_NO_TLSv1_3 +SSL_OP_CIPHER_SERVER_PREFERENCE",
    )
    with daemon(trusted, Recipe(hosts=HOSTS, cf_lines=lines)) as mail:
        found, met = fully(mail), probed(mail)
        said = testssl(mail.plain, "-p", "-P", "-S")
    agrees(found, said)
    assert (said["cipher_order"] == "server") is (found.server_preference is True)
    for theirs, ours in (("TLSv1", "TLSv1"), ("TLSv1_1", "TLSv1.1"), ("TLSv1_2", "TLSv1.2")):
        version = found.version(ours)
        names = [each.name for each in (*version.suites, *version.inferred)]
        assert said[f"cipherorder_{theirs}"].split() == names
    tls = talk(met).tls
    assert tls is not None
    assert said["cert_fingerprintSHA256"].lower() == hashlib.sha256(tls.chain[0]).hexdigest()


def test_protocols_as_they_come(trusted: Path, testssl: Callable[..., dict[str, str]]) -> None:
    """Of a sendmail with TLS 1.3 and nothing old, the protocols are the same."""
    with daemon(trusted, Recipe(hosts=HOSTS)) as mail:
        agrees(fully(mail), testssl(mail.plain, "-p"))
