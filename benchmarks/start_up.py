"""How long a scan takes beside a Python that only imports the libraries a scan needs.

Both are whole processes, run in turn so that the machine's mood is the same for both. The first run of each is not
measured: after it the modules are compiled and in memory. Ten more are.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).resolve().parents[1]
RUNS = 10
#: Modules are compiled once and then loaded, as on any host that did not forbid it.
ENVIRONMENT = {name: word for name, word in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
COMMANDS = {
    "mailaudit scan fixtures/howto": [
        str(Path(sys.executable).parent / "mailaudit"),
        "scan",
        str(ROOT / "fixtures" / "howto"),
    ],
    "the imports alone": [
        sys.executable,
        "-c",
        "import typer, pyparsing, rich.console; from cryptography import x509",
    ],
}
#: A scan of the howto's install finds faults; anything else would be a measure of something else.
EXPECTED = {"mailaudit scan fixtures/howto": 1, "the imports alone": 0}


def seconds(name: str) -> float:
    """The wall time of one run.

    Raises:
        SystemExit: the run ended otherwise than it should.

    """
    start = perf_counter()
    ended = subprocess.run(COMMANDS[name], env=ENVIRONMENT, capture_output=True, text=True, check=False)
    taken = perf_counter() - start
    if ended.returncode != EXPECTED[name]:
        message = f"{name} exited with {ended.returncode}\n{ended.stderr}"
        raise SystemExit(message)
    return taken


def main() -> None:
    """Measure and print."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for turn in range(RUNS + 1):
        for name, taken in times.items():
            measured = seconds(name)
            if turn:
                taken.append(measured)
    print(f"median of {RUNS} runs, in turn")
    for name, taken in times.items():
        print(f"  {name:<32}{median(taken):7.3f} s   ({min(taken):.3f} to {max(taken):.3f})")
    scan, imports = (median(taken) for taken in times.values())
    print(f"  {'ratio':<32}{scan / imports:7.2f}")


if __name__ == "__main__":
    main()
