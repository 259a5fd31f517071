"""Which rules run: every installed one, narrowed by ``--select`` and ``--ignore``."""

from __future__ import annotations

from importlib import import_module

from auditor.cli.entry_points import entries
from auditor.cli.exits import INTERNAL, Stop
from auditor.model import rule_names
from auditor.model.check import Rule
from auditor.model.rule_names import NoSuchRule, matching

GROUP = "mailaudit.checks"
#: The group of the rules about endpoints, which cost a scan that probes nothing a tenth of its time.
WIRE_GROUP = "mailaudit.checks.wire"


def installed(*, wire: bool = True) -> list[Rule]:
    """The rules of every installed rule package, in the order of their ids.

    Args:
        wire: whether those about endpoints are wanted.

    Raises:
        Stop: there is none, two packages define one id, or one cannot be loaded.

    """
    found: dict[str, Rule] = {}
    for entry in [*entries(GROUP), *(entries(WIRE_GROUP) if wire else ())]:
        for rule in _loaded(entry):
            if rule.id in found:
                modules = f"{found[rule.id].function.__module__} and {rule.function.__module__}"
                message = f"two rules are called {rule.id}: {modules}"
                raise Stop(message)
            found[rule.id] = rule
    if not found:
        # An audit that asks nothing would look clean.
        message = f"no rules are installed: nothing offers the entry point {GROUP!r}; install mailaudit again"
        raise Stop(message, INTERNAL)
    return [found[id_] for id_ in sorted(found)]


def _loaded(entry: str) -> list[Rule]:
    module, _, attribute = entry.partition(":")
    try:
        found: list[Rule] = getattr(import_module(module), attribute)()
    except Exception as error:
        message = f"the rules of {entry} cannot be loaded: {type(error).__name__}: {error}"
        raise Stop(message, INTERNAL) from error
    return found


def chosen(rules: list[Rule], select: str | None, ignore: str | None) -> list[Rule]:
    """The rules that comma-separated ids, id prefixes or slugs choose.

    Raises:
        Stop: a word matches no rule.

    """
    try:
        wanted = matching(rules, split(select)) if select is not None else {rule.id for rule in rules}
        unwanted = matching(rules, split(ignore)) if ignore is not None else set()
    except NoSuchRule as error:
        raise Stop(str(error)) from None
    return [rule for rule in rules if rule.id in wanted - unwanted]


def split(words: str) -> tuple[str, ...]:
    """The words of an option that takes several, separated by commas."""
    return tuple(filter(None, (word.strip() for word in words.split(","))))


def one(rules: list[Rule], word: str) -> Rule:
    """The rule of that id or slug.

    Raises:
        Stop: there is none.

    """
    try:
        return rule_names.one(rules, word)
    except NoSuchRule as error:
        raise Stop(str(error)) from None
