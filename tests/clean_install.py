"""The clean install that rule examples are laid over: ``fixtures/modern`` with its owners, and keys that match."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from auditor.facts.given import Host
from auditor.model.text import Source
from auditor.model.unknown import Unknown
from auditor.readers.etckeeper import read_etckeeper
from auditor.trees.base import Kind, Owners
from auditor.trees.memory import MemoryFile

ROOT = Path(__file__).parent.parent / "fixtures" / "modern"
USERS = {"root": 0, "smmsp": 25, "daemon": 2, "bob": 1000, "www-data": 33, "nobody": 65534}
GROUPS = {"root": 0, "sys": 3, "smmsp": 25, "daemon": 2, "bob": 1000, "www-data": 33, "mail": 12}
