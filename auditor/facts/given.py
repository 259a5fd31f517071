"""The facts no provider computes: the engine receives them with the target."""

from collections.abc import Callable, Mapping
from datetime import datetime

from auditor.model.facts import fact
from auditor.model.finding import Severity
from auditor.model.subjects import Install
from auditor.model.unknown import Unknown
from auditor.model.value import field, frozen
from auditor.trees.base import Tree

__all__ = ["Clock", "Host", "Profile", "Tree"]


@fact(Install)
@frozen
class Clock:
    """The moment as of which expiry and freshness are judged, aware of its zone."""

    now: datetime


@fact(Install)
@frozen
class Host:
    """The running host, as far as it may be asked.

    Attributes:
        closed: why it may not be asked at all (no live tree, or ``--offline``); None where it may.
        output: what a program prints on both its outputs, run without a shell, without input and under a deadline.
        answers: what the resolver says of a name and record type: the records' texts, none where the name or type does
            not exist, unknown where the resolver gave no verdict.

    """

    closed: Unknown | None
    output: Callable[[tuple[str, ...]], str | Unknown]
    answers: Callable[[str, str], tuple[str, ...] | Unknown]


@fact(Install)
@frozen
class Profile:
    """What is asked of an install: thresholds, and rules that are judged otherwise or not at all.

    Attributes:
        name: ``modern``, ``howto`` or ``strict``.
        title: one line for a report.
        thresholds: numbers and lists of words by name; every profile defines the same names.
        severities: rule ids whose findings have another severity here; None means the rule is not asked.

    """

    name: str
    title: str
    thresholds: Mapping[str, int | tuple[str, ...]]
    severities: Mapping[str, Severity | None] = field(default_factory=dict)

    def number(self, name: str) -> int:
        """A threshold that is a number.

        Raises:
            KeyError: no threshold has that name, or it is no number.

        """
        value = self.thresholds[name]
        if not isinstance(value, int):
            raise KeyError(name)
        return value

    def words(self, name: str) -> tuple[str, ...]:
        """A threshold that is a list of words.

        Raises:
            KeyError: no threshold has that name, or it is a number.

        """
        value = self.thresholds[name]
        if isinstance(value, int):
            raise KeyError(name)
        return value
