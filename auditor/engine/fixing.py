"""Make the edits that findings ask for, in memory: round after round, until nothing is left to mend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from auditor.engine.audit import Target, audit
from auditor.facts.given import Tree, Unbuilt
from auditor.model.check import Rule
from auditor.model.finding import Edit
from auditor.model.report import Reported, TargetReport
from auditor.model.text import Source
from auditor.model.unknown import Unknown
from auditor.model.value import frozen, replaced
from auditor.trees.base import Entry
from auditor.trees.overlay import OverlayTree

#: One fix may make way for another one; more rounds than this mean that two fixes undo one another.
_ROUNDS = 8
_TRIALS = 16
_UNBUILT = Unbuilt(Unknown("fixes are made in the .mc, and the .cf is built from it afterwards"))
_LATIN1 = 0xFF
#: Keys tell one finding from another across rounds, in which lines move: rule, subject, message.
_Key = tuple[str, str, str]


@frozen
class Change:
    """What becomes of one file.

    Attributes:
        path: its real path inside the root.
        shown: how reports name it.
        before: its bytes.
        after: its bytes with the edits.

    """

    path: str
    shown: str
    before: bytes
    after: bytes


@frozen
class Mended:
    """What the fixes of one target come to.

    Attributes:
        changes: the files that become others, in the order of their paths.
        findings: the findings that are mended, each with the places it had in its round.

    """

    changes: tuple[Change, ...] = ()
    findings: tuple[tuple[Reported, frozenset[str]], ...] = ()


@frozen
class _Patch:
    """The edits of one finding as bytes: real path, start, end, text."""

    item: Reported
    parts: tuple[tuple[str, int, int, bytes], ...]

    @property
    def key(self) -> _Key:
        return _key(self.item)


def mended(
    target: Target, rules: Sequence[Rule], report: TargetReport, *, unsafe: bool = False, only: bool = False
) -> Mended:
    """Make the edits of a target's findings, audit what comes of it, and go on while there are new ones.

    The install is judged by its .mc files, as it will be once each .cf is built again: what the present .cf says has
    no bearing on a fix. Of fixes that touch one another the one of the worse finding is made, the other one in the next
    round if it is still wanted then. A fix that leaves its own finding standing is not made at all, so what comes of
    it all asks for no further fix.

    Args:
        target: an install.
        rules: the rules to run.
        report: what they found in it, with what does not count set aside; none of that is mended.
        unsafe: whether edits that are not safe are made as well.
        only: whether nothing is mended but what the report has, not even what shows when something else is mended.

    """
    there = {_key(item) for item in report.reported}
    banned = {_key(each.item) for each in report.set_aside} - there
    for _ in range(_TRIALS):
        found = _rounds(target, rules, _Choice(frozenset(banned), there if only else None, unsafe))
        if isinstance(found, Mended):
            return found
        banned |= found
    return Mended()


@frozen
class _Choice:
    """Which findings are mended.

    Attributes:
        banned: the keys of those that are not.
        only: the keys of those that may be; None where all may.
        unsafe: whether those count whose edits are not safe.

    """

    banned: frozenset[_Key]
    only: set[_Key] | None
    unsafe: bool

    def takes(self, item: Reported) -> bool:
        """Whether a finding is to be mended."""
        fix = item.finding.fix
        key = _key(item)
        wanted = key not in self.banned and (self.only is None or key in self.only)
        return wanted and fix is not None and bool(fix.edits) and (fix.safe or self.unsafe)


def _rounds(target: Target, rules: Sequence[Rule], choice: _Choice) -> Mended | set[_Key]:
    """All rounds; instead of a result the keys of fixes that do not mend."""
    below = target.tree
    contents: dict[str, bytes] = {}
    findings: list[tuple[Reported, frozenset[str]]] = []
    before: Counter[_Key] = Counter()
    made: tuple[_Patch, ...] = ()
    for _ in range(_ROUNDS):
        tree = OverlayTree(below, dict(contents))
        report = audit(replaced(target, given={**target.given, Tree: tree, Unbuilt: _UNBUILT}), rules)
        now = Counter(_key(item) for item in report.reported)
        done = Counter(patch.key for patch in made)
        stuck = {key for key, count in done.items() if now[key] > before[key] - count}
        if stuck:
            return stuck
        made = _compatible(_patches(filter(choice.takes, report.reported), tree, target.focus))
        if not made:
            return Mended(_changes(below, contents), tuple(findings))
        findings += [(patch.item, frozenset(part[0] for part in patch.parts)) for patch in made]
        before = now
        _apply(made, tree, contents)
    return {patch.key for patch in made}


def _key(item: Reported) -> _Key:
    return item.rule.id, item.subject, item.finding.message


def _patches(items: Iterable[Reported], tree: Tree, focus: str | None) -> Iterator[_Patch]:
    for item in sorted(items, key=lambda item: -item.severity):
        edits = item.finding.fix.edits if item.finding.fix is not None else ()
        parts = dict.fromkeys(_part(edit, tree) for edit in edits)
        if focus is not None and any(edit.span.path != focus for edit in edits):
            continue
        kept = tuple(part for part in parts if part is not None)
        if len(kept) == len(parts) and any(_data(tree, path)[start:end] != text for path, start, end, text in kept):
            yield _Patch(item, kept)


def _part(edit: Edit, tree: Tree) -> tuple[str, int, int, bytes] | None:
    """An edit in bytes; None where it is not to be made: a .cf is generated, and some text fits into no such file."""
    entry = tree.entry(edit.span.path)
    if not isinstance(entry, Entry) or any(path.endswith(".cf") for path in (edit.span.path, entry.real)):
        return None
    data = edit.span.source.data
    if _data(tree, entry.real) != data:
        return None
    text = _encoded(edit.text, data)
    if text is None:
        return None
    # What is put in the place of a whole file has the line ends it is to have.
    if _has_crlf(data) and edit.span.end - edit.span.start < len(data):
        text = text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return entry.real, edit.span.start, edit.span.end, text


def _encoded(text: str, data: bytes) -> bytes | None:
    if all(ord(character) <= _LATIN1 for character in text):
        return text.encode("latin-1")
    try:
        data.decode()
    except UnicodeDecodeError:
        return None
    return b"".join(c.encode("latin-1") if ord(c) <= _LATIN1 else c.encode("utf-8", "replace") for c in text)


def _has_crlf(data: bytes) -> bool:
    return 2 * data.count(b"\r\n") > data.count(b"\n")


def _data(tree: Tree, path: str) -> bytes:
    source = tree.read(path)
    return source.data if isinstance(source, Source) else b""


def _compatible(patches: Iterator[_Patch]) -> tuple[_Patch, ...]:
    """The patches that can be made together; of those that touch, the first."""
    taken: dict[str, set[tuple[int, int, bytes]]] = {}
    made = []
    for patch in patches:
        if any(_clashes(part, taken.get(part[0], set())) for part in patch.parts) or _clashes_itself(patch):
            continue
        for path, *rest in patch.parts:
            taken.setdefault(path, set()).add(tuple(rest))  # type: ignore[arg-type]  # Three are left.
        made.append(patch)
    return tuple(made)


def _clashes_itself(patch: _Patch) -> bool:
    parts = patch.parts
    return any(_clashes(part, {p[1:] for p in parts if p[0] == part[0] and p != part}) for part in parts)


def _clashes(part: tuple[str, int, int, bytes], taken: set[tuple[int, int, bytes]]) -> bool:
    _, start, end, text = part
    if (start, end, text) in taken:
        return False  # Two findings ask for the same.
    # Whole lines may go side by side; of what is inserted where something else is replaced, none knows the order.
    empty = start == end
    return any(start < b and a < end if not empty and a != b else start <= b and a <= end for a, b, _ in taken)


def _apply(made: Sequence[_Patch], tree: Tree, contents: dict[str, bytes]) -> None:
    by_path: dict[str, set[tuple[int, int, bytes]]] = {}
    for patch in made:
        for path, *rest in patch.parts:
            by_path.setdefault(path, set()).add(tuple(rest))  # type: ignore[arg-type]  # Three are left.
    for path, parts in by_path.items():
        data = _data(tree, path)
        for start, end, text in sorted(parts, reverse=True):
            data = data[:start] + text + data[end:]
        contents[path] = data


def _changes(below: Tree, contents: Mapping[str, bytes]) -> tuple[Change, ...]:
    found = []
    for path, after in sorted(contents.items()):
        before = _data(below, path)
        if before != after:
            found.append(Change(path, below.shown(path), before, after))
    return tuple(found)
