"""Resolve facts: each computed when first asked for, once for each subject."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from auditor.model.facts import FACT_TYPES, LISTINGS, PROVIDERS, Need, needs
from auditor.model.subjects import Subject
from auditor.model.unknown import NotApplicable, Unknowable, Unknown


class FactCrash(Exception):  # noqa: N818  # The word says what happened; "Error" would add nothing.
    """A provider failed; the original exception is its cause."""


@cache
def _needs(function: Callable[..., Any]) -> tuple[Need, ...]:
    return needs(function)


class Facts:
    """The facts of one target.

    Args:
        target: the subject at the root of the tree of subjects.
        given: the facts that come from outside, by type.

    """

    def __init__(self, target: Subject, given: Mapping[type, object]) -> None:
        self.target = target
        self._values: dict[tuple[type, Subject], Any] = {(kind, target): value for kind, value in given.items()}

    def get(self, kind: type, subject: Subject) -> Any:  # noqa: ANN401  # A fact may be of any type.
        """A fact about the subject or about the nearest subject above it that the fact is about.

        Returns:
            The fact, or ``Unknown`` or ``NotApplicable`` with the reason.

        Raises:
            FactCrash: the provider failed, now or before.

        """
        about = subject.of_kind(FACT_TYPES[kind].about)
        if about is None:
            # What is given holds for the whole target, whatever kind of target that is: the clock, the profile.
            if (kind, self.target) in self._values:
                return self._values[kind, self.target]
            return NotApplicable(f"{subject.name} has no {kind.__name__}")
        if kind is type(about):
            return about
        if issubclass(kind, Subject):
            return about
        key = (kind, about)
        if key not in self._values:
            self._values[key] = self._compute(kind, about)
        value = self._values[key]
        if isinstance(value, FactCrash):
            raise value
        return value

    def arguments(self, wanted: Iterable[Need], subject: Subject) -> dict[str, Any] | Unknown | NotApplicable:
        """The facts for a function's parameters, or the first that forbids calling it and is not asked for as such."""
        found = {}
        for need in wanted:
            value = self.get(need.type, subject)
            if isinstance(value, Unknown) and not need.takes_unknown:
                return value
            if isinstance(value, NotApplicable) and not need.takes_not_applicable:
                return value
            found[need.name] = value
        return found

    def subjects(self, kind: type[Subject]) -> tuple[Subject, ...] | Unknown | NotApplicable:
        """Every subject of a kind: the target itself, or those that a listing fact enumerates."""
        if isinstance(self.target, kind):
            return (self.target,)
        if not kind.PARENTS:
            return NotApplicable(f"this target has no {kind.__name__.lower()}")
        found: list[Subject] = []
        reason: Unknown | NotApplicable = NotApplicable(f"there is no {kind.__name__.lower()}")
        for listing in self._listings(kind):
            if isinstance(listing, Unknown | NotApplicable):
                reason = reason if isinstance(reason, Unknown) else listing
            else:
                found.extend(listing.subjects)
        return tuple(found) or reason

    def _listings(self, kind: type[Subject]) -> Iterator[Any]:
        for listing in LISTINGS[kind]:
            above = self.subjects(FACT_TYPES[listing].about)
            if isinstance(above, tuple):
                yield from (self.get(listing, parent) for parent in above)
            else:
                yield above

    def _compute(self, kind: type, subject: Subject) -> Any:  # noqa: ANN401
        function = PROVIDERS.get(kind)
        if function is None:
            return Unknown(f"nothing here tells {kind.__name__}")
        arguments = self.arguments(_needs(function), subject)
        if not isinstance(arguments, dict):
            return arguments
        try:
            return function(**arguments)
        except Unknowable as unknowable:
            return unknowable.unknown
        except Exception as error:  # noqa: BLE001  # One broken provider must not hide what the others can tell.
            crash = FactCrash(f"{kind.__name__}: {type(error).__name__}: {error}")
            crash.__cause__ = error
            return crash
