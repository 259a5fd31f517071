"""Suppress findings by comments in the audited files, and bring what is to be said of these comments.

Rules about the comments ask for the fact ``Suppressions``, which is there when every other rule has run: ``audit`` runs
them last. They are rules like any other, but no comment suppresses what they find.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from auditor.engine.comments import suppressions
from auditor.facts.given import Suppressions
from auditor.model.check import Rule
from auditor.model.finding import Finding
from auditor.model.report import Outcome, Reported, Result, Why
from auditor.model.rule_names import nearest_rule
from auditor.model.suppression import Suppression, Word
from auditor.model.text import Span
from auditor.trees.base import Entry, Tree

#: Gives every rule that is installed, which a run of some of them need not have loaded.
EveryRule = Callable[[], Sequence[Rule]]


def is_about_comments(rule: Rule) -> bool:
    """Whether a rule is about the comments, and so runs when the others are done."""
    return any(need.type is Suppressions for need in rule.needs)


class Comments:
    """The comments of every file of a tree that was looked at.

    Args:
        tree: the files.
        rules: the rules that ran.
        every: gives those that did not as well; asked where a comment names none of ``rules``.
        focus: the one file that counts, by its path inside the root; None for all.

    """

    def __init__(self, tree: Tree, rules: Sequence[Rule], every: EveryRule | None, focus: str | None = None) -> None:
        self._tree = tree
        self._rules = rules
        self._names: dict[str, Rule] = {}
        self._every = every
        self._real: dict[str, str] = {}
        self._used: set[Span] = set()
        found: dict[str, tuple[Suppression, ...]] = {}
        for source in sorted(tree.held(), key=lambda each: each.path):
            if b"mailaudit:" in source.data and (real := self._of(source.path)) not in found:
                found[real] = suppressions(source, self._named)
        only = None if focus is None else self._of(focus)
        self.all = tuple(each for real, here in found.items() for each in here if only in (None, real))
        self._lines: dict[tuple[str, str, int], list[tuple[Suppression, Word]]] = {}
        for each in self.all:
            for word, line in _covered(each):
                self._lines.setdefault((self._of(each.at.path), str(word.rule), line), []).append((each, word))

    def sieve(self, item: Reported) -> tuple[Why, str] | None:
        """Let pass what no comment suppresses; what one does is remembered of it."""
        rule = item.rule
        if not self._lines or is_about_comments(rule):
            return None
        found = [
            pair for path, line in self._places(item.finding) for pair in self._lines.get((path, rule.id, line), ())
        ]
        self._used.update(word.span for _, word in found)
        return (Why.SUPPRESSED, next((each.reason for each, _ in found if each.reason), "")) if found else None

    def judged(self, results: Iterable[Result]) -> Suppressions:
        """The comments with those of their words that suppressed nothing although their rule looked everywhere."""
        if not self.all:
            return Suppressions(())
        looked = looked_everywhere(results)
        idle = tuple(
            word
            for each in self.all
            if not each.is_value
            for word in each.words
            if word.rule in looked and word.span not in self._used
        )
        return Suppressions(self.all, idle)

    def _places(self, finding: Finding) -> Iterator[tuple[str, int]]:
        places = [finding.at]
        if isinstance(finding.at, Span) and not finding.at.path.endswith(".cf"):
            # What was moved from the generated .cf to the .mc that made it may be suppressed in either.
            places += [at for at, _ in finding.related[:1] if isinstance(at, Span) and at.path.endswith(".cf")]
        for at in places:
            if isinstance(at, Span):
                last = at.source.position(max(at.start, at.end - 1)).line
                yield from ((self._of(at.path), line) for line in range(at.line, last + 1))

    def _of(self, path: str) -> str:
        """The path behind all links, so that a file with two names has each comment once."""
        if path not in self._real:
            entry = self._tree.entry(path)
            self._real[path] = entry.real if isinstance(entry, Entry) else path
        return self._real[path]

    def _named(self, word: str) -> tuple[str | None, str]:
        rule = self._find(word)
        if rule is None:
            prefix = word.upper().rstrip("0123456789")
            if any(id_.startswith(word.upper()) for id_ in self._names):
                return None, f"{word} names a family; a comment names each rule by its whole id, such as {prefix}001"
            return None, f"no rule is called {word}{nearest_rule(self._names.values(), word)}"
        if is_about_comments(rule):
            return None, f"{rule.id} is about these comments, and is ignored in the settings only"
        return rule.id, ""

    def _find(self, word: str) -> Rule | None:
        self._names = self._names or _names(self._rules)
        key = word.lower() if "-" in word else word.upper()
        if key not in self._names and self._every is not None:
            self._names = _names(self._every()) | self._names
            self._every = None
        return self._names.get(key)


def _names(rules: Iterable[Rule]) -> dict[str, Rule]:
    return {name: rule for rule in rules for name in (rule.id, rule.slug)}


def _covered(each: Suppression) -> Iterator[tuple[Word, int]]:
    if each.is_value:
        return
    for word in each.words:
        if word.rule is not None:
            yield from ((word, line) for line in range(each.first, each.last + 1))


def looked_everywhere(results: Iterable[Result]) -> set[str]:
    """The ids of the rules that judged something and left nothing of what they are about unseen."""
    told: set[str] = set()
    unseen: set[str] = set()
    for result in results:
        if result.outcome is Outcome.PASSED or (result.outcome is Outcome.FAILED and not result.reason):
            told.add(result.rule.id)
        elif result.outcome is not Outcome.NOT_APPLICABLE:
            unseen.add(result.rule.id)
    return told - unseen
