"""What the rules say of a real sendmail is what it was made to be, and where its configuration differs is found."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.engine.audit import Target, audit
from auditor.engine.profiles import load
from auditor.facts.given import Clock, Host, Profile, Tree
from auditor.facts.wire import Endpoints
from auditor.facts.wire_parts import Relaying
from auditor.model.report import Outcome, Reported, TargetReport
from auditor.model.subjects import Endpoint
from auditor.model.value import replaced
from auditor.probe.observe import Plan, observe
from auditor.probe.observed import Observed
from auditor.probe.settings import IMPLICIT, STARTTLS, Settings
from auditor.trees.memory import MemoryFile, MemoryTree
from checks import rules
from tests.examples import closed_host
from tests.lab.daemon import Daemon, Recipe, certificate, daemon

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(os.geteuid() != 0, reason="a daemon of its own needs root"),
]

STRANGER = "127.0.0.2"
HOSTS = ("192.0.2.10 example.net", "192.0.2.11 example.com")
OFF = "+SSL_OP_NO_SSLv2 +SSL_OP_NO_SSLv3 +SSL_OP_NO_TLSv1 +SSL_OP_NO_TLSv1_1"
RULES = [rule for rule in rules() if rule.family == "PRB"]
BESIDE = {"PRB070", "PRB071", "PRB072", "PRB073", "PRB074", "PRB075"}


def asked(mail: Daemon, port: int, *, tls: str = STARTTLS) -> Observed:
    """What a stranger's probe of one port brings back."""
    settings = Settings("127.0.0.1", port, tls, ehlo="probe.example.net", timeout=20, source=STRANGER)
    return observe(settings, Plan(relay_to="somebody@example.com"), lambda _: None)


def alone(observed: Observed) -> TargetReport:
    """The report on an endpoint by itself."""
    given: dict[type, object] = {Observed: observed, Clock: Clock(datetime.now(UTC)), Profile: load("modern")}
    return audit(Target("127.0.0.1:25", given), RULES)


def beside(mail: Daemon, met: dict[str, Observed], cf: str | None = None) -> TargetReport:
    """The report on the daemon's own files, or with another .cf, with endpoints probed beside them."""
    files = {
        f"{mail.place}/tls/{path.name}": MemoryFile(path.read_bytes()) for path in (mail.place / "tls").glob("*.pem")
    }
    text = cf if cf is not None else (mail.place / "lab.cf").read_text("latin-1")
    # What listens on loopback only offers logins to nobody, which no rule about AUTH speaks of.
    text = text.replace("Addr=127.0.0.1, ", "")
    files["/etc/mail/sendmail.cf"] = MemoryFile(text.encode("latin-1"))
    given: dict[type, object] = {
        Tree: MemoryTree(files),
        Clock: Clock(datetime.now(UTC)),
        Profile: load("modern"),
        Host: closed_host(),
        Endpoints: Endpoints({Endpoint(name): observed for name, observed in met.items()}),
    }
    return audit(Target("install", given), [rule for rule in RULES if rule.id in BESIDE])


def found(report: TargetReport) -> dict[str, Reported]:
    """The findings by rule; no rule may crash."""
    assert [(each.rule.id, each.reason) for each in report.results if each.outcome is Outcome.CRASHED] == []
    return {each.rule.id: each for each in report.reported}


def passed(report: TargetReport) -> set[str]:
    """The rules that found nothing to say."""
    return {each.rule.id for each in report.results if each.outcome is Outcome.PASSED}


def line(report: Reported) -> str:
    """The line of the file that a finding points at."""
    assert report.place is not None
    assert report.place.source is not None
    assert report.place.line is not None
    return report.place.source.line(report.place.line)


def test_healthy_server(trusted: Path) -> None:
    """A well-kept sendmail gives no cause for anything at medium or above among the rules of the conversation."""
    recipe = Recipe(
        hosts=HOSTS,
        privacy="goaway,noetrn",
        aliases=("postmaster: alice", "abuse: alice", "mailer-daemon: postmaster"),
        defines={"confSMTP_LOGIN_MSG": "$j", "confMAX_MESSAGE_SIZE": "52428800"},
        features=("`nopercenthack', `reject'", "`nouucp', `reject'"),
    )
    with daemon(trusted, recipe) as mail:
        report = alone(asked(mail, mail.plain))
    said = {rule: each.severity for rule, each in found(report).items() if rule < "PRB020" or rule >= "PRB050"}
    assert {rule for rule, severity in said.items() if severity.word not in ("info", "low")} == set()
    assert {"PRB001", "PRB010", "PRB011", "PRB050", "PRB051", "PRB052", "PRB053", "PRB054"} <= passed(report)


def test_careless_server(trusted: Path) -> None:
    """Everything that a careless configuration lets strangers do is found, and from a loopback address only noted."""
    recipe = Recipe(
        hosts=HOSTS,
        features=("`promiscuous_relay'", "`accept_unresolvable_domains'"),
        aliases=("mailer-daemon: alice", "staff: alice"),
        defines={"LUSER_RELAY": "local:alice"},
    )
    with daemon(trusted, recipe) as mail:
        met = asked(mail, mail.plain)
    near = found(alone(met))
    assert near["PRB050"].severity.word == "info"
    assert not {"PRB051", "PRB052"} & set(near)
    assert isinstance(met.relaying, Relaying)
    far = found(alone(replaced(met, relaying=replaced(met.relaying, may_relay=""))))
    assert {"PRB001", "PRB011", "PRB050", "PRB051", "PRB052", "PRB054"} <= set(far)
    assert far["PRB050"].severity.word == "critical"


def test_help_tells_the_version_without_its_file(trusted: Path) -> None:
    """A greeting that conceals the version is of no use while HELP tells it, help file or not."""
    with daemon(trusted, Recipe(hosts=HOSTS, defines={"confSMTP_LOGIN_MSG": "$j"})) as mail:
        (mail.place / "help").unlink()
        said = found(alone(asked(mail, mail.plain)))
    assert "sendmail 8." in said["PRB012"].finding.message
    assert "PRB001" not in said


def test_configuration_and_wire_agree(trusted: Path) -> None:
    """The daemon's own files beside its own ports give nothing to report, and each rule has looked."""
    with daemon(trusted, Recipe(hosts=HOSTS, defines={"confSERVER_SSL_OPTIONS": OFF})) as mail:
        met = {
            "mta": asked(mail, mail.plain),
            "msa": asked(mail, mail.submission),
            "smtps": asked(mail, mail.smtps, tls=IMPLICIT),
        }
        report = beside(mail, met)
    assert found(report) == {}
    assert passed(report) >= BESIDE


def test_configuration_changed_since_the_start(trusted: Path) -> None:
    """What was changed in the files after the daemon started is found at the changed lines."""
    with daemon(trusted, Recipe(hosts=HOSTS, lines=("define(`confCIPHER_LIST', `ALL:@SECLEVEL=0')dnl",))) as mail:
        met = {"mta": asked(mail, mail.plain), "msa": asked(mail, mail.submission)}
        (mail.place / "tls" / "cert.pem").write_bytes(certificate(days=400))
        cf = (mail.place / "lab.cf").read_text("latin-1")
        cf = cf.replace("O AuthMechanisms=PLAIN LOGIN", "O AuthMechanisms=PLAIN LOGIN CRAM-MD5")
        cf = cf.replace("\nDZ8", "\nDZ7")
        cf += f"\nO ServerSSLOptions={OFF} +SSL_OP_NO_TLSv1_2\n"
        report = beside(mail, met, cf)
    said = found(report)
    assert set(said) == {"PRB070", "PRB072", "PRB074", "PRB075"}
    assert "ServerCertFile" in line(said["PRB070"])
    assert "CRAM-MD5" in line(said["PRB072"])
    assert "TLSv1.2" in said["PRB074"].finding.message
    assert line(said["PRB075"]).startswith("DZ7")


def test_tls_files_that_sendmail_refuses(trusted: Path) -> None:
    """With a key that the group may read STARTTLS vanishes, which is found at the configuration's certificate."""
    with daemon(trusted, Recipe(hosts=HOSTS, key_mode=0o640)) as mail:
        report = beside(mail, {"mta": asked(mail, mail.plain)})
    said = found(report)
    assert set(said) == {"PRB071"}
    assert "ServerCertFile" in line(said["PRB071"])


def test_daemon_that_does_not_run(trusted: Path) -> None:
    """A port that refuses the connection is found at its listener; nothing else is claimed of it."""
    with daemon(trusted, Recipe(hosts=HOSTS)) as mail:
        mail.stop("sendmail")
        report = beside(mail, {"mta": asked(mail, mail.plain)})
    said = found(report)
    assert set(said) == {"PRB073"}
    assert f"Port={mail.plain}" in line(said["PRB073"])
