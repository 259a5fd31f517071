"""What a domain publishes of MTA-STS and of reports is read as senders read it, and every mistake is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model.unknown import Unknown
from auditor.probe.mta_sts import Covered, covered
from auditor.probe.sts_policy import Policy, read_policy
from auditor.probe.sts_records import STSRecord, read_record, read_reporting

POLICY = "version: STSv1\r\nmode: enforce\r\nmx: mail.doe.org\r\nmx: *.Backup.example.net\r\nmax_age: 604800\r\n"
ANY = st.text(st.characters(max_codepoint=255), max_size=80)


@pytest.mark.parametrize(
    ("texts", "known"),
    [
        (["v=STSv1; id=20261122T12;"], "20261122T12"),
        (["v=STSv1;id=a"], "a"),
        (["v=STSv1 ;  id=a ; x-y.z=1:2;"], "a"),
        (["v=spf1 -all", "v=STSv1; id=a", "v=STSv2; id=b"], "a"),
        (["v=STSv1; id=" + "x" * 32], "x" * 32),
    ],
)
def test_records_that_are_good(texts: list[str], known: str) -> None:
    """A record of the grammar is taken, whatever else is in its place."""
    assert read_record(texts) == STSRecord(known, next(text for text in texts if "STSv1" in text))


@pytest.mark.parametrize("texts", [[], ["v=spf1 -all"], ["google-site-verification=v=STSv1;"]])
def test_records_of_others_are_none(texts: list[str]) -> None:
    """Where no record is meant for MTA-STS there is none."""
    assert read_record(texts) is None
    assert read_reporting(texts) is None


@pytest.mark.parametrize(
    ("texts", "word"),
    [
        (["v=STSv1; id=a", "v=STSv1; id=b"], "2 records"),
        (["v=STSv1;"], "no id"),
        (["v=STSv1"], "passed over"),
        (["V=STSv1; id=a"], "passed over"),
        (["v = STSv1; id=a"], "passed over"),
        (['"v=STSv1; id=a"'], "passed over"),
        (["v=STSv1; id=2026-11-22"], "letters and digits"),
        (["v=STSv1; id="], "letters and digits"),
        (["v=STSv1; id=" + "x" * 33], "letters and digits"),
        (["v=STSv1, id=a"], "passed over"),
    ],
)
def test_records_that_nobody_uses(texts: list[str], word: str) -> None:
    """A record that is meant for MTA-STS and good for nothing says why."""
    found = read_record(texts)
    assert found is not None
    assert found.id is None
    assert any(word in problem for problem in found.problems)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("v=STSv1; id=a; ; x=1", "empty field"),
        ("v=STSv1; id=a; id=b", "more than one"),
        ("v=STSv1; id=a; \x1b[2J", "\\x1b"),
    ],
)
def test_records_with_a_flaw(text: str, word: str) -> None:
    """A flaw beside a good id is told and leaves the id."""
    found = read_record([text])
    assert found is not None
    assert found.id == "a"
    assert any(word in problem for problem in found.problems)
    assert "\x1b" not in repr(found)


def test_a_good_policy() -> None:
    """A policy's fields are read, with either end of line and blanks behind values."""
    expected = Policy("STSv1", "enforce", ("mail.doe.org", "*.backup.example.net"), 604800)
    for text in (
        POLICY,
        POLICY.replace("\r", ""),
        POLICY.rstrip(),
        POLICY.replace("\r\n", "  \n"),
        POLICY + "x-1: y z",
    ):
        assert read_policy(text) == expected
    assert expected.is_usable


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("version: STSv1", "version: STSv2", "no version STSv2"),
        ("version: STSv1\r\n", "", "no version"),
        ("version: STSv1", "\ufeffversion: STSv1", "line 1"),
        ("mode: enforce", "mode: enforced", "no mode enforced"),
        ("mode: enforce", "Mode: enforce", "has no mode"),
        ("max_age: 604800", "max_age: 31557601", "max_age is 31557601"),
        ("max_age: 604800", "max_age: 1w", "max_age is 1w"),
        ("max_age: 604800", "max_age: -1", "max_age is -1"),
        ("max_age: 604800", "max_age: 00000000001", "max_age is"),
        ("max_age: 604800", "max_age: \u0661", "max_age"),
        ("mx: mail.doe.org\r\nmx: *.Backup.example.net\r\n", "", "names no exchanger"),
        ("mx: mail.doe.org\r\nmx: *.Backup.example.net", "mx: *", "no pattern"),
    ],
)
def test_policies_nobody_can_use(old: str, new: str, word: str) -> None:
    """A policy with a field missing or senseless is told to be of no use, with the reason."""
    assert old in POLICY
    found = read_policy(POLICY.replace(old, new).encode().decode("latin-1"))
    assert not found.is_usable
    assert any(word in problem for problem in found.problems)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("mx: mail.*.org", "no pattern"),
        ("mx: .doe.org", "no pattern"),
        ("mx: mail.doe.org.", "no pattern"),
        ("mx: mail.doe.org, b.doe.org", "no pattern"),
        ("mx:", "empty mx"),
        ("mode: none", "mode is there twice"),
        ("", "it is empty"),
        (" mx: a.doe.org", "line 6"),
        ("<html>\x1b[2J", "\\x1b"),
    ],
)
def test_policies_with_a_flaw(line: str, word: str) -> None:
    """A line that is wrong is told and does not change the others' meaning."""
    found = read_policy(f"{POLICY}{line}\nx: y\n")
    assert (found.mode, found.mx, found.is_usable) == ("enforce", ("mail.doe.org", "*.backup.example.net"), True)
    assert any(word in problem for problem in found.problems)


def test_policy_without_exchangers() -> None:
    """Mode none needs no exchangers, and the greatest age is a year and six hours."""
    assert read_policy("version: STSv1\nmode: none\nmax_age: 31557600\n") == Policy("STSv1", "none", (), 31557600)
    assert read_policy("version: STSv1\nmode: none\nmax_age: 0\n").is_usable


def test_policies_without_number_are_bounded() -> None:
    """Of endless lines some are looked at, and that there are more is told."""
    found = read_policy("mx: a.doe.org\n" * 5000)
    assert len(found.mx) == 200
    assert any("not looked at" in problem for problem in found.problems)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("mail.doe.org", True),
        ("MAIL.doe.org.", True),
        ("a.backup.example.net", True),
        ("a.b.backup.example.net", False),
        ("backup.example.net", False),
        ("xmail.doe.org", False),
        ("a.mail.doe.org", False),
        ("", False),
    ],
)
def test_hosts_that_a_policy_names(host: str, *, expected: bool) -> None:
    """A wildcard stands for exactly the leftmost label, and case does not matter."""
    assert read_policy(POLICY).names(host) is expected


def test_exchangers_and_their_certificates() -> None:
    """Of each exchanger it is told whether the policy names it and whether its certificate does."""
    why = Unknown("it did not answer")
    given_names: dict[str, tuple[str, ...] | Unknown] = {
        "mail.doe.org": ("*.doe.org",),
        "x.backup.example.net": ("doe.org",),
        "other.doe.org": why,
    }
    assert covered(read_policy(POLICY), given_names) == (
        Covered("mail.doe.org", is_named=True, fits=True),
        Covered("x.backup.example.net", is_named=True, fits=False),
        Covered("other.doe.org", is_named=False, fits=why),
    )


@pytest.mark.parametrize(
    ("text", "addresses", "word"),
    [
        ("v=TLSRPTv1; rua=mailto:tls@doe.org", ("mailto:tls@doe.org",), ""),
        (
            "v=TLSRPTv1;rua=mailto:a@doe.org , https://doe.org/r?x=%2C;",
            ("mailto:a@doe.org", "https://doe.org/r?x=%2C"),
            "",
        ),
        ("v=TLSRPTv1; rua=mailto:a@doe.org; rua=mailto:b@doe.org", ("mailto:a@doe.org", "mailto:b@doe.org"), ""),
        ("v=TLSRPTv1;", (), "no rua"),
        ("v=TLSRPTv1; rua=tls@doe.org", (), "tls@doe.org"),
        ("v=TLSRPTv1; rua=http://doe.org/", (), "http://doe.org/"),
        ("v=TLSRPTv1; rua=", (), "nowhere"),
        ("v=TLSRPTv1; rua=mailto:a@doe.org,mailto:not an address", ("mailto:a@doe.org",), "not an address"),
        ("v=TLSRPTv1 rua=mailto:a@doe.org", (), "passed over"),
        ("v=tlsrptv1; rua=mailto:a@doe.org", (), "passed over"),
    ],
)
def test_reporting(text: str, addresses: tuple[str, ...], word: str) -> None:
    """Addresses that reports can go to are taken, others are told."""
    found = read_reporting([text, "v=spf1 -all"])
    assert found is not None
    assert found.addresses == addresses
    assert bool(found.problems) == bool(word)
    assert not word or any(word in problem for problem in found.problems)


def test_two_reporting_records_are_none() -> None:
    """With two records senders report nowhere."""
    found = read_reporting(["v=TLSRPTv1; rua=mailto:a@doe.org"] * 2)
    assert found is not None
    assert (found.addresses, len(found.problems)) == ((), 1)


@given(st.lists(ANY | ANY.map("v=STSv1;".__add__) | ANY.map("v=TLSRPTv1; rua=".__add__), max_size=4))
def test_any_records_are_read(texts: list[str]) -> None:
    """No record makes an exception, and none is neither good nor faulty."""
    record = read_record(texts)
    assert record is None or record.id is not None or record.problems
    reports = read_reporting(texts)
    assert reports is None or reports.addresses or reports.problems


@given(st.lists(st.sampled_from(POLICY.split("\r\n")) | ANY, max_size=9).map("\n".join))
def test_any_policy_is_read(text: str) -> None:
    """No file makes an exception, and one that is of no use says why."""
    found = read_policy(text)
    assert found.is_usable or found.problems
