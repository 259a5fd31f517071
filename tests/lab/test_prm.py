"""The flags of DontBlameSendmail, and old protocols, against what the real sendmail says and does."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.prm.prm008_safety_tests_switched_off import FLAGS
from tests.lab.conftest import run

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(os.geteuid() != 0, reason="another host name of its own needs root"),
]
UNKNOWN = ["groupreadableall", "groupreadableadefaultauthinfofile", "worldwritable"]
_CF = """V10/Berkeley
Djmx.example.org
O QueueDirectory={where}
{lines}
Mlocal, P=/bin/cat, F=l, A=cat
"""


def test_flags_are_those_sendmail_knows(trusted: Path, program: Callable[[str], str]) -> None:
    """The real sendmail refuses exactly the flags that the table lacks, and CertOwner, which came later."""
    asked = sorted({*FLAGS, *UNKNOWN})
    cf = trusted / "flags.cf"
    lines = "\n".join(f"O DontBlameSendmail={flag}" for flag in asked)
    cf.write_text(_CF.format(where=trusted, lines=lines))
    inner = f"hostname mx.example.org; exec {program('sendmail')} -d0.1 -C {cf} -bt"
    heard = run("unshare", "-u", "-n", "sh", "-c", inner)
    version = re.search(r"^Version (\d+)\.(\d+)", heard)
    assert version is not None
    refused = set(re.findall(r"DontBlameSendmail option: (\S+) unrecognized", heard))
    assert refused == {*UNKNOWN, *([] if (int(version[1]), int(version[2])) >= (8, 18) else ["certowner"])}


def start(program: str, where: Path, line: str) -> str:
    """What a daemon says within four seconds, under a qualified host name and without a network."""
    cf, hosts = where / "start.cf", where / "hosts"
    options = f"O PidFile={where}/pid\nO DaemonPortOptions=Port=2526,Addr=127.0.0.1\n{line}"
    cf.write_text(_CF.format(where=where, lines=options))
    hosts.write_text("127.0.0.1 mx.example.org localhost\n")
    inner = f"mount --bind {hosts} /etc/hosts; hostname mx.example.org; ip link set lo up; exec {program} -bD -C {cf}"
    try:
        done = subprocess.run(
            ["unshare", "-m", "-u", "-n", "sh", "-c", inner], capture_output=True, text=True, timeout=4, check=False
        )
    except subprocess.TimeoutExpired:
        return "runs"
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Ft{}/none", "cannot open '{}/none': No such file or directory"),
        ("Ft-o {}/none", "runs"),
        ("Ft{}/open/file", "cannot open '{}/open/file': Group writable directory"),
        ("Ft{}/file", "runs"),
        ("Xspam, S=local:/tmp/mailaudit-none.sock, F=T", "unsafe: World writable directory"),
        ("Xspam, S=local:{}/none.sock, F=T", "runs"),
    ],
)
def test_daemon_starts_or_not(line: str, said: str, trusted: Path, program: Callable[[str], str]) -> None:
    """A class file that is missing or unsafe, or a filter's unsafe socket, keeps the daemon from starting."""
    place = trusted / "classes"
    (place / "open").mkdir(parents=True, exist_ok=True)
    (place / "open").chmod(0o775)
    for file in (place / "file", place / "open" / "file"):
        file.write_text("example.org\n")
        file.chmod(0o666)
    assert said.format(place) in start(program("sendmail"), place, line.format(place))
