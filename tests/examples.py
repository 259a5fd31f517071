"""Build the install that an example of a rule's manual describes, and audit it.

An example is an overlay on a clean install, ``fixtures/modern``: what it names is added or replaced there, everything
else stays as it should be. So a Good example proves that nothing at all is said of the whole install.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from importlib import import_module

from auditor.engine.audit import Target, audit
from auditor.engine.profiles import load
from auditor.facts.given import Clock, Host, Profile, Tree
from auditor.facts.wire import Endpoints, Observed
from auditor.model.check import Rule
from auditor.model.manual import ExampleFile
from auditor.model.report import TargetReport
from auditor.model.subjects import Endpoint
from auditor.model.unknown import Unknown
from auditor.trees.base import Kind, Owners
from auditor.trees.memory import MemoryFile, MemoryTree
from tests import clean_install, endpoints
from tests.builders import build

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MC = "/etc/mail/sendmail.mc"
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
    tree = MemoryTree(files, unknown=unknown)
    host = clean_install.host(programs, records) if programs or records else closed_host()
    given: dict[type, object] = {Tree: tree, Clock: Clock(NOW), Profile: load("modern"), Host: host}
    if probed:
        given[Endpoints] = Endpoints(probed)
    return audit(Target("example", given), rules)


def _endpoint(probed: dict[Endpoint, Observed], rules: list[Rule]) -> TargetReport:
    [(endpoint, observed)] = probed.items()
    given: dict[type, object] = {Observed: observed, Clock: Clock(NOW), Profile: load("modern")}
    return audit(Target(endpoint.name, given), rules)


def closed_host() -> Host:
    """A host that may not be asked."""
    reason = Unknown("the host is not asked")
    return Host(reason, lambda _: reason, lambda _name, _kind: reason)


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
