"""What a fact can be about: an install, its configurations, endpoints on the wire, the credentials of either."""

from __future__ import annotations

from typing import ClassVar

from auditor.model.value import frozen


@frozen
class Subject:
    """Something facts are about; subjects form a tree whose root is the target of the audit.

    ``name`` is what a report prints ("sendmail.cf"). ``parent`` is the subject this one belongs to: a fact about the
    parent is also known to whoever asks about the child. ``PARENTS`` are the kinds that a kind can belong to; one
    without any is always the target of an audit.
    """

    name: str
    parent: Subject | None = None

    PARENTS: ClassVar[tuple[type[Subject], ...]] = ()

    def __hash__(self) -> int:
        """Of the name alone: subjects are looked up thousands of times, and few of one audit share a name."""
        return hash(self.name)

    def of_kind(self, kind: type[Subject]) -> Subject | None:
        """The nearest of this subject and those above it that is of the given kind."""
        subject: Subject | None = self
        while subject is not None and not isinstance(subject, kind):
            subject = subject.parent
        return subject


@frozen
class Install(Subject):
    """One host's sendmail with the files around it, as far as a tree shows them."""


@frozen
class Configuration(Subject):
    """What one sendmail process reads: ``sendmail.cf`` for the daemon, ``submit.cf`` for the submission program."""

    PARENTS: ClassVar[tuple[type[Subject], ...]] = (Install,)

    @property
    def is_submission(self) -> bool:
        """Whether this is the mail submission program's configuration, which no daemon reads."""
        return self.name == "submit.cf"


@frozen
class Endpoint(Subject):
    """A host and port on the wire; the target of an audit itself, or probed beside an install."""

    PARENTS: ClassVar[tuple[type[Subject], ...]] = (Install,)


@frozen
class Credential(Subject):
    """A certificate and its key: a pair that a configuration names for its server or client side, or one served."""

    PARENTS: ClassVar[tuple[type[Subject], ...]] = (Configuration, Endpoint)
