"""The check contract: a rule is a function from facts to findings, with an id, a severity and a manual.

A rule's module holds one docstring, its manual, and one function under ``@check``. The function's parameters are the
facts it needs. What it yields decides its outcome: a ``Finding`` makes it failed, an ``Unknown`` skipped, a
``NotApplicable`` not applicable, an ``Inconclusive`` inconclusive, nothing at all passed. An ``Unknowable`` that a
fact raises counts as a yielded ``Unknown``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from auditor.model.facts import Need, needs
from auditor.model.finding import Confidence, Finding, Severity
from auditor.model.unknown import Inconclusive, NotApplicable, Unknown

#: What a check yields.
Verdicts: TypeAlias = Iterator[Finding | Unknown | NotApplicable | Inconclusive]


@dataclass(frozen=True)
class Rule:
    """A check with what reports and manuals need to know of it.

    Attributes:
        id: the catalogue's id, such as ``CFF020``; it never changes its meaning.
        severity: the usual severity of its findings.
        confidence: how sure it is of what it claims.
        howto: the step of the howto it belongs to ("P", "Kn", "1" to "11", "N6"), or None.
        function: the function that judges.
        same_as: of a rule about the wire, the rules that say the same of a configuration. Where one of them has spoken
            of the configuration beside an endpoint, a finding on the wire points there.

    """

    id: str
    severity: Severity
    confidence: Confidence
    howto: str | None
    function: Callable[..., Verdicts]
    same_as: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        """The rule's name in words, from the function's name."""
        return self.function.__name__.replace("_", "-")

    @property
    def family(self) -> str:
        """The letters of the id."""
        return self.id.rstrip("0123456789")

    @property
    def manual(self) -> str:
        """The docstring of the rule's module."""
        return sys.modules[self.function.__module__].__doc__ or ""

    @property
    def title(self) -> str:
        """The manual's first line without its full stop."""
        return self.manual.partition("\n")[0].strip().rstrip(".")

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """The facts the function asks for."""
        return needs(self.function)


def check(
    id: str,  # noqa: A002  # The catalogue's word for it.
    *,
    severity: Severity,
    confidence: Confidence = Confidence.MEDIUM,
    howto: str | None = None,
    same_as: tuple[str, ...] = (),
) -> Callable[[Callable[..., Verdicts]], Rule]:
    """Make a rule of a function; the arguments are those of ``Rule``."""

    def mark(function: Callable[..., Verdicts]) -> Rule:
        return Rule(id, severity, confidence, howto, function, same_as)

    return mark
