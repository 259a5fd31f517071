"""Every rule's safe fixes mend what the rule found, and do nothing else that anybody is told of.

Of each rule one example is judged here; the laboratory judges all of them, and the fixes that are not safe.
"""

from __future__ import annotations

import pytest

from auditor.model.check import Rule
from auditor.model.manual import ExampleFile
from tests.fixes import check_safe, examples

#: Rules of which a fix is promised to be safe, and made for at least one of their examples.
PROMISED = """
    ACS010 CFF004 CFF020 DBL001 DNS021 MCF001 MCF002 MCF005 MCF006 MCF007 MCF009 MCF011 MCF014 MCF015 MCF021 MCF025
    MCF030 SAS002 SAS007 SAS011 SAS012 TLS003
""".split()
BY_RULE: dict[str, list[tuple[Rule, tuple[ExampleFile, ...]]]] = {}
for _, _rule, _example in examples(safe=True):
    BY_RULE.setdefault(_rule.id, []).append((_rule, _example))


@pytest.mark.parametrize("name", BY_RULE)
def test_safe_fixes_mend_and_disturb_nothing(name: str) -> None:
    """After a rule's safe fixes it does not repeat itself, and no rule says anything new."""
    made = any(check_safe(rule, example) for rule, example in BY_RULE[name])
    assert made or name not in PROMISED


def test_promised_rules_are_there() -> None:
    """What is promised is made by rules that there are."""
    assert set(PROMISED) <= set(BY_RULE)
