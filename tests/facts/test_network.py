"""Facts about names: hosts, resolver, services, and the name sendmail goes by."""

from __future__ import annotations

import pytest

from auditor.engine.resolve import Facts
from auditor.facts import network
from auditor.facts.network import HostName, Hosts, Nsswitch, Resolver, Services
from auditor.model.subjects import Configuration, Install
from auditor.model.unknown import Unknown
from auditor.trees.base import Tree
from auditor.trees.memory import MemoryFile, MemoryTree

INSTALL = Install("host")
DAEMON = Configuration("sendmail.cf", INSTALL)
CF = b"V10/Berkeley\n"
HOSTS = b"127.0.0.1 localhost\n192.0.2.10 mx.example.org mx\n192.0.2.11 short short.example.org\n"


def facts(files: dict[str, bytes], *, complete: bool = True) -> Facts:
    """The facts of an install with these files."""
    tree = MemoryTree({path: MemoryFile(data) for path, data in files.items()}, complete=complete)
    return Facts(INSTALL, {Tree: tree})


def name(cf: bytes, hostname: bytes, hosts: bytes = HOSTS, **others: bytes) -> HostName | Unknown:
    """What ``$j`` comes to."""
    files = {"/etc/mail/sendmail.cf": cf, "/etc/hostname": hostname, "/etc/hosts": hosts, **others}
    found = facts(files).get(HostName, DAEMON)
    assert isinstance(found, HostName | Unknown)
    return found


@pytest.mark.parametrize(
    ("hostname", "expected"),
    [
        (b"mx\n", "mx.example.org"),
        (b"MX.example.org\n", "mx.example.org"),
        (b"short\n", "short.example.org"),
        (b"# us\nmx\r\n", "mx.example.org"),
    ],
)
def test_the_name_is_found_in_hosts(hostname: bytes, expected: str) -> None:
    """Without Dj the canonical name counts, or the first alias with a dot where that has none."""
    found = name(CF, hostname)
    assert isinstance(found, HostName)
    assert (found.name, found.is_set, found.is_qualified) == (expected, False, True)
    assert found.span.path == "/etc/hosts"


def test_an_unqualified_name_stays_as_it_is() -> None:
    """Where hosts has no dotted name, the short one is what sendmail goes by."""
    found = name(CF, b"john\n", b"192.0.2.1 john mail\n")
    assert isinstance(found, HostName)
    assert (found.name, found.is_qualified) == ("john", False)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"Djmail.example.net\n", "mail.example.net"),
        (b"Dj$w.$m\n", "mx.example.org"),
        (b"Djfoo.$m\n", "foo.example.org"),
    ],
)
def test_the_configuration_sets_the_name(line: bytes, expected: str) -> None:
    """Dj counts before everything else, with the host's own name and domain put in."""
    found = name(CF + line, b"mx\n")
    assert isinstance(found, HostName)
    assert (found.name, found.is_set, found.span.path) == (expected, True, "/etc/mail/sendmail.cf")


def test_the_mc_sets_the_name() -> None:
    """Without a .cf the definition of confDOMAIN_NAME counts."""
    mc = b"include(`/usr/share/sendmail/cf/m4/cf.m4')dnl\ndefine(`confDOMAIN_NAME', `a.example')dnl\n"
    found = facts({"/etc/mail/sendmail.mc": mc}).get(HostName, DAEMON)
    assert isinstance(found, HostName)
    assert (found.name, found.span.text, found.is_set) == ("a.example", "a.example", True)


def test_what_only_dns_knows_is_unknown() -> None:
    """A host that is not in hosts, and a macro that only the running sendmail has, leave the name unknown."""
    assert isinstance(name(CF, b"elsewhere\n"), Unknown)
    assert isinstance(name(CF, b"\n"), Unknown)
    assert isinstance(name(CF + b"Dj${daemon_name}\n", b"mx\n"), Unknown)
    assert isinstance(name(CF + b"Dj$w\n", b"elsewhere\n"), Unknown)


def test_the_name_may_be_in_rc_conf() -> None:
    """The BSDs keep it in rc.conf, Slackware in HOSTNAME."""
    for path, data in (("/etc/rc.conf", b'hostname="mx"\n'), ("/etc/HOSTNAME", b"mx.example.org\n")):
        found = facts({"/etc/mail/sendmail.cf": CF, path: data, "/etc/hosts": HOSTS}).get(HostName, DAEMON)
        assert isinstance(found, HostName)
        assert found.name == "mx.example.org"


def test_missing_files_are_empty_and_unseen_ones_unknown() -> None:
    """On a whole filesystem no file means none of its lines; a checkout tells nothing."""
    for kind in (Hosts, Resolver, Nsswitch, Services):
        found = facts({"/etc/passwd": b""}).get(kind, INSTALL)
        assert found.is_missing
        assert not found.document.nodes
        assert isinstance(facts({"/etc/passwd": b""}, complete=False).get(kind, INSTALL), Unknown)
    assert facts({"/x": b""}).get(Nsswitch, INSTALL).hosts == network.DEFAULT_HOST_SOURCES


def test_three_servers_are_asked() -> None:
    """What glibc passes over is told apart, and of a domain line one word counts."""
    data = b"".join(b"nameserver 192.0.2.%d\n" % number for number in range(1, 6)) + b"domain a.example b.example\n"
    found = facts({"/etc/resolv.conf": data}).get(Resolver, INSTALL)
    assert [span.text for span in found.nameservers] == ["192.0.2.1", "192.0.2.2", "192.0.2.3"]
    assert len(found.surplus) == 2
    assert [span.text for span in found.search] == ["a.example"]
    assert not found.options


def test_services_and_sources() -> None:
    """Ports are found by alias, and the sources of host names by their database."""
    files = {
        "/etc/services": b"submissions 465/tcp smtps\n",
        "/etc/nsswitch.conf": b"hosts: files dns\npasswd: files sss\n",
    }
    found = facts(files)
    assert found.get(Services, INSTALL).port("smtps") == 465
    assert found.get(Services, INSTALL).port("smtp") is None
    assert found.get(Nsswitch, INSTALL).hosts == ("files", "dns")
    assert found.get(Nsswitch, INSTALL).sources("group") is None
