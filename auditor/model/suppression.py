"""Comments in audited files that ask not to be told of a finding again."""

from __future__ import annotations

from auditor.model.text import Span
from auditor.model.value import frozen


@frozen
class Word:
    """One word between the brackets of such a comment.

    Attributes:
        span: where it stands.
        rule: the id of the rule that it names, by its id or slug; None where it names none.
        problem: why it names none, a clause; empty where it names one.

    """

    span: Span
    rule: str | None
    problem: str = ""


@frozen
class Suppression:
    """One comment.

    Attributes:
        at: the comment from the word ``mailaudit`` to the line's end.
        words: what stands between the brackets.
        reason: the text behind the bracket.
        first, last: the lines whose findings it means, its own and those of what stands below; counted from 1.
        is_alone: whether nothing but the comment stands on its line.
        is_value: whether it is no comment there, but part of what the line says.
        problem: why it asks for nothing, a clause; empty where it does.

    """

    at: Span
    words: tuple[Word, ...]
    reason: str
    first: int
    last: int
    is_alone: bool
    is_value: bool = False
    problem: str = ""
