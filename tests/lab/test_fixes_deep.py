"""Every rule's fixes, the unsafe ones too, mend what the rule found: the long form of the everyday test."""

from __future__ import annotations

import pytest

from auditor.model.check import Rule
from auditor.model.manual import ExampleFile
from tests.fixes import check_safe, examples, left_by_all

pytestmark = pytest.mark.lab
ALL = examples(safe=False)


@pytest.mark.parametrize(("rule", "example"), [each[1:] for each in ALL], ids=[each[0] for each in ALL])
def test_fixes_mend(rule: Rule, example: tuple[ExampleFile, ...]) -> None:
    """After all edits of an example the rule does not repeat itself."""
    assert not left_by_all(rule, example)


SAFE = examples(safe=True)


@pytest.mark.parametrize(("rule", "example"), [each[1:] for each in SAFE], ids=[each[0] for each in SAFE])
def test_safe_fixes_mend_and_disturb_nothing(rule: Rule, example: tuple[ExampleFile, ...]) -> None:
    """After the safe edits of an example the rule does not repeat itself, and no rule says anything new."""
    check_safe(rule, example)
