"""The readers of hosts, resolv.conf, nsswitch.conf, services, the host's name and syslog.conf."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.text import Document, Source
from auditor.readers.host import (
    read_hostname,
    read_hosts,
    read_resolver,
    read_services,
    read_switch,
)
from auditor.readers.syslog import read_syslog
from tests.lossless import grammar, kinds, linear_reading, lossless, mutated

HOSTS = (
    b"127.0.0.1\tlocalhost # loop\n::1 localhost ip6-localhost\n\n192.0.2.10 mx.example.org mx\n192.0.2.11\nfoo bar\n"
)
RESOLVER = b"# by hand\n;or not\nnameserver 192.0.2.53\nsearch example.org example.net\noptions timeout:1 rotate\n"
SWITCH = b"passwd: files sss\nhosts:\tfiles [NOTFOUND=return] dns # both\n\nnonsense\n"
SERVICES = b"smtp\t25/tcp\tmail\nsubmissions 465/tcp ssmtp smtps urd # TLS\nsubmission 587/tcp\ndomain 53/udp\nx y\n"
SYSLOG = (
    b"# where\n*.info;mail.none;authpriv.none\t-/var/log/messages\nmail.*\t\t-/var/log/maillog\n!sendmail\n"
    b"$IncludeConfig /etc/rsyslog.d/*.conf\nif $programname == 'x' then {\n  stop\n}\nmail.err;auth.!=debug @loghost\n"
)
READERS = (read_hosts, read_resolver, read_switch, read_services, read_hostname, read_syslog)


def read(reader: Callable[[Source], Document], data: bytes) -> list[str]:
    """The kinds a reader gives some bytes."""
    return kinds(reader(Source("file", data)))


@pytest.mark.parametrize("reader", READERS)
@given(
    data=st.binary()
    | grammar(b"127.0.0.1", b"name", b"nameserver", b"search a", b"hosts:", b"25/tcp", b"mail.*", b"[", b";", b"$")
    | mutated(HOSTS, RESOLVER, SWITCH, SERVICES, SYSLOG)
)
def test_any_bytes_are_tiled(reader: Callable[[Source], Document], data: bytes) -> None:
    """Whatever the bytes, every line is one node and nothing is unparsed."""
    assert not lossless(reader, data).unparsed


def test_hosts_lines_have_address_and_names() -> None:
    """Comments and lines without an address or a name do not count; names are found whatever their case."""
    document = read_hosts(Source("/etc/hosts", HOSTS))
    assert [(str(line.address), [name.text for name in line.names]) for line in document.hosts] == [
        ("127.0.0.1", ["localhost"]),
        ("::1", ["localhost", "ip6-localhost"]),
        ("192.0.2.10", ["mx.example.org", "mx"]),
    ]
    assert [line.line for line in document.of_name("LOCALHOST")] == [1, 2]
    assert kinds(document)[-2:] == ["no-name", "bad-address"]


@pytest.mark.parametrize(
    ("line", "servers"),
    [
        (b"nameserver 192.0.2.1", 1),
        (b"nameserver\t192.0.2.1 192.0.2.2", 1),
        (b"nameserver ::1", 1),
        (b"nameserver fe80::1%eth0", 1),
        (b"nameserver 192.0.2", 1),
        (b"nameserver 192.0.2.1\r", 0),
        (b"nameserver 192.0.2.1;x", 0),
        (b"nameserver x", 0),
        (b"nameserver", 0),
        (b" nameserver 192.0.2.1", 0),
        (b"Nameserver 192.0.2.1", 0),
        (b"\xef\xbb\xbfnameserver 192.0.2.1", 0),
        (b"nameserver\xa0192.0.2.1", 0),
        (b"search example.org nameserver 192.0.2.1", 0),
    ],
)
def test_servers_are_taken_as_glibc_takes_them(line: bytes, servers: int) -> None:
    """A keyword stands in the first column, and an address with a CR behind it is none."""
    assert len(read_resolver(Source("/etc/resolv.conf", line + b"\n")).nameservers) == servers


def test_the_last_of_search_and_domain_counts() -> None:
    """One of the two keywords is in force, whichever comes last."""
    document = read_resolver(Source("/etc/resolv.conf", RESOLVER + b"domain example.com\n"))
    assert document.search is not None
    assert document.search.kind == "domain"
    assert [word.text for word in document.lines("options")[0].words] == ["options", "timeout:1", "rotate"]
    assert kinds(document) == ["comment", "comment", "nameserver", "search", "options", "domain"]


def test_switch_lines_have_sources() -> None:
    """Actions in brackets are no sources."""
    line = read_switch(Source("/etc/nsswitch.conf", SWITCH)).get("hosts")
    assert line is not None
    assert [word.text for word in line.sources] == ["files", "dns"]
    assert len(line.words) == 3
    assert read(read_switch, SWITCH) == ["database", "database", "ignored"]


def test_services_are_found_by_alias() -> None:
    """An alias stands for its service, protocols are told apart, and case counts."""
    document = read_services(Source("/etc/services", SERVICES))
    found = document.get("smtps")
    assert found is not None
    assert found.port == 465
    assert document.get("SMTPS") is None
    assert document.get("domain") is None
    assert document.get("domain", "udp") is not None


def test_a_host_name_is_a_word() -> None:
    """Comments and blanks around the name do not matter."""
    document = read_hostname(Source("/etc/hostname", b"# us\n\nmx.example.org\r\n"))
    assert kinds(document) == ["comment", "line"]


def test_rules_take_facilities() -> None:
    """A selector that ends in none leaves a facility out, and the file behind a rule is known."""
    document = read_syslog(Source("/etc/syslog.conf", SYSLOG))
    assert [(rule.takes("mail"), rule.takes("authpriv"), rule.file) for rule in document.rules] == [
        (False, False, "/var/log/messages"),
        (True, False, "/var/log/maillog"),
        (True, False, None),
    ]
    assert [include.pattern.text for include in document.includes] == ["/etc/rsyslog.d/*.conf"]
    assert kinds(document) == ["comment", "rule", "rule", "block", "include", *["statement"] * 3, "rule"]


def test_reading_is_linear() -> None:
    """No repetition makes a reader slow."""
    for reader in READERS:
        linear_reading(reader, b"a", b" ", b"a.b;", b"\\", b"a:", b"[", b"#", b"a,")
