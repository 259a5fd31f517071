"""What m4 and the cf tree complain of when the .cf is made, what they ask the system for, and whether they get done."""

import posixpath
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from auditor.facts.generated import Generated
from auditor.facts.given import Tree
from auditor.model.facts import fact, provider
from auditor.model.pattern import lazy
from auditor.model.subjects import Configuration
from auditor.model.text import Span
from auditor.model.unknown import Unknown
from auditor.model.value import frozen
from auditor.sendmail.complaints import Complaint, complaints
from auditor.sendmail.mc import McView

if TYPE_CHECKING:
    from auditor.sendmail.m4 import Place

_OPENED = lazy(r"[^`]*`(?P<path>[^\n]*)'")
#: What ends m4's work before the file's end.
_FATAL = frozenset(("MCF002", "MCF003"))
#: A complaint of one of these is about a file of the cf tree, which another version of sendmail may have.
_OF_TREE = frozenset(("MCF014", "MCF015"))


@frozen
class Told:
    """A complaint, and where it is to be mended.

    Attributes:
        complaint: the complaint.
        span: the call or the definition in a file of the administrator's that leads to it; None where none is known.
        doubt: why it may be none on the audited host, or None.

    """

    complaint: Complaint
    span: Span | None
    doubt: Unknown | None


@frozen
class Asking:
    """Something m4 would have had the operating system do; it was not done.

    Attributes:
        builtin: the macro: ``esyscmd``, ``maketemp`` and the like.
        command: the command, the template or the file's name.
        where: m4's name of the place, as ``file:line``.
        span: the call in a file of the administrator's; None where none led to it.

    """

    builtin: str
    command: str
    where: str
    span: Span | None


@frozen
class GivenUp:
    """Why the expansion was not brought to its end.

    Attributes:
        limit: ``depth``, ``steps``, ``characters``, ``seconds`` or ``pattern``.
        text: in words.
        where: m4's name of the place, as ``file:line``.
        span: the call in a file of the administrator's; None where none led to it.

    """

    limit: str
    text: str
    where: str
    span: Span | None


@fact(Configuration)
class Complaints:
    """What m4 says of the .mc, worked out when somebody first asks.

    Args:
        generated: what m4 makes of the .mc.
        view: the static reading, which knows where names stand.
        tree: tells whether a file that m4 did not get is really missing.

    """

    def __init__(self, generated: Generated, view: McView, tree: Tree) -> None:
        self._generated = generated
        self._view = view
        self._tree = tree

    @cached_property
    def all(self) -> tuple[Told, ...]:
        """Every complaint, in m4's order.

        Raises:
            Unknowable: the .mc cannot be expanded.

        """
        found = complaints(self._generated.expansion.messages)
        return tuple(Told(each, self._span(each), self._doubt(each)) for each in found)

    def of(self, *rules: str) -> list[Told]:
        """The complaints that belong to the given rules."""
        return [told for told in self.all if told.complaint.rule in rules]

    @cached_property
    def asked(self) -> tuple[Asking, ...]:
        """What the system was asked for, save by the cf tree's own banner."""
        found = (each for each in self._generated.expansion.asked if not each.banner)
        return tuple(
            dict.fromkeys(
                Asking(each.builtin, each.command, _where(each.place), self._generated.span(each.place))
                for each in found
            )
        )

    @property
    def stopped(self) -> GivenUp | None:
        """Why the expansion was given up, or None where it came to its end."""
        stopped = self._generated.expansion.stopped
        if stopped is None:
            return None
        return GivenUp(stopped.limit, stopped.text, _where(stopped.place), self._generated.span(stopped.place))

    @property
    def whole(self) -> bool:
        """Whether m4 got every file, and got done."""
        return self.unread is None and self._generated.expansion.stopped is None

    @property
    def complete(self) -> bool:
        """Whether what m4 did not complain of is all right: it read it all, with the install's own cf tree."""
        return self.whole and self._generated.cf.own and not self.of(*_FATAL)

    @property
    def mc_path(self) -> str:
        """The path of the .mc."""
        return self._generated.mc_path

    @cached_property
    def unread(self) -> Unknown | None:
        """Why something that m4 reads on the host was not read, or None."""
        for call in self._view.of("include", "sinclude", "undivert"):
            name = call.value(0).strip()
            if name and not call.unknown(0) and not name.endswith("cf.m4"):
                reason = self._not_seen(name)
                if reason is not None:
                    return reason
        return next(self._unread_files(), None)

    def _unread_files(self) -> Iterator[Unknown]:
        for each in complaints(self._generated.expansion.messages):
            opened = _OPENED.match(each.text) if each.rule == "MCF029" else None
            reason = self._not_seen(opened["path"]) if opened is not None else None
            if reason is not None:
                yield reason

    def _not_seen(self, name: str) -> Unknown | None:
        """Why it is not known what an included file of the audited tree holds, or None where it is, or is missing."""
        if name in self._generated.own:
            return None
        entry = self._tree.entry(posixpath.normpath(posixpath.join(posixpath.dirname(self.mc_path), name)))
        return entry if isinstance(entry, Unknown) else None

    def _doubt(self, complaint: Complaint) -> Unknown | None:
        if complaint.rule == "MCF029":
            opened = _OPENED.match(complaint.text)
            return self._not_seen(opened["path"]) if opened is not None else None
        if complaint.rule in _OF_TREE and not self._generated.cf.own and "cannot open" in complaint.text:
            return Unknown(f"whether the host's own cf tree has {complaint.name}.m4 is not known")
        return self.unread if complaint.absent else None

    def _span(self, complaint: Complaint) -> Span | None:
        own = self._generated.span(complaint.place)
        if own is not None or not complaint.name:
            return own
        for define in reversed(self._view.defines):
            if define.name == complaint.name and define.name_span is not None:
                return define.name_span
        words = [node for node in self._view.document.of_kind("word") if node.text == complaint.name]
        return words[-1] if words else None


@provider
def complaints_of(generated: Generated, view: McView, tree: Tree) -> Complaints:
    """What m4 complains of, when somebody looks."""
    return Complaints(generated, view, tree)


def _where(place: "Place") -> str:
    return f"{place.file}:{place.line}"
