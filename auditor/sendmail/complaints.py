"""What m4 and sendmail's cf tree say on standard error: complaint by complaint, and the rule that each belongs to.

GNU m4 names its file and line; the cf tree prints lines of its own with ``errprint``, sometimes several at once and
sometimes one in parts. Sources: GNU m4 1.4.19; every ``errprint`` of the cf tree of sendmail 8.17.1.9.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from re import DOTALL, Match
from typing import TYPE_CHECKING

from auditor.model.finding import Severity
from auditor.model.pattern import lazy
from auditor.model.value import frozen
from auditor.sendmail.complaint_kinds import KINDS, Kind
from auditor.sendmail.macros import FEATURES

if TYPE_CHECKING:
    from auditor.sendmail.m4 import Message, Place

#: How many complaints about one configuration are told apart; a loop can make millions.
MOST = 500
#: How many calls of errprint are taken for one complaint.
_PARTS = 100
_LINES = 12
_LENGTH = 400
_FILES = ("OSTYPE", "DOMAIN", "HACK", "FEATURE", "MAILER")


@frozen
class Complaint:
    """One complaint.

    Attributes:
        text: the very characters on standard error, all its lines, with the newline at its end if it has one.
        grade: ``error``, ``warning`` or ``note``.
        rule: the id of the rule it belongs to; empty where none knows it.
        clause: what is wrong, in words; for what no rule knows, the complaint's own first line.
        name: the macro, feature or file it is about, as far as its text tells; else empty.
        place: where m4 says it is, with the calls above; for ``errprint``, its call.
        severity: how bad it is, where that differs from what the rule usually says.
        absent: whether it says that something is not there.

    """

    text: str
    grade: str
    rule: str
    clause: str
    name: str
    place: Place
    severity: Severity | None = None
    absent: bool = False

    @property
    def lines(self) -> tuple[str, ...]:
        """Its lines as they are on standard error, empty ones left out; of many or long ones the beginning."""
        lines = [line for line in self.text.split("\n") if line.strip()]
        return tuple(_short(line) for line in lines[:_LINES])


def _short(text: str) -> str:
    return text if len(text) <= _LENGTH else f"{text[:_LENGTH]}..."


def complaints(messages: Iterable[Message]) -> tuple[Complaint, ...]:
    """The complaints among m4's messages, in order; those beyond a certain number are left out."""
    return tuple(_told(text, first) for text, first in islice(_whole(messages), MOST))


def _whole(messages: Iterable[Message]) -> Iterator[tuple[str, Message]]:
    """The text of each complaint, with its first message."""
    parts: list[str] = []
    first: Message | None = None
    for message in messages:
        text = message.formatted()
        if first is not None and first.raw and message.raw and len(parts) < _PARTS and _continues(parts[-1], text):
            parts.append(text)
            continue
        if first is not None:
            yield "".join(parts), first
        parts, first = [text], message
    if first is not None:
        yield "".join(parts), first


def _continues(before: str, text: str) -> bool:
    """Whether the text of an ``errprint`` goes on with that of the one before."""
    if text[:1] in ("\t", " ") or not text.strip():
        return True
    return not before.endswith("\n") and not text.startswith(("***", "\n")) and _kind(text) is None


def _told(text: str, message: Message) -> Complaint:
    said = (message.text if not message.raw else text).strip()
    if not message.raw and (opened := _CANNOT_OPEN.match(said)) is not None:
        return _not_opened(text, message.place, opened)
    found = _kind(said)
    if found is None:
        return Complaint(text, _grade(said, raw=message.raw), "", _own_words(said), "", message.place)
    kind, match = found
    groups = {key: " ".join(value.split()) for key, value in match.groupdict("").items()}
    clause, name = kind.clause.format_map(groups), groups.get("name", "")
    return Complaint(text, kind.grade, kind.rule, _short(clause), name, message.place, kind.severity, kind.absent)


def _kind(said: str) -> tuple[Kind, Match[str]] | None:
    for kind in KINDS:
        match = kind.pattern.match(said)
        if match is not None:
            return kind, match
    return None


def _grade(said: str, *, raw: bool) -> str:
    if said.startswith(("Warning:", "*** WARNING", "WARNING")):
        return "warning"
    return "error" if not raw or said.startswith(("*** ERROR", "ERROR")) else "note"


def _own_words(said: str) -> str:
    first = _short(said.partition("\n")[0])
    for grade in ("*** ", "Warning: ", "WARNING: ", "ERROR: "):
        first = first.removeprefix(grade)
    return first.rstrip(" .") or "an empty line"


def _not_opened(text: str, place: Place, opened: Match[str]) -> Complaint:
    path = opened["path"]
    macro = next((call.macro for call in place.stack() if call.macro in _FILES), "")
    of_tree = _OF_TREE.fullmatch(path)
    if of_tree is None or of_tree["kind"] != macro.lower():
        rule = "MCF004" if path.endswith("cf.m4") else "MCF040" if path == "NoSuchFile" else "MCF029"
        return Complaint(
            text, "error", rule, f"{_short(path) or 'a file without a name'} cannot be opened", path, place
        )
    name = of_tree["name"]
    clause = f"{macro}(`{_short(name)}'): there is no {of_tree['kind']}/{_short(name)}.m4"
    return Complaint(text, "error", _owner(macro, name), clause, name, place)


def _owner(macro: str, name: str) -> str:
    if _MISQUOTED.match(name):
        return "MCF007"
    if macro not in ("FEATURE", "MAILER"):
        return "MCF014"
    facts = FEATURES.get(name)
    return "MCF024" if macro == "FEATURE" and facts is not None and facts.removed is not None else "MCF015"


_CANNOT_OPEN = lazy(r"cannot open `(?P<path>.*)': ", DOTALL)
_OF_TREE = lazy(r".*?(?P<kind>ostype|domain|hack|feature|mailer)/(?P<name>.*)\.m4", DOTALL)
_MISQUOTED = lazy(r"['\"`]|\xc2\xb4|\xe2\x80[\x98-\x9f]|[\x91-\x94]")
