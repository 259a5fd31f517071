"""How long ``mailaudit compile`` takes beside GNU m4, as whole processes and with the start-up of both taken off.

Start-up is the same program with a ``.mc`` that holds nothing. All are run in turn, so that the machine's mood is the
same for all of them; the medians of ten are printed, of the time by the clock and of the processor's time, which says
more where others use the machine too.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).resolve().parents[1]
CF = Path("/usr/share/sendmail/cf")
RUNS = 10
ENVIRONMENT = {name: word for name, word in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
FILES = {
    "generic-linux.mc": CF / "cf/generic-linux.mc",
    "the howto's": ROOT / "fixtures/howto/usr/share/sendmail/cf/cf/sendmail-slackware-tls-sasl.mc",
}


def seconds(command: list[str], place: Path) -> tuple[float, float]:
    """The time of one run: by the clock, and of the processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = perf_counter()
    subprocess.run(
        command, cwd=place, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    clock = perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure and print."""
    m4 = shutil.which("m4")
    if m4 is None or not (CF / "m4/cf.m4").is_file():
        print("compile: left out, since m4 or sendmail's cf directory is missing")
        return
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder, "empty.mc")
        # It names a cf.m4, so that none is put before it, and ends before that is read.
        empty.write_text("m4exit(0)dnl\ninclude(`m4/cf.m4')dnl\n")
        commands = {
            ("mailaudit", "start-up"): [str(Path(sys.executable).parent / "mailaudit"), "compile", str(empty)],
            ("m4", "start-up"): [m4, str(empty)],
        }
        for name, file in FILES.items():
            commands["mailaudit", name] = [*commands["mailaudit", "start-up"][:2], str(file)]
            # The shipped files leave cf.m4 to the command line.
            before = [] if "include(" in file.read_text(encoding="latin-1") else [str(CF / "m4/cf.m4")]
            commands["m4", name] = [m4, *before, str(file)]
        times: dict[tuple[str, str], list[tuple[float, float]]] = {key: [] for key in commands}
        for turn in range(RUNS + 1):
            for key, command in commands.items():
                taken = seconds(command, CF / "cf")
                if turn:
                    times[key].append(taken)
    print(f"median of {RUNS} runs, in turn")
    for kind, what in enumerate(("clock", "processor")):
        middle = {key: median(each[kind] for each in taken) for key, taken in times.items()}
        start = {who: middle[who, "start-up"] for who in ("mailaudit", "m4")}
        for name in FILES:
            ours, theirs = middle["mailaudit", name], middle["m4", name]
            net = (ours - start["mailaudit"]) / max(theirs - start["m4"], 1e-4)
            whole = f"mailaudit {ours:6.3f} s, m4 {theirs:6.3f} s, ratio {ours / theirs:5.1f}"
            print(f"  {what:<10} {name:<18} {whole}; without start-up {net:5.1f}")


if __name__ == "__main__":
    main()
