"""Where a scan probes as well, a defect shows on both sides: what the wire shows then points at the configuration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.model.finding import Finding
from auditor.model.report import Result
from auditor.model.subjects import Configuration, Credential, Endpoint, Subject
from auditor.model.text import Span
from auditor.model.value import replaced


def tied(results: Sequence[Result]) -> tuple[Result, ...]:
    """The results, with findings about endpoints related to those that say the same of the daemon's configuration.

    The same is what the same rule says of a file, as of a certificate, or a rule that is named by ``Rule.same_as``.
    """
    places: dict[str, list[Span | str]] = {}
    for result in results:
        if result.findings and _is_of_daemon(result.subject):
            found = (finding.at for finding in result.findings if finding.at is not None)
            places.setdefault(result.rule.id, []).extend(found)
    return tuple(_tied(result, places) for result in results)


def _is_of_daemon(subject: Subject) -> bool:
    configuration = subject.of_kind(Configuration)
    if not isinstance(configuration, Configuration) or configuration.is_submission:
        return False
    # What sendmail shows as a client is seen by no probe.
    return not isinstance(subject, Credential) or not subject.name.startswith("client")


def _tied(result: Result, places: dict[str, list[Span | str]]) -> Result:
    if not result.findings or result.subject.of_kind(Endpoint) is None:
        return result
    same = tuple(_same(result, places))
    return replaced(result, findings=tuple(_pointing(finding, same) for finding in result.findings)) if same else result


def _same(result: Result, places: dict[str, list[Span | str]]) -> Iterator[tuple[Span | str, str]]:
    for name in (result.rule.id, *result.rule.same_as):
        yield from ((place, f"{name} tells of the same here") for place in places.get(name, ()))


def _pointing(finding: Finding, same: tuple[tuple[Span | str, str], ...]) -> Finding:
    return replaced(finding, related=(*finding.related, *same)) if finding.at is None else finding
