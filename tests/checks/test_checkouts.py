"""What a checkout gives away, and what it cannot tell: the rules on owners, modes and secrets."""

from __future__ import annotations

import pytest

from auditor.engine.audit import Target, audit
from auditor.engine.profiles import load
from auditor.facts.given import Clock, Host, Profile, Tree
from auditor.model.check import Rule
from auditor.model.finding import Severity
from auditor.model.report import Outcome, TargetReport
from auditor.trees.memory import NO_OWNERS, MemoryFile, MemoryTree
from checks import rules
from tests import certificates, clean_install
from tests.examples import NOW, closed_host

RULES = {rule.id: rule for rule in rules()}
KEY = "/etc/mail/certs/smtp.key.pem"
#: The rules that go by owners or modes and nothing else.
OF_OWNERS = [
    "PRM001",
    "PRM002",
    "PRM004",
    "PRM006",
    "PRM007",
    "PRM015",
    "PRM020",
    "PRM021",
    "PRM022",
    "PRM023",
    "PRM024",
]


def checkout(changes: dict[str, bytes], *wanted: str) -> TargetReport:
    """The report on the clean install as a repository has it, without its key, under the given changes."""
    kept = {
        path: MemoryFile(file.data, NO_OWNERS)
        for path, file in clean_install.files().items()
        if path != KEY and file.data
    }
    files = kept | {path: MemoryFile(data, NO_OWNERS) for path, data in changes.items()}
    given = {
        Tree: MemoryTree(files, complete=False),
        Clock: Clock(NOW),
        Profile: load("modern"),
        Host: closed_host(),
    }
    chosen: list[Rule] = [RULES[name] for name in wanted]
    return audit(Target("checkout", given), chosen)


def test_key_is_found() -> None:
    """A private key in a checkout is reported, whatever its file is called; one under a passphrase is less bad."""
    report = checkout({"/etc/mail/old": certificates.key(), KEY: certificates.key(passphrase="geese")}, "PRM025")
    found = {item.finding.at: item.severity for item in report.reported}
    assert found == {"/etc/mail/old": Severity.CRITICAL, KEY: Severity.HIGH}


def test_key_of_tests_is_left_alone() -> None:
    """Keys below a directory of tests are no secret."""
    assert not checkout({"/etc/mail/tests/key.pem": certificates.key()}, "PRM025").reported


def test_key_on_a_host_is_no_finding() -> None:
    """On a whole file system a key is where it belongs, and so it is in a repository that is sent nowhere."""
    files = {**clean_install.files(), "/etc/.git/index": MemoryFile(b"DIRC\0mail/certs/smtp.key.pem\0")}
    given = {Tree: MemoryTree(files), Clock: Clock(NOW), Profile: load("modern"), Host: closed_host()}
    assert not audit(Target("host", given), [RULES["PRM025"]]).reported


@pytest.mark.parametrize("rule", OF_OWNERS)
def test_unknown_owners_are_not_passed(rule: str) -> None:
    """Where owners are unknown a rule on them finds nothing and does not claim to have looked."""
    report = checkout({}, rule)
    outcomes = {result.outcome for result in report.results}
    assert not report.reported
    assert Outcome.SKIPPED in outcomes
    assert Outcome.PASSED not in outcomes


SECRETS = {
    "PRM013": {
        "/usr/lib64/sasl2/Sendmail.conf": b"pwcheck_method: auxprop\nsql_passwd: 3leven-Geese\n",
        "/etc/saslauthd.conf": b"ldap_password: 3leven-Geese\n",
    },
    "PRM014": {"/etc/sasldb2": b"\0john\0doe.org\0userPassword\0geese"},
}


@pytest.mark.parametrize("rule", SECRETS)
def test_secret_is_found_and_not_shown(rule: str) -> None:
    """A password in a checkout is reported by its file, and no part of the finding shows it."""
    report = checkout(SECRETS[rule], rule)
    assert {item.finding.at for item in report.reported} == set(SECRETS[rule])
    assert "eese" not in repr([item.finding for item in report.reported])


@pytest.mark.parametrize(
    "value", [b"{{ vault_password }}", b"CHANGEME", b"<password>", b"${PASSWORD}", b"%%pw%%", b"xxxx"]
)
def test_placeholder_is_no_secret(value: bytes) -> None:
    """A template's placeholder is nobody's password."""
    assert not checkout({"/etc/saslauthd.conf": b"ldap_password: " + value + b"\n"}, "PRM013").reported


def test_socket_in_tmp_is_known_without_owners() -> None:
    """Everybody may write /tmp on every system, so that a filter's socket there is reported from a checkout too."""
    line = b"Xspam, S=local:/tmp/spam.sock, F=T\n"
    cf = clean_install.files()["/etc/mail/sendmail.cf"].data + line
    assert checkout({"/etc/mail/sendmail.cf": cf}, "PRM016").reported
    trusting = cf + b"O DontBlameSendmail=TrustStickyBit\n"
    assert not checkout({"/etc/mail/sendmail.cf": trusting}, "PRM016").reported
