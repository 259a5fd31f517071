"""Facts and their providers: typed values about one subject, computed when asked for, once.

A fact type is a class marked with ``@fact(Subject)``. A provider is a function marked with ``@provider``: its
parameters are the facts it needs, its return annotation names the fact it gives, with ``Unknown`` or
``NotApplicable`` where those can come back instead.
"""

from __future__ import annotations

from collections.abc import Callable
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from auditor.model.subjects import Configuration, Credential, Endpoint, Install, Subject
from auditor.model.unknown import Inconclusive, NotApplicable, Unknown
from auditor.model.value import frozen

C = TypeVar("C", bound=type)
F = TypeVar("F", bound=Callable[..., Any])


@frozen
class FactType:
    """What the engine knows of a fact type: the subject it is about and the subjects it lists, if any."""

    about: type[Subject]
    lists: type[Subject] | None


@frozen
class Need:
    """One parameter of a provider or check: the fact type, and whether an unknown one is handed over as it is."""

    name: str
    type: type
    takes_unknown: bool
    takes_not_applicable: bool


#: Every fact type that has been imported. A subject is a fact about itself: who asks for it learns what is being
#: looked at.
FACT_TYPES: dict[type, FactType] = {
    kind: FactType(kind, None) for kind in (Install, Configuration, Endpoint, Credential)
}
#: The provider of each fact type; a fact type without one is given to the engine from outside.
PROVIDERS: dict[type, Callable[..., Any]] = {}
#: For each kind of subject that is not a target itself, the fact types that list its subjects, one for each parent.
LISTINGS: dict[type[Subject], tuple[type, ...]] = {}


def fact(about: type[Subject], lists: type[Subject] | None = None) -> Callable[[C], C]:
    """Mark a class as a fact about one kind of subject.

    Args:
        about: the kind of subject the fact is about.
        lists: the kind of subject that this fact enumerates in its attribute ``subjects``.

    """

    def mark(cls: C) -> C:
        FACT_TYPES[cls] = FactType(about, lists)
        if lists is not None:
            LISTINGS[lists] = (*LISTINGS.get(lists, ()), cls)
        return cls

    return mark


def provider(function: F) -> F:
    """Mark a function as the provider of the fact type its return annotation names."""
    given, _, _ = _parts(_hints(function)["return"])
    if given in PROVIDERS:
        message = f"two providers of {given.__name__}"
        raise TypeError(message)
    PROVIDERS[given] = function
    return function


def needs(function: Callable[..., Any]) -> tuple[Need, ...]:
    """The facts that a provider or a check asks for, read from its signature.

    Raises:
        TypeError: a parameter is not annotated with a fact type.

    """
    found = []
    for name, hint in _hints(function).items():
        if name == "return":
            continue
        type_, unknown, not_applicable = _parts(hint)
        if type_ not in FACT_TYPES:
            message = f"{function.__module__}.{function.__qualname__}: {name} is not a fact"
            raise TypeError(message)
        found.append(Need(name, type_, unknown, not_applicable))
    return tuple(found)


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    # Evaluating strings is slow over hundreds of functions, so it is done only where annotations are strings.
    hints: dict[str, Any] = function.__annotations__
    if any(isinstance(hint, str) for hint in hints.values()):
        return get_type_hints(function)
    return hints


def _parts(hint: Any) -> tuple[type, bool, bool]:  # noqa: ANN401  # An annotation may be any object.
    members = get_args(hint) if isinstance(hint, UnionType) or get_origin(hint) is not None else (hint,)
    rest = [member for member in members if member not in (Unknown, Inconclusive, NotApplicable)]
    return rest[0], Unknown in members, NotApplicable in members
