"""Findings about the generated .cf are shown on the lines of the .mc that are to be mended."""

from __future__ import annotations

import pytest

from auditor.engine.relocate import relocated
from auditor.engine.resolve import Facts
from auditor.facts.configurations import CfFile
from auditor.facts.generated import Generated
from auditor.facts.given import Tree
from auditor.model.check import Verdicts, check
from auditor.model.finding import Finding, Severity
from auditor.model.report import Outcome, Result
from auditor.model.subjects import Configuration, Install
from auditor.model.text import Source, Span
from auditor.model.unknown import NotApplicable
from auditor.sendmail.cf_directory import CfDirectory
from auditor.trees.memory import MemoryFile, MemoryTree

MC, CF = "/etc/mail/sendmail.mc", "/etc/mail/sendmail.cf"
CF_M4 = "define(`FEATURE', `Kmap hash /x')m4wrap(`O LogLevel=confLOG_LEVEL\nOwn\n')dnl\n"
TEXT = "include(`/usr/share/sendmail/cf/m4/cf.m4')dnl\ndefine(`confLOG_LEVEL', `12')dnl\nFEATURE(`m')\nDjx\n"


@check("TST001", severity=Severity.LOW)
def rule(configuration: Configuration) -> Verdicts:
    """Stands for any rule."""
    yield NotApplicable(configuration.name)


def facts(cf: str | None) -> tuple[Facts, Configuration]:
    """An install with a .mc, a small cf directory and perhaps a .cf."""
    files = {MC: MemoryFile(TEXT.encode()), "/usr/share/sendmail/cf/m4/cf.m4": MemoryFile(CF_M4.encode())}
    if cf is not None:
        files[CF] = MemoryFile(cf.encode())
    tree = MemoryTree(files)
    install = Install("site")
    directory = CfDirectory(tree, "/usr/share/sendmail/cf")
    return Facts(install, {Tree: tree, CfDirectory: directory}), Configuration("sendmail.cf", install)


def moved(cf: str | None, words: str, related: str | None = None) -> Finding:
    """A finding on some words of the .cf, of the real one or else of what m4 makes, after it was moved."""
    known, configuration = facts(cf)
    if cf is None:
        made = known.get(CfFile, configuration)
        assert isinstance(made, CfFile)
        assert isinstance(made.generated, Generated)
        source = made.document.source
    else:
        source = Source(CF, cf.encode())

    def at(part: str) -> Span:
        start = source.text.index(part)
        return source.span(start, start + len(part))

    beside = ((at(related), "beside"),) if related is not None else ()
    finding = Finding(at(words), "message", "consequence", None, beside)
    result = Result(rule, configuration, Outcome.FAILED, "", (finding,))
    [found] = relocated(result, known).findings
    return found


MADE = "Kmap hash /x\nDjx\nO LogLevel=12\nOwn\n"


@pytest.mark.parametrize("cf", [None, MADE])
@pytest.mark.parametrize(
    ("words", "wanted"), [("O LogLevel=12", "12"), ("12", "12"), ("Kmap hash", "FEATURE(`m')"), ("Djx", "Djx")]
)
def test_the_place_to_mend(cf: str | None, words: str, wanted: str) -> None:
    """The finding goes to the .mc, and the line of the .cf stays beside it, whether the .cf is there or not."""
    found = moved(cf, words)
    assert isinstance(found.at, Span)
    assert (found.at.path, found.at.text) == (MC, wanted)
    [(beside, _)] = found.related
    assert isinstance(beside, Span)
    assert (beside.path, beside.text) == (CF, words)


def test_what_was_edited_stays() -> None:
    """A line of the .cf that is not what m4 makes, or of which there are two, stays where it is."""
    for cf in (MADE.replace("12", "13"), MADE.replace("Kmap hash /x", "Kmap btree /x")):
        changed = "O LogLevel=13" if "13" in cf else "Kmap btree /x"
        found = moved(cf, changed)
        assert isinstance(found.at, Span)
        assert (found.at.path, found.related) == (CF, ())


def test_related_places_move_too() -> None:
    """Of a finding that stays the other places are moved."""
    found = moved(MADE.replace("12", "13"), "O LogLevel=13", "Djx")
    [(beside, note)] = found.related
    assert isinstance(beside, Span)
    assert (beside.path, beside.text, note) == (MC, "Djx", "beside")
