"""How many installs of one repository a scan audits in a second, with one process and with two, and in how much memory.

The installs are made from the fixtures, each with a host name of its own in every file that has one, and a line of its
own in its sendmail.mc. A submit.mc without a host name is the same on many hosts, as on those of any site; with
``--own-submit`` no two hosts share one. Each measure is a whole process,
its start included; the processor's time says more than the clock where others use the machine too. Memory is the most
that any of the processes of a run had: the one that collects the reports, and the larger of the workers.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = ("modern", "howto", "debian", "rhel", "drifted")
ENVIRONMENT = {name: word for name, word in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
MAILAUDIT = str(Path(sys.executable).parent / "mailaudit")
#: What a run of ours tells of itself: the most memory, in kB, that the process and its children had.
TOLD = """
import os, resource, sys
code = os.spawnv(os.P_WAIT, sys.argv[1], sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
"""


def make(top: Path, count: int) -> None:
    """Make installs below a folder."""
    for number in range(count):
        place = top / f"h{number:03}"
        shutil.copytree(ROOT / "fixtures" / FIXTURES[number % len(FIXTURES)], place, symlinks=True)
        name = f"h{number:03}.doe.org".encode()
        for file in place.rglob("*"):
            if file.is_file() and not file.is_symlink():
                data = file.read_bytes()
                # The new name is as long as the old one, so tables keep their layout.
                made = data.replace(b"john.doe.org", name).replace(b"stock.doe.org", b"s" + name)
                if file.suffix == ".mc" and ("submit" not in file.name or "--own-submit" in sys.argv):
                    made += b"dnl %s\n" % name
                if made != data:
                    file.write_bytes(made)


def run(top: Path, jobs: int) -> tuple[float, float, float]:
    """The time by the clock, that of the processor, and the most memory of a process in MB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = perf_counter()
    command = [sys.executable, "-c", TOLD, MAILAUDIT, "scan", str(top), "--jobs", str(jobs)]
    done = subprocess.run(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
    clock = perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    memory = int(done.stderr.split()[-1]) / 1024
    return clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, memory


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder, "few"), Path(folder, "many")
        make(few, 100)
        make(many, 500)
        run(few, 2)
        print("installs, processes, clock, installs a second, processor, memory of the largest process")
        taken = {}
        for top, count, jobs in ((few, 100, 1), (few, 100, 2), (many, 500, 1), (many, 500, 2)):
            clock, processor, memory = taken[count, jobs] = run(top, jobs)
            print(f"  {count:4} {jobs:2}  {clock:7.2f} s  {count / clock:6.1f}/s  {processor:7.2f} s  {memory:6.1f} MB")
    print(f"two processes beside one, 500 installs: {taken[500, 1][0] / taken[500, 2][0]:.2f} times as fast")
    print(f"memory for 500 beside that for 100: {taken[500, 2][2] / taken[100, 2][2]:.2f} times as much")


if __name__ == "__main__":
    main()
