"""How long a probe takes beside other programs that ask a mail server about its TLS.

All are whole processes that ask the same sendmail on loopback, the laboratory's, and run in turn so that the machine's
mood is the same for each. The first turn is not measured: after it modules are compiled and files in memory. What a
program lacks or refuses is said, and the others go on; a program that takes a minute runs once.

A probe does more than the scanners do: it talks SMTP, tests for relaying and logs in.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.lab.daemon import NAME, USERS, Daemon, Recipe, daemon  # noqa: E402  # They lie beside this folder.

RUNS = 5
#: Seconds after which a program is given up.
PATIENCE = 600
OURS = "mailaudit probe"
FULL = "mailaudit probe --depth full"
PEER = "sslscan"
#: What sendmail lets relay whatever is configured is 127.0.0.1, so another address of loopback asks.
SOURCE = "127.0.0.2"
USER = "alice"
#: What the programs say where they have looked at the server and found something or nothing.
EXPECTED: Mapping[str, tuple[int, ...]] = {
    # It ends in 1 where a server is not as Mozilla would have it.
    "sslyze": (0, 1),
    OURS: (0, 1),
    FULL: (0, 1),
    "testssl": tuple(range(245)),
}
#: Modules are compiled once and then loaded, as on any host that did not forbid it.
ENVIRONMENT = {name: word for name, word in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {
    "MAILAUDIT_PASSWORD": USERS[USER]
}


@dataclass
class Contestant:
    """A program with its arguments, and how long it took each time."""

    name: str
    command: list[str]
    runs: int
    seconds: list[float]

    def run(self, *, measured: bool) -> None:
        """Run it once.

        Raises:
            RuntimeError: it ended otherwise than it should.

        """
        start = perf_counter()
        ended = subprocess.run(
            self.command, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False
        )
        taken = perf_counter() - start
        if ended.returncode not in EXPECTED.get(self.name, (0,)):
            said = (ended.stderr or ended.stdout).decode("latin-1").strip()
            message = f"{self.name} exited with {ended.returncode}: {said[-400:]}"
            raise RuntimeError(message)
        if measured:
            self.seconds.append(taken)


def contestants(mail: Daemon, *, with_testssl: bool) -> Iterator[Contestant]:
    """Those that are installed; the others are named."""
    target = f"127.0.0.1:{mail.plain}"
    audit = [str(Path(sys.executable).parent / "mailaudit"), "probe", target, "--offline", "--source", SOURCE]
    audit += ["--name", NAME, "--ca", str(mail.authorities), "--auth-user", USER]
    yield Contestant(OURS, audit, RUNS, [])
    yield Contestant(FULL, [*audit, "--depth", "full"], RUNS, [])
    if sslscan := shutil.which("sslscan"):
        yield Contestant(PEER, [sslscan, "--no-colour", "--starttls-smtp", target], RUNS, [])
    else:
        print("sslscan is not installed")
    if sslyze := os.environ.get("SSLYZE") or shutil.which("sslyze"):
        yield Contestant("sslyze", [sslyze, "--starttls", "smtp", target], RUNS, [])
    else:
        print("sslyze is not installed; SSLYZE may name the command of a virtual environment of its own")
    testssl = shutil.which("testssl") or shutil.which("testssl.sh")
    if with_testssl and testssl:
        command = [testssl, "--quiet", "--color", "0", "--warnings", "off", "--starttls", "smtp", target]
        yield Contestant("testssl", command, 1, [])
    elif with_testssl:
        print("testssl is not installed")


def connections(contestant: Contestant) -> str:
    """How many connections a probe of ours says that it made."""
    ended = subprocess.run(
        [*contestant.command, "--format", "json"],
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    rows = json.loads(ended.stdout)["targets"][0]["overview"]
    return next(str(row["value"]).partition(" in ")[0] for row in rows if row["label"] == "asked")


def race(running: list[Contestant]) -> list[Contestant]:
    """Run all of them in turn, and give back those that came through."""
    through = list(running)
    for turn in range(RUNS + 1):
        for each in list(through):
            if turn > each.runs or (turn == 0 and each.runs == 1):
                continue
            if not attempt(lambda each=each, turn=turn: each.run(measured=turn > 0)):  # type: ignore[misc]
                through.remove(each)
    return through


def attempt(act: Callable[[], None]) -> bool:
    """Whether it went well; if not, it is said why."""
    try:
        act()
    except (OSError, RuntimeError, subprocess.TimeoutExpired) as error:
        print(error)
        return False
    return True


def show(through: list[Contestant]) -> None:
    """Print the times, and each beside the peer's."""
    peer = next((median(each.seconds) for each in through if each.name == PEER), None)
    print(f"median of {RUNS} runs, in turn; the load of the machine is {os.getloadavg()[0]:.1f} now")
    for each in through:
        middle = median(each.seconds)
        spread = f"({min(each.seconds):.3f} to {max(each.seconds):.3f})" if each.runs > 1 else "(one run)"
        ratio = f"{middle / peer:8.2f} of {PEER}" if peer else ""
        asked = f"   {connections(each)}" if each.name in (OURS, FULL) else ""
        print(f"  {each.name:<30}{middle:8.3f} s   {spread:<20}{ratio}{asked}")


def missing() -> str:
    """What keeps the laboratory's sendmail from running; empty where nothing does."""
    if os.geteuid() != 0:
        return "only root can give sendmail a host name and accounts of its own"
    needed = ("sendmail", "saslauthd", "m4", "makemap", "unshare", "openssl")
    lacking = [name for name in needed if shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin") is None]
    return f"not installed: {', '.join(lacking)}" if lacking else ""


@contextmanager
def trusted() -> Iterator[Path]:
    """A directory that sendmail trusts, below none that others may write."""
    place = Path(tempfile.mkdtemp(prefix="mailaudit-", dir="/srv" if Path("/srv").is_dir() else "/root"))
    place.chmod(0o755)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--no-testssl", action="store_true", help="leave out testssl, which takes a minute")
    asked = options.parse_args()
    if why := missing():
        print(f"the probe is not measured: {why}")
        return
    with trusted() as place, daemon(place, Recipe(saslauthd="shadow")) as mail:
        show(race(list(contestants(mail, with_testssl=not asked.no_testssl))))


if __name__ == "__main__":
    main()
