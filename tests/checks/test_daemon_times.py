"""When a daemon counts as started: by its age, or by the time of its pid file where that is later."""

from __future__ import annotations

import pytest

from auditor.engine.audit import Target, audit
from auditor.engine.profiles import load
from auditor.facts.given import Clock, Profile, Tree
from auditor.trees.memory import MemoryFile, MemoryTree
from checks import rules
from tests import clean_install
from tests.examples import NOW

_TIME = 1_795_368_919


@pytest.mark.parametrize(("age", "restarted", "expected"), [(90_000_000, 0, 1), (90_000_000, _TIME, 0), (9_000, 0, 0)])
def test_a_restart_shows_in_the_pid_file(age: int, restarted: int, expected: int) -> None:
    """A daemon that is older than its configuration is found, one that read it again or is younger is not."""
    files = dict(clean_install.files())
    files["/var/run/sendmail.pid"] = MemoryFile(b"801\n/usr/sbin/sendmail -bD\n", mtime=restarted)
    programs = {
        ("date", "+%s"): f"{_TIME}\n",
        ("ps", "-eo", "pid=,etimes=,user=,args=", "-ww"): f"801 {age} root sendmail: accepting connections\n",
    }
    host = clean_install.host(programs, {})
    given = {Tree: MemoryTree(files), Clock: Clock(NOW), Profile: load("modern"), type(host): host}
    report = audit(Target("host", given), [rule for rule in rules() if rule.id == "ENV010"])
    assert len(report.reported) == expected
