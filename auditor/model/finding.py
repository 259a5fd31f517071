"""What a check says: a finding, where it is, what it leads to, and what mends it."""

from __future__ import annotations

from enum import IntEnum, StrEnum

from auditor.model.text import Span
from auditor.model.value import frozen


class Severity(IntEnum):
    """How bad a finding is; a greater value is worse."""

    INFO = 1
    LOW = 2
    MEDIUM = 3
    HIGH = 4
    CRITICAL = 5

    @property
    def word(self) -> str:
        """The severity as options and reports spell it."""
        return self.name.lower()


class Confidence(StrEnum):
    """How sure a rule is of what it claims."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@frozen
class Edit:
    """A replacement of one span of a file; an empty span inserts, an empty text deletes.

    The text is like a source's, one character a byte; characters that no byte has stand for their UTF-8.
    """

    span: Span
    text: str


@frozen
class Fix:
    """What mends a finding: edits of text files, or a command to type, or only a title that says what to do.

    Edits are safe where nobody needs to look at them: after them the same rule no longer speaks of the place, no rule
    speaks of anything that was right before, and mail goes as the author evidently meant the file. What chooses for
    the author (which of two values, whether an entry goes, which mechanism is offered) is not safe, however good.

    Attributes:
        title: an imperative clause ("give the listener the s modifier").
        command: one or more lines for a root shell, with the names in it quoted (``auditor.model.shell``).
        edits: the exact lines; a fix has edits or a command, not both.
        safe: whether the edits are safe.
        ready: whether the command mends as it stands; not where a word in it is to be filled in, where somebody must
            choose, or where it only shows what is wrong.

    """

    title: str
    command: str | None = None
    edits: tuple[Edit, ...] = ()
    safe: bool = False
    ready: bool = True


@frozen
class Finding:
    """One defect of one subject.

    Attributes:
        at: the primary place: a span of a file, the path of a file or directory, or None where there is no place.
        message: what is wrong, one clause without a full stop, naming the concrete value.
        consequence: what an administrator or a peer would meet because of it, one or two sentences.
        fix: what mends it.
        related: other places that belong to it, each with a note of its own.
        evidence: lines that show it: what the log says, what a program printed.
        severity: overrides the rule's severity where this case is better or worse than usual.
        confidence: overrides the rule's confidence.

    """

    at: Span | str | None
    message: str
    consequence: str
    fix: Fix | None = None
    related: tuple[tuple[Span | str, str], ...] = ()
    evidence: tuple[str, ...] = ()
    severity: Severity | None = None
    confidence: Confidence | None = None


def replace(span: Span, text: str, title: str, *, safe: bool = False) -> Fix:
    """A fix that puts ``text`` in the place of ``span``; ``Fix`` says when it is safe."""
    return Fix(title, edits=(Edit(span, text),), safe=safe)


def command(line: str, title: str, *, ready: bool = True) -> Fix:
    """A fix that is a line to type at a root shell; ``Fix`` says when it is ready."""
    return Fix(title, command=line, ready=ready)
