"""What cannot be known, what does not apply, and what is truly missing."""

from __future__ import annotations

from typing import TypeVar

from auditor.model.value import frozen

T = TypeVar("T")


@frozen
class Unknown:
    """A value that cannot be known here; ``reason`` is a clause a report can print as it stands."""

    reason: str


@frozen
class NotApplicable:
    """A value that makes no sense for this subject, such as the listeners of submit.cf."""

    reason: str


@frozen
class Inconclusive(Unknown):
    """A value that was asked for and gave no verdict, such as a wire test that was throttled or timed out."""


@frozen
class Missing:
    """A file that was looked for where absence can be told, and is not there."""

    path: str


class Unknowable(Exception):  # noqa: N818  # It is no error: it says that an answer does not exist here.
    """Raised where a value is asked for that cannot be known; the engine turns it into a skipped outcome."""

    def __init__(self, why: Unknown | str) -> None:
        self.unknown = Unknown(why) if isinstance(why, str) else why
        super().__init__(self.unknown.reason)


def known(value: T | Unknown) -> T:
    """The value itself.

    Raises:
        Unknowable: the value is unknown.

    """
    if isinstance(value, Unknown):
        raise Unknowable(value)
    return value
