"""Rules by the words people use for them: an id, the beginning of ids, or the name in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from auditor.model.check import Rule
from auditor.model.nearest import nearest


class NoSuchRule(LookupError):  # noqa: N818  # It reads as what the user is told.
    """No rule is called by a word; the message says so, and names the nearest one."""

    def __init__(self, rules: Iterable[Rule], word: str) -> None:
        super().__init__(f"no rule is called {word!r}{nearest_rule(rules, word)}")


def one(rules: Sequence[Rule], word: str) -> Rule:
    """The rule of that id or slug.

    Raises:
        NoSuchRule: there is none.

    """
    for rule in rules:
        if word.upper() == rule.id or word.lower() == rule.slug:
            return rule
    raise NoSuchRule(rules, word)


def matching(rules: Sequence[Rule], words: Iterable[str]) -> set[str]:
    """The ids of the rules that ids, id prefixes or slugs mean.

    Raises:
        NoSuchRule: a word means none.

    """
    found: set[str] = set()
    for word in words:
        matches = {rule.id for rule in rules if rule.id.startswith(word.upper()) or rule.slug == word.lower()}
        if not matches:
            raise NoSuchRule(rules, word)
        found |= matches
    return found


def nearest_rule(rules: Iterable[Rule], word: str) -> str:
    """A clause that names the rule whose id, or whose slug, is nearest to a word; empty where none is near."""
    is_slug = "-" in word
    names = [rule.slug if is_slug else rule.id for rule in rules]
    return nearest(word.lower() if is_slug else word.upper(), names)
