"""Drift against real files: what GNU m4 makes has none, and one changed line is named."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.engine.audit import Target, audit
from auditor.engine.profiles import load
from auditor.engine.resolve import Facts
from auditor.facts.configurations import Configurations
from auditor.facts.drift import Drift
from auditor.facts.given import Clock, Host, Profile, Tree
from auditor.facts.mailers import rulesets_of
from auditor.model.finding import Finding
from auditor.model.subjects import Install
from auditor.model.text import Node, Source, Span
from auditor.model.unknown import Unknown
from auditor.readers.cf import CfDocument, read_cf
from auditor.readers.mc import read_mc
from auditor.sendmail.cf import CfView
from auditor.sendmail.cf_directory import CfDirectory
from auditor.sendmail.mc import static_view
from auditor.trees.local import LocalTree
from auditor.trees.memory import MemoryFile, MemoryTree
from checks import rules
from tests.examples import NOW, closed_host
from tests.lab.test_effective_options import made, sources

pytestmark = pytest.mark.lab

RULES = [rule for rule in rules() if rule.family == "DRF"]
MC, CF = "/etc/mail/sendmail.mc", "/etc/mail/sendmail.cf"
EXAMPLES = int(os.environ.get("MAILAUDIT_EXAMPLES", "40"))
#: A .mc with something of everything; ``{define}`` is where a test puts its own line.
TEXT = """include(`{cf_m4}')dnl
VERSIONID(`the mill')dnl
OSTYPE(`linux')dnl
{define}
define(`SMART_HOST', `relay.doe.org')dnl
define(`LOCAL_MAILER_FLAGS', `SA')dnl
FEATURE(`no_default_msa')dnl
DAEMON_OPTIONS(`Name=MTA, Port=smtp')dnl
DAEMON_OPTIONS(`Name=MSA, Port=submission, M=Ea')dnl
LOCAL_DOMAIN(`doe.org example.org')dnl
MASQUERADE_AS(`doe.org')dnl
FEATURE(`access_db')dnl
FEATURE(`virtusertable', `hash /etc/mail/virtusertable')dnl
FEATURE(`use_cw_file')dnl
INPUT_MAIL_FILTER(`spam', `S=local:/run/spam.sock, F=T')dnl
LOCAL_CONFIG
D{{Owner}}jane
EWHERE=here
Kown hash /etc/mail/own
H?M?X-Ours: yes
MAILER(`local')dnl
MAILER(`smtp')dnl
MAILER_DEFINITIONS
Mfax, P=/usr/bin/fax, F=lsDFM, S=EnvFromL, R=EnvToL, A=fax $u
LOCAL_RULESETS
SLocal_check_mail
R$* spam $*\t$#error $@ 5.7.1 $: "550 no spam"
Sours
R$*\t$: $1
"""
DEFINE_LINE = 4
#: Lines to add, and what names them.
NEW = {
    "option": ("O SoftBounce=True\n", "SoftBounce"),
    "map": ("Kmine hash /etc/mail/mine\n", "the map mine"),
    "mailer": ("Mmine, P=/bin/cat, F=ls, A=cat\n", "the mailer mine"),
    "macro": ("D{Mine}x\n", "the macro {Mine}"),
    "class": ("C{Mine}word\n", "class {Mine}"),
    "header": ("HX-Mine: x\n", "the header X-Mine"),
    "rule": ("R$* mine $*\t$@ mine\n", ""),
}
#: What tells a line of each kind by its name.
NAMES = {
    "option": r"O ([\w.]+)",
    "map": r"K(\S+)",
    "mailer": r"M([^,\s]+)",
    "macro": r"D(\{\w+\}|.)",
    "class": r"C(?:\{(?=\w\}))?(\{\w\w+\}|.)",
    "trusted user": "(T)",
    "header": r"H(?:\?.*?\?)?([^:\s]+)",
    "environment": r"E(\w+)",
    "precedence": r"P([\w-]+)",
    "milter": "X([^,]+)",
}


def given_of(mc: bytes, cf: bytes, cf_tree: Path) -> dict[type, object]:
    """An install with a .mc and a .cf that was built after it, and the cf directory."""
    host = LocalTree(Path("/"), complete=True)
    files = {MC: MemoryFile(mc, mtime=1e9), CF: MemoryFile(cf, mtime=2e9)}
    return {
        Tree: MemoryTree(files),
        Clock: Clock(NOW),
        Profile: load("modern"),
        Host: closed_host(),
        CfDirectory: CfDirectory(host, str(cf_tree)),
    }


def findings(mc: bytes, cf: bytes, cf_tree: Path) -> list[Finding]:
    """What the rules on drift find."""
    return [item.finding for item in audit(Target("x", given_of(mc, cf, cf_tree)), RULES).reported]


def drift_of(mc: bytes, cf: bytes, cf_tree: Path) -> Drift | Unknown:
    """How the two stand to each other."""
    install = Install("x")
    facts = Facts(install, given_of(mc, cf, cf_tree))
    found: Drift | Unknown = facts.get(Drift, facts.get(Configurations, install).subjects[0])
    return found


def test_what_m4_made_has_no_drift(
    program: Callable[[str], str], cf_tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The .cf that GNU m4 makes of a .mc is no different from it, and nearly always that is known for certain."""
    m4 = program("m4")
    total = sure = 0
    wrong: list[str] = []
    for path in sources(cf_tree):
        cf = made(path, cf_tree, m4, tmp_path)
        if cf is None or b"\nO " not in cf:
            continue
        mc = (tmp_path / "made.mc").read_bytes()
        if read_mc(Source(MC, mc)).of_kind("template", "placeholder"):
            # m4 takes a template as it stands; whoever fills it in first makes another .cf.
            continue
        found = drift_of(mc, cf, cf_tree)
        assert isinstance(found, Drift), path
        total += 1
        sure += found.sure
        wrong += [f"{path}: {each.what}" for each in found.differences]
        wrong += [f"{path}: {each.message}" for each in findings(mc, cf, cf_tree)] if total % 8 == 1 else []
    with capsys.disabled():
        print(f"\nwithout drift {total}, known for certain {sure}")  # noqa: T201  # The count matters.
    assert not wrong, "\n".join(wrong[:20])
    assert total >= sure >= 0.9 * total > 10


class Laboratory:
    """The text, what m4 makes of it, and the lines of that."""

    def __init__(self, program: Callable[[str], str], cf_tree: Path, room: Path) -> None:
        self.m4, self.cf_tree, self.room = program("m4"), cf_tree, room
        self.mc = self.text("dnl")
        self.cf = self.make(self.mc)
        self.document: CfDocument = read_cf(Source(CF, self.cf))
        self.nodes = [node for node in self.document.nodes if node.kind in {*NEW, *NAMES} and node.text[:2] != "DZ"]
        self.ruleset = {rule.start: each.name for each in rulesets_of(CfView(self.document)) for rule in each.rules}

    def text(self, define: str) -> bytes:
        """The .mc with a line of the test's own."""
        return TEXT.format(cf_m4=self.cf_tree / "m4/cf.m4", define=define).encode()

    def make(self, mc: bytes) -> bytes:
        """What m4 makes of it."""
        path = self.room / "site.mc"
        path.write_bytes(mc)
        cf = made(path, self.cf_tree, self.m4, self.room)
        assert cf is not None
        return cf

    def name(self, node: Node) -> str:
        """What a difference in a line is to name."""
        if node.kind == "rule":
            return f"in the ruleset {self.ruleset[node.start]} "
        found = re.match(NAMES[node.kind], node.text)
        assert found is not None
        name = found[1]
        listener = re.match(r"O DaemonPortOptions=Name=(\w+)", node.text)
        if listener is not None:
            return f"the listener {listener[1]} "
        if node.kind in ("class", "trusted user"):
            return f"class {'t' if name == 'T' else name} "
        return f"{name} " if node.kind != "map" else f"the map {name.lower()} "

    def edited(self, node: Node, text: str) -> bytes:
        """The .cf with other text in the place of a line."""
        old = self.document.source.text
        return (old[: node.start] + text + old[node.end :]).encode("latin-1")


@pytest.fixture(scope="module")
def lab(program: Callable[[str], str], cf_tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Laboratory:
    """The programs, asked once."""
    return Laboratory(program, cf_tree, tmp_path_factory.mktemp("drift"))


def changed(node: Node) -> str:
    """A line with another value."""
    text = node.text
    if node.kind == "rule":
        return text.replace("R", "Rchanged ", 1)
    if node.kind == "mailer":
        return text.replace("F=", "F=%!", 1)
    if node.kind == "precedence":
        return text.rstrip() + "7\n"
    if node.kind == "trusted user":
        return f"{text.rstrip()}x\n"
    separator = " " if node.kind == "class" else ""
    first, newline, rest = text.partition("\n")
    return f"{first}{separator}changed{newline}{rest}"


#: Which line, as a share of all of one kind; one kind in ten lines would hide behind the rules otherwise.
CHOICES = st.tuples(
    st.sampled_from([*sorted(NAMES), "rule"]),
    st.floats(0, 1, exclude_max=True),
    st.sampled_from(["remove", "change", "add"]),
)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(choice=CHOICES)
def test_changed_line_of_the_cf_is_named(lab: Laboratory, choice: tuple[str, float, str]) -> None:
    """One line of the .cf removed, changed or added is a finding that names what it is about."""
    kind, share, what = choice
    nodes = [node for node in lab.nodes if node.kind == kind]
    node = nodes[int(share * len(nodes))]
    name = lab.name(node)
    if what == "add":
        line, new = NEW.get(kind, NEW["option"])
        cf, name = lab.edited(node, node.text + line), new or name
    else:
        cf = lab.edited(node, "" if what == "remove" else changed(node))
    (found,) = findings(lab.mc, cf, lab.cf_tree)
    told = " ".join((found.message, *(note for _, note in found.related), *found.evidence))
    assert name.strip() in told, (node.text, found.message)
    assert found.confidence == "high"


DEFINES = st.sampled_from(
    [
        ("confLOG_LEVEL", "LogLevel", "14", "9"),
        ("confMAX_MESSAGE_SIZE", "MaxMessageSize", "1000000", "2000000"),
        ("confPRIVACY_FLAGS", "PrivacyOptions", "goaway", "authwarnings,noexpn"),
        ("confTO_IDENT", "Timeout.ident", "0", "5s"),
        ("confAUTH_MECHANISMS", "AuthMechanisms", "PLAIN LOGIN", "CRAM-MD5"),
        ("confDOMAIN_NAME", "the macro j", "mill.doe.org", "pond.doe.org"),
        ("MAIL_HUB", "the macro H", "hub.doe.org", "other.doe.org"),
        ("confCW_FILE", "into class w", "/etc/mail/names", "/etc/mail/our-names"),
        ("SMTP_MAILER_FLAGS", "the mailer smtp", "", "k"),
        ("confRELAY_MAILER", "in the ruleset", "relay", "esmtp"),
    ]
)


@settings(max_examples=max(10, EXAMPLES // 3), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(case=DEFINES)
def test_changed_define_is_told_on_its_line(lab: Laboratory, case: tuple[str, str, str, str]) -> None:
    """A define that was changed after the .cf was made is told by what it sets, on its line of the .mc."""
    macro, name, before, after = case
    cf = lab.make(lab.text(f"define(`{macro}', `{before}')dnl"))
    (found,) = findings(lab.text(f"define(`{macro}', `{after}')dnl"), cf, lab.cf_tree)
    places = [at for at, _ in ((found.at, ""), *found.related) if isinstance(at, Span)]
    assert name in found.message
    assert (MC, DEFINE_LINE) in {(at.path, at.line) for at in places}


def test_the_static_reading_names_it_too(lab: Laboratory) -> None:
    """Without the cf tree what the .mc determines is compared: the same text has no drift, and edits are told."""
    assert static_view(read_mc(Source(MC, lab.mc))).opaque == []
    edits = {
        b"DSrelay": (b"DSother", "the macro S (smart host) is other.doe.org"),
        b"F=lsDFM,": (b"F=lsDF,", "the mailer fax has F=lsDF"),
        b'"550 no spam"': (b'"550 no"', "in the ruleset Local_check_mail 1 rule differs"),
        b"DMdoe.org": (b"DMexample.org", "the macro M (masquerade) is example.org"),
        b"submission, M=Ea": (b"submission, M=E", "the listener MSA has M=E"),
        b"D{Owner}jane": (b"D{Owner}mary", 'the line "D{Owner}jane" is not there'),
        b"C{w}doe.org": (b"C{w}", "class w lacks doe.org"),
    }
    given = given_of(lab.mc, lab.cf, lab.cf_tree)
    for old, (new, words) in {b"\0": (b"", ""), **edits}.items():
        cf = lab.cf.replace(old, new)
        assert (cf == lab.cf) == (not words), old
        files = {MC: MemoryFile(lab.mc, mtime=1e9), CF: MemoryFile(cf, mtime=2e9)}
        without = {**given, Tree: MemoryTree(files), CfDirectory: Unknown("none")}
        told = [item.finding.message for item in audit(Target("x", without), RULES).reported]
        assert len(told) == bool(words)
        assert all(words in each for each in told), told
