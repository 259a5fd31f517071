"""A report with one of each thing that a format has to show, and any words put where audited files' words stand."""

from __future__ import annotations

from auditor.model.check import Rule, Verdicts, check
from auditor.model.finding import Edit, Finding, Fix, Severity, command
from auditor.model.report import (
    Grade,
    Outcome,
    Place,
    Report,
    Reported,
    Result,
    Row,
    SetAside,
    Step,
    TargetReport,
    Why,
)
from auditor.model.subjects import Endpoint, Install
from auditor.model.text import Source


@check("TST010", severity=Severity.HIGH, howto="6")
def exposed() -> Verdicts:
    """Stand for a rule whose findings have a place in a file."""
    yield Finding(None, "", "")


@check("TST011", severity=Severity.CRITICAL)
def silent() -> Verdicts:
    """Stand for a rule about the wire."""
    yield Finding(None, "", "")


@check("TST012", severity=Severity.LOW)
def small() -> Verdicts:
    """Stand for a rule of little weight."""
    yield Finding(None, "", "")


def sample(word: str = "DENY", path: str = "hosts/mx1/etc/mail/access", host: str = "hosts/mx1") -> Report:
    """A report about an install and two endpoints, one of which a file names.

    Args:
        word: what an audited file says, which findings quote.
        path: the file's path.
        host: the install's name.

    """
    source = Source("/etc/mail/access", f"# who may\n192.0.2\t{word}\nlast\n".encode(errors="replace"))
    whole = Place(path, 2, 9, 2, 9 + len(word), source)
    fix = Fix(f"write REJECT for {word}", edits=(Edit(source.span(18, 18), "REJECT"),))
    at_word = Finding(source.span(18, 18), f"{word} is no action", f"sendmail takes {word} for a text.", fix)
    host_wide = Finding(
        None, f"no resolver for {word}", "Mail waits.", command(f"echo '{word}'\nservice x restart", "do")
    )
    known = Finding(source.span(0, 1), f"known {word}", "It stays.")
    excused = Finding(source.span(0, 2), f"excused {word}", "It stays.", severity=Severity.LOW)
    untouched = Finding(source.span(0, 3), f"untouched {word}", "It stays.")
    install = Install(host)
    located = _reported(exposed, at_word, host, whole, "1", ((Place(path, 1, 1, 1, 2, source), f"see {word}"),))
    results = (
        Result(exposed, install, Outcome.FAILED, "", (at_word, known)),
        Result(silent, install, Outcome.PASSED),
        Result(silent, install, Outcome.SKIPPED, f"{word} cannot be read"),
        Result(silent, install, Outcome.CRASHED, f"ValueError: {word}"),
        Result(small, install, Outcome.FAILED, "", (host_wide, excused)),
        Result(small, install, Outcome.FAILED, "", (excused,)),
        Result(small, install, Outcome.FAILED, "", (untouched,)),
    )
    aside = (
        SetAside(_reported(small, excused, host, Place(path, 1), "3"), Why.SUPPRESSED, f"behind {word}"),
        SetAside(_reported(exposed, known, host, Place(path, 1), "4"), Why.BASELINE),
        SetAside(_reported(exposed, untouched, host, Place(path, 1), "5"), Why.UNCHANGED),
    )
    first = TargetReport(
        host,
        "install",
        (located, _reported(small, host_wide, host, None, "2")),
        results,
        (Step("6", "Certificates", "problems", ""),),
        set_aside=aside,
    )
    targets = (
        first,
        _endpoint("mx1.example.org:25", word, Place("targets.txt", 3, 1, 3, 19)),
        _endpoint("mx2:25", word),
    )
    return Report(targets, notices=(f"new since main: an ignore of TST010 ({word})",))


def _endpoint(name: str, word: str, named: Place | None = None) -> TargetReport:
    finding = Finding(None, f"{word} is offered", "Anyone reads it.", severity=Severity.CRITICAL)
    found = _reported(silent, finding, name, None, f"wire {name}")
    results = (Result(silent, Endpoint(name), Outcome.FAILED, "", (finding,)),)
    return TargetReport(name, "endpoint", (found,), results, (), (Row("TLS", word, Grade.BAD),), named=named)


def _reported(  # noqa: PLR0913  # What differs between findings.
    rule: Rule,
    finding: Finding,
    target: str,
    place: Place | None,
    key: str,
    related: tuple[tuple[Place, str], ...] = (),
) -> Reported:
    edits = tuple((place, edit.text) for edit in (finding.fix.edits if finding.fix else ()) if place is not None)
    severity = finding.severity or rule.severity
    return Reported(rule, finding, severity, rule.confidence, target, target, place, related, edits, key * 4)
