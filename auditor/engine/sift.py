"""Set aside the findings that do not count: suppressed, ignored, known, or not of this change."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from auditor.model.report import Reported, SetAside, TargetReport, Why
from auditor.model.value import replaced

#: Says why a finding does not count, with the reason somebody gave for it; None where it does.
Sieve = Callable[[Reported], tuple[Why, str] | None]


def sifted(target: TargetReport, sieves: Iterable[Sieve]) -> TargetReport:
    """A target's report with each finding set aside that one of the sieves does not let through; the first decides.

    How the checks ended, and how the install fares at the howto's steps, stays as it is: what nobody wants to be told
    of again is still there.
    """
    wanted = tuple(sieves)
    kept, aside = [], list(target.set_aside)
    for item in target.reported:
        verdict = next((said for sieve in wanted if (said := sieve(item)) is not None), None)
        if verdict is None:
            kept.append(item)
        else:
            aside.append(SetAside(item, *verdict))
    return replaced(target, reported=tuple(kept), set_aside=tuple(aside))
