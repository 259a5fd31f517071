"""How facts and rules hang together: every need is met, nothing runs in a circle, each rule has its file."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import pytest

import auditor.facts
import checks
from auditor.facts import given
from auditor.model.check import Rule
from auditor.model.facts import FACT_TYPES, LISTINGS, PROVIDERS, needs
from auditor.model.subjects import Subject

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module", autouse=True)
def _every_fact() -> None:
    for module in walk_packages(auditor.facts.__path__, "auditor.facts."):
        import_module(module.name)


def rule_modules() -> list[str]:
    """The modules of the built-in rules: every one below a family's folder."""
    return [
        module.name
        for module in walk_packages(checks.__path__, "checks.")
        if not module.ispkg and module.name.count(".") > 1
    ]


def rules_of(name: str) -> list[Rule]:
    """The rules that a module holds, imported ones included."""
    return [value for value in vars(import_module(name)).values() if isinstance(value, Rule)]


def lineage(kind: type[Subject]) -> list[type[Subject]]:
    """A kind of subject and all kinds that one of it can lie below, up to the target."""
    return [kind, *(above for parent in kind.PARENTS for above in lineage(parent))]


def asked(function: Callable[..., Any]) -> list[type]:
    """The fact types a function asks for."""
    return [need.type for need in needs(function)]


def test_every_given_fact_is_known() -> None:
    """What the engine is given from outside are fact types without a provider."""
    types = [getattr(given, name) for name in given.__all__]
    assert [kind for kind in types if kind not in FACT_TYPES or kind in PROVIDERS] == []


def test_every_fact_comes_from_somewhere() -> None:
    """Our own fact types have a provider, are given from outside, or are subjects, which are facts about themselves."""
    from_outside = {getattr(given, name) for name in given.__all__}
    assert not [
        kind.__qualname__
        for kind in FACT_TYPES
        if kind.__module__.startswith("auditor.")
        if kind not in PROVIDERS and kind not in from_outside and not issubclass(kind, Subject)
    ]


def test_rules_bring_the_providers_they_need() -> None:
    """Loading the rules loads the provider of every fact they ask for, however far round, as nothing else will."""
    program = """
import checks
from auditor.model.facts import FACT_TYPES, PROVIDERS, needs
open_, seen = [rule.function for rule in checks.rules()], set()
while open_:
    for kind in {need.type for need in needs(open_.pop())} - seen:
        seen.add(kind)
        open_ += [PROVIDERS[kind]] if kind in PROVIDERS else []
print(*(kind.__qualname__ for kind in seen if kind not in PROVIDERS))
"""
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    subjects = {kind.__qualname__ for kind in FACT_TYPES if issubclass(kind, Subject)}
    assert set(run.stdout.split()) <= {*given.__all__, *subjects}


def test_every_provider_gives_a_fact_and_asks_for_facts() -> None:
    """The signature of a provider resolves: its result and each parameter are fact types."""
    assert not [kind for kind in PROVIDERS if kind not in FACT_TYPES]
    for function in PROVIDERS.values():
        asked(function)


def test_providers_run_in_no_circle() -> None:
    """No fact is needed, however far round, to compute itself."""
    try:
        list(TopologicalSorter({kind: asked(function) for kind, function in PROVIDERS.items()}).static_order())
    except CycleError as circle:
        pytest.fail(" -> ".join(kind.__name__ for kind in circle.args[1]))


def test_providers_ask_only_about_their_subject_or_above() -> None:
    """A provider's needs are about its own subject or one that it belongs to: below there may be many, or none."""
    wrong = [
        f"{kind.__name__} asks for {need.__name__}"
        for kind, function in PROVIDERS.items()
        for need in asked(function)
        if FACT_TYPES[need].about not in lineage(FACT_TYPES[kind].about)
    ]
    assert not wrong


def test_every_kind_of_subject_is_listed_by_its_parent() -> None:
    """A kind of subject that is no target is enumerated by exactly one fact about each kind above it."""
    below = {kind for fact in FACT_TYPES.values() for kind in lineage(fact.about) if kind.PARENTS}
    assert below <= set(LISTINGS)
    for kind, listings in LISTINGS.items():
        assert sorted(FACT_TYPES[each].about.__name__ for each in listings) == sorted(p.__name__ for p in kind.PARENTS)


def test_rules_ask_about_one_line_of_subjects() -> None:
    """All that a rule asks for is about one subject and those above it, so that it can be run once for each."""
    wrong = []
    for rule in checks.rules():
        kinds = [FACT_TYPES[need.type].about for need in rule.needs]
        deepest = max(kinds, key=lambda kind: len(lineage(kind)), default=Subject)
        if not kinds or not set(kinds) <= set(lineage(deepest)):
            wrong.append(f"{rule.id}: {[kind.__name__ for kind in kinds]}")
    assert not wrong


def test_one_rule_in_one_file_named_after_it() -> None:
    """A module below a family's folder holds one rule of its own, and its name begins with the rule's id."""
    wrong = []
    for name in rule_modules():
        found = rules_of(name)
        stem = name.rpartition(".")[2]
        if len(found) != 1 or found[0].function.__module__ != name or stem.partition("_")[0] != found[0].id.lower():
            wrong.append(f"{name}: {[rule.id for rule in found]}")
    assert not wrong


def test_every_rule_file_is_found_and_no_id_is_used_twice() -> None:
    """The list of built-in rules has each rule's file once, and ids and slugs name one rule each."""
    rules = checks.rules()
    assert sorted(rule.function.__module__ for rule in rules) == sorted(rule_modules())
    assert len({rule.id for rule in rules}) == len(rules)
    assert len({rule.slug for rule in rules}) == len(rules)
