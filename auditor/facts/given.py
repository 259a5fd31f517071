"""The facts no provider computes: the engine receives them with the target."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from auditor.model.facts import fact
from auditor.model.finding import Severity
from auditor.model.subjects import Install
from auditor.model.suppression import Suppression, Word
from auditor.model.text import Span
from auditor.model.unknown import Unknown
from auditor.model.value import field, frozen
from auditor.sendmail.cf_directory import CfDirectory
from auditor.trees.base import Tree

if TYPE_CHECKING:
    from auditor.probe.resolver import Answer, Question

__all__ = ["Assumed", "CfDirectory", "Clock", "Host", "Ignores", "Profile", "Suppressions", "Tree", "Unbuilt"]

fact(Install)(CfDirectory)


@fact(Install)
@frozen
class Clock:
    """The moment as of which expiry and freshness are judged, aware of its zone."""

    now: datetime


@fact(Install)
@frozen
class Unbuilt:
    """Given where an install is judged by its .mc files, as it will be once each .cf is built anew.

    Attributes:
        reason: why what a .cf says now does not count.

    """

    reason: Unknown


@fact(Install)
@frozen
class Host:
    """The running host, as far as it may be asked.

    Attributes:
        closed: why it may not be asked at all (no live tree, or ``--offline``); None where it may.
        output: what a program prints on both its outputs, run without a shell, without input and under a deadline.
        ask: what the resolver says of names and record types, asked all at once; unknown where it gave no verdict.

    """

    closed: Unknown | None
    output: Callable[[tuple[str, ...]], str | Unknown]
    ask: "Callable[[Sequence[Question]], Sequence[Answer | Unknown]]"

    def answers(self, name: str, kind: str) -> tuple[str, ...] | Unknown:
        """What the resolver says of one name and record type, an address with PTR being reversed first.

        Returns:
            The records' texts, none where the name or type does not exist; unknown where there was no verdict.

        """
        (found,) = self.ask([(name, kind)])
        return found if isinstance(found, Unknown) else found.records


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


@fact(Install)
@frozen
class Assumed:
    """What somebody says of the sendmail program of an install whose programs cannot be asked.

    Attributes:
        version: its version, such as ``8.15.2``.
        flags: the compile-time options it was built with, ``_FFR_`` ones included; None where nothing is said of them.

    """

    version: str
    flags: frozenset[str] | None = None


@fact(Install)
@frozen
class Suppressions:
    """The comments in the audited files that suppress findings; known when every other rule has run.

    Attributes:
        comments: all of them.
        idle: the words of them that suppress nothing, though their rules looked at everything they are about.

    """

    comments: tuple[Suppression, ...]
    idle: tuple[Word, ...] = ()


@fact(Install)
@frozen
class Ignores:
    """The entries of the settings by which findings are ignored, as far as they no longer hold.

    Attributes:
        expired: where each one stands whose day has passed, the rule's id and that day.
        idle: where each one stands that ignored nothing in this run, though all it is about was looked at, and the id.

    """

    expired: tuple[tuple[Span, str, str], ...] = ()
    idle: tuple[tuple[Span, str], ...] = ()
