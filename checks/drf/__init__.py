"""Drift: whether the .cf that sendmail reads is what its .mc leads to."""

from collections.abc import Iterator

from auditor.facts.configurations import ConfigurationFiles
from auditor.facts.drift import Drift
from auditor.model.finding import Finding, command
from auditor.model.subjects import Configuration
from auditor.model.text import Span

USUAL_FILE = "/etc/mail/sendmail.mc"

_SHOWN = 3


def build(files: ConfigurationFiles, newest: str) -> str:
    """What is typed to build a .cf anew without losing the old one where m4 stops halfway."""
    source = newest if newest.endswith(".mc") else files.to_mend
    new = f"{files.cf_path}.new"
    return f"m4 {source} > {new} && sendmail -C {new} -bC && mv {new} {files.cf_path}"


def differing(
    configuration: Configuration, files: ConfigurationFiles, drift: Drift, consequence: str, title: str
) -> Iterator[Finding]:
    """One finding for all differences: the first few in its message, each with its places, all of them as evidence."""
    found = drift.differences
    places: list[tuple[Span, str]] = []
    for each in found[:_SHOWN]:
        places += [(span, each.what) for span in (each.in_cf, each.in_mc) if span is not None]
    first = places[0][0] if places else files.cf_path
    more = f", and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    words = "; ".join(each.what for each in found[:_SHOWN])
    yield Finding(
        first,
        f"{configuration.name} is not what {files.to_mend} makes: {words}{more}",
        consequence,
        command(build(files, drift.newest), title),
        tuple(places[1:]),
        tuple(each.what for each in found),
    )
