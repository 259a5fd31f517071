"""Every rule's manual holds examples, and they are true."""

from __future__ import annotations

import pytest

from auditor.model.check import Rule
from auditor.model.finding import Severity
from auditor.model.manual import ExampleFile, parse
from auditor.model.report import Outcome
from checks import rules
from tests.examples import audit_example

RULES = rules()


def _examples(heading: str) -> list[object]:
    return [
        pytest.param(rule, example, id=f"{rule.id}-{number}")
        for rule in RULES
        for number, example in enumerate(parse(rule.manual).examples(heading), 1)
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_has_examples(rule: Rule) -> None:
    """Every rule shows at least one case where it speaks and one where nothing does."""
    manual = parse(rule.manual)
    assert manual.examples("Bad")
    assert manual.examples("Good")
    assert manual.prose
    assert manual.title.endswith(".")


@pytest.mark.parametrize(("rule", "example"), _examples("Bad"))
def test_bad_example_is_found(rule: Rule, example: tuple[ExampleFile, ...]) -> None:
    """A Bad example raises its rule, and the finding says what follows from it."""
    # What is said of suppressions depends on what the other rules find.
    report = audit_example(rule, example, RULES if rule.family == "SUP" else [rule])
    said = [item for item in report.reported if item.rule is rule]
    assert said, [(r.outcome, r.reason) for r in report.results]
    assert all(item.finding.consequence for item in said)


@pytest.mark.parametrize(("rule", "example"), _examples("Good"))
def test_good_example_is_clean(rule: Rule, example: tuple[ExampleFile, ...]) -> None:
    """A Good example raises nothing but other rules' notes, its rule has looked, and no rule crashes on it."""
    report = audit_example(rule, example, RULES)
    said = [item for item in report.reported if item.severity > Severity.INFO or item.rule is rule]
    assert [(item.rule.id, item.finding.message) for item in said] == []
    assert [(r.rule.id, r.reason) for r in report.results if r.outcome is Outcome.CRASHED] == []
    own = [(r.outcome, r.reason) for r in report.results if r.rule is rule]
    assert any(outcome in (Outcome.PASSED, Outcome.NOT_APPLICABLE) for outcome, _ in own), own
