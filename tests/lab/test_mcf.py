"""What the rules on the .mc claim against what m4 and sendmail say of the same files."""

from __future__ import annotations

import os
import re
import string
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import checks.mcf
from auditor.engine.audit import Target, audit
from auditor.engine.profiles import load
from auditor.facts.given import Clock, Host, Profile, Tree
from auditor.model.check import Rule
from auditor.model.finding import Severity
from auditor.model.text import Node, Source
from auditor.sendmail.bare_text import taken
from auditor.sendmail.cf import Line
from auditor.sendmail.macros import FEATURES, MAILERS
from auditor.sendmail.options import options
from auditor.trees.memory import MemoryFile, MemoryTree
from tests.examples import NOW, closed_host

pytestmark = pytest.mark.lab

MAILER_LINES = "MAILER(`local')dnl\nMAILER(`smtp')dnl\n"
FORMS = ("{}", "{}ome words here", "{} x", "{}O words", "{}x=y", "{}x: y", "{}5 words", "{}{{name}}words", "{},x")
PROSE = """
See the README|Remember this|Please note|Note|Options are|Only this|Once more|Our server|Other words|Also|
And|But|Most: x|However: foo|More|Put it|Quoting|Run make|To do|This is|Use it|Under|Every|Each|For the|
From: x|Format is|Change it|Keep it|Define x|Do not|Install|If you|It is|Local|Verify|Kfoo hash /x|
Mfoo, P=/bin/x, A=foo|Mfoo, P=/bin/x|Sfoo=5|Sfoo=bar|Cwa.b|O LogLevel=14|O Foo=1|O  LogLevel=14|
OLogLevel=14|V10/Berkeley|Troot|FR-o /nonexistent|Fwords|Xfoo, S=local:/tmp/x|Xfoo|P1=2
"""


@dataclass(frozen=True)
class Said:
    """What the real programs say of a .mc: exit codes and messages."""

    m4_code: int
    m4: str
    code: int
    sendmail: str


@pytest.fixture(scope="module")
def rules() -> list[Rule]:
    """The rules on the .mc."""
    modules = [import_module(f"checks.mcf.{each.name}") for each in iter_modules(checks.mcf.__path__)]
    return [value for module in modules for value in vars(module).values() if isinstance(value, Rule)]


class Laboratory:
    """m4 and sendmail, asked about text in the place where a .mc has its features."""

    def __init__(self, program: Callable[[str], str], tree: Path, room: Path) -> None:
        self.m4, self.sendmail, self.room = program("m4"), program("sendmail"), room
        self.head = f"include(`{tree}/m4/cf.m4')dnl\nOSTYPE(`linux')dnl\n"
        if os.geteuid() == 0:
            program("unshare")

    def file(self, text: str, *, tail: str = MAILER_LINES) -> str:
        """A whole .mc around a text."""
        return self.head + text + tail

    def made(self, mc: str) -> tuple[int, str, bytes]:
        """What m4 makes of a .mc: its exit code, its messages, the .cf."""
        path = self.room / "x.mc"
        path.write_bytes(mc.encode("latin-1"))
        done = subprocess.run([self.m4, path], capture_output=True, cwd=self.room, timeout=30, check=False)
        return done.returncode, done.stderr.decode("latin-1"), done.stdout

    def read(self, cf: bytes) -> tuple[int, str]:
        """What sendmail says of a .cf; a name without a dot would make it wait a minute."""
        path = self.room / "x.cf"
        path.write_bytes(cf)
        command: list[str | Path] = [self.sendmail, "-C", path, "-bt"]
        if os.geteuid() == 0:
            command = ["unshare", "-n", "-u", "sh", "-c", 'hostname mx.example.org; exec "$0" "$@"', *command]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=90, check=False)
        return done.returncode, (done.stdout + done.stderr).decode("latin-1")

    def ask(self, mc: str) -> Said:
        """Both, one after the other."""
        code, messages, cf = self.made(mc)
        return Said(code, messages, *self.read(cf))


@pytest.fixture(scope="module")
def lab(program: Callable[[str], str], cf_tree: Path, trusted: Path) -> Laboratory:
    """The programs."""
    return Laboratory(program, cf_tree, trusted)


def found(rules: list[Rule], mc: str) -> Iterator[tuple[str, Severity]]:
    """The ids and severities that the rules give a .mc of which nothing else is known."""
    tree = MemoryTree({"/etc/mail/sendmail.mc": MemoryFile(mc.encode("latin-1"))}, complete=False)
    given = {Tree: tree, Clock: Clock(NOW), Profile: load("modern"), Host: closed_host()}
    for item in audit(Target("x", given), rules).reported:
        yield item.rule.id, item.severity


def test_clean_file_is_clean(lab: Laboratory, rules: list[Rule]) -> None:
    """The file around the snippets is good for m4, for sendmail and for the rules."""
    mc = lab.file("VERSIONID(`x')\n")
    said = lab.ask(mc)
    assert (said.m4_code, said.m4, said.code) == (0, "", 0), said.sendmail
    assert list(found(rules, mc)) == []


def test_bare_lines_are_refused_as_told(lab: Laboratory) -> None:
    """Of lines with every first character, those are told to be refused that sendmail refuses."""
    first = string.ascii_letters + '0159!"%&+-./:;<=>?@[\\]^_|~'
    lines = [form.format(letter) for letter in first for form in FORMS]
    lines += [form.format(f"O{letter}") for letter in string.ascii_letters + string.digits for form in FORMS[1:2]]
    lines += PROSE.replace("\n", "").split("|")
    _, _, cf = lab.made(lab.file("@@@\n"))
    wrong = []
    for line in lines:
        code, said = lab.read(cf.replace(b"@@@", line.encode()))
        source = Source("x", line.encode())
        told = taken(Line(Node(source, 0, len(line), "text"), line), in_ruleset=False)
        if told is None or told.refused != (code != 0):
            wrong.append((line, code, said[:200], told))
    assert not wrong


def test_option_lines_without_o(lab: Laboratory, rules: list[Rule]) -> None:
    """Every option's name without its O is found, as critical where sendmail refuses the line and only there."""
    wrong = []
    for option in options():
        if len(option.name) < 4:
            continue
        line = f"LOCAL_CONFIG\n{option.name}=5\n"
        mc = lab.file("VERSIONID(`x')\n", tail=MAILER_LINES + line)
        refused = lab.ask(mc).code != 0
        if list(found(rules, mc)) != [("MCF012", Severity.CRITICAL if refused else Severity.HIGH)]:
            wrong.append((option.name, refused, list(found(rules, mc))))
    assert not wrong


@pytest.mark.parametrize(
    "macro",
    ["define", "undefine", "include", "FEATURE", "MAILER", "DAEMON_OPTIONS", "MASQUERADE_AS", "DOMAIN", "LOCAL_DOMAIN"],
)
@pytest.mark.parametrize("above", ["", "# a comment\n", "\n"], ids=["none", "comment", "empty"])
def test_blank_before_parenthesis(lab: Laboratory, rules: list[Rule], macro: str, above: str) -> None:
    """A macro cut off from its parenthesis is found, as critical where sendmail refuses what is left of it."""
    mc = lab.file(f"VERSIONID(`x')\n{above}{macro} (`x')\n")
    refused = lab.ask(mc).code != 0
    severities = [severity for id_, severity in found(rules, mc) if id_ == "MCF005"]
    assert severities == [Severity.CRITICAL if refused else Severity.HIGH]


def test_features_below_mailer(lab: Laboratory, rules: list[Rule]) -> None:
    """Every feature below MAILER is found, as high where m4 says more than that it should be above."""
    wrong = []
    for name in sorted(FEATURES):
        argument = (
            ", `reject'" if name in ("nouucp", "nopercenthack") else ", `x.example.org'" if name == "nullclient" else ""
        )
        mc = lab.file("VERSIONID(`x')\n", tail=f"{MAILER_LINES}FEATURE(`{name}'{argument})dnl\n")
        code, said, _ = lab.made(mc)
        if code != 0 or "FEATURE() should be before MAILER()" not in said:
            continue
        late = re.search(r"must (?:occur before|appear after)|already included", said) is not None
        severities = [severity for id_, severity in found(rules, mc) if id_ == "MCF016"]
        # nouucp works on the local mailer's rules without m4's saying so.
        expected = Severity.HIGH if late or name == "nouucp" else Severity.MEDIUM
        if severities != [expected]:
            wrong.append((name, severities, said))
    assert not wrong


def test_features_alone(lab: Laboratory, rules: list[Rule]) -> None:
    """A feature without what it needs is found where m4 says so, and nowhere else."""
    wrong = []
    for name in sorted(FEATURES):
        tail = "" if name in ("msp", "nullclient") else MAILER_LINES
        mc = lab.file(f"VERSIONID(`x')\nFEATURE(`{name}')dnl\n", tail=tail)
        code, said, _ = lab.made(mc)
        needy = re.search(r"requires (?:FEATURE|argument)|missing argument|should be defined before", said) is not None
        ids = {id_ for id_, _ in found(rules, mc)}
        if code == 0 and ("MCF018" in ids) != needy:
            wrong.append((name, ids, said))
    assert not wrong


def test_unknown_names(lab: Laboratory, rules: list[Rule], cf_tree: Path) -> None:
    """A misspelt FEATURE or MAILER makes m4 fail and is found; the cf tree's own names are not."""
    wrong = []
    for kind, names in (("FEATURE", FEATURES), ("MAILER", MAILERS)):
        for name in sorted(names):
            for written in (name, f"{name} ", f"{name[:3]}{name[2:]}"):
                if not (cf_tree / kind.lower() / f"{name}.m4").is_file():
                    continue
                mc = lab.file("VERSIONID(`x')\n", tail=f"MAILER(`uucp')dnl\n{kind}(`{written}')dnl\n")
                fails = "cannot open" in lab.made(mc)[1]
                ids = {id_ for id_, _ in found(rules, mc)}
                if ("MCF015" in ids) != fails and len(name) > len("pop"):
                    wrong.append((kind, written, fails, ids))
    assert not wrong


SAID_BY_M4 = [
    ("MCF001", "dnl the end", "Warning: end of file treated as newline"),
    ("MCF002", "define(`confLOG_LEVEL', `12)dnl\n", "ERROR: end of file in string"),
    ("MCF002", "define(`confLOG_LEVEL', `12)dnl\ndnl don't\n", "ERROR: end of file in argument list"),
    ("MCF002", "define(`confLOG_LEVEL', ``12')dnl\n", "ERROR: end of file in string"),
    ("MCF002", "# an unpaired ` in a comment\n", "ERROR: end of file in string"),
    ("MCF003", "FEATURE(`redirect'\n", "ERROR: end of file in argument list"),
    ("MCF003", "define(`confLOG_LEVEL', `12'dnl\n", "ERROR: end of file in argument list"),
    ("MCF007", "define(`confLOG_LEVEL', `12`)dnl\n", "ERROR: end of file in string"),
    ("MCF007", "FEATURE('redirect')dnl\n", "cannot open"),
    ("MCF008", "# FEATURE(`promiscuous_relay')\n", "open"),
    ("MCF013", "OSTYPE(`linux')dnl\n", "duplicate OSTYPE(linux)"),
    ("MCF014", "DOMAIN(`generik')dnl\n", "cannot open"),
    ("MCF018", "FEATURE(`greet_pause', `5000')dnl\nFEATURE(`access_db')dnl\n", "greet_pause will not use access_db"),
    ("MCF019", "MAILER(`smtp')dnl\nMAILER(`smtp')dnl\n", "MAILER(smtp) already included"),
    ("MCF020", "define(`confPRIVACY_FLAGS', goaway,noetrn)dnl\n", "excess arguments to builtin `define'"),
    ("MCF024", "define(`confREAD_TIMEOUT', `5m')dnl\n", "confREAD_TIMEOUT is obsolete"),
    ("MCF024", "define(`confDAEMON_OPTIONS', `Port=24')dnl\n", "confDAEMON_OPTIONS is no longer valid"),
    ("MCF024", "define(`confMIN_FREE_BLOCKS', `1/2')dnl\n", "compound confMIN_FREE_BLOCKS is obsolete"),
    ("MCF024", "FEATURE(`tls_failures')dnl\n", "has been replaced by"),
    ("MCF024", "FEATURE(`nodns')dnl\n", "cannot open"),
    ("MCF027", "FEATURE(`access_db', `hash /etc/mail/access')dnl\n", "missing -T<TMPF>"),
    ("MCF035", "MASQUERADE_AS(mail.dnl.example.org)dnl\n", "ERROR: end of file in argument list"),
    ("MCF036", "LOCAL_TRY_TLS\n", "MAILER() should be before LOCAL_TRY_TLS"),
]


@pytest.mark.parametrize(("id_", "text", "message"), SAID_BY_M4)
def test_said_by_m4(lab: Laboratory, rules: list[Rule], id_: str, text: str, message: str) -> None:
    """What the rule claims is what m4 complains of."""
    mc = lab.file(text, tail=MAILER_LINES if text.endswith("\n") else "")
    assert message in lab.made(mc)[1]
    assert id_ in {each for each, _ in found(rules, mc)}


@pytest.mark.parametrize(
    "value", ["LOCAL CONFIG", "LOCAL-CONFIG", "LOCAL_RULESET", "MAILER_DEFINITION", "local_config"]
)
def test_misspelt_keywords(lab: Laboratory, rules: list[Rule], value: str) -> None:
    """A misspelt keyword keeps sendmail from starting, and one rule says so."""
    mc = lab.file("VERSIONID(`x')\n", tail=f"{MAILER_LINES}{value}\n")
    assert lab.ask(mc).code != 0
    assert list(found(rules, mc)) == [("MCF011", Severity.CRITICAL)]


@pytest.mark.parametrize(
    ("text", "silent"),
    [
        ("See the README for more\n", True),
        ("listen on both\n", False),
        ("\n  indented below an empty line\n", False),
        ("# a comment\n  goes on\n", True),
        ("# a comment\nFEATURE(`redirect')dnl\n  goes on\n", True),
        ("See the README\nFEATURE(`redirect')\n  goes on\n", False),
        ("See the README\n  for more\n", True),
        ("define('confLOG_LEVEL', '14')dnl\n", True),
        ("dnlFEATURE(`redirect')\n", False),
        ("LOCAL_DOMAIN(`a.example', `b.example')dnl\n", True),
        ("define(`confTLS_SRV_OPTIONS', V')dnl\n", True),
    ],
)
def test_silent_or_loud(lab: Laboratory, rules: list[Rule], text: str, *, silent: bool) -> None:
    """A finding is critical exactly where the programs do not pass the text in silence."""
    mc = lab.file(f"VERSIONID(`x')\n{text}")
    said = lab.ask(mc)
    assert (said.m4_code, said.code != 0) == (0, not silent)
    severities = [severity for _, severity in found(rules, mc)]
    harmless = text.startswith("# a comment")
    assert bool(severities) != harmless
    assert (Severity.CRITICAL in severities) != silent
