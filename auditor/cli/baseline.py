"""The baseline: findings that are known, so that only what is new fails.

A baseline is a file of JSON with one entry on each line, sorted, so that two branches that each take something out or
put something in are merged by git. An entry names the check, the install and the file by their paths from the
baseline's own directory, the subject, and the finding's fingerprint, which is made of what a line says and not of where
it stands. Two hosts whose files hold the same line have an entry each. A directory that is renamed has another path, so
its findings are new, and the entries of its old name no longer occur.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from auditor.cli.exits import Stop, nearest
from auditor.cli.replacing import replace_file
from auditor.cli.since import given_file
from auditor.model.report import Reported, SetAside, TargetReport, Why
from auditor.model.value import frozen, replaced
from auditor.report.clean import clean

SCHEMA = "mailaudit/baseline/v1"
_KEYS = ("id", "target", "path", "subject", "fingerprint", "count")


@frozen
class Entry:
    """A known finding.

    Attributes:
        id: the check's.
        target: the install, as a path from the baseline's directory, or an endpoint's name.
        path: the file, likewise; the install's where the finding is about no file.
        subject: what of the install it is about.
        fingerprint: the finding's.

    """

    id: str
    target: str
    path: str
    subject: str
    fingerprint: str

    @property
    def order(self) -> tuple[str, ...]:
        """What entries are sorted by: those of one file stay together."""
        return self.target, self.path, self.id, self.subject, self.fingerprint


class Baseline:
    """The known findings of a run: those that were read, those that occur, and those that are to be written.

    Args:
        entries: how often each known finding may occur.
        directory: where the paths begin.
        inside: whether reports name files by their path inside an audited root, so that they lie nowhere else.

    """

    def __init__(self, entries: Mapping[Entry, int], directory: Path, *, inside: bool = False) -> None:
        self._entries = Counter(entries)
        self._known: Counter[tuple[str, str]] = Counter()
        for entry, count in entries.items():
            self._known[_key(entry)] += count
        self._directory = directory
        self._inside = inside
        self._met: Counter[tuple[str, str]] = Counter()
        self._found: Counter[Entry] = Counter()
        self._whole: set[str] = set()

    def sift(self, target: TargetReport, *, whole: bool = True, all_known: bool = False) -> TargetReport:
        """A target's report with what is known set aside.

        A known finding that is set aside already, since no changed line is its cause, is known first of all.

        Args:
            target: the report.
            whole: whether all of the install's findings are in it, and not only those of one file.
            all_known: whether whatever is found is to be written, and so is known from now on.

        """
        name = self._named(target.name)
        if whole:
            self._whole.add(name)
        kept: list[Reported] = []
        aside: list[SetAside] = []
        for item in target.reported:
            # Each is met, so that what follows knows how often it occurs.
            if self._meet(name, item) or all_known:
                aside.append(SetAside(item, Why.BASELINE))
            else:
                kept.append(item)
        for each in target.set_aside:
            is_known = each.why is Why.UNCHANGED and self._meet(name, each.item)
            aside.append(SetAside(each.item, Why.BASELINE) if is_known else each)
        return replaced(target, reported=tuple(kept), set_aside=tuple(aside))

    def gone(self, rules: Iterable[str]) -> int:
        """How many entries of the audited installs no longer occur, of those that the checks that ran could find."""
        ran = set(rules)
        return sum(
            max(0, count - self._met[_key(entry)])
            for entry, count in self._entries.items()
            if entry.id in ran and entry.target in self._whole
        )

    def after(self, rules: Iterable[str]) -> Counter[Entry]:
        """What is to be written: all that was found, and the entries about which this run says nothing."""
        ran = set(rules)
        kept = Counter(
            {
                entry: count
                for entry, count in self._entries.items()
                if entry.id not in ran or entry.target not in self._whole
            }
        )
        # What occurs more often, or is found for the first time, is known from now on; what is no longer there is not.
        return kept | self._found

    def _meet(self, target: str, item: Reported) -> bool:
        path = target if item.place is None else self._path(item.place.path)
        entry = Entry(item.rule.id, target, path, item.subject, item.fingerprint)
        self._found[entry] += 1
        key = _key(entry)
        self._met[key] += 1
        return self._met[key] <= self._known[key]

    def _named(self, target: str) -> str:
        # An endpoint is no path, and nobody has a directory of that name.
        return self._path(target, always=True) if os.path.lexists(target) else target

    def _path(self, shown: str, *, always: bool = False) -> str:
        if self._inside and not always:
            return shown
        return Path(os.path.relpath(shown, self._directory)).as_posix()


def read(word: str, *, inside: bool = False) -> Baseline:
    """The baseline in a file, or as a revision has it (``REV:FILE``).

    Raises:
        Stop: it cannot be read, is of another version, or holds what no baseline holds.

    """
    data, name, directory = given_file(word)
    return Baseline(_entries(data, clean(name)), directory, inside=inside)


def empty(place: Path, *, inside: bool = False) -> Baseline:
    """What is known before a baseline is written for the first time: what a file of that name holds, or nothing.

    Raises:
        Stop: there is such a file and it is no baseline.

    """
    if place.is_file():
        return read(str(place), inside=inside)
    return Baseline({}, place.absolute().parent, inside=inside)


def write(place: Path, entries: Mapping[Entry, int]) -> None:
    """Write a baseline, all of it or nothing.

    Raises:
        Stop: it cannot be written.

    """
    ordered = sorted(entries.items(), key=lambda each: each[0].order)
    lines = ",\n".join(f"    {json.dumps(_data(entry, count))}" for entry, count in ordered)
    text = f'{{\n  "schema": "{SCHEMA}",\n  "findings": [\n{lines}\n  ]\n}}\n'
    # A link to a baseline stays one.
    replace_file(Path(os.path.realpath(place)), text.encode("ascii"), place)


def _key(entry: Entry) -> tuple[str, str]:
    return entry.path, entry.fingerprint


def _data(entry: Entry, count: int) -> dict[str, str | int]:
    return {**{name: getattr(entry, name) for name in _KEYS[:-1]}, "count": count}


def _entries(data: bytes, name: str) -> Counter[Entry]:
    try:
        text = data.decode("utf-8")
        found = json.loads(text)
    except UnicodeDecodeError:
        message = f"{name}: it is no text"
        raise Stop(message) from None
    except json.JSONDecodeError as error:
        message = f"{name}:{error.lineno}: {error.msg[0].lower()}{error.msg[1:]}"
        raise Stop(message) from None
    except RecursionError:
        message = f"{name}: it is nested too deeply"
        raise Stop(message) from None
    _check(found, ("schema", "findings"), text, name)
    if found["schema"] != SCHEMA:
        shown, where = clean(str(found["schema"])), _where(text, name, "schema")
        message = (
            f"{where}: this is {shown}, and {SCHEMA} is read; remove it and have --write-baseline make another one"
        )
        raise Stop(message)
    if not isinstance(found["findings"], list):
        message = f"{_where(text, name, 'findings')}: findings is no list"
        raise Stop(message)
    entries: Counter[Entry] = Counter()
    for each in found["findings"]:
        _check(each, _KEYS, text, name)
        entries[_entry(each, text, name)] += each["count"]
    return entries


def _check(found: Any, keys: tuple[str, ...], text: str, name: str) -> None:  # noqa: ANN401  # JSON may be anything.
    if not isinstance(found, dict):
        message = f"{name}: an object with {', '.join(keys)} is wanted, not {clean(json.dumps(found)[:40])}"
        raise Stop(message)
    for key in found:
        if key not in keys:
            message = f"{_where(text, name, key)}: there is no key {key!r} here{nearest(key, keys)}"
            raise Stop(message)
    missing = [key for key in keys if key not in found]
    if missing:
        # The line is that of something that is there.
        line = _where(text, name, str(next(iter(found.values()), "")))
        message = f"{line}: {' and '.join(missing)} missing"
        raise Stop(message)


def _entry(each: dict[str, Any], text: str, name: str) -> Entry:
    count = each["count"]
    if not all(isinstance(each[key], str) for key in _KEYS[:-1]) or type(count) is not int or count < 1:
        message = f"{_where(text, name, str(each['fingerprint']))}: an entry has five texts and a count of 1 or more"
        raise Stop(message)
    return Entry(*(each[key] for key in _KEYS[:-1]))


def _where(text: str, name: str, word: str) -> str:
    """The file's name with the line on which a text of it stands."""
    at = text.find(json.dumps(word))
    return name if at < 0 else f"{name}:{text.count(chr(10), 0, at) + 1}"
