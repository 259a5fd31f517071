"""A policy is fetched from its one place, within bounds of time and size, from a server that proves its name."""

from __future__ import annotations

import ssl
import time

import pytest

from auditor.model.unknown import Unknown
from auditor.probe import https
from auditor.probe.around import around_domain
from auditor.probe.https import Page, fetch
from auditor.probe.mta_sts import STS, around
from auditor.probe.names import Exchangers
from auditor.probe.sts_policy import read_policy
from auditor.probe.sts_records import STSRecord
from tests.probe.dns_server import resolving
from tests.probe.https_server import page, sending, trusting

POLICY = "version: STSv1\nmode: enforce\nmx: mail.doe.org\nmax_age: 604800\n"
ZONE = {
    "_mta-sts.doe.org TXT": ['"v=STSv1; id=20261122T12;"'],
    "mta-sts.doe.org A": ["127.0.0.1"],
    "_smtp._tls.doe.org TXT": ['"v=TLSRPTv1; rua=mailto:tls@doe.org"'],
    "doe.org MX": ["10 mail.doe.org."],
    "mail.doe.org A": ["192.0.2.1"],
}


def sts(answer: bytes, zone: dict[str, list[str]] = ZONE, seconds: float = 10.0, **how: object) -> STS:
    """What is learned of a domain whose policy's server sends an answer."""
    with sending(answer, **how) as server, resolving(zone) as resolver:  # type: ignore[arg-type]
        return around(resolver, "doe.org", port=server.port, context=trusting(), seconds=seconds)


def fault(answer: bytes, **how: object) -> str:
    """Why nobody gets the policy."""
    found = sts(answer, **how)  # type: ignore[arg-type]
    assert isinstance(found.page, Page), found.page
    assert found.page.fault is not None
    assert found.policy is None
    assert (found.page.text, "\x1b" in repr(found)) == ("", False)
    return found.page.fault


def test_policy_is_fetched() -> None:
    """A policy comes from its one place over HTTPS, with its kind."""
    with sending(page(POLICY, kind="text/plain; charset=utf-8")) as server, resolving(ZONE) as resolver:
        found = around(resolver, "Doe.org", port=server.port, context=trusting())
    assert found.record == STSRecord("20261122T12", "v=STSv1; id=20261122T12;")
    assert found.page == Page(200, "text/plain; charset=utf-8", POLICY, None)
    assert found.policy == read_policy(POLICY)
    (request,) = server.requests
    assert request.startswith(b"GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.doe.org\r\n")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(POLICY), POLICY.encode()),
        b"HTTP/1.0 200 OK\r\n\r\n" + POLICY.encode(),
        b"HTTP/1.1 100 Continue\r\n\r\n" + page(POLICY),
    ],
    ids=["in pieces", "to the end", "after a pause"],
)
def test_every_way_of_sending(answer: bytes) -> None:
    """A file may come in pieces, or end with the connection, or after a word in between."""
    assert sts(answer).policy == read_policy(POLICY)


def test_server_that_keeps_the_connection_does_not_keep_us() -> None:
    """A file of known length is whole when it has come, whether or not the server closes."""
    begun = time.monotonic()
    assert sts(page(POLICY), stays=True).policy == read_policy(POLICY)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (page("gone", status="404 Not Found"), "answers 404"),
        (page("", status="301 Moved", more="Location: https://doe.org/\x1b[2J\r\n"), "leads to https://doe.org/\\x1b"),
        (page("x" * 65537), "more than 65536 bytes"),
        (page(POLICY)[:-9], "cut short by 9 bytes"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nversion", "cut short"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nversion", ""),
        (b"SSH-2.0-OpenSSH\r\n", "does not speak HTTP"),
        (b"", "does not speak HTTP"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200, "does not speak HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70000, ""),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 9000, "more than any honest server"),
    ],
)
def test_answers_that_are_no_policy(answer: bytes, word: str) -> None:
    """A redirect, an error, a file too large or cut short and what is no HTTP are told; senders get nothing either."""
    assert word in fault(answer)


def test_endless_file_ends() -> None:
    """A file without end is given up at its limit."""
    assert "more than 65536 bytes" in fault(b"HTTP/1.1 200 OK\r\n\r\n", endless=b"x" * 8192)


def test_slow_server_is_given_up() -> None:
    """A server that sends a byte now and then is out of time, which says nothing of its policy."""
    begun = time.monotonic()
    found = sts(page(POLICY), pause=0.05, seconds=0.6)
    assert time.monotonic() - begun < 3
    assert isinstance(found.page, Unknown)
    assert found.policy is None


@pytest.mark.parametrize(
    ("how", "word"),
    [({"names": ("www.doe.org",)}, "mta-sts.doe.org"), ({"days": -1000}, "expired")],
    ids=["name", "date"],
)
def test_certificate_is_checked(how: dict[str, object], word: str) -> None:
    """Without a valid certificate for the server's name nothing is asked of it."""
    assert word in fault(page(POLICY), **how)


def test_authority_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate of a strange authority is a fault, unless this host knows no authority at all."""
    bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with sending(page(POLICY)) as server:
        monkeypatch.setattr(https, "_has_authorities", lambda _: True)
        strange = fetch("mta-sts.doe.org", "/", ["127.0.0.1"], port=server.port, context=bare)
        monkeypatch.undo()
        monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: ssl.DefaultVerifyPaths("", "", "", "", "", ""))
        without = fetch("mta-sts.doe.org", "/", ["127.0.0.1"], port=server.port, context=bare)
    assert isinstance(strange, Page)
    assert (strange.status, server.requests) == (None, [])
    assert isinstance(without, Unknown)
    assert "no authorities" in without.reason


def test_server_that_is_not_there() -> None:
    """A server that takes no connection leaves the policy unknown; one without an address is a fault of the domain."""
    with sending(b"") as server:
        port = server.port
    with resolving(ZONE) as resolver:
        refused = around(resolver, "doe.org", port=port, context=trusting())
    assert isinstance(refused.page, Unknown)
    homeless = {key: records for key, records in ZONE.items() if not key.startswith("mta-sts")}
    found = sts(b"", homeless)
    assert isinstance(found.page, Page)
    assert "has no address" in str(found.page.fault)
    with resolving(homeless, misdeeds={"mta-sts.doe.org": "SERVFAIL"}) as resolver:
        failed = around(resolver, "doe.org", port=port, context=trusting())
    assert isinstance(failed.page, Unknown)


def test_without_a_record_nobody_asks() -> None:
    """Without a good record no server is asked, and a resolver that fails leaves even that unknown."""
    for texts in ([], ['"v=STSv1;"']):
        zone = {"doe.org A": ["127.0.0.1"], "_mta-sts.doe.org TXT": texts}
        with sending(b"") as server, resolving(zone) as resolver:
            found = around(resolver, "doe.org", port=server.port, context=trusting())
        assert (found.page, found.policy, server.requests) == (None, None, [])
    with resolving({}, misdeeds={"_mta-sts.doe.org": "SERVFAIL"}) as resolver:
        assert isinstance(around(resolver, "doe.org").record, Unknown)


def test_everything_around_a_domain() -> None:
    """Exchangers, policy and reports come together, and what fails does so alone."""
    with sending(page(POLICY)) as server, resolving(ZONE, misdeeds={"_smtp._tls.doe.org": "REFUSED"}) as resolver:
        found = around_domain(resolver, "doe.org", port=server.port, context=trusting())
    assert isinstance(found.exchangers, Exchangers)
    assert [each.name for each in found.exchangers.hosts] == ["mail.doe.org"]
    assert found.sts.policy is not None
    assert isinstance(found.reporting, Unknown)
