"""Move findings about the generated .cf to the place of the .mc that is to be mended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.engine.resolve import Facts
from auditor.model.finding import Finding
from auditor.model.report import Result
from auditor.model.subjects import Configuration, Subject
from auditor.model.text import Span
from auditor.model.unknown import Unknowable
from auditor.model.value import replaced

if TYPE_CHECKING:
    from auditor.facts.generated import Generated


def relocated(result: Result, facts: Facts) -> Result:
    """A result whose findings are on the lines of the .mc as far as a part of the .cf comes from there.

    The line of the .cf stays with the finding as a related place. What the cf tree alone wrote, and what is not what m4
    makes of the .mc, stays where it is; only where there is no .cf is it put on the .mc as a whole.
    """
    if not any(_in_cf(finding) for finding in result.findings):
        return result
    moved = tuple(_moved(finding, result.subject, facts) for finding in result.findings)
    return replaced(result, findings=moved)


def _in_cf(finding: Finding) -> bool:
    return isinstance(finding.at, Span) and finding.at.path.endswith(".cf")


def _moved(finding: Finding, subject: Subject, facts: Facts) -> Finding:
    from auditor.facts.generated import Generated  # noqa: PLC0415  # Few findings are on a .cf.

    configuration = subject.of_kind(Configuration)
    generated = facts.get(Generated, configuration) if configuration is not None else None
    if not isinstance(generated, Generated) or not isinstance(finding.at, Span) or finding.at.path != generated.path:
        return finding
    try:
        origin: Span | str | None = _origin(finding.at, generated)
    except Unknowable:
        return finding
    imagined = generated.is_from(finding.at)
    related = tuple(((_origin(at, generated) or at), note) for at, note in finding.related)
    if origin is None and imagined:
        # The cf tree's own line cannot be mended; what it clashes with may stand in the .mc.
        others = (at for at, _ in related if isinstance(at, Span) and at.path != generated.path)
        origin = next(others, generated.mc_path)
    if origin is None:
        return replaced(finding, related=related)
    note = "the line that m4 makes of it" if imagined else "the line that was made of it"
    kept = tuple((at, said) for at, said in related if at != origin)
    return replaced(finding, at=origin, related=((finding.at, note), *kept))


def _origin(at: Span | str, generated: Generated) -> Span | None:
    if not isinstance(at, Span) or at.path != generated.path:
        return None
    part = (at.start, at.end) if generated.is_from(at) else _counterpart(at, generated.expansion.output)
    return generated.origin(*part) if part is not None else None


def _counterpart(at: Span, output: str) -> tuple[int, int] | None:
    """Where the same part of the same line is in what m4 prints, if that line is there once."""
    start, end = _line(at.source.text, at.start)
    line = at.source.text[start:end]
    made = f"\n{output}\n"
    found = made.find(f"\n{line}\n") if line.strip() else -1
    if found < 0 or made.find(f"\n{line}\n", found + 1) >= 0:
        return None
    return found + at.start - start, found + min(at.end, end) - start


def _line(text: str, offset: int) -> tuple[int, int]:
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    return start, len(text) if end < 0 else end
