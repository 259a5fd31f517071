"""Settings at work: what is asked where, what does not count, and which entries no longer hold."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from auditor.engine.audit import Target, audit
from auditor.engine.profiles import load
from auditor.facts.given import Assumed, Clock, Host, Ignores, Profile, Tree
from auditor.facts.live import Binary, binary
from auditor.model.check import Rule
from auditor.model.finding import Severity
from auditor.model.report import TargetReport, Why
from auditor.model.text import Source
from auditor.model.unknown import Unknowable, Unknown
from auditor.model.value import replaced
from auditor.settings.apply import Applied
from auditor.settings.model import Settings, SettingsError
from auditor.settings.read import settings_of
from auditor.trees.local import LocalTree
from checks import rules

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MC = "OSTYPE(`linux')dnl\nDAEMON_OPTIONS(`Port=smtps, Name=TLSMTA')dnl\nMAILER(`smtp')dnl\n"


@cache
def every() -> list[Rule]:
    """All rules."""
    return rules()


def read(text: str, base: Path) -> Settings:
    """The settings in a text, from a directory."""
    found = settings_of(Source("mailaudit.toml", text.encode()), str(base), "mailaudit.toml")
    assert found is not None
    return found


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Target:
    """An install with one finding of CFF020, in hosts/mx1 below the settings."""
    mail = tmp_path / "hosts/mx1/etc/mail"
    mail.mkdir(parents=True)
    (mail / "sendmail.mc").write_text(MC)
    monkeypatch.chdir(tmp_path)
    given: dict[type, object] = {
        Tree: LocalTree(tmp_path / "hosts/mx1"),
        Clock: Clock(NOW),
        Profile: load("modern"),
    }
    return Target("hosts/mx1", given)


def audited(host: Target) -> TargetReport:
    """The report by one rule."""
    return audit(host, [rule for rule in every() if rule.id == "CFF020"])


def outcome(text: str, host: Target) -> tuple[list[tuple[str, Severity]], list[tuple[Why, str]], Ignores | None]:
    """The findings that count, those that do not, and the entries that no longer hold."""
    applied = Applied(read(text, Path.cwd()), every, NOW)
    found = applied.report(audited(host))
    outdated = applied.outdated([found], [str(Path.cwd() / "hosts")])
    ignores = outdated.given[Ignores] if outdated is not None else None
    return (
        [(item.rule.id, item.severity) for item in found.reported],
        [(each.why, each.reason) for each in found.set_aside],
        ignores,  # type: ignore[return-value]
    )


@pytest.mark.parametrize(
    "where",
    [
        "",
        'path = "hosts/mx1"',
        'path = "hosts/*/etc/mail/*.mc"',
        'path = "/etc/mail/sendmail.mc"',
        'subject = "sendmail.cf"',
        'subject = "hosts/mx1"',
    ],
)
def test_an_entry_ignores(where: str, host: Target) -> None:
    """An entry ignores its rule's findings at its path, or about its subject, with its reason."""
    found, aside, ignores = outcome(f'[[ignore]]\nid = "CFF020"\nreason = "stunnel"\n{where}\n', host)
    assert (found, aside, ignores) == ([], [(Why.IGNORED, "stunnel")], None)


@pytest.mark.parametrize(
    ("entry", "is_idle"),
    [
        ('id = "CFF020"\npath = "hosts/mx1/etc/mail/access"', True),
        ('id = "CFF020"\npath = "hosts/mx2/**"', True),
        ('id = "CFF020"\npath = "elsewhere/**"', False),
        ('id = "CFF020"\nsubject = "submit.cf"\npath = "hosts"', False),
        ('id = "CFF021"\npath = "hosts/mx1"', False),
    ],
)
def test_an_entry_that_ignores_nothing(entry: str, is_idle: bool, host: Target) -> None:  # noqa: FBT001
    """An entry that ignores nothing is told, unless its rule did not run or its place was not looked at."""
    found, aside, ignores = outcome(f'[[ignore]]\n{entry}\nreason = "x"\n', host)
    assert [id_ for id_, _ in found] == ["CFF020"]
    assert aside == []
    assert (ignores is not None and bool(ignores.idle)) is is_idle


def test_an_entry_that_has_expired(host: Target) -> None:
    """After its day an entry ignores nothing, and is told; on its day it holds."""
    text = '[[ignore]]\nid = "CFF020"\nreason = "x"\nexpires = 2026-11-{}\n'
    assert outcome(text.format(22), host)[0] == []
    found, _, ignores = outcome(text.format(21), host)
    assert [id_ for id_, _ in found] == ["CFF020"]
    assert ignores is not None
    assert [(rule, day) for _, rule, day in ignores.expired] == [("CFF020", "2026-11-21")]


@pytest.mark.parametrize(
    ("override", "counts"),
    [
        ('severity = {CFF020 = "info"}', [("CFF020", Severity.INFO)]),
        ('severity = {smtps-listener-without-tls = "off"}', []),
        ('ignore = ["CFF"]', []),
        ('select = ["LIM"]', []),
        ('select = ["CFF02"]', [("CFF020", Severity.CRITICAL)]),
    ],
)
def test_overrides(override: str, counts: list[tuple[str, Severity]], host: Target) -> None:
    """What an override says holds at its paths and nowhere else."""
    usual = outcome("", host)[0]
    wanted = [(id_, usual[0][1] if severity is Severity.CRITICAL else severity) for id_, severity in counts]
    assert outcome(f'[[override]]\npath = "hosts/mx1/**"\n{override}\n', host)[0] == wanted
    assert outcome(f'[[override]]\npath = "hosts/mx2/**"\n{override}\n', host)[0] == usual


def test_thresholds_of_one_host(host: Target) -> None:
    """A profile and thresholds for a path are those of the installs there; the command line's profile wins."""
    text = 'thresholds.rsa_bits = 4096\n[[override]]\npath = "hosts/mx1"\nprofile = "howto"\nthresholds.dh_bits = 1\n'
    settings = read(text, Path.cwd())
    here = Applied(settings, every, NOW).target(host).given[Profile]
    other = Applied(settings, every, NOW).profile(str(Path.cwd() / "hosts/mx2"))
    assert isinstance(here, Profile)
    assert (here.name, here.number("rsa_bits"), here.number("dh_bits")) == ("howto", 4096, 1)
    assert (other.name, other.number("rsa_bits"), other.number("dh_bits")) == ("modern", 4096, 2048)
    commanded = Applied(settings.commanded(profile="strict"), every, NOW)
    assert commanded.profile(str(Path.cwd() / "hosts/mx1")).name == "strict"


@pytest.mark.parametrize(
    "text",
    [
        '[[ignore]]\nid = "CFF02O"\nreason = "x"',
        'severity.CFF02O = "low"',
        '[[override]]\npath = "x"\nignore=["CFF02O"]',
    ],
)
def test_an_unknown_rule_is_an_error(text: str, tmp_path: Path) -> None:
    """A rule that there is not is answered with its line and the nearest."""
    with pytest.raises(SettingsError, match=r"mailaudit\.toml:\d: no rule is called 'CFF02O'; did you mean CFF02"):
        Applied(read(text, tmp_path), every, NOW)


def test_what_is_assumed_stands_for_no_answer(host: Target) -> None:
    """An assumed program is taken where the real one cannot be asked, and only there."""
    settings = read('assume-version = "8.15.2"\nassume-flags = ["STARTTLS", "_FFR_X"]', Path.cwd())
    assumed = Applied(settings, every, NOW).target(host).given[Assumed]
    assert isinstance(assumed, Assumed)
    closed = Host(Unknown("closed"), lambda _: Unknown("closed"), lambda _: [])
    found = binary(closed, assumed)
    assert isinstance(found, Binary)
    assert found.release == (8, 15, 2)
    assert sorted(found.flags) == ["STARTTLS"]
    assert sorted(found.experimental) == ["_FFR_X"]
    real = Host(None, lambda _: "Version 8.18.1\n Compiled with: SASLv2\n", lambda _: [])
    assert binary(real, assumed).version == "8.18.1"  # type: ignore[union-attr]
    assert isinstance(binary(closed, Unknown("nothing")), Unknown)
    bare = binary(closed, replaced(assumed, flags=None))
    with pytest.raises(Unknowable, match=r"8\.15\.2"):
        _ = bare.flags  # type: ignore[union-attr]
