"""Names lead to addresses and back, and a domain to its exchangers, as the DNS has them."""

from __future__ import annotations

from auditor.model.unknown import Unknown
from auditor.probe.around import around_host
from auditor.probe.names import Exchangers, HostNames, host_names, mx_hosts, same
from auditor.probe.resolver import Resolver
from tests.probe.dns_server import resolving, serving

HOST = {
    "john.doe.org A": ["192.0.2.1", "192.0.2.2"],
    "john.doe.org AAAA": ["2001:db8::1"],
    "alias.doe.org CNAME": ["John.doe.org."],
    "1.2.0.192.in-addr.arpa PTR": ["JOHN.doe.org.", "other.doe.org.", "gone.doe.org.", "mute.doe.org."],
    "other.doe.org A": ["192.0.2.99"],
    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR": ["john.doe.org."],
}
MUTE = {"mute.doe.org": "SERVFAIL"}


def host(name: str, *peers: str) -> HostNames:
    """What the zone above says of a host."""
    with resolving(HOST, misdeeds=MUTE, proven=["doe.org"]) as resolver:
        return host_names(resolver, name, peers)


def mx(domain: str, zone: dict[str, list[str]], **misdeeds: str | float) -> Exchangers:
    """The exchangers that a zone gives a domain."""
    with resolving(zone, misdeeds={name.replace("_", "."): what for name, what in misdeeds.items()}) as resolver:
        found = mx_hosts(resolver, domain)
    assert isinstance(found, Exchangers)
    return found


def test_addresses_and_their_names() -> None:
    """Every address is looked up backwards, and each of its names forwards again."""
    found = host("John.Doe.Org.")
    assert found.name == "john.doe.org"
    assert (found.ipv4, found.ipv6) == (("192.0.2.1", "192.0.2.2"), ("2001:db8::1",))
    assert found.addresses == ("192.0.2.1", "192.0.2.2", "2001:db8::1")
    assert (found.exists, found.alias, found.doubt, found.authenticated) == (True, None, None, True)
    first, second, third = found.reverse
    assert first.names == ("JOHN.doe.org", "gone.doe.org", "mute.doe.org", "other.doe.org")
    assert first.confirmed == ("JOHN.doe.org",)
    assert first.denied == ("gone.doe.org", "other.doe.org")
    assert first.doubtful == ("mute.doe.org",)
    assert (second.names, second.confirmed) == ((), ())
    assert third.confirmed == ("john.doe.org",)


def test_aliases_are_named() -> None:
    """A host that is an alias has its target's addresses and says whose they are."""
    found = host("alias.doe.org")
    assert (found.alias, found.ipv4) == ("John.doe.org", ("192.0.2.1", "192.0.2.2"))


def test_absence_and_doubt_are_told_apart() -> None:
    """A name that does not exist has no addresses; one whose server fails has addresses nobody knows."""
    gone, mute = host("gone.doe.org"), host("mute.doe.org")
    assert (gone.exists, gone.addresses, gone.doubt) == (False, (), None)
    assert (mute.exists, mute.addresses, mute.authenticated) == (True, (), False)
    assert isinstance(mute.doubt, Unknown)
    assert "SERVFAIL" in mute.doubt.reason


def test_reverse_zone_that_fails() -> None:
    """An address whose reverse zone fails has names that nobody knows."""
    with resolving({"a.doe.org A": ["192.0.2.7"]}, misdeeds={"7.2.0.192.in-addr.arpa": "SERVFAIL"}) as resolver:
        (reverse,) = host_names(resolver, "a.doe.org").reverse
    assert isinstance(reverse.names, Unknown)
    assert (reverse.confirmed, reverse.denied) == ((), ())


def test_addresses_instead_of_names() -> None:
    """Of an address only its names are asked for, and further addresses are looked at once, without their interface."""
    found = host("192.0.2.1", "192.0.2.1", "fe80::1%eth0")
    assert found.addresses == ()
    assert [each.address for each in found.reverse] == ["192.0.2.1", "fe80::1"]
    assert found.reverse[0].confirmed == ("JOHN.doe.org",)


def test_private_addresses_need_no_name() -> None:
    """Private and loopback addresses are told, those of documentation and the world are none of them."""
    private = host("10.1.2.3", "127.0.0.1", "fd00::1", "100.64.0.1", "169.254.1.1", "::1").reverse
    assert all(each.is_inside for each in private)
    assert not any(each.is_inside for each in host("192.0.2.1", "2001:db8::1", "9.9.9.9").reverse)


def test_names_without_number_are_bounded() -> None:
    """Of hundreds of PTR records and addresses a few are looked at, and the rest is counted."""
    zone = {
        "1.2.0.192.in-addr.arpa PTR": [f"n{number}.doe.org." for number in range(300)],
        "many.doe.org A": [f"10.0.0.{number}" for number in range(1, 90)],
    }
    with serving(zone, misdeeds={"1.2.0.192.in-addr.arpa": "truncated", "many.doe.org": "truncated"}) as dns:
        resolver = Resolver(["127.0.0.1"], dns.port)
        (reverse,) = host_names(resolver, "192.0.2.1").reverse
        many = host_names(resolver, "many.doe.org")
        assert len(dns.asked) < 80
    assert isinstance(reverse.names, tuple)
    assert (len(reverse.names), reverse.surplus) == (20, 280)
    assert (len(many.addresses), many.surplus) == (20, 69)


def test_exchangers_by_preference() -> None:
    """Exchangers come by number and then by name, with their addresses, whatever their order in the answer."""
    found = mx(
        "DOE.org.",
        {
            "doe.org MX": ["20 B.doe.org.", "3 c.doe.org.", "20 a.doe.org."],
            "a.doe.org A": ["192.0.2.1"],
            "b.doe.org AAAA": ["2001:db8::2"],
        },
    )
    assert [(each.preference, each.name, each.addresses) for each in found.hosts] == [
        (3, "c.doe.org", ()),
        (20, "B.doe.org", ("2001:db8::2",)),
        (20, "a.doe.org", ("192.0.2.1",)),
    ]
    assert (found.domain, found.is_null, found.is_implicit, found.problems) == ("doe.org", False, False, ())


def test_exchanger_that_is_an_alias() -> None:
    """An exchanger that is an alias is told as one."""
    zone = {"doe.org MX": ["1 mx.doe.org."], "mx.doe.org CNAME": ["a.doe.org."], "a.doe.org A": ["192.0.2.1"]}
    (found,) = mx("doe.org", zone).hosts
    assert (found.name, found.alias, found.addresses) == ("mx.doe.org", "a.doe.org", ("192.0.2.1",))


def test_null_mx() -> None:
    """A null MX alone says that a domain takes no mail; beside others, or with a preference, it is a mistake."""
    null = mx("doe.org", {"doe.org MX": ["0 ."]})
    assert (null.is_null, null.hosts, null.problems) == (True, (), ())
    beside = mx("doe.org", {"doe.org MX": ["0 .", "5 a.doe.org."], "a.doe.org A": ["192.0.2.1"]})
    assert (beside.is_null, [each.name for each in beside.hosts]) == (False, ["a.doe.org"])
    assert len(beside.problems) == 1
    assert "null MX" in beside.problems[0]
    assert mx("doe.org", {"doe.org MX": ["10 ."]}).problems


def test_implicit_exchanger() -> None:
    """A domain without MX records takes mail at its own addresses, if it has any."""
    found = mx("doe.org", {"doe.org A": ["192.0.2.1"]})
    assert found.is_implicit
    assert [(each.preference, each.name, each.addresses) for each in found.hosts] == [(0, "doe.org", ("192.0.2.1",))]
    none = mx("doe.org", {"doe.org TXT": ["x"]})
    assert (none.hosts, none.is_implicit, none.is_null) == ((), False, False)
    assert mx("doe.org", {}).hosts == ()


def test_exchangers_nobody_knows() -> None:
    """A failing server makes the exchangers unknown, or one of them without known addresses, never absent."""
    with resolving({}, misdeeds={"doe.org": "SERVFAIL"}) as resolver:
        assert isinstance(mx_hosts(resolver, "doe.org"), Unknown)
    (found,) = mx("doe.org", {"doe.org MX": ["1 a.doe.org."]}, a_doe_org="REFUSED").hosts
    assert isinstance(found.addresses, Unknown)
    assert "REFUSED" in found.addresses.reason


def test_exchangers_that_are_no_names() -> None:
    """An address where a name belongs, and a name that is there twice, are told; control characters come escaped."""
    zone = {"doe.org MX": ["1 192.0.2.1.", "2 a.doe.org.", "3 A.doe.org.", "4 x\\027y.doe.org."]}
    found = mx("doe.org", zone)
    assert [problem.split()[-1] for problem in found.problems] == ["belongs", "records"]
    assert found.hosts[0].addresses == ()
    assert "\x1b" not in repr(found)


def test_exchangers_are_bounded() -> None:
    """Of a hundred exchangers the first twenty are looked at, and the rest is counted."""
    found = mx(
        "doe.org", {"doe.org MX": [f"{number} m{number}.doe.org." for number in range(120)]}, doe_org="truncated"
    )
    assert (len(found.hosts), found.hosts[0].name, found.surplus) == (20, "m0.doe.org", 100)


def test_names_compare_without_case_and_dot() -> None:
    """Names are the same whatever their case and whether a dot ends them."""
    assert same("John.Doe.org.", "john.doe.ORG")
    assert not same("john.doe.org", "john.doe.net")


def test_everything_around_a_host() -> None:
    """A host's names and TLSA records are asked for with each question sent once."""
    with serving(HOST, misdeeds=MUTE) as dns:
        found = around_host(Resolver(["127.0.0.1"], dns.port), "john.doe.org", peers=("192.0.2.1",))
        assert len(dns.asked) == len(set(dns.asked))
    assert len(found.names.reverse) == 3
    assert not isinstance(found.tlsa, Unknown)
    assert (found.tlsa.name, found.tlsa.records) == ("_25._tcp.john.doe.org", ())
