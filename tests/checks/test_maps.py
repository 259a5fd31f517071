"""The rules on maps and aliases where the clean install cannot show a case."""

from __future__ import annotations

import pytest

from auditor.model.manual import ExampleFile
from auditor.model.report import Outcome, TargetReport
from checks import rules
from tests.examples import audit_example

RULES = {rule.id: rule for rule in rules()}


def judged(identifier: str, *files: tuple[str, str]) -> TargetReport:
    """What one rule says of the clean install with some files added."""
    rule = RULES[identifier]
    return audit_example(rule, tuple(ExampleFile(path, text) for path, text in files), [rule])


def reasons(report: TargetReport) -> list[str]:
    """Why the rule could not look."""
    return [result.reason for result in report.results if result.outcome is Outcome.SKIPPED]


@pytest.mark.parametrize(("count", "found"), [(10, False), (11, True)])
def test_depth_of_aliases(count: int, found: bool) -> None:  # noqa: FBT001  # An expected answer.
    """Ten aliases after one another are followed, and not one more."""
    chain = "".join(f"c{n}:\tc{n + 1}\n" for n in range(1, count)) + f"c{count}:\talice\n"
    report = judged("ALI003", ("+/etc/mail/aliases", chain))
    assert [item.finding.message for item in report.reported] == (
        ["c1 goes through 11 aliases, and 10 is the most"] if found else []
    )


def test_a_long_circle_of_aliases() -> None:
    """A circle is found whatever its length, and reported once."""
    circle = "".join(f"c{n}:\tc{(n + 1) % 5000}\n" for n in range(5000))
    assert len(judged("ALI003", ("+/etc/mail/aliases", circle)).reported) == 1


def test_a_database_that_is_not_understood() -> None:
    """Where the layout of a database is of an unknown version, its time tells, which is older here."""
    data = bytearray(4096)
    data[12:16], data[16] = b"\x61\x15\x06\x00", 5
    report = judged("MAP001", ("/etc/mail/access.db", data.decode("latin-1")))
    assert [item.finding.message for item in report.reported] == ["/etc/mail/access.db is older than its text"]


def test_a_database_that_is_not_in_sight() -> None:
    """A text without its database in sight leaves the question open."""
    report = judged("MAP001", ("+/etc/mail/access", "From:x.example REJECT\n"))
    assert reasons(report)
    assert not report.reported


def test_senders_without_delay_checks() -> None:
    """Without delay_checks an accepted sender skips nothing."""
    mc = "OSTYPE(`linux')dnl\nFEATURE(`access_db')dnl\nMAILER(`smtp')dnl\n"
    report = judged("ACS005", ("/etc/mail/sendmail.mc", mc), ("+/etc/mail/access", "doe.org RELAY\n"))
    assert not report.reported
    assert any("delay_checks" in result.reason for result in report.results)


def test_short_ipv6_addresses_of_an_unknown_release() -> None:
    """Whether a short address is looked up is not claimed where the release is not known."""
    mc = "FEATURE(`access_db')dnl\n"
    report = judged("ACS016", ("/etc/mail/sendmail.mc", mc), ("+/etc/mail/access", "Connect:IPv6:2001:db8::1 RELAY\n"))
    assert reasons(report)
    assert not report.reported
