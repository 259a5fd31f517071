"""Judge a rule's fixes on the examples of its manual."""

from __future__ import annotations

import re
import sys
from collections import Counter
from functools import cache
from inspect import getsource

from auditor.engine.audit import Target, audit
from auditor.engine.fixing import Mended, mended
from auditor.facts.given import Tree, Unbuilt
from auditor.model.check import Rule
from auditor.model.finding import Severity
from auditor.model.manual import ExampleFile, parse
from auditor.model.report import TargetReport
from auditor.model.unknown import Unknown
from auditor.trees.overlay import OverlayTree
from checks import rules
from tests.examples import example_facts, shared_documents

RULES = rules()
#: Fixes are judged as they are made: by the .mc files alone.
UNBUILT = Unbuilt(Unknown("the .cf is built anew"))
_EDITS = re.compile(r"replace\(|Edit\(|set_to\(|drop_line\(|mended\(|removed\(")
_SAFE = re.compile(r"safe=|mended\(")
Key = tuple[str, str]


def examples(*, safe: bool) -> list[tuple[str, Rule, tuple[ExampleFile, ...]]]:
    """The Bad examples of installs for rules that make edits, or safe ones, each with its name."""
    return [
        (f"{rule.id}-{number}", rule, example)
        for rule in RULES
        if (_SAFE if safe else _EDITS).search(getsource(sys.modules[rule.function.__module__]))
        for number, example in enumerate(parse(rule.manual).examples("Bad"), 1)
        if not any((file.path or "").startswith("@ ") for file in example)
    ]


def keys(report: TargetReport) -> Counter[Key]:
    """What a report says, by rule and message."""
    return Counter((item.rule.id, item.finding.message) for item in report.reported)


def made_keys(made: Mended) -> Counter[Key]:
    """What was mended, by rule and message."""
    return Counter((item.rule.id, item.finding.message) for item, _ in made.findings)


def facts_of(rule: Rule, example: tuple[ExampleFile, ...]) -> dict[type, object]:
    """The facts of an example, judged as fixes are."""
    return {**example_facts(rule, example), Unbuilt: UNBUILT}


def after(given: dict[type, object], made: Mended, asked: list[Rule]) -> TargetReport:
    """The report on an example with the changes made."""
    tree: Tree = given[Tree]  # type: ignore[assignment]
    changed = OverlayTree(tree, {change.path: change.after for change in made.changes})
    return audit(Target("example", {**given, Tree: changed}), asked)


@cache
def said_of_clean_install() -> frozenset[Key]:
    """What is said of the clean install itself, which a file that cannot be read keeps from being told."""
    return frozenset(keys(audit(Target("example", facts_of(RULES[0], ())), RULES)))


def check_safe(rule: Rule, example: tuple[ExampleFile, ...]) -> bool:
    """Make the safe fixes of a rule: it does not repeat itself, and no rule says anything new but notes.

    Returns:
        Whether there were any.

    """
    with shared_documents():
        given = facts_of(rule, example)
        before = audit(Target("example", given), [rule])
        safe = [item for item in before.reported if item.edits and item.finding.fix and item.finding.fix.safe]
        if not safe:
            return False
        made = mended(Target("example", given), [rule], before)
        fixed, was = made_keys(made), keys(before)
        assert set(fixed) >= {(item.rule.id, item.finding.message) for item in safe}
        report = after(given, made, RULES)
        now = keys(report)
        assert not [key for key in fixed if now[key] > was[key] - fixed[key]]
        told = {(item.rule.id, item.finding.message) for item in report.reported if item.severity > Severity.INFO}
        new = told - set(was) - said_of_clean_install()
        if new:
            # Other rules may have spoken of the example before; that is looked at only where it matters.
            new -= set(keys(audit(Target("example", given), RULES)))
        assert not new
        return True


def left_by_all(rule: Rule, example: tuple[ExampleFile, ...]) -> set[Key]:
    """What a rule finds in an example, has edits for, and finds still when all of them are made."""
    with shared_documents():
        given = facts_of(rule, example)
        before = audit(Target("example", given), [rule])
        wanted = {(item.rule.id, item.finding.message) for item in before.reported if item.edits}
        if not wanted:
            return set()
        made = mended(Target("example", given), [rule], before, unsafe=True)
        return wanted & set(keys(after(given, made, [rule])))
