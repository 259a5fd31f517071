"""What is known of block lists, and what a running host's resolver adds to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.finding import Severity
from auditor.model.manual import ExampleFile
from auditor.model.report import Outcome
from auditor.sendmail.blocklists import DEAD, SPAMHAUS, answers_with_errors, dead, is_own, is_public_resolver
from checks import rules
from tests.examples import audit_example

NAMES = st.from_regex(r"[a-z0-9]{1,8}(\.[a-z0-9]{1,8}){0,2}", fullmatch=True)


@pytest.mark.parametrize("ended", DEAD, ids=lambda ended: ended.zone)
def test_zones_below_a_dead_list_are_dead(ended: object) -> None:
    """A dead list is known by its own zone, in any case and with a dot at its end, and by every zone below."""
    zone = ended.zone  # type: ignore[attr-defined]
    assert dead(zone) is dead(zone.upper() + ".") is dead("relays." + zone)


@given(NAMES)
def test_zones_of_ones_own_are_not_dead(name: str) -> None:
    """A zone that only contains the name of a dead list is somebody's own."""
    assert dead(f"{name}.ordb.org.example") is None
    assert dead(f"{name}x{DEAD[0].zone}") is None


@pytest.mark.parametrize("zone", SPAMHAUS)
def test_query_keys_are_exempt(zone: str) -> None:
    """The public zones answer with errors; the same list under a query key does not."""
    assert answers_with_errors(zone)
    assert not answers_with_errors(f"abcdefgh.{zone.removesuffix('.spamhaus.org')}.dq.spamhaus.net")


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("1.1.1.1", True),
        ("2606:4700:4700::1111", True),
        ("192.0.2.53", False),
        ("127.0.0.53", False),
    ],
)
def test_public_resolvers_are_known(address: str, public: bool) -> None:  # noqa: FBT001  # An expected answer.
    """The well-known resolvers are told apart from a provider's or the host's own."""
    assert is_public_resolver(address) is public


@given(st.text())
def test_anything_may_stand_for_an_address(text: str) -> None:
    """What is no address is no public resolver, and never an error."""
    assert is_public_resolver(text) in (True, False)


LISTED, UNLISTED = "2.0.0.127.bl.example.net", "1.0.0.127.bl.example.net"
FEATURE = "FEATURE(`enhdnsbl', `bl.example.net'{})dnl\n"
MATCHING = ", `', `', `127.0.0.2'"
RULES = {rule.id: rule for rule in rules() if rule.family == "DBL"}


def outcome(rule: str, arguments: str = "", /, **said: tuple[str, ...]) -> tuple[Outcome, list[Severity]]:
    """How a rule ends on a host whose resolver says something of the two test addresses, or nothing."""
    names = {"listed": LISTED, "unlisted": UNLISTED}
    example = [ExampleFile("+/etc/mail/sendmail.mc", FEATURE.format(arguments), None, None, None)]
    example += [ExampleFile("? john.doe.org A", "192.0.2.25\n", None, None, None)]
    for which, records in said.items():
        text = "".join(f"{record}\n" for record in records)
        example.append(ExampleFile(f"? {names[which]} A", text, None, None, None))
    report = audit_example(RULES[rule], tuple(example), [RULES[rule]])
    ended = next(result for result in report.results if result.subject.name == "sendmail.cf")
    return ended.outcome, [item.severity for item in report.reported]


def test_no_answer_is_no_verdict() -> None:
    """A list of which the resolver says nothing, or half, is inconclusive, and never counts as ended."""
    for said in ({}, {"listed": ("127.0.0.2",)}, {"listed": ()}, {"unlisted": ()}):
        assert outcome("DBL001", **said) == (Outcome.INCONCLUSIVE, [])
    assert outcome("DBL012", MATCHING) == (Outcome.INCONCLUSIVE, [])


def test_list_that_works() -> None:
    """The two addresses answered as they should be are a pass."""
    for rule in ("DBL001", "DBL012"):
        assert outcome(rule, MATCHING, listed=("127.0.0.2",), unlisted=()) == (Outcome.PASSED, [])


def test_list_of_everybody() -> None:
    """It is critical where its answer refuses mail, and less where the FEATURE asks for other answers."""
    everybody = {"listed": ("203.0.113.80",), "unlisted": ("203.0.113.80",)}
    assert outcome("DBL001", **everybody) == (Outcome.FAILED, [Severity.CRITICAL])
    assert outcome("DBL001", MATCHING, **everybody) == (Outcome.FAILED, [Severity.MEDIUM])


def test_error_answers_are_no_listings() -> None:
    """A list that turns the resolver away has not ended: it refuses everybody without answers, and nobody with them."""
    turned_away = {"listed": ("127.255.255.254",), "unlisted": ("127.255.255.254",)}
    assert outcome("DBL001", **turned_away) == (Outcome.PASSED, [])
    assert outcome("DBL004", **turned_away) == (Outcome.FAILED, [Severity.CRITICAL])
    assert outcome("DBL004", MATCHING, **turned_away) == (Outcome.PASSED, [])
    assert outcome("DBL012", MATCHING, **turned_away) == (Outcome.FAILED, [Severity.MEDIUM])
    assert outcome("DBL012", **turned_away) == (Outcome.PASSED, [])


def test_host_that_is_not_asked() -> None:
    """Off the running host the state of a list that the table does not know is unknown, with the reason."""
    example = ExampleFile("+/etc/mail/sendmail.mc", FEATURE.format(""), None, None, None)
    report = audit_example(RULES["DBL001"], (example,), [RULES["DBL001"]])
    ended = next(result for result in report.results if result.subject.name == "sendmail.cf")
    assert ended.outcome is Outcome.SKIPPED
    assert "the host is not asked" in ended.reason


@given(NAMES, NAMES)
def test_lists_of_ones_own_domain(host: str, zone: str) -> None:
    """A zone below a domain that the host is in is its own; a longer name that only ends alike is not."""
    assert is_own(f"{zone}.doe.example", f"{host}.doe.example")
    assert not is_own(f"{zone}.xdoe.example", f"{host}.doe.example")
