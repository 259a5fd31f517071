"""The resolver's answers are told as they are, and what is no answer is told as that."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from socket import AF_INET, SOCK_DGRAM, socket
from typing import Any

import pytest
from dns import message
from dns import resolver as library
from hypothesis import given
from hypothesis import strategies as st

from auditor.engine.host import output
from auditor.facts.given import Host
from auditor.model.unknown import Unknown
from auditor.probe import resolver as module
from auditor.probe.resolver import Answer, Resolver
from tests.probe.dns_server import resolving, serving

ZONE = {
    "john.doe.org A": ["192.0.2.20", "192.0.2.3"],
    "www.doe.org CNAME": ["john.doe.org."],
    "lost.doe.org CNAME": ["nowhere.doe.org."],
    "doe.org MX": ["20 b.doe.org.", "5 a.doe.org.", "100 c.doe.org."],
    "txt.doe.org TXT": ['"v=STSv1; " "id=1;\\255"'],
    "_25._tcp.john.doe.org TLSA": ["3 1 1 " + "ab" * 32],
    "3.2.0.192.in-addr.arpa PTR": ["John.Doe.org."],
    "9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR": ["six.doe.org."],
    "odd.doe.org PTR": ["a\\032b\\027.doe.org."],
    ". NS": ["a.root.example."],
}


def answer(name: str, kind: str, **more: object) -> Answer | Unknown:
    """What a resolver says that knows the zone above."""
    with resolving(ZONE, **more) as resolver:  # type: ignore[arg-type]
        return resolver.ask(name, kind)


def reason(name: str, misdeed: str, lifetime: float = 5.0) -> str:
    """Why there is no answer from a server that does a misdeed."""
    found = answer(name, "A", misdeeds={name: misdeed}, lifetime=lifetime)
    assert isinstance(found, Unknown)
    return found.reason


@pytest.mark.parametrize(
    ("name", "kind", "records"),
    [
        ("JOHN.doe.org.", "A", ("192.0.2.20", "192.0.2.3")),
        ("doe.org", "MX", ("5 a.doe.org", "20 b.doe.org", "100 c.doe.org")),
        ("txt.doe.org", "TXT", ("v=STSv1; id=1;\xff",)),
        ("_25._tcp.john.doe.org", "TLSA", ("3 1 1 " + "ab" * 32,)),
        ("192.0.2.3", "PTR", ("John.Doe.org",)),
        ("2001:db8::9", "PTR", ("six.doe.org",)),
        ("odd.doe.org", "PTR", ("a\\032b\\027.doe.org",)),
        (".", "NS", ("a.root.example",)),
        ("www.doe.org", "CNAME", ("john.doe.org",)),
    ],
)
def test_records_are_text(name: str, kind: str, records: tuple[str, ...]) -> None:
    """Each type of record has its plain form, in an order that does not depend on the answer's."""
    found = answer(name, kind)
    assert isinstance(found, Answer)
    assert found.records == records
    assert found.exists


def test_absence_is_an_answer() -> None:
    """A name that does not exist and one without such records are empty answers, told apart."""
    assert answer("nobody.doe.org", "A") == Answer(exists=False)
    assert answer("john.doe.org", "AAAA") == Answer()


def test_aliases_are_followed_and_told() -> None:
    """The records of an alias are its target's, and the target is named, even where it does not exist."""
    found = answer("www.doe.org", "A")
    assert isinstance(found, Answer)
    assert (found.records, found.aliases) == (("192.0.2.20", "192.0.2.3"), ("john.doe.org",))
    assert answer("lost.doe.org", "A") == Answer(exists=False, aliases=("nowhere.doe.org",))


@pytest.mark.parametrize("name", ["john.doe.org", "nobody.doe.org"])
def test_authenticated_is_what_the_resolver_says(name: str) -> None:
    """The AD bit is asked for and passed on, of absence too, and is not there unless the resolver sets it."""
    proven, plain = answer(name, "A", proven=["doe.org"]), answer(name, "A", proven=["roe.org"])
    assert isinstance(proven, Answer)
    assert isinstance(plain, Answer)
    assert (proven.authenticated, plain.authenticated) == (True, False)


@pytest.mark.parametrize(
    ("misdeed", "words"),
    [
        ("SERVFAIL", "answers SERVFAIL"),
        ("REFUSED", "answers REFUSED"),
        ("bogus", "answers SERVFAIL (dnssec bogus)"),
        ("loop", "malformed"),
        ("YXDOMAIN", "DNAME"),
    ],
)
def test_failure_is_unknown_in_the_resolvers_words(misdeed: str, words: str) -> None:
    """A failing or refusing resolver never makes a name absent."""
    said = reason("john.doe.org", misdeed)
    assert words in said
    assert "john.doe.org A" in said
    assert "\x1b" not in said


@pytest.mark.parametrize("misdeed", ["silent", "garbage"])
def test_silence_is_unknown_within_the_lifetime(misdeed: str) -> None:
    """A question that is not answered, or with bytes that are no answer, is given up in time."""
    begun = time.monotonic()
    assert "no answer in 0.3 seconds" in reason("john.doe.org", misdeed, 0.3)
    assert time.monotonic() - begun < 2


def test_nobody_listens() -> None:
    """A port at which nobody listens is a resolver that is not to be reached, or that says nothing."""
    with socket(AF_INET, SOCK_DGRAM) as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    found = Resolver(["127.0.0.1"], port, lifetime=0.5).ask("john.doe.org", "A")
    assert isinstance(found, Unknown)
    assert "the resolver" in found.reason


@pytest.mark.parametrize("misdeed", ["truncated", "no edns"])
def test_other_ways_to_the_answer(misdeed: str) -> None:
    """What does not fit into a datagram is asked over TCP, and an old server without extensions."""
    found = answer("john.doe.org", "A", misdeeds={"john.doe.org": misdeed})
    assert isinstance(found, Answer)
    assert found.records == ("192.0.2.20", "192.0.2.3")


def test_large_sets_are_cut_and_counted() -> None:
    """Of a set without measure a hundred records are kept, and the rest is counted."""
    zone = {"big.doe.org A": [f"10.0.{n // 250}.{n % 250}" for n in range(1000)]}
    with resolving(zone, misdeeds={"big.doe.org": "truncated"}) as resolver:
        found = resolver.ask("big.doe.org", "A")
    assert isinstance(found, Answer)
    assert (len(found.records), found.surplus) == (100, 900)


def test_each_question_is_asked_once() -> None:
    """The same question, however it is spelled and from however many threads, goes out once."""
    with serving(ZONE, misdeeds={"john.doe.org": 0.05}) as dns:
        resolver = Resolver(["127.0.0.1"], dns.port)
        threads = [
            threading.Thread(target=resolver.ask, args=(name, "A")) for name in ("john.doe.org", "John.Doe.org.") * 8
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert resolver.ask("john.doe.org", "A") == resolver.ask("JOHN.DOE.ORG", "A")
        assert dns.asked == ["john.doe.org A udp"]


def test_independent_questions_wait_for_the_slowest() -> None:
    """Many slow answers take as long as one."""
    names = [f"n{number}.doe.org" for number in range(12)]
    zone = {f"{name} A": ["192.0.2.1"] for name in names}
    with serving(zone, misdeeds=dict.fromkeys(names, 0.4)) as dns:
        resolver = Resolver(["127.0.0.1"], dns.port)
        resolver.ask("warm.doe.org", "A")
        begun = time.monotonic()
        found = resolver.ask_all([(name, "A") for name in names])
        assert time.monotonic() - begun < 2
    assert [each.records for each in found if isinstance(each, Answer)] == [("192.0.2.1",)] * 12


def test_answers_come_in_the_order_of_questions() -> None:
    """Whatever comes first, an answer stands where its question stood."""
    with resolving(ZONE, misdeeds={"john.doe.org": 0.2}) as resolver:
        first, second, third = resolver.ask_all([("john.doe.org", "A"), ("doe.org", "MX"), ("john.doe.org", "A")])
    assert isinstance(first, Answer)
    assert isinstance(second, Answer)
    assert (first.records[0], second.records[0], first) == ("192.0.2.20", "5 a.doe.org", third)


def test_number_of_questions_is_bounded() -> None:
    """Beyond its budget a resolver sends nothing, and says why."""
    with serving(ZONE) as dns:
        resolver = Resolver(["127.0.0.1"], dns.port, questions=2)
        found = [resolver.ask(f"n{number}.doe.org", "A") for number in range(4)]
        assert isinstance(resolver.ask("n1.doe.org", "A"), Answer)
        assert len(dns.asked) == 2
    assert found[2:] == [Unknown("more than 2 questions to the DNS would be needed")] * 2


def test_time_of_all_questions_is_bounded() -> None:
    """Once the time for all questions is used up none goes out, and time in which nobody asks does not count."""
    names = [f"n{number}.doe.org" for number in range(4)]
    with serving({}, misdeeds=dict.fromkeys(names[:1], "silent")) as dns:
        resolver = Resolver(["127.0.0.1"], dns.port, seconds=0.5, lifetime=0.4)
        resolver.ask("warm.doe.org", "A")
        time.sleep(0.6)
        assert isinstance(resolver.ask(names[1], "A"), Answer)
        assert isinstance(resolver.ask(names[0], "A"), Unknown)
        resolver._watch._spent = 0.5
        found = resolver.ask(names[2], "A")
    assert found == Unknown("the 0.5 seconds for questions to the DNS are used up")


class Deaf:
    """Stands for dnspython's resolver where no server can be reached."""

    def resolve(self, *_: object, **__: object) -> None:
        """Fail as it does."""
        failure: Any = library.NoNameservers
        raise failure(request=message.make_query(".", "A"), errors=[])


@given(st.text(max_size=80) | st.from_regex(r"[a-z.\\\[\]0-9-]{0,300}", fullmatch=True), st.sampled_from(["A", "PTR"]))
def test_any_name_may_be_asked(name: str, kind: str) -> None:
    """No name makes an exception, and one that nobody answers for is unknown."""
    resolver = Resolver()
    resolver._stub = Deaf()
    found = resolver.ask(name, kind)
    assert isinstance(found, Unknown)
    assert "could not be asked" not in found.reason


def test_names_that_cannot_be() -> None:
    """A name with a label that is too long is told as such, and not sent."""
    with serving(ZONE) as dns:
        found = Resolver(["127.0.0.1"], dns.port).ask("x" * 64 + ".doe.org", "A")
        assert not dns.asked
    assert isinstance(found, Unknown)
    assert "no name that the DNS can hold" in found.reason


def test_servers_are_those_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without named servers the first three of resolv.conf are asked, and this host where it names none."""
    read = library.Resolver.read_resolv_conf
    file = tmp_path / "resolv.conf"
    monkeypatch.setattr(library.Resolver, "read_resolv_conf", lambda self, _: read(self, str(file)))
    assert module._stub((), 53).nameservers == ["127.0.0.1"]
    file.write_text("search doe.org\n")
    assert module._stub((), 53).nameservers == ["127.0.0.1"]
    file.write_text("".join(f"nameserver 192.0.2.{number}\n" for number in range(1, 6)) + "options rotate\n")
    stub = module._stub((), 53)
    assert (stub.nameservers, stub.rotate) == (["192.0.2.1", "192.0.2.2", "192.0.2.3"], False)
    file.write_text("nameserver nonsense\n")
    found = Resolver().ask("john.doe.org", "A")
    assert isinstance(found, Unknown)
    assert "nonsense" in found.reason


def test_a_scan_asks_the_same_resolver() -> None:
    """What facts are told of the host's resolver are the records alone, or that there is no answer."""
    with resolving(ZONE, misdeeds={"mute.doe.org": "SERVFAIL"}) as resolver:
        host = Host(None, output, resolver.ask_all)
        assert host.answers("192.0.2.3", "PTR") == ("John.Doe.org",)
        assert host.answers("nobody.doe.org", "A") == ()
        assert isinstance(host.answers("mute.doe.org", "A"), Unknown)
