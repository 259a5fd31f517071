"""Drift: whether the .cf that sendmail reads is what its .mc leads to."""

from collections.abc import Iterator
from posixpath import basename, dirname

from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.drift import Difference, Drift
from auditor.model.finding import Confidence, Finding, Severity, command
from auditor.model.shell import quoted
from auditor.model.subjects import Configuration
from auditor.model.text import Span
from auditor.readers.mc import McDocument

USUAL_FILE = "/etc/mail/sendmail.mc"

#: Differences that are told in the message, and those that are told with their place.
_NAMED = 3
_PLACED = 12
_WIDTH = 120


def build(files: ConfigurationFiles, newest: str) -> str:
    """What is typed to build a .cf anew without losing the old one where m4 stops halfway."""
    source = newest if newest.endswith(".mc") else files.to_mend
    new = quoted(f"{files.cf_path}.new")
    return f"{_expand(files, source)} > {new} && sendmail -C {new} -bC && mv {new} {quoted(files.cf_path)}"


def _expand(files: ConfigurationFiles, source: str) -> str:
    include = files.mc.include if isinstance(files.mc, McDocument) else None
    if include is None or "(" not in include.text or include.text.partition("(")[2].lstrip(" \t\n`").startswith("/"):
        return f"m4 {quoted(source)}"
    # m4 looks for a relative path from where it is run.
    return f"cd {quoted(dirname(source))} && m4 {quoted(basename(source))}"


def differing(
    configuration: Configuration, files: ConfigurationFiles, drift: Drift, consequence: str, title: str
) -> Iterator[Finding]:
    """One finding for all differences: the first few in its message, each at its place in the .mc if it has one there.

    Marks in comments alone are no more than a hint.
    """
    found = sorted(drift.differences, key=lambda each: each.in_mc is None)
    places = [place for each in found[:_PLACED] for place in _places(each)]
    first, rest = (places[0][0], places[1:]) if places else (files.cf_path, [])
    more = f", and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    words = "; ".join(each.what for each in found[:_NAMED])
    yield Finding(
        first,
        f"{configuration.name} is not what {files.to_mend} makes: {words}{more}",
        consequence if drift.acts or not drift.sure else "Nothing that sendmail acts on differs.",
        command(build(files, drift.newest), title),
        tuple(rest),
        tuple(each.what for each in found if not _has_place(each)) + tuple(each.what for each in found[_PLACED:]),
        severity=None if drift.acts or not drift.sure else Severity.INFO,
        confidence=Confidence.HIGH if drift.sure else None,
    )


def _has_place(difference: Difference) -> bool:
    return difference.in_cf is not None or difference.in_mc is not None


def _places(each: Difference) -> Iterator[tuple[Span, str]]:
    """The place in the .mc, and that in the .cf with what stands there."""
    if each.in_mc is not None:
        yield each.in_mc, each.what
    if each.in_cf is not None and each.in_mc is None:
        yield each.in_cf, each.what
    elif each.in_cf is not None:
        given = f", the .mc gives {shortened(each.gives)}" if each.gives else ""
        yield each.in_cf, f"the .cf has {shortened(each.in_cf.source.line(each.in_cf.line))}{given}"


def shortened(line: str) -> str:
    """A line as a note shows it: blanks made one, and cut where it is long."""
    text = " ".join(line.split())
    return f"{text[:_WIDTH]}…" if len(text) > _WIDTH else text
