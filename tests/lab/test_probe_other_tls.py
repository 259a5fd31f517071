"""On servers whose TLS is not OpenSSL's, SSLv3 among what they speak, the probe finds what sslscan finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from auditor.probe.tls.offer import offer
from auditor.probe.visit import Visit
from tests.lab.probing import scanned
from tests.probe.other_tls import OtherTLS
from tests.probe.servers import NAME, SMTPServer

pytestmark = pytest.mark.lab

_OLD: dict[str, Any] = {
    "cipherNames": ["aes128", "3des", "rc4"],
    "macNames": ["sha", "md5"],
    "keyExchangeNames": ["rsa"],
}
_AES: dict[str, Any] = {"cipherNames": ["aes128gcm", "aes128"], "dhGroups": []}
SERVERS = {
    "SSLv3 alone": OtherTLS("SSLv3", "SSLv3", **_OLD),
    "SSLv3 to TLS 1.0": OtherTLS("SSLv3", "TLSv1", **_OLD),
    "SSLv3 to TLS 1.3": OtherTLS("SSLv3", "TLSv1.3", keyExchangeNames=["rsa", "ecdhe_rsa"], **_AES),
    "TLS 1.0 alone": OtherTLS("TLSv1", "TLSv1", keyExchangeNames=["rsa", "dhe_rsa"], **_AES),
    "TLS 1.3 alone": OtherTLS("TLSv1.3", "TLSv1.3", eccCurves=["secp384r1"], **_AES),
    "ECDSA": OtherTLS("TLSv1.2", "TLSv1.2", ("ec",), keyExchangeNames=["ecdhe_ecdsa"], **_AES),
}


@pytest.mark.parametrize("implicit", [True, False], ids=["implicit", "STARTTLS"])
@pytest.mark.parametrize("case", SERVERS)
def test_versions_and_suites_agree_with_sslscan(case: str, implicit: bool, program: Callable[[str], str]) -> None:  # noqa: FBT001
    """The protocols are the same, and the suites of each that it can ask for."""
    with SMTPServer(tls=SERVERS[case], implicit=implicit) as server:
        found = offer(Visit(server.settings(timeout=20.0)).stream, NAME, "full", lambda _: None)
        # Of itself it would name an address, which is no name that this server takes.
        ways = (f"--sni-name={NAME}", *(() if implicit else ("--starttls-smtp",)))
        expected = scanned(program("sslscan"), server.port, *ways)
    said = {each.name: {s.number for s in (*each.suites, *each.inferred)} for each in found.versions if each.is_offered}
    assert set(said) == set(expected)
    # It sees SSLv3 with a hello of its own, but the OpenSSL it asks for suites has forgotten that protocol's.
    assert {**said, "SSLv3": set()} == {**expected, "SSLv3": set()}
