"""Build the install that an example of a rule's manual describes, and audit it.

An example is an overlay on a clean install, ``fixtures/modern``: what it names is added or replaced there, everything
else stays as it should be. So a Good example proves that nothing at all is said of the whole install. The clean install
has no cf directory; one whose example brings a ``m4/cf.m4`` is expanded with that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, lru_cache
from importlib import import_module
from unittest.mock import patch

import checks
from auditor.engine.audit import Target, audit
from auditor.engine.profiles import load
from auditor.facts import configurations
from auditor.facts.given import Clock, Host, Profile, Tree
from auditor.facts.wire import Endpoints, Observed
from auditor.model.check import Rule
from auditor.model.manual import ExampleFile
from auditor.model.report import Outcome, Result, TargetReport
from auditor.model.subjects import Endpoint, Install
from auditor.model.text import Source
from auditor.model.unknown import Missing, Unknown
from auditor.model.value import replaced
from auditor.readers.cf import read_cf
from auditor.readers.mc import read_mc
from auditor.sendmail.cf_directory import CfDirectory, cf_directory
from auditor.settings.apply import Applied
from auditor.settings.read import settings_of
from auditor.trees.base import SIZE_LIMIT, Kind, Owners
from auditor.trees.memory import MemoryFile, MemoryTree
from tests import clean_install, endpoints
from tests.builders import build

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MC = "/etc/mail/sendmail.mc"
SETTINGS = "/mailaudit.toml"
#: What an overlay of one file makes stale: these are removed, and nothing is known of them.
STALE = {MC: "/etc/mail/sendmail.cf", "/etc/mail/submit.mc": "/etc/mail/submit.cf"} | {
    f"/etc/mail/{name}": f"/etc/mail/{name}.db" for name in ("access", "aliases", "mailertable", "virtusertable")
}
#: A moment after the clean install was made: an example's .mc and .cf files are written then, one after the other.
LATER = 1_767_312_000.0


def audit_example(rule: Rule, example: tuple[ExampleFile, ...], rules: list[Rule]) -> TargetReport:
    """The report on the clean install under an example's overlay, with all the given rules.

    An example of endpoints alone is about these, and about no install.
    """
    probed = {
        Endpoint(file.path[2:]): endpoints.made(file.path[2:], file.made or "endpoint()")
        for file in example
        if file.path is not None and file.path.startswith("@ ")
    }
    if len(probed) == len(example):
        return _endpoint(probed, rules)
    with shared_documents():
        report = audit(Target("example", example_facts(rule, example, probed)), rules)
    said = next((file.text for file in example if file.path == SETTINGS), None)
    return report if said is None else _settings(report, said.encode("latin-1"), rules)


def _settings(report: TargetReport, data: bytes, rules: list[Rule]) -> TargetReport:
    """The report under an example's settings, with what is found in these themselves."""
    settings = settings_of(Source(SETTINGS, data), "/", SETTINGS)
    assert settings is not None
    applied = Applied(settings, checks.rules, NOW)
    report = applied.report(report)
    outdated = applied.outdated([report], ["/"])
    if outdated is None:
        looked = tuple(Result(rule, Install(SETTINGS), Outcome.PASSED) for rule in rules if rule.id == "SUP004")
        return replaced(report, results=(*report.results, *looked))
    own = audit(outdated, rules)
    return replaced(report, reported=(*report.reported, *own.reported), results=(*report.results, *own.results))


@contextmanager
def shared_documents() -> Iterator[None]:
    """Read each .mc and .cf once: nothing changes a document, and most examples leave most files as they are."""
    with patch.multiple(configurations, read_mc=_READ_MC, read_cf=_READ_CF):
        yield


def example_facts(
    rule: Rule, example: tuple[ExampleFile, ...], probed: dict[Endpoint, Observed] | None = None
) -> dict[type, object]:
    """The facts that are given for an example of an install: the tree under its overlay, the host, the clock."""
    files = dict(clean_install.files())
    programs: dict[tuple[str, ...], str] = {}
    records: dict[tuple[str, str], tuple[str, ...]] = {}
    unknown = []
    for number, file in enumerate(example, 1):
        path = file.path or "+" + usual_file(rule)
        if path.startswith("@ "):
            continue
        if path.startswith("$ "):
            programs[tuple(path[2:].split())] = file.text
        elif path.startswith("? "):
            name, kind = path[2:].split()
            records[name, kind] = tuple(file.text.split("\n")[:-1])
        else:
            written = LATER + number * 60 if path.endswith((".mc", ".cf")) else 0.0
            _overlay(files, path.removeprefix("+"), file, written, add=path.startswith("+"))
            stale = STALE.get(path.removeprefix("+")) if file.text or file.made else None
            if stale is not None and not any((f.path or "").removeprefix("+") == stale for f in example):
                files.pop(stale, None)
                unknown.append(stale)
    tree = SharedTree(files, unknown=unknown)
    host = clean_install.host(programs, records) if programs or records else closed_host()
    given: dict[type, object] = {Tree: tree, Clock: Clock(NOW), Profile: load("modern"), Host: host}
    if probed:
        given[Endpoints] = Endpoints(probed)
    return given | _with_cf_directory(tree)


_READ_MC, _READ_CF = (lru_cache(16)(read) for read in (read_mc, read_cf))


class SharedTree(MemoryTree):
    """A tree of files that gives for equal ones, in whichever tree, one source."""

    def read(self, path: str, limit: int = SIZE_LIMIT, *, keep: bool = True) -> Source | Missing | Unknown:
        """The content of a regular file."""
        found = super().read(path, limit, keep=keep)
        return _shared(found.path, found.data) if isinstance(found, Source) else found


@lru_cache(64)
def _shared(path: str, data: bytes) -> Source:
    return Source(path, data)


def _with_cf_directory(tree: MemoryTree) -> dict[type, object]:
    found = cf_directory(tree, tree)
    return {CfDirectory: found} if found is not None else {}


def _endpoint(probed: dict[Endpoint, Observed], rules: list[Rule]) -> TargetReport:
    [(endpoint, observed)] = probed.items()
    given: dict[type, object] = {Observed: observed, Clock: Clock(NOW), Profile: load("modern")}
    return audit(Target(endpoint.name, given), rules)


def closed_host() -> Host:
    """A host that may not be asked."""
    reason = Unknown("the host is not asked")
    return Host(reason, lambda _: reason, lambda questions: [reason] * len(questions))


@cache
def usual_file(rule: Rule) -> str:
    """The file that a bare example block of the rule's family belongs to."""
    family = import_module(rule.function.__module__.rpartition(".")[0])
    path: str = family.USUAL_FILE
    return path


def _overlay(files: dict[str, MemoryFile], path: str, file: ExampleFile, written: float, *, add: bool) -> None:
    old = files.get(path)
    owners = _owners(file, old)
    if file.made == "missing":
        for gone in [p for p in files if p == path or p.startswith(path + "/")]:
            del files[gone]
    elif file.made is not None and file.made.startswith("link to "):
        files[path] = MemoryFile(owners=owners, target=file.made.removeprefix("link to "))
    elif file.made in ("directory", "socket"):
        files[path] = MemoryFile(owners=owners, kind=Kind(file.made))
    elif file.made is not None:
        files[path] = MemoryFile(build(file.made), owners)
    else:
        files[path] = MemoryFile(_content(path, file, old, add=add), owners, mtime=written)


def _content(path: str, file: ExampleFile, old: MemoryFile | None, *, add: bool) -> bytes:
    data = file.text.encode("latin-1")
    if old is None or not (add or (file.mode is not None and not data)):
        return data
    if path.endswith(".mc"):
        return merged(old.data.decode("latin-1"), file.text, _mc_key, r"MAILER\(").encode("latin-1")
    if path.endswith(".cf"):
        return merged(old.data.decode("latin-1"), file.text, _cf_key, r"[MS]").encode("latin-1")
    return old.data + data


def merged(base: str, overlay: str, key: object, before: str) -> str:
    """A base file with an overlay's lines in the place of those they redefine; new ones go before the mailers.

    An overlay that itself has a mailer, a local section or a divert goes to the end, where its order counts.
    """
    assert callable(key)
    redefined = {key(line) for line in overlay.splitlines()} - {None}
    kept = [line for line in base.splitlines(keepends=True) if key(line) not in redefined]
    lines = overlay.splitlines(keepends=True)
    if any(re.match(r"MAILER|LOCAL_|divert|\s*$", line) for line in lines) or not overlay.endswith("\n"):
        return "".join(kept) + overlay
    at = next((n for n, line in enumerate(kept) if re.match(before, line)), len(kept))
    return "".join(kept[:at]) + overlay + "".join(kept[at:])


_PORTS = {"smtp": "25", "smtps": "465", "submissions": "465", "submission": "587"}


def _mc_key(line: str) -> tuple[str, str] | None:
    match = re.match(r"(\w+)\s*\(\s*[`']?([^`',)]*)", line)
    if match is None:
        return None
    if match[1] == "DAEMON_OPTIONS":
        return ("port", _port(line))
    if match[1] in ("define", "undefine"):
        return ("define", match[2])
    return (match[1], match[2] if match[1] in ("FEATURE", "MAILER", "include") else "")


def _cf_key(line: str) -> tuple[str, str] | None:
    if re.match(r"O\s+DaemonPortOptions", line, re.IGNORECASE):
        return ("port", _port(line))
    match = re.match(r"(O\s+[\w.]+|V|D\{?\w+|K\w+|M\w+|F\{?\w+)", line)
    return ("cf", re.sub(r"\s+", " ", match[1]).lower()) if match else None


def _port(line: str) -> str:
    match = re.search(r"[Pp](?:ort)?=(\w+)", line)
    return _PORTS.get(match[1], match[1]) if match else "25"


def _owners(file: ExampleFile, old: MemoryFile | None) -> Owners | Unknown:
    if file.mode is None:
        return old.owners if old is not None else Owners(0o644, 0, 0, "root", "root")
    user, _, group = (file.owner or "root").partition(":")
    return clean_install.owners(file.mode, user, group or user)
