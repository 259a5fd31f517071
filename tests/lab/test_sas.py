"""The real sendmail offers the mechanisms that the rules on AUTH foretell, and refuses the files that they call bad."""

from __future__ import annotations

import os
import random
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import Timer

import pytest

from auditor.engine.audit import Target, audit
from auditor.engine.profiles import load
from auditor.engine.resolve import Facts
from auditor.facts.auth import AuthOffer, SASLSettings, plugin_of
from auditor.facts.given import Clock, Host, Profile, Tree
from auditor.model.finding import Severity
from auditor.model.subjects import Configuration, Install
from auditor.sendmail.options import letters_read
from auditor.trees.memory import MemoryFile, MemoryTree
from checks import rules
from checks.sas import LETTERS
from checks.sas.sas005_options_exclude_mechanisms import PROPERTIES
from tests.examples import closed_host
from tests.lab.conftest import run

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(os.geteuid() != 0, reason="another Sendmail.conf in the place of the real one needs root"),
]

#: Where Debian's libsasl looks last; nothing is in the places before it.
SASL = Path("/usr/lib/sasl2")
CONF = f"{SASL}/Sendmail.conf"
#: Seconds after which a sendmail that says nothing is stopped.
DEADLINE = 20
MECHANISMS = "PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-256 NTLM ANONYMOUS"
PASSWORDS = {"PLAIN", "LOGIN"}
DAEMON = Configuration("sendmail.cf", Install("host"))
#: What saslpluginviewer calls the properties that letters of AuthOptions ask for.
FLAGS = {"NO_ACTIVE": "a", "PASS_CREDENTIALS": "c", "NO_DICTIONARY": "d", "FORWARD_SECRECY": "f", "MUTUAL_AUTH": "m"}


class Lab:
    """sendmail under another host name, with its own Sendmail.conf and no network.

    Args:
        program: sendmail's path.
        place: a directory that sendmail trusts.

    """

    def __init__(self, program: str, place: Path) -> None:
        self.program = program
        self.place = place
        for name in ("queue", "sasl"):
            (place / name).mkdir(mode=0o755)
        (place / "hosts").write_text("127.0.0.1 mx.example.org mx localhost\n")

    def text(self, options: Iterable[tuple[str, str]]) -> str:
        """A configuration with these options."""
        lines = "".join(f"O {name}={value}\n" for name, value in options)
        basic = f"O QueueDirectory={self.place}/queue\nO LogLevel=0\n"
        return f"V10/Berkeley\nDjmx.example.org\n{basic}{lines}Mlocal, P=/bin/cat, F=l, A=cat\n"

    def heard(self, options: Iterable[tuple[str, str]], conf: str | None = None) -> str:
        """What sendmail says when it starts, and to EHLO."""
        cf, sasl = self.place / "x.cf", self.place / "sasl" / "Sendmail.conf"
        cf.write_text(self.text(options), encoding="latin-1")
        sasl.unlink(missing_ok=True)
        if conf is not None:
            sasl.write_bytes(conf.encode("latin-1"))
        inner = (
            f"mount --bind {sasl.parent} {SASL}; mount --bind {self.place}/hosts /etc/hosts; "
            f"hostname mx.example.org; exec {self.program} -bs -C {cf}"
        )
        with subprocess.Popen(
            ["unshare", "-m", "-u", "-n", "sh", "-c", inner],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="latin-1",
        ) as process:
            alarm = Timer(DEADLINE, process.kill)
            alarm.start()
            try:
                return "".join(_dialogue(process))
            finally:
                alarm.cancel()
                process.kill()

    def offered(self, options: Iterable[tuple[str, str]], conf: str | None = None) -> set[str]:
        """The mechanisms that EHLO shows before STARTTLS."""
        heard = self.heard(options, conf)
        assert "\n250 " in heard, heard
        found = re.search(r"^250.AUTH (.*)$", heard, re.MULTILINE)
        return set(found[1].split()) if found else set()


def _dialogue(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stdin is not None
    assert process.stdout is not None
    for line in process.stdout:
        yield line
        if line.startswith("220 "):
            process.stdin.write("EHLO client.example.org\r\n")
            process.stdin.flush()
        elif line[:3].isdigit() and line[3:4] == " ":
            return


@pytest.fixture(scope="module")
def lab(program: Callable[[str], str], trusted: Path) -> Lab:
    """The laboratory, where libsasl looks in Debian's places."""
    if not SASL.is_dir():
        pytest.skip(f"libsasl does not look in {SASL}")
    place = trusted / "sas"
    place.mkdir()
    return Lab(program("sendmail"), place)


@pytest.fixture(scope="module")
def plugins(program: Callable[[str], str]) -> dict[str, set[str]]:
    """The mechanisms that are installed, each with its properties as letters of AuthOptions."""
    text = run(program("saslpluginviewer"), "-s")
    found = re.findall(r"SASL mechanism: ([\w-]+),.*\n\s*security flags: (\S+)", text)
    return {name: {FLAGS[flag] for flag in flags.split("|") if flag in FLAGS} for name, flags in found}


def tree(lab: Lab, options: Iterable[tuple[str, str]], conf: str | None, installed: Mapping[str, object]) -> MemoryTree:
    """What the auditor sees of the same install."""
    files = {"/etc/mail/sendmail.cf": MemoryFile(lab.text(options).encode("latin-1"))}
    if conf is not None:
        files[CONF] = MemoryFile(conf.encode("latin-1"))
    for name in installed:
        files[f"{SASL}/lib{plugin_of(name) or 'sasldb'}.so"] = MemoryFile(b"a plug-in")
    return MemoryTree(files)


def expected(seen: MemoryTree) -> set[str]:
    """The mechanisms that the facts foretell, without those for which AuthOptions asks too much."""
    offer = Facts(DAEMON.parent, {Tree: seen}).get(AuthOffer, DAEMON)  # type: ignore[arg-type]
    assert isinstance(offer, AuthOffer), offer
    letters = offer.setup.letters
    away = set(PASSWORDS if "p" in letters else ()) | set({"ANONYMOUS"} if "y" in letters else ())
    asked = set(letters) & set(FLAGS.values())
    return {
        name
        for name in offer.mechanisms
        if name not in away
        and not any(name.startswith(start) and not asked <= set(has) for start, has in PROPERTIES.items())
    }


def said(seen: MemoryTree, *ids: str) -> list[tuple[str, Severity]]:
    """What the rules of these ids say."""
    given = {
        Tree: seen,
        Clock: Clock(datetime(2026, 11, 22, tzinfo=UTC)),
        Profile: load("modern"),
        Host: closed_host(),
    }
    report = audit(Target("host", given), [rule for rule in rules() if rule.id in ids])
    return [(each.rule.id, each.severity) for each in report.reported]


VALUES = [
    "A", "A p y", "Apy", "A,p,y", "A, p, y", "A  p", "A\tp", "p'", "pA", "A ,p", "A , p", "A p,", "Z p", "A P y", "x",
    "noplain", "a", "d", "f", "m p", "c", "c y", "p,y a", "a,d,f",
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES)
def test_letters_of_auth_options(value: str, lab: Lab, plugins: dict[str, set[str]]) -> None:
    """EHLO shows the mechanisms that are foretold, and passwords in clear exactly where a rule says so."""
    options = [("AuthMechanisms", MECHANISMS), ("AuthOptions", value)]
    seen = tree(lab, options, None, plugins)
    offered = lab.offered(options)
    assert offered == expected(seen)
    lower = {"a", "d", "f", "m"} & set(Facts(DAEMON.parent, {Tree: seen}).get(AuthOffer, DAEMON).setup.letters)  # type: ignore[arg-type]
    if not lower:
        is_said = Severity.CRITICAL in [severity for _, severity in said(seen, "SAS001", "SAS002")]
        assert is_said == bool(offered & PASSWORDS)


def test_made_up_letters_are_read_as_foretold(lab: Lab) -> None:
    """Of made-up values sendmail warns of exactly the unknown letters among those that are read."""
    dice = random.Random(5)
    values = ["".join(dice.choices("ApyQRS ,\t", k=dice.randrange(1, 9))).strip(" \t") for _ in range(60)]
    values = [value for value in values if value]
    heard = lab.heard([("AuthOptions", value) for value in values])
    warned = re.findall(r"AuthOptions unknown parameter '(.)'", heard)
    read = [value[at] for value in values for at in letters_read(value)]
    assert warned == [letter for letter in read if letter not in LETTERS.replace("P", "")]


def test_settings_add_up(lab: Lab, plugins: dict[str, set[str]]) -> None:
    """A later line of AuthOptions takes nothing back."""
    options = [("AuthMechanisms", MECHANISMS), ("AuthOptions", "p"), ("AuthOptions", "A")]
    assert lab.offered(options) == expected(tree(lab, options, None, plugins))


@pytest.mark.parametrize(
    "value",
    ["PLAIN,LOGIN", "PLAIN, LOGIN", "PLAIN:LOGIN", "PLAIN;LOGIN", "PLAIN\tLOGIN", '"PLAIN LOGIN"', "LOGIN", "NTLM"],
)
def test_names_are_parted_by_blanks(value: str, lab: Lab, plugins: dict[str, set[str]]) -> None:
    """What parts the names of AuthMechanisms otherwise is part of a name, and a rule says so."""
    options = [("AuthMechanisms", value)]
    seen = tree(lab, options, None, plugins)
    assert lab.offered(options) == expected(seen)
    assert bool(said(seen, "SAS007")) == (not re.fullmatch(r"[\w-]+", value))


CONFS = [
    "mech_list: plain login\n",
    "mech_list:plain login",
    "pwcheck_method:saslauthd mech_list:login plain\n",
    "mech_list: plain,login\n",
    "mech_list: plain, login\n",
    "mech_list: plain\tlogin\n",
    "mech_list plain\n",
    "mech_list:\n",
    "mech_list : plain\n",
    "foo: bar\nbaz\n",
    "mech_list: SRP\n",
    "  mech_list: plain\n",
    "# comment\n\nmech_list: PLAIN\r\n",
    "mech_list: plain\nmech_list: login\n",
    "MECH_LIST: plain\n",
    "mechlist: plain\n",
    "a.b: c\n",
    "\xef\xbb\xbfmech_list: plain\n",
    "mech_list: \xa0plain\n",
    'mech_list: "plain login"\n',
    ": x\n",
    "mech_list: plain\n\0\n",
    "mech_list: external\n",
]


@pytest.mark.parametrize("conf", CONFS)
def test_sasl_configuration(conf: str, lab: Lab, plugins: dict[str, set[str]]) -> None:
    """Sendmail refuses to start for exactly the files that are said to be refused; the others' mech_list counts."""
    options = [("AuthMechanisms", MECHANISMS)]
    seen = tree(lab, options, conf, plugins)
    settings = Facts(DAEMON.parent, {Tree: seen}).get(SASLSettings, DAEMON)  # type: ignore[arg-type]
    assert settings.document is not None
    if settings.document.refused:
        assert "error when parsing configuration file" in lab.heard(options, conf)
        assert ("SAS011", Severity.CRITICAL) in said(seen, "SAS011")
        return
    offered = lab.offered(options, conf)
    assert offered == expected(seen)
    if not offered:
        assert said(seen, "SAS015", "SAS007")


def test_properties_of_mechanisms(plugins: dict[str, set[str]]) -> None:
    """The properties by which AuthOptions takes mechanisms away are those the plug-ins have."""
    for name, letters in plugins.items():
        for start, has in PROPERTIES.items():
            if name.startswith(start):
                assert set(has) == letters, name
