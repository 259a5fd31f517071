"""The clean install that rule examples are laid over: ``fixtures/modern`` with its owners, and a key that matches."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from auditor.facts.given import Host
from auditor.model.text import Source
from auditor.model.unknown import Unknown
from auditor.probe.resolver import Answer
from auditor.readers.etckeeper import read_etckeeper, records
from auditor.trees.base import Kind, Owners
from auditor.trees.memory import MemoryFile
from tests.make_fixture_certificates import SITES, write_site

ROOT = Path(__file__).parent.parent / "fixtures" / "modern"
#: Numbers for names that only examples use.
NUMBERS = {"root": 0, "daemon": 2, "sys": 3, "mail": 12, "smmsp": 25, "www-data": 33, "bob": 1000, "nobody": 65534}
_MTIME = 1_767_225_600.0
_KEEP = ".keep"


@cache
def files() -> Mapping[str, MemoryFile]:
    """Every file of the install by its path, with the owners its record gives."""
    found = {f"/{path.relative_to(ROOT)}": _file(path) for path in ROOT.rglob("*") if path.name != _KEEP}
    with TemporaryDirectory() as folder:
        write_site(SITES["modern"], Path(folder), with_key=True)
        found |= {f"/{path.relative_to(folder)}": _file(path) for path in Path(folder).rglob("*") if path.is_file()}
    record = records(read_etckeeper(Source("/.etckeeper", (ROOT / ".etckeeper").read_bytes())), "/")
    for path, who in record.owners.items():
        mode, user, group = who.mode, who.user or "root", who.group or "root"
        old = found.get(path, MemoryFile(kind=Kind.DIRECTORY))
        found[path] = MemoryFile(old.data, owners(mode, user, group), old.kind, old.target, old.mtime)
    return found


def owners(mode: int, user: str, group: str) -> Owners:
    """Owner and mode by name, with the numbers that the examples' passwd would give."""
    return Owners(mode, NUMBERS.get(user, 999), NUMBERS.get(group, 999), user, group)


def _file(path: Path) -> MemoryFile:
    if path.is_symlink():
        return MemoryFile(target=str(path.readlink()), mtime=_MTIME)
    if path.is_dir():
        return MemoryFile(owners=owners(0o755, "root", "root"), kind=Kind.DIRECTORY, mtime=_MTIME)
    # What is made from another file is younger than that file.
    made = path.suffix in (".db", ".cf")
    return MemoryFile(path.read_bytes(), mtime=_MTIME + 3600 * made)


_PROGRAMS = {
    ("sendmail", "-d0.13", "-bt"): """Version 8.18.1
 Compiled with: DNSMAP LDAPMAP LOG MAP_REGEX MILTER NAMED_BIND NETINET NETINET6 NEWDB PIPELINING SASLv2 SOCKETMAP
\t\tSTARTTLS TLS_EC USERDB XDEBUG
   FFR Defines: _FFR_TLS_ALTNAMES
  (canonical domain name) $j = john.doe.org
""",
    ("saslauthd", "-v"): "saslauthd 2.1.28\nauthentication mechanisms: getpwent pam rimap shadow\n",
    ("ps", "-eo", "pid=,etimes=,user=,args=", "-ww"): """    1 900000 root     init [3]
  801 800000 root     sendmail: accepting connections
  802 800000 smmsp    sendmail: Queue runner@00:25:00 for /var/spool/clientmqueue
  803 800000 root     /usr/sbin/saslauthd -a shadow
""",
}
_RECORDS = {
    ("john.doe.org", "A"): ("192.0.2.25",),
    ("john.doe.org", "AAAA"): (),
    ("192.0.2.25", "PTR"): ("john.doe.org",),
    ("doe.org", "MX"): ("10 john.doe.org",),
    ("doe.org", "A"): ("192.0.2.25",),
}


def host(programs: Mapping[tuple[str, ...], str], resolver: Mapping[tuple[str, str], tuple[str, ...]]) -> Host:
    """The host the clean install runs on, with some of its answers replaced."""
    outputs = _PROGRAMS | dict(programs)
    answers = _RECORDS | dict(resolver)
    there = {name for (name, _), records in answers.items() if records}

    def answer(name: str, kind: str) -> Answer | Unknown:
        records = answers.get((name, kind))
        if records is None:
            return Unknown(f"the resolver gave no verdict on {name} {kind}")
        return Answer(records, exists=name in there)

    return Host(
        None,
        lambda words: outputs.get(words, Unknown(f"{words[0]} is not installed")),
        lambda questions: [answer(*question) for question in questions],
    )
